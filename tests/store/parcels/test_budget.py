"""A carrier is asked as often as it allows, by all programs together and over every restart, and a dead one is noticed."""

import asyncio
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database, run_again
from store.models import CarrierAccount, OutboxEvent
from store.parcels import budget
from store.parcels.budget import For, Turn
from store.parcels.carrier import CarrierBusy, CarrierCapabilities, CarrierError, CarrierRefused
from tests.builders import NOW
from tests.store.parcels.obliging import Obliging

SECOND = timedelta(seconds=1)


async def turn(db: Database, carrier: Obliging, now: datetime = NOW, *, whom: For = For.PARCELS) -> Turn:
    return await run_again(db, partial(budget.take, carrier=carrier, now=now, whom=whom))


async def fails(db: Database, carrier: Obliging, error: CarrierError, now: datetime) -> timedelta:
    return await run_again(db, partial(budget.failed, carrier=carrier, error=error, now=now)) - now


async def told(db: Database) -> list[str]:
    async with db.read() as session:
        wanted = select(OutboxEvent.type).where(OutboxEvent.type.startswith("carrier.")).order_by(OutboxEvent.id)
        return list(await session.scalars(wanted))


async def test_calls_keep_their_distance(sqlite_db: Database) -> None:
    """One in five seconds; what would wait for more than half a minute is put off."""
    slow = Obliging(capabilities=CarrierCapabilities(calls_per_s=0.2))
    turns = [await turn(sqlite_db, slow) for _ in range(9)]
    assert [each.wait_s for each in turns[:7]] == [0, 5, 10, 15, 20, 25, 30]
    assert turns[7].not_before == NOW + 35 * SECOND
    assert (await turn(sqlite_db, slow, NOW + 60 * SECOND)).wait_s == 0


async def test_a_days_calls_are_counted_over_a_restart(sqlite_db: Database) -> None:
    """A tenth is left to people who ask; the next day begins anew."""
    scarce = Obliging(capabilities=CarrierCapabilities(calls_per_day=10))
    assert [(await turn(sqlite_db, scarce)).not_before for _ in range(9)] == [None] * 9
    again = Database(sqlite_db.url)
    refused = await turn(again, scarce)
    people = [await turn(again, scarce, whom=For.PEOPLE) for _ in range(2)]
    assert refused.not_before is not None and refused.not_before.date() > NOW.date()
    assert [each.not_before is None for each in people] == [True, False]
    assert (await turn(again, scarce, NOW + timedelta(days=1))).not_before is None
    await again.close()


async def test_ten_programs_take_no_more_than_the_day_has(db: Database) -> None:
    scarce = Obliging(capabilities=CarrierCapabilities(calls_per_day=5))
    turns = await asyncio.gather(*(turn(db, scarce, whom=For.PEOPLE) for _ in range(10)))
    assert sum(each.not_before is None for each in turns) == 5


async def test_without_the_rows_lock_two_programs_take_the_same_call(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the race above. SQLite writes one after the other anyhow."""
    if db.dialect == "sqlite":
        pytest.skip("SQLite has one writer")
    scarce, both = Obliging(capabilities=CarrierCapabilities(calls_per_day=1)), asyncio.Barrier(2)
    await turn(db, scarce, NOW - timedelta(days=1), whom=For.PEOPLE)

    async def not_held(session: AsyncSession, carrier: str) -> CarrierAccount:
        account = (await session.scalars(select(CarrierAccount).where(CarrierAccount.carrier == carrier))).one()
        await both.wait()
        return account

    monkeypatch.setattr(budget, "_account", not_held)
    turns = await asyncio.gather(*(turn(db, scarce, whom=For.PEOPLE) for _ in range(2)))
    assert [each.not_before for each in turns] == [None, None]


async def test_a_busy_carrier_is_left_alone_as_long_as_it_says(sqlite_db: Database) -> None:
    carrier, busy = Obliging(), CarrierBusy("busy", retry_after=90 * SECOND)
    assert await fails(sqlite_db, carrier, busy, NOW) == 90 * SECOND
    assert (await turn(sqlite_db, carrier, NOW + 60 * SECOND)).not_before == NOW + 90 * SECOND
    assert (await turn(sqlite_db, carrier, NOW + 91 * SECOND)).not_before is None


async def test_one_that_does_not_say_is_asked_less_and_less(sqlite_db: Database) -> None:
    carrier = Obliging()
    waits = [await fails(sqlite_db, carrier, CarrierBusy("busy"), NOW + n * timedelta(hours=2)) for n in range(12)]
    assert waits == sorted(waits) and waits[0] == 30 * SECOND and waits[-1] == timedelta(hours=1)


async def test_a_single_failure_may_be_the_parcels(sqlite_db: Database) -> None:
    assert await fails(sqlite_db, Obliging(), CarrierError("odd"), NOW) == timedelta()


@pytest.mark.parametrize(("error", "failures"), [(CarrierError("away"), 5), (CarrierRefused("key"), 1)])
async def test_the_staff_is_told_once_that_it_fails_and_once_that_it_is_well(
    sqlite_db: Database, error: CarrierError, failures: int
) -> None:
    """At once where somebody must act, else when it is no accident any more."""
    carrier = Obliging()
    for n in range(failures + 3):
        await fails(sqlite_db, carrier, error, NOW + n * timedelta(hours=7))
        assert await told(sqlite_db) == (["carrier.failing"] if n + 1 >= failures else [])
    for _ in range(2):
        await run_again(sqlite_db, partial(budget.answered, carrier=carrier, now=NOW + timedelta(days=9)))
    assert await told(sqlite_db) == ["carrier.failing", "carrier.recovered"]


async def test_an_accident_is_told_to_nobody(sqlite_db: Database) -> None:
    carrier = Obliging()
    await fails(sqlite_db, carrier, CarrierError("away"), NOW)
    await run_again(sqlite_db, partial(budget.answered, carrier=carrier, now=NOW))
    assert await told(sqlite_db) == []


async def test_how_a_carrier_stands_can_be_shown(sqlite_db: Database) -> None:
    carrier = Obliging(capabilities=CarrierCapabilities(calls_per_day=100))
    await turn(sqlite_db, carrier)
    await fails(sqlite_db, carrier, CarrierRefused("the key is wrong"), NOW)
    async with sqlite_db.read() as session:
        (standing,) = await budget.standings(session, [carrier], now=NOW)
        (unknown,) = await budget.standings(session, [Obliging("new")], now=NOW)
    assert (standing.calls, standing.calls_per_day, standing.failures, standing.error) == (
        1,
        100,
        1,
        "the key is wrong",
    )
    assert (unknown.calls, unknown.failures) == (0, 0)
