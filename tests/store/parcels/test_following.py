"""Parcels from elsewhere are asked for with what the orders' parcels leave, and never to their harm."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from store.db import Database, run_again
from store.errors import NotFound, TooManyParcels
from store.models import CarrierAccount, Customer, FollowedParcel, OutboxEvent, Shipment
from store.parcels import budget, followers, following, poll
from store.parcels.budget import For
from store.parcels.carrier import (
    CarrierCapabilities,
    CarrierError,
    ScanReport,
    Stage,
    Tracked,
    TrackingRequest,
    Trouble,
)
from store.parcels.following import Following
from store.parcels.office import Office
from store.parcels.sandbox import SandboxCarrier
from store.seal import Seal
from tests.builders import NOW, a_customer
from tests.store.parcels.obliging import Obliging
from tests.store.parcels.test_poll import a_parcel

NUMBER, MINUTE, HOUR = "SB7K2M4Q9X", timedelta(minutes=1), timedelta(hours=1)


def scan(stage: Stage, hours: int, text: str = "", place: str = "") -> ScanReport:
    return ScanReport(stage, NOW + hours * HOUR, text, place, raw_code=stage.value.upper())


def telling(*scans: ScanReport, **can: Any) -> Obliging:
    capabilities = replace(CarrierCapabilities(), **can)
    return Obliging(capabilities=capabilities, answer=lambda request: Tracked(request.number, scans))


async def followed(db: Database, carrier: Obliging, person: Customer | None = None, number: str = NUMBER) -> int:
    who = person or await a_customer(db)
    async with db.begin() as session:
        return await following.follow(session, who.id, number, carrier.name, {carrier.name: carrier}, now=NOW)


async def row(db: Database, parcel_id: int) -> FollowedParcel:
    async with db.read() as session:
        return (await session.scalars(select(FollowedParcel).where(FollowedParcel.id == parcel_id))).one()


async def events(db: Database) -> Sequence[str]:
    async with db.read() as session:
        rows = await session.scalars(
            select(OutboxEvent).where(OutboxEvent.type == "followed_parcel.moved").order_by(OutboxEvent.id)
        )
        return [each.payload["status"] for each in rows]


async def test_the_same_answer_twice_is_heard_once(db: Database) -> None:
    """Whatever the order of its scans; of the carrier's words nothing is kept, and numbers in places are masked."""
    scans = (scan(Stage.IN_TRANSIT, -1, "Zoe, +351 912 345 678", "door 1234567"), scan(Stage.HANDED_OVER, -2))
    carrier = telling(*scans)
    parcel = await followed(db, carrier)
    for hours in (0, 5, 10):
        await followers.ask_due(db, {carrier.name: carrier}, now=NOW + hours * HOUR)
    kept = await row(db, parcel)
    assert [each["stage"] for each in kept.scans] == ["handed_over", "in_transit"]
    assert "Zoe" not in str(kept.scans) and "1234567" not in str(kept.scans)
    assert await events(db) == ["in_transit"] and len(carrier.asked) == 3


async def test_what_has_arrived_is_asked_for_no_more(db: Database) -> None:
    carrier = telling(scan(Stage.DELIVERED, -1))
    parcel = await followed(db, carrier)
    await followers.ask_due(db, {carrier.name: carrier}, now=NOW)
    assert (await row(db, parcel)).next_poll_at is None
    assert await followers.ask_due(db, {carrier.name: carrier}, now=NOW + 30 * HOUR) == 0


async def test_two_workers_never_ask_for_the_same_one(db: Database) -> None:
    carrier = telling()
    for n in range(6):
        await followed(db, carrier, number=f"SB7K2M4Q9{n}")
    await asyncio.gather(*(followers.ask_due(db, {carrier.name: carrier}, now=NOW) for _ in range(4)))
    assert sorted(each.number for each in carrier.asked) == [f"SB7K2M4Q9{n}" for n in range(6)]


async def test_ten_at_once_is_the_end_however_many_presses_come_together(db: Database) -> None:
    carrier, person = telling(), await a_customer(db)
    presses = [followed(db, carrier, person, f"SB7K2M4Q{n}") for n in range(10, 30)]
    done = await asyncio.gather(*presses, return_exceptions=True)
    assert sum(isinstance(each, int) for each in done) == following.MOST_OPEN
    assert all(isinstance(each, int | TooManyParcels) for each in done)


