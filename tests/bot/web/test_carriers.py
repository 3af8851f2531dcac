"""What carriers, and strangers, may do at the shop's door."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import func, select, text
from starlette.applications import Starlette

from bot.web import carriers
from store.db import Database
from store.models import CarrierPush, Shipment
from store.order_status import ShipmentStatus
from store.seal import Seal
from tests.builders import NOW
from tests.store.parcels.pushing import HEADERS, PushingCarrier, a_parcel, a_push

SEAL = Seal("a secret that only tests know")
ADDRESS = carriers.push_path(SEAL, "pushing")


@asynccontextmanager
async def door(db: Database, refused: Counter[str] | None = None) -> AsyncIterator[httpx.AsyncClient]:
    web = Starlette(routes=carriers.routes(db, {"pushing": PushingCarrier()}, SEAL, lambda: NOW, refused=refused))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://shop.test") as client:
        yield client


async def pushes_kept(db: Database) -> int | None:
    async with db.read() as session:
        return await session.scalar(select(func.count()).select_from(CarrierPush))


async def test_a_push_is_answered_as_its_carrier_wants_and_moves_the_parcel(sqlite_db: Database) -> None:
    shipment_id = await a_parcel(sqlite_db)
    async with door(sqlite_db) as client:
        answers = [await client.post(ADDRESS, content=a_push(), headers=HEADERS) for _ in range(2)]
    assert [(each.status_code, each.text) for each in answers] == [(200, '{"thanks":true}')] * 2
    async with sqlite_db.read() as session:
        assert (await session.get_one(Shipment, shipment_id)).status == ShipmentStatus.IN_TRANSIT
    assert await pushes_kept(sqlite_db) == 1


@pytest.mark.parametrize(
    "address", ["/carriers/pushing/push/0", "/carriers/pushing/push/é", "/carriers/other/push/" + "0" * 32]
)
async def test_who_does_not_know_the_address_leaves_no_trace(sqlite_db: Database, address: str) -> None:
    refused: Counter[str] = Counter()
    async with door(sqlite_db, refused) as client:
        assert (await client.post(address, content=a_push(), headers=HEADERS)).status_code == 404
    assert await pushes_kept(sqlite_db) == 0
    assert sum(refused.values()) == ("other" not in address)


async def test_a_push_that_fills_the_memory_is_not_taken(sqlite_db: Database) -> None:
    async with door(sqlite_db) as client:
        assert (await client.post(ADDRESS, content=b"x" * (carriers.BODY_LIMIT + 1))).status_code == 413
        assert (await client.post(ADDRESS)).status_code == 400


async def test_what_cannot_be_kept_is_asked_for_again(sqlite_db: Database) -> None:
    async with sqlite_db.begin() as session:
        await session.execute(text("DROP TABLE carrier_pushes"))
    async with door(sqlite_db) as client:
        assert (await client.post(ADDRESS, content=a_push(), headers=HEADERS)).status_code == 503
