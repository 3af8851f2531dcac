"""The page of a parcel, seen by somebody who has its link and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
from sqlalchemy import select
from starlette.applications import Starlette

from bot.web import tracking
from store.db import Database
from store.models import Shipment
from store.parcels import tracking as following
from store.parcels.carrier import ScanReport, Stage, Tracked
from store.parcels.registry import OTHER, OtherCarrier
from tests.builders import NOW
from tests.order_builders import a_paid_order, ship

SCANS = (
    ScanReport(Stage.HANDED_OVER, NOW + timedelta(hours=1), "got it", "Porto"),
    ScanReport(Stage.IN_TRANSIT, NOW + timedelta(hours=20), "call 912345678 <b>now</b>", "Coimbra, ask 912345678"),
)


@asynccontextmanager
async def browser(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    web = Starlette(routes=tracking.routes(db, {OTHER: OtherCarrier()}, lambda: NOW + timedelta(days=1)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://shop.test") as client:
        yield client


async def a_parcel(db: Database) -> str:
    """A parcel with two scans; its key."""
    order = await a_paid_order(db)
    await ship(db, order)
    async with db.begin() as session:
        shipment = (await session.scalars(select(Shipment).where(Shipment.order_id == order.id))).one()
        await following.apply(session, shipment.id, Tracked("", SCANS), now=NOW + timedelta(days=1))
    assert shipment.public_key is not None
    return shipment.public_key


async def test_the_page_tells_the_way_and_nobodys_name(sqlite_db: Database) -> None:
    """Where it is and when it comes, in three languages; no buyer, no address, no goods, no phone, no whole number."""
    key = await a_parcel(sqlite_db)
    async with browser(sqlite_db) as client:
        shown = (await client.get(f"/parcel/{key}")).text
        russian = (await client.get(f"/parcel/{key}?lang=ru")).text
        chinese = (await client.get(f"/parcel/{key}", headers={"accept-language": "zh-CN,zh;q=0.9"})).text
    assert "On its way" in shown
    assert "Coimbra" in shown
    assert shown.index("Coimbra") < shown.index("Porto")
    assert "В пути" in russian
    assert "运输" in chinese or "途中" in chinese
    for secret in ("Ann", "Lee", "Rua Augusta", "1100", "912345678", "+351", "Mug", "<b>now"):
        assert secret not in shown


async def test_only_the_link_opens_it(sqlite_db: Database) -> None:
    """Any other text, also another parcel's id or a whole alphabet, finds nothing and says so."""
    key = await a_parcel(sqlite_db)
    async with browser(sqlite_db) as client:
        for other in ("1", key[:-1], key + "x", key.swapcase(), "x" * 5000, "%00", "'--"):
            answer = await client.get(f"/parcel/{other}")
            assert answer.status_code == 404
            assert "no parcel at this address" in answer.text
        page = await client.get(f"/parcel/{key}")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("no-referrer", "no-store")


async def test_two_parcels_never_share_a_key(sqlite_db: Database) -> None:
    """Each of many has its own, of 20 signs."""
    keys = {await a_parcel(sqlite_db) for _ in range(3)}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {20}