async def test_without_holding_the_person_two_are_both_the_tenth(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the one above. SQLite writes one after the other anyhow."""
    if db.dialect == "sqlite":
        pytest.skip("SQLite has one writer")
    carrier, person = telling(), await a_customer(db)
    for n in range(10, 10 + following.MOST_OPEN - 1):
        await followed(db, carrier, person, f"SB7K2M4Q{n}")
    both, counted = asyncio.Barrier(2), following._within_limits

    async def not_held(session: object, customer_id: int) -> None:
        """Nobody is kept waiting."""

    async def counted_together(session: Any, customer_id: int, **given: Any) -> None:
        await counted(session, customer_id, **given)
        await both.wait()

    monkeypatch.setattr(following, "_hold", not_held)
    monkeypatch.setattr(following, "_within_limits", counted_together)
    await asyncio.gather(*(followed(db, carrier, person, f"SB7K2M4Q{n}") for n in (50, 51)))
    async with db.read() as session:
        assert await session.scalar(select(func.count(FollowedParcel.id))) == following.MOST_OPEN + 1


async def test_adding_and_removing_in_turns_comes_to_an_end(db: Database) -> None:
    """Each number may cost the merchant something."""
    carrier, person = telling(), await a_customer(db)
    for n in range(following.MOST_A_DAY):
        parcel_id = await followed(db, carrier, person, f"SB7K2M4Q{n + 10}")
        async with db.begin() as session:
            await following.drop(session, person.id, parcel_id, now=NOW)
    with pytest.raises(TooManyParcels):
        await followed(db, carrier, person)
    assert await following.sweep(db, now=NOW + 25 * HOUR) == following.MOST_A_DAY


async def test_an_answer_after_it_was_dropped_changes_nothing(db: Database) -> None:
    carrier, person = telling(scan(Stage.IN_TRANSIT, -1)), await a_customer(db)
    parcel_id = await followed(db, carrier, person)

    def dropped_meanwhile(request: TrackingRequest) -> Tracked:
        return Tracked(request.number, (scan(Stage.IN_TRANSIT, -1),))

    carrier.answer = dropped_meanwhile
    round_ = followers._Round(db, carrier, Office(), NOW, For.FOLLOWERS, tells=True)
    (asking,) = await round_._claim(5)
    async with db.begin() as session:
        await following.drop(session, person.id, parcel_id, now=NOW)
    await round_.ask([asking])
    assert (await row(db, parcel_id)).scans == [] and await events(db) == []


async def test_half_of_a_days_calls_is_the_orders_alone(db: Database) -> None:
    scarce = telling(calls_per_day=10)
    take = partial(budget.take, carrier=scarce, now=NOW, whom=For.FOLLOWERS)
    turns = [await run_again(db, take) for _ in range(6)]
    assert [turn.not_before is None for turn in turns] == [True] * 5 + [False]
    orders = [await run_again(db, partial(budget.take, carrier=scarce, now=NOW)) for _ in range(5)]
    assert [turn.not_before is None for turn in orders] == [True] * 4 + [False]


async def test_a_strangers_number_does_not_make_the_carrier_look_broken(db: Database) -> None:
    """A number that no carrier can read fails each time; orders' parcels go on being asked for, and nobody of the staff is called."""
    carrier = telling()
    carrier.error = CarrierError("what is this")
    await followed(db, carrier)
    for days in range(6):
        await followers.ask_due(db, {carrier.name: carrier}, now=NOW + days * 24 * HOUR)
    async with db.read() as session:
        assert await budget.quiet(session, now=NOW + 6 * 24 * HOUR) == frozenset()
        assert await session.scalar(select(func.max(CarrierAccount.failures))) == 0
    assert len(carrier.asked) == 6


async def test_a_number_is_not_asked_for_twice_within_its_lock(db: Database) -> None:
    """An order's and a stranger's: some carriers lock a number that is asked for too often."""
    carrier = _Locking()
    number = await carrier.new_label(key="1", destination_country="PT", now=NOW)
    await a_parcel(db, number=number)
    stranger = await a_customer(db)
    async with db.begin() as session:
        await following.follow(session, stranger.id, number, "sandbox", {"sandbox": carrier}, now=NOW)
    for minutes in range(0, 24 * 60, 7):
        now = NOW + minutes * MINUTE
        await followers.ask_due(db, {"sandbox": carrier}, now=now)
        await poll.poll_due(db, {"sandbox": carrier}, now=now)
    gaps = [later - earlier for earlier, later in zip(carrier.at, carrier.at[1:], strict=False)]
    assert len(gaps) > 4 and min(gaps) >= carrier.capabilities.min_interval
    async with db.read() as session:
        assert await session.scalar(select(Shipment.status)) == "in_transit"


async def test_a_stranger_hears_at_once_what_an_order_was_just_told(db: Database) -> None:
    """Nobody can tell from the answer that an order has this number: it comes as quickly, and says the same."""
    carrier = _Locking()
    number = await carrier.new_label(key="1", destination_country="PT", now=NOW)
    await a_parcel(db, number=number)
    await poll.poll_due(db, {"sandbox": carrier}, now=NOW + 4 * HOUR)
    stranger, now = await a_customer(db), NOW + 4 * HOUR + MINUTE
    async with db.begin() as session:
        parcel_id = await following.follow(session, stranger.id, number, "sandbox", {"sandbox": carrier}, now=now)
    assert await followers.ask_now(db, {"sandbox": carrier}, parcel_id, now=now, office=Office())
    assert [each["stage"] for each in (await row(db, parcel_id)).scans] == ["info_received", "handed_over"]
    assert len(carrier.at) == 1


async def test_a_carrier_that_wants_digits_tells_a_stranger_nothing_of_an_order(db: Database) -> None:
    """What it told the order it told who knows the digits: without them the stranger waits, and it is not even asked."""
    carrier = telling(scan(Stage.IN_TRANSIT, 1), needs_phone=True)
    await a_parcel(db, carrier=carrier.name, number=NUMBER)
    await poll.poll_due(db, {carrier.name: carrier}, now=NOW + HOUR)
    stranger = await a_customer(db)
    parcel_id = await followed(db, carrier, stranger)
    assert (await row(db, parcel_id)).trouble == Trouble.NEEDS_PHONE
    assert not await followers.ask_due(db, {carrier.name: carrier}, now=NOW + HOUR)
    async with db.begin() as session:
        await following.give_phone(session, stranger.id, parcel_id, "0000", seal=Seal("x" * 32), now=NOW + HOUR)
    await followers.ask_due(db, {carrier.name: carrier}, now=NOW + HOUR)
    assert (await row(db, parcel_id)).scans == [] and len(carrier.asked) == 1


async def test_somebody_elses_is_not_found(db: Database) -> None:
    parcel_id, other = await followed(db, telling()), await a_customer(db)
    async with db.begin() as session:
        with pytest.raises(NotFound):
            await following.parcel_of(session, other.id, parcel_id)
        with pytest.raises(NotFound):
            await following.drop(session, other.id, parcel_id, now=NOW)


def test_only_carriers_that_take_nothing_follow_unless_the_merchant_says_all() -> None:
    free, paid = telling(), telling(cost_per_registration=1)
    carriers = {"free": free, "paid": paid}
    assert set(following.able(carriers, Following.FREE)) == {"free"}
    assert set(following.able(carriers, Following.ALL)) == {"free", "paid"}
    assert not following.able(carriers, Following.NONE)


class _Locking(SandboxCarrier):
    """The sandbox post, and when it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[Any] = []

    async def track(self, requests: list[TrackingRequest], *, now: Any) -> list[Tracked]:
        self.at.append(now)
        return await super().track(requests, now=now)


async def test_a_person_who_is_forgotten_while_the_carrier_is_asked_holds_up_nobody(db: Database) -> None:
    """The carrier does not answer, and the row is gone when that is to be written down."""
    carrier, person = telling(), await a_customer(db)
    parcel_id = await followed(db, carrier, person)
    round_ = followers._Round(db, carrier, Office(), NOW, For.FOLLOWERS, tells=True)
    (asking,) = await round_._claim(5)
    async with db.begin() as session:
        await session.delete(await session.get_one(FollowedParcel, parcel_id))

    def is_down(request: TrackingRequest) -> Tracked:
        raise CarrierError("answered 502")

    carrier.answer = is_down
    assert not await round_.ask([asking])
