"""Asking the carriers: rows that are due are claimed with a lease, asked for outside any transaction, written back one by one."""

import logging
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from store.db import Database, affected
from store.models import Shipment
from store.order_status import ShipmentStatus
from store.parcels import tracking
from store.parcels.carrier import Carrier, CarrierError, Tracked, TrackingRequest
from store.parcels.registry import Carriers

log = logging.getLogger(__name__)

# A worker that dies with claimed parcels leaves them to the next one after this time.
LEASE = timedelta(minutes=5)
GIVE_UP = timedelta(days=60)
S = ShipmentStatus
_INTERVALS = {
    S.HANDED_OVER: timedelta(hours=4),
    S.IN_TRANSIT: timedelta(hours=4),
    S.OUT_FOR_DELIVERY: timedelta(hours=1),
    S.READY_FOR_PICKUP: timedelta(hours=12),
    S.EXCEPTION: timedelta(hours=3),
    S.LOST: timedelta(hours=12),
    S.RETURNING: timedelta(hours=12),
    S.DELIVERED: timedelta(hours=24),
}


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    carrier: str | None
    request: TrackingRequest


async def poll_due(db: Database, carriers: Carriers, *, now: datetime, limit: int = 50) -> int:
    """Asks for up to *limit* parcels that are due; how many were claimed. Two workers never ask for the same one."""
    due = await _claim(db, now=now, limit=limit)
    by_carrier: dict[str | None, list[_Due]] = defaultdict(list)
    for row in due:
        by_carrier[row.carrier].append(row)
    for name, rows in by_carrier.items():
        carrier = carriers.get(name or "")
        if carrier is None or not carrier.capabilities.poll:
            await _never_again(db, [row.id for row in rows])
            continue
        size = carrier.capabilities.max_batch
        for start in range(0, len(rows), size):
            await _ask(db, carrier, rows[start : start + size], now=now)
    return len(due)


async def refresh(db: Database, carriers: Carriers, shipment_id: int, *, now: datetime) -> bool:
    """A person asks now: the carrier is asked again unless it was just asked; whether it was."""
    async with db.read() as session:
        shipment = await session.get_one(Shipment, shipment_id)
    carrier = carriers.get(shipment.carrier or "")
    if carrier is None or not carrier.capabilities.poll or not shipment.tracking_number or shipment.shipped_at is None:
        return False
    if shipment.polled_at is not None and now - shipment.polled_at < carrier.capabilities.min_interval:
        return False
    request = TrackingRequest(shipment.tracking_number, shipment.shipped_at, shipment.destination_country)
    await _ask(db, carrier, [_Due(shipment_id, shipment.carrier, request)], now=now)
    return True


def interval(status: ShipmentStatus, *, has_scans: bool, age: timedelta) -> timedelta | None:
    """How long until a parcel is asked for again; None: never. Source: the table of carriers' limits in docs/parcels.md."""
    if status not in _INTERVALS or age > GIVE_UP:
        return None
    if not has_scans:
        return timedelta(hours=6) if age < timedelta(days=3) else timedelta(hours=12)
    return _INTERVALS[status]


async def _claim(db: Database, *, now: datetime, limit: int) -> list[_Due]:
    async with db.read() as session:
        rows = await session.scalars(
            select(Shipment)
            .where(Shipment.next_poll_at <= now)
            .order_by(Shipment.next_poll_at, Shipment.id)
            .limit(limit)
        )
        candidates = list(rows)
    if not candidates:
        return []
    claimed = []
    async with db.begin() as session:
        for row in candidates:
            claim = (
                update(Shipment)
                .where(Shipment.id == row.id, Shipment.next_poll_at == row.next_poll_at)
                .values(next_poll_at=now + LEASE)
            )
            is_ours = await affected(session, claim.execution_options(synchronize_session=False)) == 1
            if is_ours and row.tracking_number and row.shipped_at:
                request = TrackingRequest(row.tracking_number, row.shipped_at, row.destination_country)
                claimed.append(_Due(row.id, row.carrier, request))
    return claimed


async def _ask(db: Database, carrier: Carrier, rows: list[_Due], *, now: datetime) -> None:
    try:
        answers = await carrier.track([row.request for row in rows], now=now)
    except CarrierError as error:
        log.warning("carrier %s did not answer: %s", carrier.name, error)
        await _back_off(db, rows, now=now)
        return
    by_number = {answer.number: answer for answer in answers}
    for row in rows:
        await _write_back(db, carrier, row.id, by_number.get(row.request.number, Tracked(row.request.number)), now=now)


async def _write_back(db: Database, carrier: Carrier, shipment_id: int, tracked: Tracked, *, now: datetime) -> None:
    async with db.begin() as session:
        await tracking.apply(session, shipment_id, tracked, now=now)
        shipment = await session.get_one(Shipment, shipment_id, populate_existing=True)
        shipment.polled_at, shipment.poll_failures = now, 0
        shipment.next_poll_at = _next(shipment, carrier, now)


def _next(shipment: Shipment, carrier: Carrier, now: datetime) -> datetime | None:
    status = ShipmentStatus(shipment.status)
    if status is S.DELIVERED and shipment.delivered_at and now - shipment.delivered_at >= _INTERVALS[S.DELIVERED]:
        return None  # confirmed once a day later; a parcel that comes back is told by hand or by the carrier's push
    age = now - (shipment.shipped_at or now)
    wait = interval(status, has_scans=shipment.last_scan_at is not None, age=age)
    # Jitter, so that parcels shipped in one minute are not asked for in one minute for ever.
    return None if wait is None else now + max(wait * random.uniform(0.85, 1.15), carrier.capabilities.min_interval)


async def _back_off(db: Database, rows: list[_Due], *, now: datetime) -> None:
    async with db.begin() as session:
        for row in rows:
            shipment = await session.get_one(Shipment, row.id)
            shipment.poll_failures += 1
            shipment.next_poll_at = now + min(timedelta(minutes=5) * 2**shipment.poll_failures, timedelta(hours=6))


async def _never_again(db: Database, ids: list[int]) -> None:
    async with db.begin() as session:
        await session.execute(update(Shipment).where(Shipment.id.in_(ids)).values(next_poll_at=None))
