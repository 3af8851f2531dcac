"""One number may be an order's parcel and be followed by strangers too: a carrier that locks what is asked too often sees one asker."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import FollowedParcel, Scan, Shipment
from store.parcels.carrier import Mark, ScanReport, Stage, Tracked

_Asked = Mapping[str, datetime]


async def asked_for_followers(session: AsyncSession, carrier: str, numbers: Collection[str]) -> _Asked:
    """When the carrier was last asked for each of these numbers because somebody follows it."""
    return await _asked(session, FollowedParcel, carrier, numbers)


async def asked_for_orders(session: AsyncSession, carrier: str, numbers: Collection[str]) -> _Asked:
    """When the carrier was last asked for each of these numbers because an order waits for it."""
    return await _asked(session, Shipment, carrier, numbers)


async def _asked(
    session: AsyncSession, model: type[FollowedParcel | Shipment], carrier: str, numbers: Collection[str]
) -> _Asked:
    if not numbers:
        return {}
    rows = await session.execute(
        select(model.tracking_number, func.max(model.polled_at))
        .where(model.tracking_number.in_(numbers), model.carrier == carrier, model.polled_at.is_not(None))
        .group_by(model.tracking_number)
    )
    return {number: at for number, at in rows if number is not None and at is not None}


async def known_of(session: AsyncSession, carrier: str, number: str) -> Tracked:
    """What the carrier said of the number when it was last asked for an order: what it would tell anybody who has the number."""
    newest = (
        select(Shipment.id)
        .where(Shipment.tracking_number == number, Shipment.carrier == carrier, Shipment.polled_at.is_not(None))
        .order_by(Shipment.polled_at.desc(), Shipment.id)
        .limit(1)
    )
    shipment_id = await session.scalar(newest)
    rows = await session.scalars(
        select(Scan).where(Scan.shipment_id == shipment_id).order_by(Scan.occurred_at, Scan.id)
    )
    return Tracked(number, tuple(_report(row) for row in rows))


def _report(row: Scan) -> ScanReport:
    mark = Mark(row.mark) if row.mark is not None else None
    return ScanReport(Stage(row.stage), row.occurred_at, row.text, row.place, raw_code=row.raw_code, mark=mark)
