"""The numbers of a day, against plain SQL; the day is the shop's own."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from store import day_report, order_life
from store.audit import SYSTEM
from store.day_report import OtherMoney
from store.db import Database
from store.models import Order, PaymentAttempt, Refund, Seller, StockLevel
from tests.builders import NOW, a_shop, a_variant
from tests.order_builders import a_paid_order, events

DAY = date(2026, 3, 1)
NEXT_MORNING = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)


async def sold_at(db: Database, at: datetime, *, quantity: int = 1, title: str = "Mug", currency: str = "USD") -> int:
    order = await a_paid_order(db, await a_variant(db, stock=9, title=title), quantity=quantity)
    async with db.begin() as session:
        await session.execute(update(Order).where(Order.id == order.id).values(confirmed_at=at, currency=currency))
    return order.id


async def report(db: Database, day: date = DAY, zone: str = "UTC") -> day_report.DayReport:
    async with db.read() as session:
        return await day_report.report(session, day, zone=zone, currency="USD")


async def test_a_days_numbers_are_those_of_plain_sql(db: Database) -> None:
    """Orders of the day before and after, and one that was called off, do not count."""
    for hours, quantity in ((-1, 3), (0, 1), (12, 2), (23.99, 1), (24, 4)):
        await sold_at(db, datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=hours), quantity=quantity)
    off = await sold_at(db, datetime(2026, 3, 1, 12, tzinfo=UTC))
    async with db.begin() as session:
        await order_life.cancel(session, off, actor=SYSTEM, reason="test", now=NOW)
    told = await report(db)
    oracle = text(
        "SELECT count(*), sum(total_minor) FROM orders WHERE status IN ('confirmed', 'completed')"
        " AND confirmed_at >= '2026-03-01 00:00:00' AND confirmed_at < '2026-03-02 00:00:00'"
    )
    week = text(
        "SELECT sum(total_minor) FROM orders WHERE status IN ('confirmed', 'completed')"
        " AND confirmed_at >= '2026-02-23 00:00:00' AND confirmed_at < '2026-03-02 00:00:00'"
    )
    async with db.read() as session:
        count, total = (await session.execute(oracle)).one()
        assert (told.orders, told.sales_minor) == (count, int(total)) == (3, told.week[-1][1])
        assert sum(sales for _, sales in told.week) == int((await session.execute(week)).scalar_one())


async def test_what_was_sold_for_other_money_is_told_beside_it(db: Database) -> None:
    """Each currency has its own sums, its pieces are among what sold best, and a day that sold in nothing else is told of."""
    await sold_at(db, datetime(2026, 3, 1, 12, tzinfo=UTC))
    for days, quantity in ((0, 2), (0, 1), (3, 1)):
        at = datetime(2026, 3, 1, 12, tzinfo=UTC) - timedelta(days=days)
        await sold_at(db, at, quantity=quantity, title="Bowl", currency="EUR")
    back = await sold_at(db, datetime(2026, 2, 1, tzinfo=UTC), currency="KWD")
    async with db.begin() as session:
        of_it = {"order_id": back, "currency": "KWD", "amount_minor": 1234, "status": "succeeded", "reason": "test"}
        attempt = (await session.scalars(select(PaymentAttempt).order_by(PaymentAttempt.id.desc()).limit(1))).one()
        asked = {"attempt_id": attempt.id, "merchant_ref": "R-1", "requested_by": "system", "created_at": NOW}
        session.add(Refund(finished_at=datetime(2026, 3, 1, 13, tzinfo=UTC), **of_it, **asked))
    told = await report(db)
    assert (told.orders, told.sales_minor, told.refunded_minor) == (1, 2000, 0)
    assert told.others == (OtherMoney("EUR", 2, 3500 + 2000, 0, 3500 + 2000 + 2000), OtherMoney("KWD", 0, 0, 1234, 0))
    assert sum(count for title, count in told.top if title["en"] == "Bowl") == 3
    async with db.read() as session:
        alone = await day_report.report(session, DAY, zone="UTC", currency="GBP")
    assert alone.is_worth_telling and [each.currency for each in alone.others] == ["EUR", "KWD", "USD"]


@pytest.mark.parametrize(("zone", "day"), [("Asia/Shanghai", date(2026, 3, 2)), ("America/New_York", date(2026, 3, 1))])
async def test_a_day_is_the_shops_own(sqlite_db: Database, zone: str, day: date) -> None:
    """Eight in the evening in London is another day in Shanghai."""
    await sold_at(sqlite_db, datetime(2026, 3, 1, 20, tzinfo=UTC))
    assert (await report(sqlite_db, day, zone)).orders == 1


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)])
def test_the_days_on_which_the_clocks_change_are_whole(day: date, hours: int) -> None:
    start, end = day_report.bounds(day, "Europe/Lisbon")
    assert end - start == timedelta(hours=hours)


async def test_a_shop_that_sells_nothing_has_no_days_to_tell_of(sqlite_db: Database) -> None:
    await a_shop(sqlite_db)
    assert await day_report.end_day(sqlite_db, now=NEXT_MORNING) == 0


async def test_what_sold_best_and_what_runs_out(db: Database) -> None:
    for quantity, title in ((1, "Lamp"), (3, "Dress")):
        await sold_at(db, datetime(2026, 3, 1, 12, tzinfo=UTC), quantity=quantity, title=title)
    async with db.begin() as session:
        await session.execute(update(StockLevel).values(low_at=6))
    told = await report(db)
    assert [(title["en"], count) for title, count in told.top] == [("Dress", 3), ("Lamp", 1)]
    assert [(title["en"], left) for title, left in told.low] == [("Dress", 6)]


async def test_a_day_ends_once_and_by_the_shops_clock(db: Database) -> None:
    await sold_at(db, datetime(2026, 3, 1, 12, tzinfo=UTC))
    async with db.begin() as session:
        await session.execute(update(Seller).values(timezone="Asia/Shanghai"))
    for hour in (0, 1, 2):  # eight, nine and ten in the morning there
        await day_report.end_day(db, now=datetime(2026, 3, 2, hour, 0, tzinfo=UTC))
    assert await events(db, "day") == ["day.ended"]
