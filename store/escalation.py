"""An order that nobody accepts: the staff is reminded, then the owner is told, once each, counted in the shop's opening hours."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import open_time, outbox
from store.db import Database, affected, run_again
from store.errors import NotFound
from store.events import OrderNeglected
from store.models import Order, Seller
from store.order_status import OrderStatus
from store.sellers import the_seller

# After so much open time: the staff chat, then the owner in private.
AFTER = (timedelta(minutes=15), timedelta(minutes=60))
AT_ONCE = 50
# Whoever gives all the money back has dealt with it.
_IS_WAITING = (
    Order.status == OrderStatus.CONFIRMED,
    Order.fulfilment_status == "unfulfilled",
    Order.payment_status != "refunded",
    Order.accepted_at.is_(None),
)


async def nudge_due(db: Database, *, now: datetime) -> int:
    """Of every order that has waited too long somebody is told. Returns how many were. Closed shops remind nobody."""
    async with db.read() as session:
        try:
            seller = await the_seller(session)
        except NotFound:
            return 0
        if not open_time.is_open(seller.opening_hours, seller.timezone, now):
            return 0
        rows = (await session.execute(_waiting(now))).all()
    due = [(row.id, row.nudges) for row in rows if _is_due(seller, row.confirmed_at, row.nudges, now)]
    told = [await run_again(db, partial(_nudge, order_id=order_id, nudges=n, now=now)) for order_id, n in due]
    return sum(told)


def _waiting(now: datetime) -> Select[int, int, datetime | None]:
    return (
        select(Order.id, Order.nudges, Order.confirmed_at)
        .where(*_IS_WAITING, Order.nudges < len(AFTER), Order.confirmed_at <= now - AFTER[0])
        .order_by(Order.confirmed_at)
        .limit(AT_ONCE)
    )


def _is_due(seller: Seller, confirmed_at: datetime | None, nudges: int, now: datetime) -> bool:
    if confirmed_at is None:
        return False
    return open_time.open_for(seller.opening_hours, seller.timezone, confirmed_at, now) >= AFTER[nudges]


async def _nudge(session: AsyncSession, *, order_id: int, nudges: int, now: datetime) -> bool:
    """Whether this call, and no other, has said it, and nobody has accepted meanwhile."""
    first = (
        update(Order)
        .where(Order.id == order_id, Order.nudges == nudges, *_IS_WAITING)
        .values(nudges=nudges + 1)
        .execution_options(synchronize_session=False)
    )
    if not await affected(session, first):
        return False
    await outbox.write(session, OrderNeglected(order_id=order_id, level=nudges + 1), now=now)
    return True
