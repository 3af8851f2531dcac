"""What a day of the shop was like: sales, orders, money given back, what sold best, what runs out. Days are the shop's own."""

from collections.abc import Iterator, Mapping, Sequence
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
# By currency: how many orders, and their total.
Sales = Mapping[str, tuple[int, int]]
_NONE = (0, 0)


@dataclass(frozen=True, slots=True)
class OtherMoney:
    """What the day, and the seven days that end with it, came to in a further currency. No rate makes one sum of two."""

    currency: str
    orders: int
    sales_minor: int
    refunded_minor: int
    week_minor: int


@dataclass(frozen=True, slots=True)
class DayReport:
    """`week` ends with the day: (day, sales). `top`: title, pieces. `low`: title, pieces left. `late`: numbers of orders with a late parcel, the
    first few of `late_count`. Sales are the totals of orders confirmed and not called off; those in the shop's own `currency`, `others` has the rest.
    """

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
    others: tuple[OtherMoney, ...] = ()

    @property
    def is_worth_telling(self) -> bool:
        return (
            bool(self.others) or any(sales for _, sales in self.week) or self.refunded_minor > 0 or self.late_count > 0
        )


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
    sales = [await _sales(session, each, zone) for each in week]
    refunded = await _refunded(session, day, zone)
    late_count, late = await lateness.late_orders(session, limit=_LISTED)
    return DayReport(
        day=day,
        currency=currency,
        orders=sales[-1].get(currency, _NONE)[0],
        sales_minor=sales[-1].get(currency, _NONE)[1],
        refunded_minor=refunded.get(currency, 0),
        week=tuple((each, sold.get(currency, _NONE)[1]) for each, sold in zip(week, sales, strict=True)),
        top=await _top(session, day, zone),
        low=await _low(session),
        late=late,
        late_count=late_count,
        others=tuple(_others(sales, refunded, currency)),
    )


def _others(week: Sequence[Sales], refunded: Mapping[str, int], own: str) -> Iterator[OtherMoney]:
    for currency in sorted({*refunded, *(each for sold in week for each in sold)} - {own}):
        orders, sales_minor = week[-1].get(currency, _NONE)
        week_minor = sum(sold.get(currency, _NONE)[1] for sold in week)
        yield OtherMoney(currency, orders, sales_minor, refunded.get(currency, 0), week_minor)


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """From midnight to midnight on the shop's wall: on two days a year that is not 24 hours."""
    here = ZoneInfo(zone)
    start, end = (datetime.combine(each, time(), tzinfo=here) for each in (day, day + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)


def _sold_on(day: date, zone: str) -> ColumnElement[bool]:
    start, end = bounds(day, zone)
    in_day = (Order.confirmed_at >= start) & (Order.confirmed_at < end)
    return in_day & Order.status.in_(_SOLD)


async def _sales(session: AsyncSession, day: date, zone: str) -> Sales:
    sums = select(Order.currency, func.count(), func.sum(Order.total_minor)).where(_sold_on(day, zone))
    rows = await session.execute(sums.group_by(Order.currency))
    return {currency: (int(count), int(total)) for currency, count, total in rows}


async def _refunded(session: AsyncSession, day: date, zone: str) -> dict[str, int]:
    """By currency."""
    start, end = bounds(day, zone)
    in_day = (Refund.finished_at >= start) & (Refund.finished_at < end)
    sums = select(Refund.currency, func.sum(Refund.amount_minor)).where(Refund.status == RefundStatus.SUCCEEDED, in_day)
    rows = await session.execute(sums.group_by(Refund.currency))
    return {currency: int(total) for currency, total in rows}


async def _top(session: AsyncSession, day: date, zone: str) -> tuple[tuple[Texts, int], ...]:
    pieces = func.sum(OrderLine.quantity - OrderLine.cancelled_quantity)
    rows = await session.execute(
        select(Variant.product_id, pieces.label("pieces"))
        .join(Order, Order.id == OrderLine.order_id)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .where(_sold_on(day, zone))
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
