"""What anybody may see of a parcel who has its link: how it travels, and nothing about whom it belongs to."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Order, Seller, Shipment
from store.models.base import Texts
from store.shipments import ShipmentView, shipments_of
from store.zones import zone_of

KEY_MAX = 32


@dataclass(frozen=True, slots=True)
class PublicParcel:
    """`zone` is the clock of where the parcel goes; the number is the carrier's, but for its last four signs."""

    shop: Texts
    zone: str
    parcel: ShipmentView
    number_end: str | None


async def by_key(session: AsyncSession, key: str) -> PublicParcel | None:
    """The parcel of a link; None for any other text."""
    # Keys are plain letters and digits, and PostgreSQL knows no text with a NUL.
    if not (0 < len(key) <= KEY_MAX and key.isascii() and key.isprintable()):
        return None
    found = (
        await session.execute(
            select(Shipment.id, Shipment.order_id, Shipment.tracking_number, Shipment.destination_country, Seller)
            .join(Order, Order.id == Shipment.order_id)
            .join(Seller, Seller.id == Order.seller_id)
            .where(Shipment.public_key == key)
        )
    ).one_or_none()
    if found is None:
        return None
    parcel = next(each for each in await shipments_of(session, found.order_id) if each.id == found.id)
    zone = zone_of(None, found.destination_country, found.Seller.timezone)
    return PublicParcel(found.Seller.name, zone, parcel, found.tracking_number and found.tracking_number[-4:])
