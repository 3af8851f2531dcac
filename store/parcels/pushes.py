"""What carriers bring by themselves: kept raw, answered, and only then understood. A sweep guarantees that each is."""

import hashlib
import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database, affected, run_again
from store.models import CarrierPush, Shipment
from store.parcels import followed_hearing, hearing
from store.parcels.carrier import BadPush, Carrier, Tracked
from store.parcels.registry import Carriers
from store.upsert import new_id_ignoring

log = logging.getLogger(__name__)

# Names and phones stand in them. Whoever looks into a dispute about a push does so within this time.
KEPT = timedelta(days=30)
# A provider that means us well sends a few dozen parcels at once.
MOST_PARCELS = 200
_NOT_KEPT = frozenset({"cookie", "authorization", "x-forwarded-for", "x-real-ip"})


async def record(
    session: AsyncSession,
    carrier: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    query: Mapping[str, str],
    now: datetime,
) -> int | None:
    """The push is kept as it came; its id. None when this very push was kept before."""
    return await new_id_ignoring(
        session,
        CarrierPush,
        carrier=carrier,
        digest=hashlib.sha256(body).hexdigest(),
        body=body,
        headers={name: value for name, value in headers.items() if name not in _NOT_KEPT},
        query=dict(query),
        received_at=now,
        status="new",
        numbers="",
        reason=None,
    )


async def apply_stored(db: Database, carriers: Carriers, push_id: int, *, now: datetime) -> None:
    """The push has been understood and its parcels have heard of it, or it says why not. Once, whoever calls it."""
    async with db.read() as session:
        push = await session.get_one(CarrierPush, push_id)
    if push.status != "new":
        return
    carrier = carriers.get(push.carrier)
    if carrier is None:
        await _over(db, push_id, "ignored", "carrier is not set up any more")
        return
    try:
        told = carrier.read_push(push.headers, push.body, push.query, now=now)
    except BadPush as error:
        log.warning("refused push %s of %s: %s", push_id, carrier.name, error)
        await _over(db, push_id, "refused", str(error)[:128])
        return
    await run_again(db, partial(_hear, push_id=push_id, carrier=carrier, told=told[:MOST_PARCELS], now=now))


async def apply_waiting(db: Database, carriers: Carriers, *, now: datetime, limit: int = 50) -> int:
    """Pushes that were kept and not understood, because the program died in between, are. How many there were."""
    async with db.read() as session:
        rows = await session.scalars(
            select(CarrierPush.id)
            .where(CarrierPush.status == "new")
            .order_by(CarrierPush.received_at, CarrierPush.id)
            .limit(limit)
        )
        waiting = rows.all()
    for push_id in waiting:
        try:
            await apply_stored(db, carriers, push_id, now=now)
        except (OperationalError, InterfaceError):
            log.exception("push %s waits: the database does not answer", push_id)
        except Exception as error:
            # It comes first, every time: it must not keep the others from their turn.
            log.exception("push %s cannot be understood", push_id)
            await _over(db, push_id, "refused", type(error).__name__)
    return len(waiting)


async def sweep(db: Database, *, now: datetime, limit: int = 500) -> int:
    """What is older than a month is gone; how many there were. The scans made of them stay with their parcels."""
    async with db.read() as session:
        old = select(CarrierPush.id).where(CarrierPush.status != "new", CarrierPush.received_at < now - KEPT)
        ids = (await session.scalars(old.limit(limit))).all()
    if ids:
        async with db.begin() as session:
            await session.execute(delete(CarrierPush).where(CarrierPush.id.in_(ids)))
    return len(ids)


async def forget(session: AsyncSession, numbers: Collection[str]) -> None:
    """What was pushed about parcels with these numbers is gone."""
    for number in numbers:
        named = CarrierPush.numbers.contains(f" {number} ", autoescape=True)
        await session.execute(delete(CarrierPush).where(named).execution_options(synchronize_session=False))


async def _hear(session: AsyncSession, *, push_id: int, carrier: Carrier, told: list[Tracked], now: datetime) -> None:
    """One transaction: the push is over if and only if its parcels have heard of it."""
    mine = update(CarrierPush).where(CarrierPush.id == push_id, CarrierPush.status == "new")
    ours, theirs = {}, {}
    for number in dict.fromkeys(tracked.number for tracked in told):
        ours[number] = await hearing.parcels_of(session, carrier.name, number, now=now)
        theirs[number] = await followed_hearing.followers_of(session, carrier.name, number)
    status = "applied" if any(ours.values()) or any(theirs.values()) else "ignored"
    over = mine.values(status=status, numbers=f" {' '.join(ours)} ")
    if not await affected(session, over.execution_options(synchronize_session=False)):
        return
    for tracked in told:
        for shipment_id in ours[tracked.number]:
            if carrier.capabilities.push_is_proven:
                await hearing.hear(session, shipment_id, tracked, now=now)
            else:
                await _ask_soon(session, shipment_id, now=now)
        for parcel_id in theirs[tracked.number]:
            await followed_hearing.pushed(session, parcel_id, tracked, carrier, now=now)


async def _ask_soon(session: AsyncSession, shipment_id: int, *, now: datetime) -> None:
    """Nothing in a push without proof is believed: it is a reason to ask the carrier itself."""
    later = or_(Shipment.next_poll_at.is_(None), Shipment.next_poll_at > now)
    soon = update(Shipment).where(Shipment.id == shipment_id, later).values(next_poll_at=now)
    await session.execute(soon.execution_options(synchronize_session=False))


async def _over(db: Database, push_id: int, status: str, reason: str) -> None:
    mine = update(CarrierPush).where(CarrierPush.id == push_id, CarrierPush.status == "new")
    async with db.begin() as session:
        await session.execute(mine.values(status=status, reason=reason))
