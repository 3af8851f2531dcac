"""Parcels from elsewhere at carriers that push, for tests: who follows them, and the door to which the news are brought."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpx
from sqlalchemy import select
from starlette.applications import Starlette

from bot.web import carriers as pages
from store.db import Database
from store.models import CarrierPush, Customer, FollowedParcel, OutboxEvent
from store.parcels import followers, following
from store.parcels.carrier import Carrier
from store.parcels.office import Office
from store.seal import Seal
from tests.builders import NOW, a_customer
from tests.doubles.carriers import Push

HOUR = timedelta(hours=1)
LATER = NOW + 6 * HOUR
SEAL = Seal("a secret that only tests know")


async def _at_once(_seconds: float) -> None:
    """A carrier's pace is kept on paper."""


OFFICE = Office(SEAL, lambda carrier: f"https://shop.test/{carrier}", sleep=_at_once)


async def followed(
    db: Database,
    carrier: Carrier,
    number: str,
    *,
    digits: str | None,
    slug: str | None = None,
    who: Customer | None = None,
) -> int:
    """Somebody follows the number, and has given these digits where they are wanted."""
    who, carriers = who or await a_customer(db), {carrier.name: carrier}
    key = f"{carrier.name}/{slug}" if slug in carrier.brands.values() and slug else carrier.name
    async with db.begin() as session:
        parcel_id = await following.follow(session, who.id, number, key, carriers, now=NOW)
        if digits and (await session.get_one(FollowedParcel, parcel_id)).trouble is not None:
            await following.give_phone(session, who.id, parcel_id, digits, seal=SEAL, now=NOW)
    return parcel_id


async def asked(db: Database, carrier: Carrier, parcel_id: int, *, now: datetime = NOW) -> bool:
    """Somebody looks at it, and the shop can be reached."""
    return await followers.ask_now(db, {carrier.name: carrier}, parcel_id, now=now, office=OFFICE)


async def asked_as_due(db: Database, carrier: Carrier, *, now: datetime) -> int:
    return await followers.ask_due(db, {carrier.name: carrier}, now=now, office=OFFICE)


@asynccontextmanager
async def door(db: Database, carrier: Carrier, *, now: datetime = LATER) -> AsyncIterator[httpx.AsyncClient]:
    web = Starlette(routes=pages.routes(db, {carrier.name: carrier}, SEAL, lambda: now))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://shop.test") as world:
        yield world


async def bring(world: httpx.AsyncClient, carrier: Carrier, push: Push) -> None:
    """The push is taken, and its retries are over."""
    answer = await world.post(pages.push_path(SEAL, carrier.name), content=push.body, headers=dict(push.headers))
    assert (answer.status_code, answer.content) == (200, carrier.ack(True).body)


async def row(db: Database, parcel_id: int) -> FollowedParcel:
    async with db.read() as session:
        return (await session.scalars(select(FollowedParcel).where(FollowedParcel.id == parcel_id))).one()


async def told(db: Database, parcel_id: int) -> Sequence[str]:
    """What whoever follows it is told, in this order."""
    wanted = select(OutboxEvent.payload).where(OutboxEvent.type == "followed_parcel.moved").order_by(OutboxEvent.id)
    async with db.read() as session:
        return [each["status"] for each in await session.scalars(wanted) if each["parcel_id"] == parcel_id]


async def fates(db: Database) -> Sequence[str]:
    async with db.read() as session:
        return (await session.scalars(select(CarrierPush.status).order_by(CarrierPush.id))).all()
