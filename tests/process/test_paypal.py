"""`dukkan run` and PayPal as two programs, over TLS and at PayPal's own addresses: the shop is killed in the middle of an order's life."""

import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from store.db import Database
from store.models import Order
from tests.apps import Clock
from tests.doubles.authority import Authority, an_rsa_key
from tests.doubles.paypal import KEYS, PayPal
from tests.doubles.paypal_shop import WEBHOOK, PaypalShop, connected
from tests.order_builders import assert_books_balance
from tests.programs import INTAKES, TOKEN, Program, Starts, Telegram
from tests.sockets import a_tunnel, served
from tests.store.payments import till

pytestmark = pytest.mark.slow

HOSTS = ("api-m.sandbox.paypal.com", "api.sandbox.paypal.com")
ACCOUNT = {
    "PAYPAL__MAIN__CLIENT_ID": KEYS.client_id,
    "PAYPAL__MAIN__CLIENT_SECRET": KEYS.client_secret,
    "PAYPAL__MAIN__WEBHOOK_ID": KEYS.webhook_id,
    "PAYPAL__MAIN__MODE": "sandbox",
}


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Street:
    """The shop's program, PayPal at its own addresses, and the shop's database."""

    dukkan: Starts
    settings: dict[str, str]
    paypal: PayPal
    shop: PaypalShop

    async def opens(self) -> Program:
        return await self.dukkan(**self.settings)

    async def hears(self, program: Program) -> None:
        """What PayPal has to tell is receipted by the program."""
        url = f"{await program.web()}{WEBHOOK}"
        async with httpx.AsyncClient(timeout=30) as client:
            for notice in self.paypal.books.notices:
                answer = await client.post(url, content=notice.body, headers=self.paypal.signed(notice))
                assert answer.status_code == 200, program.said
        self.paypal.books.notices.clear()

    async def comes_to(self, program: Program, order_id: int, *status: str) -> None:
        """The order's status and that of its money are so."""

        async def is_so() -> bool:
            async with self.shop.db.read() as session:
                order = await session.get_one(Order, order_id)
            return (order.status, order.payment_status) == status

        await program.comes_to(is_so)


@asynccontextmanager
async def a_street(dukkan: Starts, telegram: Telegram, db_url: str, folder: Path) -> AsyncIterator[Street]:
    """Whatever the program asks of PayPal's hosts, it asks the double; it trusts the tests' authority alone."""
    authority = Authority(now())
    paypal, web = PayPal(now, authority=authority), authority.leaf(*HOSTS, key=an_rsa_key("web"))
    files = {"root": authority.root.pem, "web": web.pem + authority.between.pem, "key": web.key_pem}
    for name, pem in files.items():
        (folder / name).write_bytes(pem)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(
            served(paypal.app, ssl_certfile=folder / "web", ssl_keyfile=folder / "key")
        )
        proxy = await stack.enter_async_context(a_tunnel(int(address.rpartition(":")[2])))
        settings = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url, "DATABASE_URL": db_url}
        line = {"HTTPS_PROXY": proxy, "SSL_CERT_FILE": str(folder / "root")}
        db = Database(db_url)
        stack.push_async_callback(db.close)
        shop = PaypalShop(db, connected(paypal), Clock(now()))
        shop.paypal = paypal
        yield Street(dukkan, settings | line | ACCOUNT | INTAKES["polling"], paypal, shop)


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_killed_in_the_middle_it_takes_and_gives_back_once(
    dukkan: Starts, telegram: Telegram, db_url: str, tmp_path: Path
) -> None:
    """Killed as soon as the approval is receipted, and again when the money was taken; then a refund whose answer is lost."""
    async with a_street(dukkan, telegram, db_url, tmp_path) as street:
        attempt = await street.shop.approved()
        program = await street.opens()
        await street.hears(program)
        await program.ends(by=signal.SIGKILL)
        program = await street.opens()
        await street.comes_to(program, attempt.order_id, "confirmed", "paid")
        await program.ends(by=signal.SIGKILL)
        program = await street.opens()
        street.paypal.faults = {"lost refund"}
        await street.shop.gives_back(attempt, 900)
        await program.shows(lambda: street.paypal.times("/refund") > 0)
        await street.hears(program)
        await street.comes_to(program, attempt.order_id, "confirmed", "partially_refunded")
        assert await program.ends(by=signal.SIGTERM) == 0
        assert (street.paypal.times("/capture"), street.paypal.times("/verify-webhook-signature")) == (1, 0)
        paid = await till.paid_attempt(street.shop.db, attempt)
        assert (paid.captured_minor, paid.refunded_minor, paid.refund_reserved_minor) == (2000, 900, 900)
        await assert_books_balance(street.shop.db)
