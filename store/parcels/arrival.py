"""What a parcel's window is, said once at dispatch and revised in the open: every window that was told is kept with its reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import zones
from store.models import ArrivalRevision, Order, OrderLine, Scan, Shipment
from store.order_status import ShipmentStatus
from store.parcels import eta, history, learned
from store.parcels.carrier import Stage, Window
from store.parcels.duration import Spread
from store.parcels.eta import Cause, Estimate, Reason, Source
from store.parcels.learned import Learned

# Whoever was told that it takes longer is not told again before this has passed.
QUIET = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Delay:
    """How late a parcel is, reached just now, and why."""

    level: int
    cause: Cause


async def dispatched(
    session: AsyncSession, shipment: Shipment, order: Order, carrier: str, *, now: datetime
) -> dict[str, Any]:
    """The columns of a parcel that leaves now: its promise, frozen, and the first window that is told. The revision is written."""
    transit = await _transit(session, await learned.newest(session), order, carrier, shipped_at=now)
    found = eta.promise(now, order.delivery_min_days, order.delivery_max_days, transit)
    if found is None:
        return {}
    await _write(session, shipment.id, found, Reason.DISPATCHED, now=now)
    promise = {"promised_from": found.window.earliest, "promised_until": found.window.latest, "late_at": found.late_at}
    return promise | _columns(found)


async def follow(
    session: AsyncSession, shipment: Shipment, carrier_eta: Window | None, *, now: datetime
) -> Delay | None:
    """The window follows what is known, and a level of lateness that was reached just now is noticed. The caller holds the row.

    A window that says nothing new is left as it was told. Each level is noticed once, and of what the buyer hears one in 72 hours.
    """
    if shipment.shipped_at is None:
        return None
    known = await learned.newest(session)
    said = carrier_eta or _said_before(shipment)
    await _revise(session, shipment, shipment.shipped_at, known, said, now=now)
    waiting = await _waiting(session, shipment, shipment.shipped_at, known, said, now=now)
    level, cause = eta.delay(waiting, now=now)
    if level <= shipment.delay_level or cause is None:
        return None
    if level >= eta.BUYER_HEARS:
        if shipment.delay_told_at is not None and now - shipment.delay_told_at < QUIET:
            return None
        shipment.delay_told_at = now
    shipment.delay_level = level
    return Delay(level, cause)


async def _revise(
    session: AsyncSession,
    shipment: Shipment,
    shipped_at: datetime,
    known: Learned,
    said: Window | None,
    *,
    now: datetime,
) -> None:
    order = await session.get_one(Order, shipment.order_id)
    progress = eta.Progress(
        ShipmentStatus(shipment.status),
        shipped_at,
        order.delivery_min_days,
        order.delivery_max_days,
        await _transit(session, known, order, shipment.carrier, shipped_at=shipped_at),
        said,
        ZoneInfo(zones.zone_of(None, shipment.destination_country, known.zone)),
    )
    found, before = eta.estimate(progress, now=now), _told(shipment)
    if found is None:
        _set(shipment, _NO_WINDOW)
    elif (reason := eta.revision(before, found, now=now)) is not None:
        _set(shipment, _columns(found))
        await _write(session, shipment.id, found, reason, now=now)


async def _waiting(
    session: AsyncSession,
    shipment: Shipment,
    shipped_at: datetime,
    known: Learned,
    said: Window | None,
    *,
    now: datetime,
) -> eta.Waiting:
    stage = await _stage(session, shipment.id, now)
    is_followed = shipment.polled_at or shipment.subscribed_at or shipment.last_scan_at
    return eta.Waiting(
        status=ShipmentStatus(shipment.status),
        promised_until=shipment.promised_until,
        late_at=shipment.late_at,
        # Of whom nobody asks nothing can be heard.
        heard_at=(shipment.last_scan_at or shipped_at) if is_followed else now,
        stage=stage,
        silence=known.silence_after(stage or "", shipment.carrier),
        carrier_eta=said,
    )


async def revisions(session: AsyncSession, shipment_id: int) -> list[ArrivalRevision]:
    """Every window that was told for a parcel, the first one first."""
    own = select(ArrivalRevision).where(ArrivalRevision.shipment_id == shipment_id)
    return list(await session.scalars(own.order_by(ArrivalRevision.at, ArrivalRevision.id)))


async def _transit(
    session: AsyncSession, known: Learned, order: Order, carrier: str | None, *, shipped_at: datetime
) -> Spread | None:
    if known.transit is None:
        return None
    pieces = await session.scalar(select(history.PIECES).where(OrderLine.order_id == order.id))
    return known.transit_of(history.sending(order, carrier=carrier, pieces=pieces), shipped_at)


async def _stage(session: AsyncSession, shipment_id: int, now: datetime) -> Stage | None:
    """Of the last scan; what a carrier announces has not happened."""
    own = select(Scan.stage).where(Scan.shipment_id == shipment_id, Scan.occurred_at <= now)
    stage = await session.scalar(own.order_by(Scan.occurred_at.desc(), Scan.id.desc()).limit(1))
    return Stage(stage) if stage else None


def _said_before(shipment: Shipment) -> Window | None:
    """The carrier's last word: a push that brings a scan alone takes nothing back."""
    told = _told(shipment)
    return told.window if told is not None and told.source == Source.CARRIER else None


def _told(shipment: Shipment) -> Estimate | None:
    if shipment.eta_from is None or shipment.eta_until is None or shipment.eta_source is None:
        return None
    window = Window(shipment.eta_from, shipment.eta_until, shipment.eta_has_time)
    return Estimate(window, shipment.eta_until, Source(shipment.eta_source))


def _columns(estimate: Estimate) -> dict[str, Any]:
    return {
        "eta_from": estimate.window.earliest,
        "eta_until": estimate.window.latest,
        "eta_has_time": estimate.window.has_time,
        "eta_source": estimate.source,
    }


_NO_WINDOW: dict[str, Any] = {"eta_from": None, "eta_until": None, "eta_source": None, "eta_has_time": False}


def _set(shipment: Shipment, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(shipment, name, value)


async def _write(session: AsyncSession, shipment_id: int, estimate: Estimate, reason: Reason, *, now: datetime) -> None:
    window = estimate.window
    row = {"earliest": window.earliest, "latest": window.latest, "source": estimate.source, "reason": reason}
    await session.execute(insert(ArrivalRevision), [{"shipment_id": shipment_id, "at": now, **row}])
