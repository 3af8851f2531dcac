"""What ZTO had told before its events had words of their own is no news when it is told again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import select

from store import migrate, shipping, wire
from store.audit import SYSTEM
from store.db import Database
from store.models import FollowedParcel, OutboxEvent, Scan
from store.parcels import followed_history, tracking
from store.parcels.carrier import Stage, Tracked, TrackingRequest
from tests.builders import NOW, a_confirmed_order
from tests.doubles.carriers import Event
from tests.doubles.zto import ZtoDouble
from tests.sockets import served

HOUR = timedelta(hours=1)
NUMBER = "73123456789012"
ANSWERED = [
    Event("收件", NOW + timedelta(milliseconds=417), "【上海】已收件", "上海市"),
    Event("发件", NOW + HOUR, "【上海】已发出", "上海市"),
]
# ARRIVAL is a hub in a push, and a locker in an answer.
PUSHED = [Event("GOT", NOW, "your parcel", "Shanghai"), Event("ARRIVAL", NOW + 2 * HOUR, "at a hub", "Hangzhou")]
IN_ALL = [
    *ANSWERED,
    Event("到件", NOW + 2 * HOUR, "【杭州】到达", "杭州市"),
    Event("ARRIVAL", NOW + 3 * HOUR, "入柜", "杭州市"),
]


@pytest.fixture
async def zto() -> AsyncIterator[ZtoDouble]:
    async with wire.new_client() as client:
        yield ZtoDouble(client)


async def answer(double: ZtoDouble, events: list[Event]) -> Tracked:
    double.shelf.knows(NUMBER, *events)
    async with served(double.app) as url:
        (told,) = await double.carrier(url).track([TrackingRequest(NUMBER, NOW, phone_last4="4711")], now=NOW)
    return told


def pushes(double: ZtoDouble, events: list[Event]) -> list[Tracked]:
    told = []
    for event in events:
        double.shelf.knows(NUMBER, event)
        push = double.push(NUMBER)
        told += double.carrier("http://unused").read_push(push.headers, push.body, {}, now=NOW)
    return told


def of_before(told: Tracked) -> Tracked:
    """As the program read it then: keyed by the carrier's words alone."""
    return replace(told, scans=tuple(replace(scan, same_as="") for scan in told.scans))


async def a_parcel_of_before(db: Database, double: ZtoDouble) -> int:
    """Two events were answered, and two pushed: one of them is the same."""
    order_id = await a_confirmed_order(db)
    async with db.begin() as session:
        parcel = await shipping.ship(session, order_id, carrier="zto", tracking_number=NUMBER, actor=SYSTEM, now=NOW)
    for told in (*pushes(double, PUSHED), await answer(double, ANSWERED)):
        async with db.begin() as session:
            await tracking.apply(session, parcel, of_before(told), now=NOW + 2 * HOUR)
    return parcel


async def mend(db: Database) -> None:
    script = ScriptDirectory.from_config(migrate._config()).get_revision("0025")
    assert script is not None
    async with db.begin() as session:
        await (await session.connection()).run_sync(script.module.mend)


async def codes(db: Database) -> list[str]:
    async with db.read() as session:
        return list(await session.scalars(select(Scan.raw_code).order_by(Scan.occurred_at, Scan.id)))


async def told_of(db: Database) -> int:
    async with db.read() as session:
        return len((await session.scalars(select(OutboxEvent.id).where(OutboxEvent.type.like("shipment.%")))).all())


async def hear_anew(db: Database, double: ZtoDouble, parcel: int, events: list[Event]) -> None:
    told = await answer(double, events)
    async with db.begin() as session:
        await tracking.apply(session, parcel, told, now=NOW + 5 * HOUR)


async def test_what_stood_before_the_keys_changed_stands_once(db: Database, zto: ZtoDouble) -> None:
    """The row that came first is left; the next answer brings only what is new."""
    parcel = await a_parcel_of_before(db, zto)
    assert await codes(db) == ["GOT", "收件", "发件", "ARRIVAL"]
    await mend(db)
    assert await codes(db) == ["GOT", "发件", "ARRIVAL"]
    before = await told_of(db)
    await hear_anew(db, zto, parcel, IN_ALL[:3])
    assert (await codes(db), await told_of(db)) == (["GOT", "发件", "ARRIVAL"], before)
    await hear_anew(db, zto, parcel, IN_ALL)
    assert (await codes(db), await told_of(db)) == (["GOT", "发件", "ARRIVAL", "ARRIVAL"], before + 1)


async def test_where_they_were_not_mended_everything_is_told_anew(sqlite_db: Database, zto: ZtoDouble) -> None:
    """The control of the one above; and mending after it finds one event in old words and in new."""
    parcel = await a_parcel_of_before(sqlite_db, zto)
    await hear_anew(sqlite_db, zto, parcel, IN_ALL[:3])
    assert await codes(sqlite_db) == ["GOT", "收件", "收件", "发件", "发件", "ARRIVAL", "到件"]
    for _ in range(2):
        await mend(sqlite_db)
        assert await codes(sqlite_db) == ["GOT", "发件", "ARRIVAL"]


async def test_other_carriers_are_left_as_they_are(sqlite_db: Database, zto: ZtoDouble) -> None:
    order_id = await a_confirmed_order(sqlite_db)
    async with sqlite_db.begin() as session:
        parcel = await shipping.ship(session, order_id, carrier="sf", tracking_number=NUMBER, actor=SYSTEM, now=NOW)
        await tracking.apply(session, parcel, of_before(await answer(zto, ANSWERED)), now=NOW + 2 * HOUR)
    async with sqlite_db.read() as session:
        kept = set(await session.scalars(select(Scan.dedupe_hash)))
    await mend(sqlite_db)
    async with sqlite_db.read() as session:
        assert set(await session.scalars(select(Scan.dedupe_hash))) == kept


async def test_a_followed_parcel_of_before_finds_its_scans_again(zto: ZtoDouble) -> None:
    """Of it no words were kept, only their key; nobody pushed such parcels then."""
    parcel = FollowedParcel(status="handed_over", scans=[], created_at=NOW)
    told = await answer(zto, ANSWERED)
    followed_history.hear(parcel, of_before(told), now=NOW + 2 * HOUR)
    assert not followed_history.hear(parcel, told, now=NOW + 2 * HOUR)
    for push in pushes(zto, PUSHED[:1]):
        followed_history.hear(parcel, push, now=NOW + 2 * HOUR)
    assert [each["stage"] for each in parcel.scans] == [Stage.HANDED_OVER, Stage.IN_TRANSIT]
