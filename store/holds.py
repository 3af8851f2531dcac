"""The hold on an unpaid order's goods: its buyer is reminded once, in good time before it ends. Ending it is `payments.reconcile.expire_unpaid`'s."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import outbox
from store.db import Database, affected
from store.events import HoldEnding
from store.models import Order
from store.order_status import OrderStatus

# Of the whole time that an order is held, and never earlier than this before its end: who has three days hears of it on the third.
LAST_SHARE = 3
EARLIEST = timedelta(days=1)


def remind_at(placed_at: datetime, expires_at: datetime | None) -> datetime | None:
    """When the buyer is to hear that the hold ends soon: ten minutes before the end of half an hour."""
    if expires_at is None:
        return None
    return expires_at - min((expires_at - placed_at) / LAST_SHARE, EARLIEST)


async def remind(db: Database, *, now: datetime, limit: int = 50) -> int:
    """Buyers whose goods go back on the shelf soon are told, each once, however many processes do this. Returns how many.

    An order that was paid meanwhile, or whose time is up already, is not reminded of.
    """
    async with db.read() as session:
        due = await _due(session, now=now, limit=limit)
    reminded = []
    for order_id in due:
        async with db.begin() as session:
            reminded.append(await _remind(session, order_id, now=now))
    return sum(reminded)


async def _due(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[int]:
    # What was paid in time keeps its moment: without the lower bound every turn of the job would read all the orders that the shop ever had.
    is_due = Order.remind_at.between(now - EARLIEST, now)
    due = select(Order.id).where(is_due, Order.expires_at > now, Order.status == OrderStatus.PENDING_PAYMENT)
    return (await session.scalars(due.order_by(Order.remind_at, Order.id).limit(limit))).all()


async def _remind(session: AsyncSession, order_id: int, *, now: datetime) -> int:
    """1 for whoever comes first."""
    still_due = update(Order).where(
        Order.id == order_id,
        Order.remind_at.is_not(None),
        Order.expires_at > now,
        Order.status == OrderStatus.PENDING_PAYMENT,
    )
    told = still_due.values(remind_at=None).execution_options(synchronize_session=False)
    if await affected(session, told) != 1:
        return 0
    await outbox.write(session, HoldEnding(order_id=order_id), now=now)
    return 1
