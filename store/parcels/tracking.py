"""What a carrier said becomes what the shop knows: the only writer of scans and of a travelling parcel's status."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import order_life, outbox
from store.errors import NotFound
from store.events import Event, ShipmentDelayed, ShipmentMoved, ShipmentScanned
from store.models import Scan, Shipment
from store.order_status import SHIPMENT, ShipmentStatus, moved
from store.parcels import arrival
from store.parcels.carrier import ScanReport, Stage, Tracked

STATUS_OF: dict[Stage, ShipmentStatus | None] = {
    Stage.INFO_RECEIVED: None,
    Stage.HANDED_OVER: ShipmentStatus.HANDED_OVER,
    Stage.IN_TRANSIT: ShipmentStatus.IN_TRANSIT,
    Stage.CUSTOMS: ShipmentStatus.IN_TRANSIT,
    Stage.CUSTOMS_HOLD: ShipmentStatus.EXCEPTION,
    Stage.OUT_FOR_DELIVERY: ShipmentStatus.OUT_FOR_DELIVERY,
    Stage.FAILED_ATTEMPT: ShipmentStatus.EXCEPTION,
    Stage.READY_FOR_PICKUP: ShipmentStatus.READY_FOR_PICKUP,
    Stage.DELIVERED: ShipmentStatus.DELIVERED,
    Stage.EXCEPTION: ShipmentStatus.EXCEPTION,
    Stage.DELAYED: None,
    Stage.DAMAGED: ShipmentStatus.EXCEPTION,
    Stage.LOST: ShipmentStatus.LOST,
    Stage.RETURNING: ShipmentStatus.RETURNING,
    Stage.RETURNED: ShipmentStatus.RETURNED,
    # The carrier will not bring it; what is to happen is the merchant's word.
    Stage.CANCELLED: ShipmentStatus.EXCEPTION,
    Stage.EXPIRED: None,
    Stage.UNKNOWN: None,
}
# Numbers are re-used: what happened well before the parcel left us happened to another parcel.
BEFORE_DISPATCH = timedelta(days=2)
# Carriers announce what has not happened: kept, and no more than information until its time has come. A clock may run ahead by minutes.
AHEAD = timedelta(days=1)
SKEW = timedelta(minutes=10)


async def apply(session: AsyncSession, shipment_id: int, tracked: Tracked, *, now: datetime) -> None:
    """Scans are added once each, the status moves forward only, the window is computed anew, a delay is noticed once per level.

    The same answer twice, or its scans in any order and in any portions, ends in the same state. Raises: NotFound.
    """
    shipment = await session.get(Shipment, shipment_id, populate_existing=True, with_for_update=True)
    if shipment is None or shipment.shipped_at is None:
        raise NotFound(what="shipment")
    new = await _keep(session, shipment_id, tracked.scans, shipped_at=shipment.shipped_at, now=now)
    passed = await _advance(session, shipment, new, until=now + SKEW)
    delay = await arrival.follow(session, shipment, tracked.eta, now=now)
    await outbox.write(session, *_events(shipment, passed, has_new=bool(new), delay=delay), now=now)
    if passed:
        await order_life.derive(session, shipment.order_id)
        await order_life.complete_if_done(session, shipment.order_id, now=now)


def _events(
    shipment: Shipment, passed: list[ShipmentStatus], *, has_new: bool, delay: arrival.Delay | None
) -> list[Event]:
    events: list[Event] = [
        ShipmentMoved(order_id=shipment.order_id, shipment_id=shipment.id, status=status) for status in passed
    ]
    if has_new and not passed:
        events.append(ShipmentScanned(order_id=shipment.order_id, shipment_id=shipment.id))
    if delay:
        late = ShipmentDelayed(
            order_id=shipment.order_id, shipment_id=shipment.id, level=delay.level, cause=delay.cause
        )
        events.append(late)
    return events


def dedupe_hash(scan: ScanReport) -> str:
    """Equal for two reports of the same scan. Places and texts are part of it: a parcel can be scanned twice in one minute.

    What we make of a code is not: a table that is mended must not tell every parcel's history anew. Of a carrier that pushes an event in other
    words than it answers with, the event's own word and its second are all that agrees.
    """
    if scan.same_as:
        return _digest(scan.occurred_at.replace(microsecond=0).isoformat(), "same", scan.same_as)
    return hash_of_words(scan)


def hash_of_words(scan: ScanReport) -> str:
    """Equal for two reports in the same words."""
    said = scan.raw_code or scan.stage
    return _digest(scan.occurred_at.isoformat(), said, scan.text, scan.place)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def path(stages: Iterable[Stage]) -> list[ShipmentStatus | None]:
    """The status each of these scans brings a dispatched parcel to, None where it changes nothing because the table does not allow it."""
    steps: list[ShipmentStatus | None] = []
    current = ShipmentStatus.HANDED_OVER
    for stage in stages:
        status = STATUS_OF[stage]
        changes = status is not None and status in SHIPMENT[current]
        steps.append(status if changes else None)
        current = status if changes and status is not None else current
    return steps


async def _keep(
    session: AsyncSession, shipment_id: int, scans: Sequence[ScanReport], *, shipped_at: datetime, now: datetime
) -> frozenset[str]:
    """Adds the scans that are new and belong to this parcel; their hashes. The caller holds the shipment's row."""
    by_hash = {
        dedupe_hash(scan): scan for scan in scans if shipped_at - BEFORE_DISPATCH <= scan.occurred_at <= now + AHEAD
    }
    if not by_hash:
        return frozenset()
    known = set(await session.scalars(select(Scan.dedupe_hash).where(Scan.shipment_id == shipment_id)))
    new = frozenset(by_hash) - known
    if new:
        await session.execute(
            insert(Scan), [_row(shipment_id, key, scan, now) for key, scan in by_hash.items() if key in new]
        )
    return new


