"""Notifications of payments: proven, stored raw and applied to the ledger on SQLite, against the proof alone; each a new order's. `python -m benchmarks.payments [PROVIDER …]`"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from benchmarks import crowd
from benchmarks.filling import NOW, baskets, fill_carts, fill_shelves, open_shop
from benchmarks.frame import Claim, Result, Turns, in_turns, keep
from store import migrate
from store.db import Database
from store.models import Cart, Order, OrderGroup
from store.money import to_decimal
from store.payments import attempts, ledger
from store.payments.alipay_wire import beijing
from store.payments.attempts import AttemptView
from store.payments.gateway import PaymentGateway
from store.payments.paypal_money import to_wire
from tests.doubles import alipay_gateways, stripe_gateways
from tests.doubles import stripe as stripe_double
from tests.doubles.alipay import Alipay
from tests.doubles.alipay_books import Trade
from tests.doubles.paypal import PayPal
from tests.doubles.paypal_shop import connected
from tests.doubles.stripe import Stripe
from tests.doubles.wechat import WechatDouble
from tests.doubles.wechat_books import Ordered, transaction
from tests.doubles.wechat_shop import a_gateway
from tests.doubles.wire import nobody_listens

TURNS, A_TURN, VARIANTS = 5, 200, 1000
Notice = tuple[bytes, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Provider:
    """Its gateway, and what its double says when an attempt is paid."""

    gateway: PaymentGateway
    currency: str
    paid: Callable[[AttemptView], Notice]


def wechat() -> Provider:
    double = WechatDouble(now=NOW)

    def paid(attempt: AttemptView) -> Notice:
        asked = {"out_trade_no": attempt.merchant_ref, "amount": {"total": attempt.amount_minor, "currency": "CNY"}}
        double.books.orders[attempt.merchant_ref] = Ordered(asked, "native")
        told = transaction(double.books.pay(attempt.merchant_ref, now=NOW))
        body = double.body_of(double.notice("TRANSACTION.SUCCESS", "transaction", told))
        return body, double.signed(body)

    return Provider(a_gateway(double), "CNY", paid)


def paypal() -> Provider:
    double = PayPal(lambda: NOW)

    def paid(attempt: AttemptView) -> Notice:
        amount = to_wire(attempt.amount_minor, attempt.currency)
        unit = {"custom_id": attempt.merchant_ref, "invoice_id": attempt.merchant_ref, "amount": amount}
        order = double.books.create({"intent": "CAPTURE", "purchase_units": [unit]})
        double.books.approve(order["id"])
        double.books.capture(order["id"])
        notice = double.books.notices.pop()
        return notice.body, double.signed(notice)

    return Provider(connected(double), "USD", paid)


def alipay() -> Provider:
    double = Alipay(nobody_listens)

    def paid(attempt: AttemptView) -> Notice:
        trade = Trade(attempt.merchant_ref, to_decimal(attempt.amount_minor, "CNY"), "Order", "precreate", "", None)
        trade.trade_no, trade.status, trade.paid_at = attempt.merchant_ref[::-1], "TRADE_SUCCESS", NOW
        return double.signed(double.notice(trade) | {"notify_time": beijing(NOW)}), {}

    return Provider(alipay_gateways.connected(double), "CNY", paid)


def stripe() -> Provider:
    double = Stripe(stripe_double.nobody_listens)

    def paid(attempt: AttemptView) -> Notice:
        mark = {"client_reference_id": attempt.merchant_ref, "metadata": {"merchant_ref": attempt.merchant_ref}}
        session = {"id": f"cs_{attempt.id}", "status": "complete", "payment_status": "paid", "currency": "usd"}
        thing = session | mark | {"amount_total": attempt.amount_minor}
        event = {"type": "checkout.session.completed", "livemode": False, "created": int(NOW.timestamp())}
        return double.signed(event | {"data": {"object": thing}}, at=int(NOW.timestamp()))

    return Provider(stripe_gateways.connected(double), "USD", paid)


PROVIDERS: dict[str, Callable[[], Provider]] = {"alipay": alipay, "paypal": paypal, "stripe": stripe, "wechat": wechat}


async def main(*chosen: str) -> None:
    for name in chosen or PROVIDERS:
        with tempfile.TemporaryDirectory() as folder:
            await _measure(name, PROVIDERS[name](), Path(folder))


async def _measure(name: str, provider: Provider, folder: Path) -> None:
    db = Database(f"sqlite+aiosqlite:///{folder / 'shop.sqlite3'}")
    notices = [provider.paid(attempt) for attempt in await _attempts(db, provider)]
    turns = await _in_turns(db, provider.gateway, notices)
    await db.close()
    claims = [Claim("proving, of the whole", turns.ratio, milestone=0.2, goal=0.05, at_most=True)]
    numbers = turns.numbers("proven and applied, notifications/s", "proven, notifications/s")
    what = (
        f"notifications of {name}: proven, stored raw, applied: an order confirmed, in durable transactions on SQLite"
    )
    keep(Result(f"payments-{name}", what, "the proof of their signatures alone", claims, numbers))


async def _in_turns(db: Database, gateway: PaymentGateway, notices: Sequence[Notice]) -> Turns:
    portions: Iterator[Sequence[Notice]] = iter([notices[at : at + A_TURN] for at in range(0, len(notices), A_TURN)])

    async def applied() -> float:
        portion, start = next(portions), time.perf_counter()
        for body, headers in portion:
            await ledger.receive(db, await gateway.verify(body, headers, now=NOW), now=NOW)
        return len(portion) / (time.perf_counter() - start)

    async def proven() -> float:
        start = time.perf_counter()
        for body, headers in notices:
            await gateway.verify(body, headers, now=NOW)
        return len(notices) / (time.perf_counter() - start)

    turns = await in_turns(applied, proven, turns=TURNS)
    async with db.read() as session:
        paid = await session.scalars(select(Order.id).where(Order.payment_status == "paid"))
        assert len(paid.all()) == len(notices), "not every order was paid"
    return turns


async def _attempts(db: Database, provider: Provider) -> list[AttemptView]:
    """One of each of as many orders as are measured."""
    await migrate.upgrade_database(db)
    await open_shop(db)
    await fill_shelves(db, [VARIANTS], stock=1_000_000)
    people = await fill_carts(db, baskets(TURNS * A_TURN, lines=1, variants=VARIANTS))
    await crowd.press(db, people)
    async with db.begin() as session:
        for model in (Cart, Order, OrderGroup):  # as if the shop had always sold in the provider's currency
            await session.execute(update(model).values(currency=provider.currency))
        ids = (await session.scalars(select(Order.id).order_by(Order.id))).all()
        return [await attempts.start(session, order_id, provider.gateway, now=NOW) for order_id in ids]


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
