"""What the shop brings along when it asks a carrier for a parcel, and what the carrier wants to know of the order behind it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from store.models import Order, Shipment
from store.parcels.carrier import Carrier, TrackingRequest
from store.parcels.following import Following
from store.seal import Seal

_PARTS = ("region", "city", "area")


def _nowhere(_carrier: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Office:
    """What the shop has beside its carriers. *push_url* is where a carrier brings its news; None where the world cannot reach us.

    *following*: with whom parcels from elsewhere are followed.
    """

    seal: Seal | None = None
    push_url: Callable[[str], str | None] = _nowhere
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    following: Following = Following.FREE


@dataclass(frozen=True, slots=True)
class Due:
    """A parcel whose turn it is."""

    id: int
    request: TrackingRequest
    wants_subscription: bool = False
    sealed: str | None = None  # the phone's digits, to be kept with the parcel


Found = Row[Shipment, str, str, dict[str, Any] | None]


def parcels() -> Select[Shipment, str, str, dict[str, Any] | None]:
    """Parcels, each with what of its order a carrier may want to know."""
    return select(Shipment, Order.contact_phone, Order.language, Order.address).join(
        Order, Order.id == Shipment.order_id
    )


def due_of(found: Found, carrier: Carrier, office: Office) -> Due | None:
    """None for a parcel that has no number, or has not left."""
    shipment, phone, language, address = found
    if not shipment.tracking_number or shipment.shipped_at is None:
        return None
    digits, sealed = _digits(shipment, phone, carrier, office)
    request = TrackingRequest(
        shipment.tracking_number,
        shipment.shipped_at,
        shipment.destination_country,
        digits,
        destination=" ".join(part for name in _PARTS if (part := (address or {}).get(name))) or None,
        destination_postcode=(address or {}).get("postcode") or None,
        slug=shipment.carrier_slug,
        language=language,
    )
    return Due(shipment.id, request, _wants(shipment, carrier, office), sealed)


def _wants(shipment: Shipment, carrier: Carrier, office: Office) -> bool:
    can = carrier.capabilities
    is_tried_enough = can.subscriptions_per_month is not None and shipment.subscriptions >= can.subscriptions_per_month
    is_open = shipment.delivered_at is None and shipment.subscribed_at is None
    return can.push and is_open and not is_tried_enough and office.push_url(carrier.name) is not None


def _digits(shipment: Shipment, phone: str, carrier: Carrier, office: Office) -> tuple[str | None, str | None]:
    """The last four digits that the carrier wants, and what is to be kept of them: those that staff gave, else the buyer's."""
    if not carrier.capabilities.needs_phone:
        return None, None
    if shipment.phone_sealed is not None and office.seal is not None:
        return office.seal.read(shipment.phone_sealed) or last_four(phone), None  # None: sealed with another key
    digits = last_four(phone)
    return digits, office.seal.close(digits) if digits and office.seal is not None else None


def last_four(phone: str) -> str | None:
    digits = re.sub(r"\D", "", phone)
    return digits[-4:] if len(digits) >= 4 else None
