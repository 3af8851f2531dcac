"""The shop's own deliveries as history: which trips there were, and what was known of each when it began."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from store.delivery import COURIER
from store.models import Order, OrderLine, Scan, Shipment
from store.order_status import OrderStatus, ShipmentStatus
from store.parcels.duration_fit import Trip
from store.parcels.legs import TRANSIT, Place, Sending, handover_factors, transit_factors

# Older parcels say nothing that a fit still remembers.
REMEMBERED = timedelta(days=TRANSIT.memory)
# Of a larger shop every second, third, … is enough, and is read in a second or two. Never the latest: those have not arrived.
MOST_PARCELS, MOST_SCANS = 50_000, 50_000
# As a rule of thumb.
_SCANS_OF_A_PARCEL = 8
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_SOLD = (OrderStatus.CONFIRMED, OrderStatus.COMPLETED)
# Of an order: what of it travels.
PIECES = func.sum(case((OrderLine.kind != "digital", OrderLine.quantity), else_=0))
_OF_A_SCAN: tuple[Any, ...] = (
    Scan.shipment_id,
    Scan.stage,
    Scan.occurred_at,
    Shipment.carrier,
    Shipment.shipped_at,
    Shipment.delivered_at,
)


async def has_arrivals(session: AsyncSession, at_least: int) -> bool:
    some = select(Shipment.id).where(Shipment.kind == COURIER, Shipment.delivered_at.is_not(None)).limit(at_least)
    return len((await session.scalars(some)).all()) >= at_least


async def parcels(session: AsyncSession, *, now: datetime) -> list[Row[Any]]:
    """A row for every parcel, and for every sold order that has none yet; of very many a fair share."""
    pieces = select(PIECES).where(OrderLine.order_id == Order.id).correlate(Order).scalar_subquery()
    is_parcel = (
        (Shipment.order_id == Order.id) & (Shipment.kind == COURIER) & (Shipment.status != ShipmentStatus.CANCELLED)
    )
    is_sold = (
        (Order.delivery_kind == COURIER)
        & Order.status.in_(_SOLD)
        & (Order.confirmed_at >= now - REMEMBERED)
        & (Order.confirmed_at <= now)
    )
    wanted: Select[Any] = (
        select(
            Order.confirmed_at,
            Order.address,
            Order.seller_id,
            Order.shipping_minor,
            Order.delivery_carrier,
            Order.delivery_min_days,
            Order.delivery_max_days,
            Shipment.carrier,
            Shipment.shipped_at,
            Shipment.delivered_at,
            pieces.label("pieces"),
        )
        .outerjoin(Shipment, is_parcel)
        .where(is_sold, await _fair_share(session, Order.id, is_sold, MOST_PARCELS))
    )
    return list(await session.execute(wanted))


async def scans(session: AsyncSession, *, now: datetime) -> list[Row[Any]]:
    """Parcel by parcel in the order of happening; of very many parcels a fair share."""
    is_sent = (Shipment.kind == COURIER) & (Shipment.shipped_at >= now - REMEMBERED)
    wanted = (
        select(*_OF_A_SCAN)
        .join(Shipment, Shipment.id == Scan.shipment_id)
        .where(is_sent, await _fair_share(session, Shipment.id, is_sent, MOST_SCANS // _SCANS_OF_A_PARCEL))
        .where(Scan.occurred_at <= now)
        .order_by(Scan.shipment_id, Scan.occurred_at, Scan.id)
    )
    return list(await session.execute(wanted))


async def _fair_share(
    session: AsyncSession, column: InstrumentedAttribute[int], condition: ColumnElement[bool], most: int
) -> ColumnElement[bool]:
    """Holds for every row, or for every second, third, … of more than *most*. The newest is among them, however a cluster counts its ids."""
    count, newest = (await session.execute(select(func.count(), func.max(column)).where(condition))).one()
    step = -(-int(count) // most) or 1
    return column % step == int(newest or 0) % step


def handovers(rows: Iterable[Row[Any]], zone: ZoneInfo) -> Iterator[Trip]:
    for row in rows:
        factors = handover_factors(_sent(row), row.confirmed_at.astimezone(zone))
        yield Trip(days(row.confirmed_at), days(row.shipped_at) if row.shipped_at else None, factors)


def transits(rows: Iterable[Row[Any]], zone: ZoneInfo) -> Iterator[Trip]:
    for row in rows:
        if row.shipped_at is not None:
            factors = transit_factors(_sent(row), row.shipped_at.astimezone(zone))
            yield Trip(days(row.shipped_at), days(row.delivered_at) if row.delivered_at else None, factors)


def silences(rows: Iterable[Row[Any]]) -> Iterator[Trip]:
    """From the dispatch to the first scan, and from each scan to the next; after the last one of a parcel on its way it lasts still."""
    for _, group in groupby(rows, key=attrgetter("shipment_id")):
        own = list(group)
        carrier = own[0].carrier
        steps = [("", own[0].shipped_at), *((scan.stage, scan.occurred_at) for scan in own)]
        for (stage, since), (_, until) in pairwise(steps):
            yield Trip(days(since), days(until), silence_factors(stage, carrier))
        if own[-1].delivered_at is None:
            stage, since = steps[-1]
            yield Trip(days(since), None, silence_factors(stage, carrier))


def silence_factors(stage: str, carrier: str | None) -> dict[str, str]:
    """*stage* of the last scan, empty before the first one."""
    return {"stage": stage or "dispatched", "carrier": carrier or ""}


def sending(order: Order | Row[Any], *, carrier: str | None, pieces: int | None) -> Sending:
    """What of an order its parcel's speed depends on."""
    return Sending(
        origin=Place(),
        destination=place(order.address),
        sender=str(order.seller_id),
        carrier=carrier or "",
        service=service(order.delivery_min_days, order.delivery_max_days),
        fee=order.shipping_minor / 100,
        pieces=int(pieces or 0),
    )


def _sent(row: Row[Any]) -> Sending:
    return sending(row, carrier=row.carrier or row.delivery_carrier, pieces=row.pieces)


def place(address: dict[str, Any] | None) -> Place:
    """The part of an address that a carrier's speed depends on."""
    told = {name: str((address or {}).get(name) or "").strip() for name in ("country", "region", "city", "postcode")}
    return Place(told["country"], told["region"].casefold(), told["city"], told["postcode"].upper())


def service(min_days: int, max_days: int) -> str:
    """What the merchant says a way takes is what tells express from standard; its title may change."""
    return f"{min_days}-{max_days}"


def days(at: datetime) -> float:
    return (at - _EPOCH) / timedelta(days=1)
