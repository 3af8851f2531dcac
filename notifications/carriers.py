"""What is told about carriers: to the staff what they must mend, to the buyer that a parcel has another number."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.parcel_numbers import renumbered_screen
from bot.ui.screen import Screen
from bot.ui.staff_carriers import carrier_failing_screen, carrier_recovered_screen, needs_help_screen
from notifications.telling import Telling
from store import orders, shipments
from store.events import CarrierFailing, CarrierRecovered, ParcelNeedsHelp, ShipmentEvent
from store.parcels import budget
from store.parcels.choosing import title_of


async def needs_help(session: AsyncSession, event: ParcelNeedsHelp, tell: Telling) -> Screen | None:
    """Only while it is still so."""
    shipment = await shipments.shipment_of(session, event.order_id, event.shipment_id)
    name = shipment.carrier
    if shipment.trouble != event.trouble or name is None or name not in tell.carriers:
        return None
    carrier = title_of(tell.carriers, name, shipment.carrier_slug)
    return needs_help_screen(await orders.order(session, event.order_id), shipment, carrier, tell.t)


async def renumbered(session: AsyncSession, event: ShipmentEvent, tell: Telling) -> Screen | None:
    shipment = await shipments.shipment_of(session, event.order_id, event.shipment_id)
    name = shipment.carrier
    if shipment.is_over or name is None or name not in tell.carriers or not shipment.tracking_number:
        return None
    carrier = title_of(tell.carriers, name, shipment.carrier_slug)
    return renumbered_screen(await orders.order(session, event.order_id), shipment.tracking_number, carrier, tell.t)


async def failing(session: AsyncSession, event: CarrierFailing, tell: Telling) -> Screen | None:
    """Only while it is still so."""
    carrier = tell.carriers.get(event.carrier)
    if carrier is None:
        return None
    (standing,) = await budget.standings(session, [carrier], now=tell.now)
    if not standing.failures:
        return None
    return carrier_failing_screen(carrier.title, standing.error, tell.t, must_act=event.must_act)


async def recovered(_session: AsyncSession, event: CarrierRecovered, tell: Telling) -> Screen | None:
    carrier = tell.carriers.get(event.carrier)
    return carrier_recovered_screen(carrier.title, tell.t) if carrier is not None else None
