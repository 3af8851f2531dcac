"""Shipping, handing over: what the merchant does with goods that are packed (`packing.py`)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, order_life, outbox, packing, shipments
from store.audit import Actor
from store.errors import BadInput, NotAllowedNow
from store.events import ShipmentMoved, ShipmentShipped
from store.models import Shipment
from store.order_status import OrderStatus, ShipmentStatus, moved
from store.parcels import arrival, numbers


async def ship(
    session: AsyncSession,
    order_id: int,
    *,
    carrier: str,
    tracking_number: str | None,
    slug: str | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """The order's one parcel is with the carrier; packs first where nobody has. *slug* is the carrier inside an aggregator.

    Raises: NotFound, NotAllowedNow (also where several parcels wait: `ship_parcel` says which), BadInput (tracking_number).
    """
    shipment_id = await the_parcel(session, order_id, actor=actor, now=now)
    await ship_parcel(
        session, shipment_id, carrier=carrier, tracking_number=tracking_number, slug=slug, actor=actor, now=now
    )
    return shipment_id


async def the_parcel(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> int:
    """The one parcel that waits for a carrier, packed now if nobody has. Raises: NotFound, NotAllowedNow where there are several."""
    order = await shipments.order_with_lines(session, order_id)
    if order.delivery_kind != "courier":
        raise NotAllowedNow(status=order.delivery_kind)
    return (await _packed(session, order_id, actor=actor, now=now)).id


async def ship_parcel(
    session: AsyncSession,
    shipment_id: int,
    *,
    carrier: str,
    tracking_number: str | None,
    slug: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """The packed parcel is with the carrier. Its stock leaves the shelf, the arrival window is frozen; other parcels of the order stay.

    Raises: NotFound, NotAllowedNow, BadInput (tracking_number).
    """
    number = None
    if tracking_number is not None:
        number = numbers.normalise(tracking_number)
        if number is None:
            raise BadInput(field="tracking_number", reason="format")
    order_id = await shipments.order_id_of(session, shipment_id)
    await order_life.work_on(session, order_id)
    shipment = await shipments.fresh(session, shipment_id)
    order = await shipments.order_with_lines(session, order_id)
    if order.delivery_kind != "courier":
        raise NotAllowedNow(status=order.delivery_kind)
    window = await arrival.dispatched(session, shipment, order, carrier, now=now)
    went = await moved(
        session,
        Shipment,
        shipment.id,
        ShipmentStatus.HANDED_OVER,
        only_from=[ShipmentStatus.PACKED],
        carrier=carrier,
        carrier_slug=slug,
        tracking_number=number,
        shipped_at=now,
        next_poll_at=now if number else None,
        **window,
    )
    if not went:
        raise NotAllowedNow(status=shipment.status)
    await shipments.goods_leave(session, shipment, actor=actor, now=now)
    await audit.record(session, actor, "shipped", "order", order_id, now=now, carrier=carrier, tracking_number=number)
    await outbox.write(session, ShipmentShipped(order_id=order_id, shipment_id=shipment.id), now=now)
    await order_life.derive(session, order_id)


async def ready_for_pickup(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> int:
    """The bag waits at the counter and the customer is told. Raises: NotFound, NotAllowedNow."""
    shipment = await _packed(session, order_id, actor=actor, now=now)
    order = await shipments.order_with_lines(session, order_id)
    went = order.delivery_kind == "pickup" and await moved(
        session, Shipment, shipment.id, ShipmentStatus.READY_FOR_PICKUP, only_from=[ShipmentStatus.PACKED]
    )
    if not went:
        raise NotAllowedNow(status=shipment.status)
    await audit.record(session, actor, "ready", "order", order_id, now=now, shipment_id=shipment.id)
    await outbox.write(session, ShipmentShipped(order_id=order_id, shipment_id=shipment.id), now=now)
    await order_life.derive(session, order_id)
    return shipment.id


async def hand_over(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> None:
    """The customer has fetched the bag. Raises: NotFound, NotAllowedNow when none waits."""
    await order_life.work_on(session, order_id)
    waiting = await _of_order(session, order_id, [ShipmentStatus.READY_FOR_PICKUP])
    if not waiting or not await moved(
        session, Shipment, waiting[0].id, ShipmentStatus.DELIVERED, shipped_at=now, delivered_at=now
    ):
        raise NotAllowedNow(status=await _status_of(session, order_id))
    await shipments.goods_leave(session, waiting[0], actor=actor, now=now)
    await _delivered(session, waiting[0], "handed_over", actor=actor, now=now)


async def mark_delivered(session: AsyncSession, shipment_id: int, *, actor: Actor, now: datetime) -> None:
    """Staff knows that the parcel arrived: for carriers that cannot be asked. Raises: NotFound, NotAllowedNow."""
    shipment = await shipments.fresh(session, shipment_id)
    on_the_way = set(ShipmentStatus) - {ShipmentStatus.PACKED, ShipmentStatus.DELIVERED}
    went = shipment.shipped_at is not None and await moved(
        session,
        Shipment,
        shipment_id,
        ShipmentStatus.DELIVERED,
        only_from=on_the_way,
        delivered_at=now,
        next_poll_at=None,
    )
    if not went:
        raise NotAllowedNow(status=shipment.status)
    await _delivered(session, shipment, "delivered", actor=actor, now=now)


async def correct_number(
    session: AsyncSession,
    shipment_id: int,
    *,
    carrier: str,
    tracking_number: str,
    slug: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """The parcel has another carrier or number than was typed; it is asked for at once. Raises: NotFound, BadInput, NotAllowedNow."""
    number = numbers.normalise(tracking_number)
    if number is None:
        raise BadInput(field="tracking_number", reason="format")
    shipment = await shipments.fresh(session, shipment_id)
    if shipment.shipped_at is None or shipment.status == ShipmentStatus.DELIVERED:
        raise NotAllowedNow(status=shipment.status)
    before = {"carrier": shipment.carrier, "tracking_number": shipment.tracking_number}
    shipment.carrier, shipment.carrier_slug, shipment.tracking_number = carrier, slug, number
    shipment.next_poll_at, shipment.poll_failures, shipment.trouble, shipment.subscribed_at = now, 0, None, None
    shipment.version += 1
    await audit.record(
        session,
        actor,
        "number_corrected",
        "order",
        shipment.order_id,
        now=now,
        before=before,
        carrier=carrier,
        tracking_number=number,
    )
    await outbox.write(session, ShipmentShipped(order_id=shipment.order_id, shipment_id=shipment_id), now=now)


async def _packed(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> Shipment:
    """The parcel that waits to leave; packed now if there is none. The order is locked before it, as in a cancel.

    Raises: NotAllowedNow where several wait: a press made for one parcel must not send another.
    """
    await order_life.work_on(session, order_id)
    waiting = await _of_order(session, order_id, [ShipmentStatus.PACKED])
    if len(waiting) > 1:
        raise NotAllowedNow(status=ShipmentStatus.PACKED)
    if waiting:
        return waiting[0]
    return await shipments.fresh(session, await packing.pack(session, order_id, actor=actor, now=now))


async def _delivered(session: AsyncSession, shipment: Shipment, action: str, *, actor: Actor, now: datetime) -> None:
    await audit.record(session, actor, action, "order", shipment.order_id, now=now, shipment_id=shipment.id)
    event = ShipmentMoved(order_id=shipment.order_id, shipment_id=shipment.id, status=ShipmentStatus.DELIVERED)
    await outbox.write(session, event, now=now)
    await order_life.derive(session, shipment.order_id)
    await order_life.complete_if_done(session, shipment.order_id, now=now)


async def _of_order(session: AsyncSession, order_id: int, statuses: Iterable[ShipmentStatus]) -> list[Shipment]:
    statement = (
        select(Shipment)
        .where(Shipment.order_id == order_id, Shipment.status.in_(list(statuses)))
        .order_by(Shipment.id)
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(statement))


async def _status_of(session: AsyncSession, order_id: int) -> str:
    order = await shipments.order_with_lines(session, order_id)
    return order.status if order.status != OrderStatus.CONFIRMED else order.fulfilment_status
