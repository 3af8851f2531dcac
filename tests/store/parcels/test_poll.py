"""Carriers are asked for what is due, by one worker at a time, and a carrier that is down costs nothing but time."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from store import shipping
from store.audit import SYSTEM
from store.db import Database
from store.models import Shipment
from store.order_status import ShipmentStatus
from store.parcels import intervals, poll
from store.parcels.budget import For
from store.parcels.carrier import Tracked, TrackingRequest
from store.parcels.office import Office
from store.parcels.registry import OtherCarrier
from store.parcels.sandbox import SandboxCarrier
from tests.builders import NOW, a_confirmed_order

HOUR = timedelta(hours=1)


class Counting(SandboxCarrier):
    """The sandbox carrier, which also remembers what it was asked."""

    asked: list[str]

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        self.asked = [*getattr(self, "asked", []), *(request.number for request in requests)]
        return await super().track(requests, now=now)


# Of one printer no two have the same number.
LABELS = SandboxCarrier()


async def a_parcel(db: Database, *, carrier: str = "sandbox", number: str | None = None) -> int:
    order_id = await a_confirmed_order(db)
    number = number or await LABELS.new_label(key=str(order_id), destination_country="PT", now=NOW)
    async with db.begin() as session:
        return await shipping.ship(session, order_id, carrier=carrier, tracking_number=number, actor=SYSTEM, now=NOW)


async def row(db: Database, shipment_id: int) -> Shipment:
    async with db.read() as session:
        return (await session.scalars(select(Shipment).where(Shipment.id == shipment_id))).one()


async def test_only_the_clock_moves_a_parcel(db: Database) -> None:
    parcel, carriers = await a_parcel(db), {"sandbox": SandboxCarrier()}
    for hours in range(0, 60, 5):
        await poll.poll_due(db, carriers, now=NOW + hours * HOUR)
    assert (await row(db, parcel)).status == ShipmentStatus.DELIVERED


async def test_what_is_not_due_is_not_asked_for(db: Database) -> None:
    await a_parcel(db)
    carriers = {"sandbox": SandboxCarrier()}
    assert await poll.poll_due(db, carriers, now=NOW) == 1
    assert await poll.poll_due(db, carriers, now=NOW + HOUR) == 0


async def test_two_workers_never_ask_for_the_same_parcel(db: Database) -> None:
    for _ in range(6):
        await a_parcel(db)
    carrier = Counting()
    await asyncio.gather(*(poll.poll_due(db, {"sandbox": carrier}, now=NOW) for _ in range(4)))
    assert sorted(carrier.asked) == sorted(set(carrier.asked))
    assert len(carrier.asked) == 6


async def test_a_claim_without_its_guard_asks_twice(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the race above: with every claim believed, four workers ask for the same parcels."""

    async def believed(session: object, statement: object) -> int:
        return 1

    for _ in range(6):
        await a_parcel(db)
    carrier = Counting()
    monkeypatch.setattr(poll, "affected", believed)
    await asyncio.gather(*(poll.poll_due(db, {"sandbox": carrier}, now=NOW) for _ in range(4)))
    assert len(carrier.asked) > len(set(carrier.asked))


async def test_a_worker_that_died_leaves_its_parcels_to_the_next(db: Database) -> None:
    await a_parcel(db)
    carriers = {"sandbox": SandboxCarrier()}
    await poll._Round(db, SandboxCarrier(), Office(), NOW, For.PARCELS)._claim(10)
    assert await poll.poll_due(db, carriers, now=NOW + timedelta(minutes=1)) == 0
    assert await poll.poll_due(db, carriers, now=NOW + poll.LEASE + timedelta(seconds=1)) == 1


async def test_a_carrier_that_is_down_is_asked_less_and_less_and_recovers(db: Database) -> None:
    parcel, carrier = await a_parcel(db), SandboxCarrier(is_down=True)
    waits = []
    now = NOW
    for _ in range(4):
        await poll.poll_due(db, {"sandbox": carrier}, now=now)
        due = (await row(db, parcel)).next_poll_at
        assert due is not None
        waits.append(due - now)
        now = due
    assert waits == sorted(waits)
    carrier.is_down = False
    await poll.poll_due(db, {"sandbox": carrier}, now=now)
    assert (await row(db, parcel)).poll_failures == 0


async def test_a_carrier_that_cannot_be_asked_is_never_asked(db: Database) -> None:
    parcel = await a_parcel(db, carrier="other", number="ZZ123456789")
    await poll.poll_due(db, {"other": OtherCarrier()}, now=NOW)
    assert (await row(db, parcel)).next_poll_at is None


async def test_a_delivered_parcel_is_confirmed_once_and_then_left_alone(db: Database) -> None:
    parcel, carriers = await a_parcel(db), {"sandbox": SandboxCarrier()}
    for hours in (0, 50, 90, 130):
        await poll.poll_due(db, carriers, now=NOW + hours * HOUR)
    assert (await row(db, parcel)).next_poll_at is None


async def test_a_person_who_asks_gets_fresh_news_but_not_more_often_than_the_carrier_allows(db: Database) -> None:
    parcel, carriers = await a_parcel(db), {"sandbox": SandboxCarrier()}
    assert await poll.refresh(db, carriers, parcel, now=NOW + 12 * HOUR)
    assert not await poll.refresh(db, carriers, parcel, now=NOW + 12 * HOUR + timedelta(minutes=5))
    assert (await row(db, parcel)).status == ShipmentStatus.IN_TRANSIT


async def test_a_person_who_asks_for_a_parcel_nobody_can_ask_for_changes_nothing(db: Database) -> None:
    parcel = await a_parcel(db, carrier="other", number="ZZ123456789")
    assert not await poll.refresh(db, {"other": OtherCarrier()}, parcel, now=NOW + HOUR)


@pytest.mark.parametrize(
    ("status", "has_scans", "days", "hours"),
    [
        (ShipmentStatus.HANDED_OVER, False, 1, 6),
        (ShipmentStatus.HANDED_OVER, False, 4, 12),
        (ShipmentStatus.IN_TRANSIT, True, 1, 4),
        (ShipmentStatus.OUT_FOR_DELIVERY, True, 1, 1),
        (ShipmentStatus.RETURNED, True, 1, None),
        (ShipmentStatus.IN_TRANSIT, True, 61, None),
    ],
)
def test_how_often_a_parcel_is_asked_for(status: ShipmentStatus, has_scans: bool, days: int, hours: int | None) -> None:
    wait = intervals.interval(status, has_scans=has_scans, age=timedelta(days=days))
    assert wait == (hours and timedelta(hours=hours))
