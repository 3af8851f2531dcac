"""A parcel hears of news: its scans and status by the tracking, and what a carrier says about the number itself."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, outbox
from store.audit import SYSTEM
from store.events import ParcelNeedsHelp, ParcelRenumbered
from store.models import Shipment
from store.parcels import numbers, tracking
from store.parcels.carrier import ASK_MERCHANT, Tracked, Trouble

# Numbers are given to other parcels after some months: what happens then is no news of one that is long there.
OVER_AFTER = timedelta(days=60)


async def parcels_of(session: AsyncSession, carrier: str, number: str, *, now: datetime) -> list[int]:
    """The parcels under way with this number: one parcel may carry what two orders wanted."""
    is_recent = or_(Shipment.delivered_at.is_(None), Shipment.delivered_at > now - OVER_AFTER)
    wanted = (
        select(Shipment.id)
        .where(Shipment.tracking_number == number, Shipment.carrier == carrier, Shipment.shipped_at.is_not(None))
        .where(is_recent)
        .order_by(Shipment.id)
    )
    return list(await session.scalars(wanted))


async def hear(session: AsyncSession, shipment_id: int, tracked: Tracked, *, now: datetime) -> Shipment:
    """What the tracking makes of the scans, and what the carrier says about the number: who carries it, what it lacks, its new number."""
    await tracking.apply(session, shipment_id, tracked, now=now)
    shipment = await session.get_one(Shipment, shipment_id, populate_existing=True)
    if tracked.is_unsubscribed:
        shipment.subscribed_at = None
    await _renumber(session, shipment, tracked, now=now)
    await _trouble(session, shipment, tracked.trouble if not tracked.scans else None, now=now)
    return shipment


async def _trouble(session: AsyncSession, shipment: Shipment, trouble: Trouble | None, *, now: datetime) -> None:
    """The staff is told once of each thing that only they can mend."""
    is_new = trouble != shipment.trouble
    shipment.trouble = trouble
    if is_new and trouble in ASK_MERCHANT:
        event = ParcelNeedsHelp(order_id=shipment.order_id, shipment_id=shipment.id, trouble=trouble)
        await outbox.write(session, event, now=now)


async def _free(session: AsyncSession, shipment: Shipment, number: str | None) -> str | None:
    """The new number, unless there is none or another parcel of the order bears it already."""
    if number is None:
        return shipment.tracking_number
    same = (
        select(Shipment.id)
        .where(Shipment.order_id == shipment.order_id, Shipment.carrier == shipment.carrier)
        .where(Shipment.tracking_number == number, Shipment.id != shipment.id)
    )
    return number if await session.scalar(same) is None else shipment.tracking_number


async def _renumber(session: AsyncSession, shipment: Shipment, tracked: Tracked, *, now: datetime) -> None:
    """A carrier inside an aggregator that was not known before is no change; one that turns out to be another is told."""
    number = await _free(session, shipment, numbers.normalise(tracked.new_number or ""))
    slug = (tracked.slug or "")[:64] or shipment.carrier_slug
    was = {"tracking_number": shipment.tracking_number, "carrier_slug": shipment.carrier_slug}
    shipment.carrier_slug = slug
    if number == shipment.tracking_number and was["carrier_slug"] in (None, slug):
        return
    shipment.tracking_number = number
    shipment.version += 1
    told = {"tracking_number": number, "carrier": shipment.carrier, "carrier_slug": slug}
    await audit.record(session, SYSTEM, "renumbered", "order", shipment.order_id, now=now, before=was, **told)
    await outbox.write(session, ParcelRenumbered(order_id=shipment.order_id, shipment_id=shipment.id), now=now)
