"""What a day of the shop was like: sales, orders, money given back, what sold best, what runs out. Days are the shop's own."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import once, outbox
from store.db import Database, run_again
from store.errors import NotFound
from store.events import DayEnded
from store.models import MAIN_LOCATION, Order, OrderLine, Product, Refund, StockLevel, Variant
from store.models.base import Texts
from store.order_status import OrderStatus, RefundStatus
from store.parcels import lateness
from store.sellers import the_seller

# By the shop's clock, on the morning after.
TOLD_AT = time(9)
DAYS = 7
_LISTED = 5
_SOLD = (OrderStatus.CONFIRMED, OrderStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class DayReport:
    """`week` ends with the day: (day, sales). `top`: title, pieces. `low`: title, pieces left. `late`: numbers of orders with a late parcel, the
    first few of `late_count`. Sales are the totals of orders confirmed and not called off."""

    day: date
    currency: str
    orders: int
    sales_minor: int
    refunded_minor: int
    week: tuple[tuple[date, int], ...]
    top: tuple[tuple[Texts, int], ...]
    low: tuple[tuple[Texts, int], ...]
    late: tuple[str, ...] = ()
    late_count: int = 0

    @property
    def is_worth_telling(self) -> bool:
        return any(sales for _, sales in self.week) or self.refunded_minor > 0 or self.late_count > 0


async def end_day(db: Database, *, now: datetime) -> int:
    """Once a day, from nine in the morning on, it is said that the day before has ended, if anything was sold of late. Returns whether it was now."""
    async with db.read() as session:
        try:
            seller = await the_seller(session)
        except NotFound:
            return 0
        key, here = f"{seller.id}", now.astimezone(ZoneInfo(seller.timezone))
        lately = select(Order.id).where(Order.confirmed_at > now - timedelta(days=DAYS + 1)).limit(1)
        has_sold = await session.scalar(lately) is not None
    if here.time() < TOLD_AT or not has_sold:
        return 0
    day = (here.date() - timedelta(days=1)).isoformat()

    async def say(session: AsyncSession) -> int:
        if not await once.is_first(session, "day_report", f"{key}:{day}", now=now):
            return 0
        await outbox.write(session, DayEnded(day=day), now=now)
        return 1

    return await run_again(db, say)


async def report(session: AsyncSession, day: date, *, zone: str, currency: str) -> DayReport:
    """Raises nothing: a day without orders is a day too."""
    week = [day - timedelta(days=n) for n in reversed(range(DAYS))]
    sales = [await _sales(session, each, zone, currency) for each in week]
    late_count, late = await lateness.late_orders(session, limit=_LISTED)
    return DayReport(
        day=day,
        currency=currency,
        orders=sales[-1][0],
        sales_minor=sales[-1][1],
        refunded_minor=await _refunded(session, day, zone, currency),
        week=tuple((each, minor) for each, (_, minor) in zip(week, sales, strict=True)),
        top=await _top(session, day, zone, currency),
        low=await _low(session),
        late=late,
        late_count=late_count,
    )


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """From midnight to midnight on the shop's wall: on two days a year that is not 24 hours."""
    here = ZoneInfo(zone)
    start, end = (datetime.combine(each, time(), tzinfo=here) for each in (day, day + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)


def _sold_on(day: date, zone: str, currency: str) -> ColumnElement[bool]:
    start, end = bounds(day, zone)
    in_day = (Order.confirmed_at >= start) & (Order.confirmed_at < end)
    return in_day & (Order.currency == currency) & Order.status.in_(_SOLD)


async def _sales(session: AsyncSession, day: date, zone: str, currency: str) -> tuple[int, int]:
    sums = select(func.count(), func.coalesce(func.sum(Order.total_minor), 0)).where(_sold_on(day, zone, currency))
    count, total = (await session.execute(sums)).one()
    return int(count), int(total)


async def _refunded(session: AsyncSession, day: date, zone: str, currency: str) -> int:
    start, end = bounds(day, zone)
    done = (Refund.status == RefundStatus.SUCCEEDED) & (Refund.currency == currency)
    in_day = (Refund.finished_at >= start) & (Refund.finished_at < end)
    return int(await session.scalar(select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(done, in_day)) or 0)


async def _top(session: AsyncSession, day: date, zone: str, currency: str) -> tuple[tuple[Texts, int], ...]:
    pieces = func.sum(OrderLine.quantity - OrderLine.cancelled_quantity)
    rows = await session.execute(
        select(Variant.product_id, pieces.label("pieces"))
        .join(Order, Order.id == OrderLine.order_id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .where(_sold_on(day, zone, currency))
        .group_by(Variant.product_id)
        .order_by(pieces.desc(), Variant.product_id)
        .limit(_LISTED)
    )
    sold = {row.product_id: int(row.pieces) for row in rows}
    titles = await session.execute(select(Product.id, Product.title).where(Product.id.in_(sold)))
    named = {row.id: row.title for row in titles}
    return tuple((named[product_id], count) for product_id, count in sold.items() if count > 0)


async def _low(session: AsyncSession) -> tuple[tuple[Texts, int], ...]:
    rows = await session.execute(
        select(Product.title, StockLevel.free)
        .join(Variant, Variant.id == StockLevel.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(StockLevel.location_id == MAIN_LOCATION, StockLevel.free <= StockLevel.low_at)
        .where(Product.status == "active", Product.kind == "physical", StockLevel.allow_backorder.is_(False))
        .order_by(StockLevel.free, Variant.id)
        .limit(_LISTED)
    )
    return tuple((title, int(free)) for title, free in rows)
