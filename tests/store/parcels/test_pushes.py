"""What a carrier pushes is kept first, believed only with proof, and heard of once."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from store.db import Database, run_again
from store.models import CarrierPush, Scan, Shipment
from store.order_status import ShipmentStatus
from store.parcels import pushes
from store.parcels.carrier import CarrierCapabilities, Stage
from tests.builders import NOW
from tests.store.parcels.pushing import HEADERS, NUMBER, PushingCarrier, a_parcel, a_push

LATER = NOW + timedelta(hours=1)


async def kept(db: Database, body: bytes, headers: dict[str, str] = HEADERS) -> int | None:
    work = partial(pushes.record, carrier="pushing", headers=headers, body=body, query={}, now=LATER)
    return await run_again(db, work)


async def parcel(db: Database, shipment_id: int) -> Shipment:
    async with db.read() as session:
        return await session.get_one(Shipment, shipment_id)


async def fates(db: Database) -> list[str]:
    async with db.read() as session:
        return list(await session.scalars(select(CarrierPush.status).order_by(CarrierPush.id)))


async def test_a_push_moves_its_parcel(db: Database) -> None:
    shipment_id = await a_parcel(db)
    await kept(db, a_push())
    assert await pushes.apply_waiting(db, {"pushing": PushingCarrier()}, now=LATER) == 1
    assert (await parcel(db, shipment_id)).status == ShipmentStatus.IN_TRANSIT
    assert await fates(db) == ["applied"]


async def test_the_same_push_is_kept_once(db: Database) -> None:
    await a_parcel(db)
    ids = [await kept(db, a_push()) for _ in range(4)]
    assert [push_id is not None for push_id in ids] == [True, False, False, False]


async def test_two_programs_hear_of_a_push_once(db: Database) -> None:
    await a_parcel(db)
    push_id = await kept(db, a_push())
    assert push_id is not None
    heard = partial(pushes.apply_stored, db, {"pushing": PushingCarrier()}, push_id, now=LATER)
    await asyncio.gather(*(heard() for _ in range(5)))
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Scan)) == 1


@pytest.mark.parametrize(
    ("body", "headers", "fate"),
    [(a_push(), {}, "refused"), (b"\xff{", HEADERS, "refused"), (a_push(number="PU999"), HEADERS, "ignored")],
)
async def test_what_is_not_proven_or_not_ours_moves_nothing(
    sqlite_db: Database, body: bytes, headers: dict[str, str], fate: str
) -> None:
    shipment_id = await a_parcel(sqlite_db)
    await kept(sqlite_db, body, headers)
    await pushes.apply_waiting(sqlite_db, {"pushing": PushingCarrier()}, now=LATER)
    assert await fates(sqlite_db) == [fate]
    assert (await parcel(sqlite_db, shipment_id)).status == ShipmentStatus.HANDED_OVER


async def test_a_push_without_proof_is_a_reason_to_ask_and_nothing_more(sqlite_db: Database) -> None:
    shipment_id = await a_parcel(sqlite_db)
    async with sqlite_db.begin() as session:
        (await session.get_one(Shipment, shipment_id)).next_poll_at = LATER + timedelta(hours=4)
    unproven = PushingCarrier(capabilities=CarrierCapabilities(push=True, push_is_proven=False))
    await kept(sqlite_db, a_push(Stage.DELIVERED))
    await pushes.apply_waiting(sqlite_db, {"pushing": unproven}, now=LATER)
    seen = await parcel(sqlite_db, shipment_id)
    assert (seen.status, seen.next_poll_at) == (ShipmentStatus.HANDED_OVER, LATER)


async def test_a_carrier_that_was_taken_away_leaves_nothing_waiting(sqlite_db: Database) -> None:
    await kept(sqlite_db, a_push())
    assert await pushes.apply_waiting(sqlite_db, {}, now=LATER) == 1
    assert await fates(sqlite_db) == ["ignored"]


async def test_after_a_month_pushes_are_gone(sqlite_db: Database) -> None:
    """Names and phones stand in them. What nobody has understood yet stays."""
    await kept(sqlite_db, a_push(number="PU999"))
    await pushes.apply_waiting(sqlite_db, {"pushing": PushingCarrier()}, now=LATER)
    await kept(sqlite_db, a_push())
    assert await pushes.sweep(sqlite_db, now=LATER + timedelta(days=29)) == 0
    assert await pushes.sweep(sqlite_db, now=LATER + timedelta(days=31)) == 1
    assert await fates(sqlite_db) == ["new"]


async def test_who_is_forgotten_is_forgotten_in_pushes_too(sqlite_db: Database) -> None:
    await a_parcel(sqlite_db)
    await kept(sqlite_db, a_push())
    await kept(sqlite_db, a_push(number="PU999"))
    await pushes.apply_waiting(sqlite_db, {"pushing": PushingCarrier()}, now=LATER)
    async with sqlite_db.begin() as session:
        await pushes.forget(session, [NUMBER])
    assert await fates(sqlite_db) == ["ignored"]
