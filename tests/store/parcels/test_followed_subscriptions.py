"""Where a carrier pushes only what was subscribed to, a parcel from elsewhere is: after it has been answered, and never to the orders' harm."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from store.db import Database
from store.models import CarrierAccount
from store.parcels import budget, followers, following
from store.parcels.carrier import (
    CarrierBusy,
    CarrierCapabilities,
    CarrierError,
    CarrierRefused,
    ScanReport,
    Stage,
    Subscription,
    Tracked,
    TrackingRequest,
    Trouble,
)
from store.parcels.office import Office
from tests.builders import NOW, a_customer
from tests.contracts.carrier_bench import KINDS, PHONE, opened
from tests.store.parcels.elsewhere import HOUR, OFFICE, asked, asked_as_due, followed, row, told
from tests.store.parcels.obliging import Obliging

NUMBER = "OB123456"


def pushing(*stages: Stage, trouble: Trouble | None = None, **can: Any) -> Obliging:
    scans = tuple(ScanReport(stage, NOW, raw_code=stage) for stage in stages)
    return Obliging(
        capabilities=CarrierCapabilities(push=True, **can),
        answer=lambda request: Tracked(request.number, scans, trouble=trouble),
    )


@dataclass
class Unwilling(Obliging):
    """It answers, but pushes nothing of what is not its customers'."""

    why: CarrierError | None = None

    async def subscribe(self, requests: list[TrackingRequest], *, push_url: str, now: datetime) -> list[Subscription]:
        self.subscribed += requests
        raise self.why or CarrierError("not for you")


async def test_what_was_answered_is_subscribed_to_once_and_asked_for_less(sqlite_db: Database) -> None:
    """A slow question makes sure: pushes are lost."""
    carrier = pushing(Stage.IN_TRANSIT)
    parcel = await followed(sqlite_db, carrier, NUMBER, digits=None)
    await asked(sqlite_db, carrier, parcel)
    assert (await row(sqlite_db, parcel)).subscribed_at == NOW and len(carrier.subscribed) == 1
    for hours in (6, 9, 30):
        await asked_as_due(sqlite_db, carrier, now=NOW + hours * HOUR)
    assert (len(carrier.subscribed), len(carrier.asked)) == (1, 3)


async def test_two_who_follow_one_number_need_one_subscription(sqlite_db: Database) -> None:
    carrier = pushing(Stage.IN_TRANSIT, max_batch=10)
    parcels = [await followed(sqlite_db, carrier, NUMBER, digits=None) for _ in range(2)]
    await asked_as_due(sqlite_db, carrier, now=NOW)
    assert (len(carrier.subscribed), len(carrier.asked)) == (1, 1)
    assert [(await row(sqlite_db, each)).subscribed_at for each in parcels] == [NOW] * 2


@pytest.mark.parametrize(
    ("carrier", "office"),
    [
        (pushing(Stage.IN_TRANSIT), Office()),
        (pushing(Stage.DELIVERED), OFFICE),
        (pushing(trouble=Trouble.WRONG_NUMBER), OFFICE),
        (Obliging(), OFFICE),
    ],
    ids=["nobody can push to us", "it has arrived", "there is no such number", "the carrier pushes nothing"],
)
async def test_where_nothing_would_be_pushed_nothing_is_subscribed_to(
    sqlite_db: Database, carrier: Obliging, office: Office
) -> None:
    parcel = await followed(sqlite_db, carrier, NUMBER, digits=None)
    await followers.ask_now(sqlite_db, {carrier.name: carrier}, parcel, now=NOW, office=office)
    assert (len(carrier.asked), carrier.subscribed) == (1, [])


@pytest.mark.parametrize("why", [CarrierError("not for you"), CarrierRefused("not granted")])
async def test_a_strangers_number_that_is_not_pushed_is_no_mark_against_the_carrier(
    db: Database, why: CarrierError
) -> None:
    """It is tried twice, and asked for as ever."""
    carrier = Unwilling(capabilities=CarrierCapabilities(push=True), why=why)
    parcel = await followed(db, carrier, NUMBER, digits=None)
    for days in range(4):
        await asked_as_due(db, carrier, now=NOW + days * 24 * HOUR)
    assert (len(carrier.subscribed), len(carrier.asked)) == (2, 4)
    async with db.read() as session:
        assert await budget.quiet(session, now=NOW + 73 * HOUR) == frozenset()
        assert await session.scalar(select(func.max(CarrierAccount.failures))) == 0
    assert (await row(db, parcel)).subscribed_at is None


async def test_a_carrier_that_is_busy_is_left_alone_and_the_try_does_not_count(sqlite_db: Database) -> None:
    carrier = Unwilling(capabilities=CarrierCapabilities(push=True), why=CarrierBusy("too often", retry_after=HOUR))
    parcel = await followed(sqlite_db, carrier, NUMBER, digits=None)
    await asked(sqlite_db, carrier, parcel)
    async with sqlite_db.read() as session:
        assert await budget.quiet(session, now=NOW) == {carrier.name}
    assert (await row(sqlite_db, parcel)).subscriptions == 0


async def test_a_subscription_takes_its_call_from_what_the_orders_leave(sqlite_db: Database) -> None:
    """Three of six are left to parcels from elsewhere: the first one's question and subscription, and the second one's question."""
    carrier = pushing(Stage.IN_TRANSIT, calls_per_day=6)
    for n in range(2):
        await asked(sqlite_db, carrier, await followed(sqlite_db, carrier, f"{NUMBER}{n}", digits=None))
    assert (len(carrier.asked), len(carrier.subscribed)) == (2, 1)


async def test_dropping_and_following_again_subscribes_to_nothing_anew(sqlite_db: Database) -> None:
    """It may cost a unit, and stands at the carrier all the same."""
    carrier, person = pushing(Stage.IN_TRANSIT, min_interval=HOUR), await a_customer(sqlite_db)
    for n in range(3):
        parcel = await followed(sqlite_db, carrier, NUMBER, digits=None, who=person)
        await asked(sqlite_db, carrier, parcel, now=NOW + n * 3 * HOUR)
        async with sqlite_db.begin() as session:
            await following.drop(session, person.id, parcel, now=NOW)
    assert (len(carrier.subscribed), len(carrier.asked)) == (1, 3)


async def test_nobody_learns_of_a_parcel_by_somebody_elses_digits(sqlite_db: Database) -> None:
    """SF takes the digits of a whole question for each of its numbers: every follower's question is their own."""
    async with opened(KINDS["sf"]) as bench:
        bench.lives()
        wrong = await followed(sqlite_db, bench.carrier, bench.kind.number, digits="0000")
        await followed(sqlite_db, bench.carrier, f"{bench.kind.number[:-1]}9", digits=PHONE)
        await asked_as_due(sqlite_db, bench.carrier, now=NOW + 5 * HOUR)
        assert len(bench.shelf.asked) == 2
    assert (await row(sqlite_db, wrong)).scans == [] and await told(sqlite_db, wrong) == []