def _row(shipment_id: int, key: str, scan: ScanReport, now: datetime) -> dict[str, object]:
    return {
        "shipment_id": shipment_id,
        "dedupe_hash": key,
        "stage": scan.stage,
        "raw_code": scan.raw_code[:64],
        "text": scan.text[:500],
        "place": scan.place[:128],
        "raw_status": scan.raw_status[:64],
        "raw_time": scan.raw_time[:64],
        "mark": scan.mark,
        "occurred_at": scan.occurred_at,
        "received_at": now,
    }


async def _advance(
    session: AsyncSession, shipment: Shipment, new: frozenset[str], *, until: datetime
) -> list[ShipmentStatus]:
    """Moves the parcel to where its whole history leads, told in order of happening; the statuses it newly passed through.

    A scan that arrives late is kept, but what happened before something already known is no news. What was announced is news when its time has come.
    """
    happened = Scan.shipment_id == shipment.id, Scan.occurred_at <= until
    counted = shipment.last_scan_at
    news_of_old = select(Scan.dedupe_hash).where(*happened, Scan.occurred_at > (counted or until))
    new = new.union(await session.scalars(news_of_old))
    if not new:
        return []
    rows = (
        await session.execute(
            select(Scan.stage, Scan.dedupe_hash, Scan.occurred_at).where(*happened).order_by(Scan.occurred_at, Scan.id)
        )
    ).all()
    steps = [(status, row) for status, row in zip(path(Stage(row.stage) for row in rows), rows, strict=True) if status]
    news = list(takewhile(lambda step: step[1].dedupe_hash in new, reversed(steps)))[::-1]
    passed = []
    for status, row in news:
        values = {"delivered_at": row.occurred_at} if status is ShipmentStatus.DELIVERED else {}
        if await moved(session, Shipment, shipment.id, status, **values):
            passed.append(status)
    await session.refresh(shipment)
    shipment.last_scan_at = rows[-1].occurred_at if rows else counted
    return passed
