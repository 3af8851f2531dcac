"""Orders for tests to start from, and the books that must balance whatever happened."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import order_life, orders, packing, placing, shipping, stock
from store.audit import Actor
from store.db import Database, run_again
from store.models import OutboxEvent, PaymentAttempt, Reservation, StockLevel, StockMove, Variant
from store.orders import OrderView
from store.payments import refunds
from store.payments.gateway import Capabilities
from store.placing import Placed
from tests.builders import NOW, Ready, a_ready_checkout

HOLD = timedelta(minutes=30)
LATER = NOW + timedelta(hours=1)
STAFF = Actor.staff(77, "Ben")
ONLINE = Capabilities(currencies=None, hold=HOLD)
ON_DELIVERY = Capabilities(currencies=None, hold=None, is_offline=True)


async def place(
    db: Database, ready: Ready, *, capabilities: Capabilities = ONLINE, version: int | None = None, now: datetime = NOW
) -> Placed:
    """The customer presses "Place the order" on the review screen that *ready* is."""

    async def again(session: AsyncSession) -> Placed:
        return await press(session, ready, capabilities=capabilities, version=version, now=now)

    return await run_again(db, again)


async def press(
    session: AsyncSession,
    ready: Ready,
    *,
    capabilities: Capabilities = ONLINE,
    version: int | None = None,
    now: datetime = NOW,
) -> Placed:
    """The same in a transaction of the caller's, and once: nobody tries again."""
    return await placing.place(
        session,
        ready.customer.id,
        ready.cart_id,
        ready.cart_version if version is None else version,
        capabilities=capabilities,
        payment_method=ready.payment_method,
        now=now,
    )


async def an_order(
    db: Database, *variants: Variant, quantity: int = 1, capabilities: Capabilities = ONLINE, delivery: str = "courier"
) -> OrderView:
    """An order that somebody new has just placed: unpaid, unless the capabilities are those of a payment on delivery."""
    ready = await a_ready_checkout(db, *variants, quantity=quantity, delivery=delivery)
    return await the_order(db, (await place(db, ready, capabilities=capabilities)).order_id)


async def a_paid_order(db: Database, *variants: Variant, quantity: int = 1, delivery: str = "courier") -> OrderView:
    """An order whose whole total came in through one attempt."""
    order = await an_order(db, *variants, quantity=quantity, delivery=delivery)
    await an_attempt(db, order, status="succeeded", captured_minor=order.total_minor)
    async with db.begin() as session:
        await order_life.confirm(session, order.id, now=NOW)
        await order_life.derive(session, order.id)
    return await the_order(db, order.id)


async def an_attempt(db: Database, order: OrderView, *, status: str, captured_minor: int = 0) -> int:
    """A try to pay, as the ledger would leave it."""
    async with db.begin() as session:
        attempt = PaymentAttempt(
            group_id=order.group_id,
            gateway="sandbox",
            status=status,
            # None would become the column's default
            active_slot=1 if status in ("created", "pending") else null(),
            amount_minor=order.total_minor,
            captured_minor=captured_minor,
            currency=order.currency,
            merchant_ref=f"{order.number}-{status}",
            created_at=NOW,
        )
        session.add(attempt)
    return attempt.id


async def the_order(db: Database, order_id: int) -> OrderView:
    async with db.read() as session:
        return await orders.order(session, order_id)


def buyer(order: OrderView) -> Actor:
    return Actor.customer(order.customer_id)


async def cancel(db: Database, order: OrderView, actor: Actor) -> None:
    async with db.begin() as session:
        await order_life.cancel(session, order.id, actor=actor, reason="changed my mind", now=NOW)


async def expire(db: Database, order: OrderView, *, now: datetime = LATER) -> bool:
    async with db.begin() as session:
        return await order_life.expire(session, order.id, now=now)


async def revive(db: Database, order: OrderView) -> bool:
    async with db.begin() as session:
        return await order_life.revive(session, order.id, now=LATER)


async def pack(db: Database, order: OrderView) -> None:
    async with db.begin() as session:
        await packing.pack(session, order.id, actor=STAFF, now=NOW)


async def ship(db: Database, order: OrderView) -> None:
    async with db.begin() as session:
        await shipping.ship(session, order.id, carrier="sandbox", tracking_number=None, actor=STAFF, now=NOW)


async def refunded(db: Database, order: OrderView) -> list[tuple[int, str]]:
    async with db.read() as session:
        return [(row.amount_minor, row.reason) for row in await refunds.refunds_of(session, order.id)]


@dataclass(frozen=True, slots=True)
class Shelf:
    on_hand: int
    reserved: int


async def shelf(db: Database, variant: Variant) -> Shelf:
    async with db.read() as session:
        row = await session.execute(
            select(StockLevel.on_hand, StockLevel.reserved).where(StockLevel.variant_id == variant.id)
        )
        return Shelf(*row.one())


async def events(db: Database, about: str = "") -> list[str]:
    """The types of what the world was told, in order; *about*: "order", "stock", …"""
    async with db.read() as session:
        types = select(OutboxEvent.type).where(OutboxEvent.type.startswith(about)).order_by(OutboxEvent.id)
        return list(await session.scalars(types))


async def assert_books_balance(db: Database) -> None:
    """Every counter is the sum of its moves, and what is set aside is the sum of the reservations."""
    async with db.read() as session:
        levels = (await session.execute(select(StockLevel.variant_id, StockLevel.on_hand, StockLevel.reserved))).all()
        on_hand, moved = await _sums(session)
        held = await _held(session)
    for variant_id, there, reserved in levels:
        assert there == on_hand[variant_id], (
            f"variant {variant_id}: {there} on the shelf, moves say {on_hand[variant_id]}"
        )
        assert reserved == moved[variant_id] == held[variant_id], f"variant {variant_id}: {reserved} set aside"


async def _sums(session: AsyncSession) -> tuple[Counter[int], Counter[int]]:
    rows = (
        await session.execute(
            select(StockMove.variant_id, func.sum(StockMove.d_on_hand), func.sum(StockMove.d_reserved)).group_by(
                StockMove.variant_id
            )
        )
    ).all()
    return Counter({row[0]: int(row[1]) for row in rows}), Counter({row[0]: int(row[2]) for row in rows})


async def _held(session: AsyncSession) -> Counter[int]:
    rows = await session.execute(
        select(Reservation.variant_id, func.sum(Reservation.quantity))
        .where(Reservation.state.in_((stock.HELD, stock.COMMITTED)))
        .group_by(Reservation.variant_id)
    )
    return Counter({variant_id: int(pieces) for variant_id, pieces in rows})
