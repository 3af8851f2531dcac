"""What people do for a parcel that its carrier needs help with: say who carries it, give a phone's digits, have it followed again."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, outbox, shipments
from store.audit import Actor
from store.errors import BadInput, NotAllowedNow
from store.events import ShipmentScanned
from store.models import Shipment
from store.order_status import ShipmentStatus
from store.parcels.choosing import Choice
from store.seal import Seal

_LONG_THERE = (ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED, ShipmentStatus.CANCELLED)


async def choose_carrier(
    session: AsyncSession, shipment_id: int, choice: Choice, *, actor: Actor, now: datetime
) -> None:
    """Somebody else carries it than was thought; it is asked for at once. Raises: NotFound, NotAllowedNow."""
    shipment = await _under_way(session, shipment_id)
    before = {"carrier": shipment.carrier, "carrier_slug": shipment.carrier_slug}
    shipment.carrier, shipment.carrier_slug = choice.carrier, choice.slug
    shipment.subscribed_at, shipment.subscriptions, shipment.polled_at = None, 0, None
    await _asked_anew(session, shipment, now=now)
    told = {"carrier": choice.carrier, "carrier_slug": choice.slug}
    await audit.record(session, actor, "carrier_chosen", "order", shipment.order_id, now=now, before=before, **told)


async def give_phone(
    session: AsyncSession, shipment_id: int, digits: str, *, seal: Seal, actor: Actor, now: datetime
) -> None:
    """The four digits that its carrier asks for are kept, sealed, and it is asked for at once. Raises: NotFound, NotAllowedNow, BadInput."""
    if len(digits) != 4 or not digits.isdecimal():
        raise BadInput(field="phone", reason="format")
    shipment = await _under_way(session, shipment_id)
    shipment.phone_sealed = seal.close(digits)
    await _asked_anew(session, shipment, now=now)
    await audit.record(session, actor, "phone_given", "order", shipment.order_id, now=now, shipment_id=shipment_id)


async def follow_again(session: AsyncSession, shipment_id: int, *, actor: Actor, now: datetime) -> None:
    """A parcel that was given up is asked for, and subscribed to, from now on. May cost a unit. Raises: NotFound, NotAllowedNow."""
    shipment = await _under_way(session, shipment_id)
    shipment.subscribed_at = None
    await _asked_anew(session, shipment, now=now)
    await audit.record(session, actor, "followed_again", "order", shipment.order_id, now=now, shipment_id=shipment_id)


async def _under_way(session: AsyncSession, shipment_id: int) -> Shipment:
    shipment = await shipments.fresh(session, shipment_id)
    if shipment.shipped_at is None or shipment.tracking_number is None or shipment.status in _LONG_THERE:
        raise NotAllowedNow(status=shipment.status)
    return shipment


async def _asked_anew(session: AsyncSession, shipment: Shipment, *, now: datetime) -> None:
    shipment.trouble, shipment.next_poll_at, shipment.poll_failures = None, now, 0
    shipment.version += 1
    await outbox.write(session, ShipmentScanned(order_id=shipment.order_id, shipment_id=shipment.id), now=now)
