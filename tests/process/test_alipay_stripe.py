"""`dukkan run` and a provider as two programs over HTTP: the shop is killed in the middle of an order's life, and loses nothing."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from store.db import Database
from store.models import Order
from store.payments.gateway import PaymentGateway
from tests.apps import Clock
from tests.doubles import alipay_gateways, stripe_gateways
from tests.doubles.alipay import APP_ID, Alipay, private_pem, public_pem
from tests.doubles.alipay_books import SELLER_ID
from tests.doubles.shop import ShopWithAProvider
from tests.doubles.stripe import SECRET_KEY, WEBHOOK_SECRET, Stripe
from tests.order_builders import assert_books_balance
from tests.programs import INTAKES, TOKEN, Program, Starts, Telegram
from tests.sockets import a_free_port, served
from tests.store.payments import till

pytestmark = pytest.mark.slow

REFUND = {"alipay": "refund", "stripe": "POST /v1/refunds"}


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Street:
    """The shop's program, its provider at an address of its own, and the shop's database."""

    dukkan: Starts
    settings: dict[str, str]
    provider: Alipay | Stripe
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


def the_provider(name: str, url: str, client: httpx.AsyncClient) -> Alipay | Stripe:
    """Its notifications go to *url*; where nobody listens they wait."""

    async def post(body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        try:
            return await client.post(url, content=body, headers=headers)
        except httpx.TransportError:
            return httpx.Response(503)

    async def to_alipay(body: bytes) -> tuple[int, bytes]:
        answer = await post(body)
        return answer.status_code, answer.content

    async def to_stripe(body: bytes, headers: dict[str, str]) -> int:
        return (await post(body, headers)).status_code

    return Alipay(to_alipay, now) if name == "alipay" else Stripe(to_stripe, now)


def account(name: str, address: str) -> dict[str, str]:
    alipay = {
        "APP_ID": APP_ID,
        "SELLER_ID": SELLER_ID,
        "PRIVATE_KEY": private_pem("app").replace("\n", "\\n"),
        "PUBLIC_KEY": public_pem("alipay"),
        "API_URL": f"{address}/gateway.do",
    }
    stripe = {"SECRET_KEY": SECRET_KEY, "WEBHOOK_SECRET": WEBHOOK_SECRET, "API_URL": address}
    fields = alipay if name == "alipay" else stripe
    return {f"{name.upper()}__MAIN__{field}": value for field, value in fields.items()}


CONNECTED: dict[str, Callable[..., PaymentGateway]] = {
    "alipay": alipay_gateways.connected,
    "stripe": stripe_gateways.connected,
}


@asynccontextmanager
async def a_street(name: str, dukkan: Starts, telegram: Telegram, db_url: str) -> AsyncIterator[Street]:
    port = a_free_port()
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
        provider = the_provider(name, f"http://127.0.0.1:{port}/pay/{name}/webhook", client)
        address = await stack.enter_async_context(served(provider.app))
        db = Database(db_url)
        stack.push_async_callback(db.close)
        settings = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url, "DATABASE_URL": db_url, "WEB_PORT": str(port)}
        shop = ShopWithAProvider(db, CONNECTED[name](provider), Clock(now()))
        yield Street(dukkan, settings | INTAKES["polling"] | account(name, address), provider, shop)


@pytest.mark.parametrize("name", ["alipay", "stripe"])
@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_killed_in_the_middle_it_neither_loses_money_nor_moves_it_twice(
    name: str, dukkan: Starts, telegram: Telegram, db_url: str
) -> None:
    """Paid while nobody listens, killed as soon as that is receipted; then a refund whose answer is lost, and killed again."""
    async with a_street(name, dukkan, telegram, db_url) as street:
        attempt = await street.shop.attempt(currency="CNY")
        await street.provider.pay(attempt.merchant_ref)
        assert len(street.provider.outbox) == 1
        program = await street.opens()
        await street.provider.notifies()
        assert street.provider.outbox == [], program.said
        await program.ends(by=signal.SIGKILL)
        program = await street.opens()
        await street.comes_to(program, attempt.order_id, "confirmed", "paid")
        street.provider.faults = [(REFUND[name], "lost")]
        await street.shop.gives_back(attempt, 900)
        await refund_is_sent(street, REFUND[name])
        await program.ends(by=signal.SIGKILL)
        program = await street.opens()
        await street.provider.notifies()
        await street.comes_to(program, attempt.order_id, "confirmed", "partially_refunded")
        assert await program.ends(by=signal.SIGTERM) == 0
        paid = await till.paid_attempt(street.shop.db, attempt)
        assert (paid.captured_minor, paid.refunded_minor, paid.refund_reserved_minor) == (2000, 900, 900)
        await assert_books_balance(street.shop.db)


async def refund_is_sent(street: Street, call: str) -> None:
    async with asyncio.timeout(60):
        while not street.provider.asked[call]:  # noqa: ASYNC110 - two processes share no event
            await asyncio.sleep(0.05)
