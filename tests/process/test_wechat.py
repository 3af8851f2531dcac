"""`dukkan run` and WeChat Pay as two programs over HTTP: the shop is killed in the middle of an order's life, and loses nothing."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from store.db import Database
from store.models import Order
from store.payments.wechat import WechatGateway
from tests.apps import Clock
from tests.doubles import wechat_keys as keys
from tests.doubles.shop import ShopWithAProvider
from tests.doubles.wechat import WechatDouble
from tests.order_builders import assert_books_balance
from tests.programs import INTAKES, TOKEN, Program, Starts, Telegram
from tests.sockets import a_free_port, served
from tests.store.payments import till

pytestmark = pytest.mark.slow


@dataclass
class Street:
    """The shop's program, WeChat Pay behind its own address, and the shop's database."""

    dukkan: Starts
    settings: dict[str, str]
    wechat: WechatDouble
    shop: ShopWithAProvider

    async def opens(self) -> Program:
        program = await self.dukkan(**self.settings)
        await program.web()
        return program

    async def comes_to(self, program: Program, order_id: int, *status: str) -> None:
        """The order's status and that of its money are so."""

        async def is_so() -> bool:
            async with self.shop.db.read() as session:
                order = await session.get_one(Order, order_id)
            return (order.status, order.payment_status) == status

        await program.comes_to(is_so)


@asynccontextmanager
async def a_street(dukkan: Starts, telegram: Telegram, db_url: str) -> AsyncIterator[Street]:
    port, now = a_free_port(), datetime.now(UTC)
    wechat = WechatDouble(clock=lambda: datetime.now(UTC), certificates=[keys.a_platform(since=now)])
    db = Database(db_url)
    async with served(wechat.app) as address, httpx.AsyncClient() as client:

        async def post(body: bytes, headers: dict[str, str]) -> int:
            try:
                answer = await client.post(f"http://127.0.0.1:{port}/pay/wechat/webhook", content=body, headers=headers)
            except httpx.TransportError:
                return 0
            return answer.status_code

        wechat.post = post
        settings = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url, "DATABASE_URL": db_url, "WEB_PORT": str(port)}
        till_now = Clock(now)
        gateway = WechatGateway(
            keys.merchant_keys(), client, base_url="https://shop.test", clock=lambda: datetime.now(UTC), api=address
        )
        shop = ShopWithAProvider(db, gateway, till_now)
        yield Street(dukkan, settings | INTAKES["polling"] | account(address), wechat, shop)
    await db.close()


def account(address: str) -> dict[str, str]:
    return {
        "WECHAT__MAIN__MCHID": keys.MCHID,
        "WECHAT__MAIN__APPID": keys.APPID,
        "WECHAT__MAIN__SERIAL": keys.SERIAL,
        "WECHAT__MAIN__PRIVATE_KEY": keys.private_pem(keys.rsa_key("merchant")).replace("\n", "\\n"),
        "WECHAT__MAIN__API_V3_KEY": keys.SEALING_KEY,
        "WECHAT__MAIN__PUBLIC_KEY_ID": keys.PUBLIC_KEY_ID,
        "WECHAT__MAIN__PUBLIC_KEY": keys.public_pem(keys.rsa_key("public")),
        "WECHAT__MAIN__API_URL": address,
    }


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_killed_in_the_middle_it_neither_loses_money_nor_moves_it_twice(
    dukkan: Starts, telegram: Telegram, db_url: str
) -> None:
    """Paid while nobody listens, killed as soon as the notification is receipted; then a refund is made, whose answer is lost: the notification tells."""
    async with a_street(dukkan, telegram, db_url) as street:
        attempt = await street.shop.attempt()
        await street.wechat.pay(attempt.merchant_ref)
        assert len(street.wechat.undelivered) == 1
        program = await street.opens()
        await program.says("WeChat Pay opens no page")  # nobody has told it its address
        await street.wechat.tell_again()
        assert street.wechat.undelivered == []
        await program.ends(by=signal.SIGKILL)
        program = await street.opens()
        await street.comes_to(program, attempt.order_id, "confirmed", "paid")
        street.wechat.trouble = ["", "lost after"]
        await street.shop.gives_back(attempt, 900)
        await refund_is_sent(street)
        (number,) = street.wechat.books.order(attempt.merchant_ref).refunds
        await street.wechat.end_refund(number)
        await street.comes_to(program, attempt.order_id, "confirmed", "partially_refunded")
        assert await program.ends(by=signal.SIGTERM) == 0
        order = street.wechat.books.order(attempt.merchant_ref)
        assert [(made.amount, made.status) for made in order.refunds.values()] == [(900, "SUCCESS")]
        paid = await till.paid_attempt(street.shop.db, attempt)
        assert (paid.captured_minor, paid.refunded_minor, paid.refund_reserved_minor) == (2000, 900, 900)
        await assert_books_balance(street.shop.db)


async def refund_is_sent(street: Street) -> None:
    async with asyncio.timeout(60):
        while not street.wechat.asked["POST refund/domestic/refunds"]:  # noqa: ASYNC110 - two processes share no event
            await asyncio.sleep(0.05)
