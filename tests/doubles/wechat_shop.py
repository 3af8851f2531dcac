"""A shop's end of the line to the WeChat Pay of the tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from store.db import Database
from store.payments.attempts import AttemptView
from store.payments.gateway import PaymentRequest, ProviderEvent, RefundRequest
from store.payments.wechat import Mode, WechatGateway
from tests.apps import Clock
from tests.builders import NOW
from tests.doubles.shop import ShopWithAProvider, a_shop_with
from tests.doubles.wechat import WechatDouble
from tests.doubles.wechat_books import Json, transaction
from tests.doubles.wechat_keys import merchant_keys

BASE = "https://shop.test"
REFERENCE = "ORDER1-0123456789ab"

FACT = ("event_key", "kind", "merchant_ref", "amount_minor", "currency", "provider_ref", "refund_ref", "occurred_at")


def a_gateway(double: WechatDouble, *, has_public_key: bool = True, mode: Mode = Mode.NATIVE) -> WechatGateway:
    keys = merchant_keys(has_public_key=has_public_key)
    return WechatGateway(keys, double.client(), base_url=BASE, clock=lambda: double.at, mode=mode)


def over_its_double() -> WechatGateway:
    return a_gateway(WechatDouble())


def an_order(reference: str = REFERENCE, amount_minor: int = 2000) -> PaymentRequest:
    return PaymentRequest(reference, amount_minor, "CNY", "店 1", NOW + timedelta(minutes=30))


def a_refund(number: str = "r1", amount_minor: int = 900, reference: str = REFERENCE) -> RefundRequest:
    return RefundRequest(f"{reference}-{number}", reference, None, amount_minor, "CNY", "staff")


def facts(events: list[ProviderEvent]) -> list[tuple[object, ...]]:
    return [tuple(getattr(event, name) for name in FACT) for event in events]


async def paid(double: WechatDouble, gateway: WechatGateway, amount_minor: int = 2000) -> list[ProviderEvent]:
    """An order that is paid; its notifications arrive in the list."""
    told: list[ProviderEvent] = []

    async def listen(body: bytes, headers: dict[str, str]) -> int:
        told.extend(await gateway.verify(body, headers, now=double.now))
        return 204

    double.post = listen
    await gateway.create(an_order(amount_minor=amount_minor))
    await double.pay(REFERENCE)
    return told


class Shop(ShopWithAProvider):
    """*hears*: whether notifications arrive; *answers* are what they got, status and body."""

    wechat: WechatDouble
    hears = True

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.answers: list[tuple[int, bytes]] = []

    async def told(self, body: bytes, headers: dict[str, str]) -> int:
        if not self.hears:
            return 0
        answer = await self.client.post("/pay/wechat/webhook", content=body, headers=headers)
        self.answers.append((answer.status_code, answer.content))
        return answer.status_code

    async def paid(self) -> AttemptView:
        attempt = await self.attempt()
        await self.wechat.pay(attempt.merchant_ref)
        return attempt

    async def refunds_there(self, attempt: AttemptView, amount_minor: int) -> str:
        """A refund of the staff's that was sent; its number at WeChat Pay."""
        await self.gives_back(attempt, amount_minor)
        await self.sweeps()
        return [*self.wechat.books.order(attempt.merchant_ref).refunds][-1]

    def notice(self, attempt: AttemptView, **changes: Any) -> Json:
        content = transaction(self.wechat.books.order(attempt.merchant_ref)) | changes
        return self.wechat.notice("TRANSACTION.SUCCESS", "transaction", content)


@asynccontextmanager
async def a_shop(db: Database, *, mode: Mode = Mode.NATIVE) -> AsyncIterator[Shop]:
    clock = Clock()
    wechat = WechatDouble(clock=clock)
    async with a_shop_with(db, a_gateway(wechat, mode=mode), clock, Shop) as shop:
        shop.wechat, wechat.post = wechat, shop.told
        yield shop
