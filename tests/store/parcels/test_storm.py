"""A day of pushes as a carrier really sends them: three of four repeated, none in order, some of tomorrow."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random

import httpx
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette

from bot.web import carriers as pages
from store import shipping, wire
from store.audit import SYSTEM
from store.db import Database, run_again
from store.models import CarrierPush, OutboxEvent, Scan, Shipment
from store.order_status import ShipmentStatus
from store.parcels import poll, pushes
from store.parcels.office import Office
from store.parcels.registry import Carriers
from store.seal import Seal
from tests.builders import NOW, a_confirmed_order, a_shop
from tests.doubles.carriers import Event, Push
from tests.doubles.sf import SfDouble, route
from tests.doubles.zto import ZtoDouble
from tests.sockets import served

HOUR = timedelta(hours=1)
SEAL = Seal("a secret that only tests know")
# A day that was written down.
WAYBILLS, PUSHES = 90, 3865
LATER = NOW + 40 * HOUR
# As operation codes of SF, and what they mean to ZTO's pushes.
_ON = (("30", "DEPARTURE"), ("31", "ARRIVAL"))
LIFE = (("50", "GOT"), *_ON, *_ON, *_ON, ("106", "ARRIVAL"), ("44", "DISPATCH"), ("80", "SIGNED"))


def life(kind: int, seed: int) -> list[Event]:
    """An hour and a half apart and a little more; then something that is said to happen in three days."""
    steps = [
        Event(codes[kind], NOW + (n * 1.5 + seed / 100) * HOUR, f"step {n} of {seed}") for n, codes in enumerate(LIFE)
    ]
    return [*steps, Event(LIFE[0][kind], LATER + 20 * HOUR, "announced")]


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with wire.new_client() as ready:
        yield ready


async def parcels(db: Database, carrier: str, numbers: list[str]) -> dict[str, int]:
    await a_shop(db)
    found = {}
    for number in numbers:
        order_id = await a_confirmed_order(db)
        async with db.begin() as session:
            found[number] = await shipping.ship(
                session, order_id, carrier=carrier, tracking_number=number, actor=SYSTEM, now=NOW
            )
    return found


async def bring(db: Database, carriers: Carriers, name: str, storm: list[Push]) -> None:
    """Over the shop's door, as they come."""
    web = Starlette(routes=pages.routes(db, carriers, SEAL, lambda: LATER))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://shop.test") as world:
        for push in storm:
            answer = await world.post(pages.push_path(SEAL, name), content=push.body, headers=dict(push.headers))
            assert answer.status_code == 200


async def counted(db: Database, number: str) -> tuple[str, int, int]:
    """The parcel's status, its scans, and how often its delivery was told."""
    async with db.read() as session:
        parcel = (await session.scalars(select(Shipment).where(Shipment.tracking_number == number))).one()
        scans = await session.scalar(select(func.count()).where(Scan.shipment_id == parcel.id))
        told = await session.scalars(select(OutboxEvent.payload).where(OutboxEvent.type == "shipment.moved"))
        deliveries = [each for each in told if each["shipment_id"] == parcel.id and each["status"] == "delivered"]
    return parcel.status, scans or 0, len(deliveries)


async def test_a_storm_of_proven_pushes_is_heard_once_each(sqlite_db: Database, client: httpx.AsyncClient) -> None:
    """ZTO signs, so what it brings counts: each event once, the order of happening whatever that of coming, tomorrow's not before tomorrow.

    All 3,865 pushes of the 90 parcels: three of four repeated, some events brought once and some a dozen times.
    """
    random, double = Random(7), ZtoDouble(client)
    numbers = [f"7312345678{n:04}" for n in range(WAYBILLS)]
    await parcels(sqlite_db, "zto", numbers)
    each = []
    for seed, number in enumerate(numbers):
        for event in life(1, seed):
            double.shelf.knows(number, event)
            each.append(double.push(number))
    storm = [*each, *random.choices(each, k=PUSHES - len(each))]
    random.shuffle(storm)
    await bring(sqlite_db, {"zto": double.carrier("http://unused")}, "zto", storm)
    for number in numbers:
        assert await counted(sqlite_db, number) == (ShipmentStatus.DELIVERED, len(LIFE) + 1, 1)
    async with sqlite_db.read() as session:
        kept = await session.scalar(select(func.count()).select_from(CarrierPush))
    assert (kept, len(storm)) == (len(each), PUSHES)


async def test_a_storm_without_proof_makes_one_question_a_parcel(
    sqlite_db: Database, client: httpx.AsyncClient
) -> None:
    """SF signs nothing: nothing is believed, everything is asked for, ten numbers at a time."""
    random, double = Random(7), SfDouble(client)
    numbers = [f"SF1234567890{n:03}" for n in range(30)]
    await parcels(sqlite_db, "sf", numbers)
    for seed, number in enumerate(numbers):
        double.shelf.knows(number, *life(0, seed))
    single = [(number, event) for number in numbers for event in double.shelf.parcels[number]]
    storm = single * 4
    random.shuffle(storm)
    forged = [(number, replace(event, code="80", text="signed by nobody")) for number, event in single[:50]]
    async with served(double.app) as url:
        carrier = double.carrier(url)
        for number, event in random.sample(storm, 150) + forged:
            await run_again(
                sqlite_db,
                partial(pushes.record, carrier="sf", headers={}, body=_one(number, event), query={}, now=LATER),
            )
        while await pushes.apply_waiting(sqlite_db, {"sf": carrier}, now=LATER):
            pass
        async with sqlite_db.read() as session:
            assert set(await session.scalars(select(Shipment.status))) == {ShipmentStatus.HANDED_OVER}
        while await poll.poll_due(sqlite_db, {"sf": carrier}, now=LATER, office=Office(SEAL, sleep=_at_once)):
            pass
    assert len(double.shelf.asked) == len(numbers)
    for number in numbers[::9]:
        assert await counted(sqlite_db, number) == (ShipmentStatus.DELIVERED, len(LIFE) + 1, 1)


async def _at_once(_seconds: float) -> None:
    """A carrier's pace is kept on paper."""


def _one(number: str, event: Event) -> bytes:
    return json.dumps({"Body": {"WaybillRoute": [route(event) | {"mailno": number}]}}).encode()
