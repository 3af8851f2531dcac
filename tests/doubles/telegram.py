"""The gateways inside Telegram over the Telegram in memory, and a bank account without a bank."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.demo.paying import Form
from bot.demo.people import Person
from bot.demo.rules import BotApiError
from bot.demo.state import Json, PaymentQuestion
from bot.demo.world import World
from bot.telegram_payments import Refused, TelegramPayments, TelegramStars, Terms
from store.payments.gateway import GatewayError
from store.payments.transfer import BankAccount, BankTransfer
from tests.builders import NOW

TOKEN = "284685063:TEST:a-secret-that-only-tests-know"
IBAN = "DE89370400440532013000"


@dataclass
class Chats:
    """One buyer before the bot. `silent`: Telegram does what it is asked, and its answer is lost."""

    now: datetime = NOW
    silent: bool = False
    heard: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(lambda: self.now)
        self.ann = Person(self.world, self.world.add_user("Ann", user_id=100).id)
        self.world.deliver = self._hears

    async def ask(self, method: str, **values: Any) -> Any:
        try:
            result = await self.world.call(method, values)
        except BotApiError as error:
            raise Refused(error.description) from None
        if self.silent:
            raise GatewayError("the line broke")
        return result

    async def _hears(self, update: Json) -> None:
        """Agrees to everything, and keeps what it hears of money."""
        if question := update.get("pre_checkout_query"):
            await self.world.call("answerPreCheckoutQuery", {"pre_checkout_query_id": question["id"], "ok": True})
        elif "message" in update:
            self.heard.append(update["message"])

    async def pays(self, link: str, **how: Any) -> PaymentQuestion:
        return await self.ann.pays(link, **how)

    def form(self, link: str) -> Form:
        return self.ann.form(link)

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


def cards(chats: Chats | None = None, **terms: Any) -> TelegramPayments:
    return TelegramPayments((chats or Chats()).ask, token=TOKEN, terms=Terms(**terms))


def stars(chats: Chats | None = None) -> TelegramStars:
    return TelegramStars((chats or Chats()).ask, bot_id=4_000_000_001)


def transfer(**account: Any) -> BankTransfer:
    return BankTransfer(BankAccount(**({"holder": "Dukkan", "iban": IBAN} | account)))
