"""Parcels whose time has come although nobody asks a carrier about them: a carrier that cannot be asked, or one that pushes and is silent."""

from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database, run_again
from store.models import Order, Shipment
from store.order_status import ShipmentStatus
from store.parcels import tracking
from store.parcels.arrival import QUIET
from store.parcels.carrier import Tracked
from store.parcels.eta import MUCH_LATER

_MOVING = (ShipmentStatus.HANDED_OVER, ShipmentStatus.IN_TRANSIT, ShipmentStatus.EXCEPTION)


async def notice_due(db: Database, *, now: datetime, limit: int = 50) -> int:
    """Up to *limit* parcels that are later than anybody has noticed are noticed; how many."""
    async with db.read() as session:
        due = (await session.execute(_due(now).limit(limit))).all()
    for shipment_id, number in due:

        async def look(session: AsyncSession, shipment_id: int = shipment_id, number: str | None = number) -> None:
            await tracking.apply(session, shipment_id, Tracked(number or ""), now=now)

        await run_again(db, look)
    return len(due)


async def late_orders(session: AsyncSession, *, limit: int) -> tuple[int, tuple[str, ...]]:
    """How many orders have a parcel that is late and not there, and the numbers of those that wait the longest."""
    is_late = (Shipment.status.in_(_MOVING), Shipment.delay_level > 0)
    count = await session.scalar(select(func.count(Shipment.order_id.distinct())).where(*is_late))
    since = func.min(Shipment.promised_until)
    longest = (
        select(Order.number)
        .join(Shipment, Shipment.order_id == Order.id)
        .where(*is_late)
        .group_by(Order.id, Order.number)
        .order_by(since, Order.id)
        .limit(limit)
    )
    return int(count or 0), tuple(await session.scalars(longest))


def _due(now: datetime) -> Select[int, str | None]:
    """By the rules of `eta.delay` for a parcel of which nothing is heard. One whose buyer was told just now waits."""
    level, late_at = Shipment.delay_level, Shipment.late_at
    may_tell = or_(Shipment.delay_told_at.is_(None), Shipment.delay_told_at <= now - QUIET)
    is_due = or_(
        level == 0,
        and_(level < 2, late_at < now, may_tell),
        and_(level < 3, late_at < now - MUCH_LATER, may_tell),
    )
    return (
        select(Shipment.id, Shipment.tracking_number)
        .where(Shipment.status.in_(_MOVING), Shipment.promised_until < now, is_due)
        .where(Shipment.next_poll_at.is_(None), Shipment.shipped_at.is_not(None))
        .order_by(Shipment.promised_until, Shipment.id)
    )
