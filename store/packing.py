"""What lies in which parcel: everything that is to be sent, or the pieces that somebody chose for one of several."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, order_life, outbox, shipments
from store.audit import Actor
from store.db import affected
from store.errors import NotAllowedNow, NotFound
from store.events import OrderChanged
from store.models import Order, OrderLine, Shipment, ShipmentLine
from store.order_status import OrderStatus, ShipmentStatus, moved

_WAITING = (ShipmentStatus.PACKED, ShipmentStatus.READY_FOR_PICKUP)


async def pack(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> int:
    """All physical goods of the order lie in one parcel; of two packers one makes it. Raises: NotFound, NotAllowedNow."""
    claim = (
        update(Order)
        .where(
            Order.id == order_id,
            Order.status == OrderStatus.CONFIRMED,
            Order.fulfilment_status == "unfulfilled",
        )
        .values(fulfilment_status="packed", version=Order.version + 1)
        .execution_options(synchronize_session=False)
    )
    if await affected(session, claim) != 1:
        raise NotAllowedNow(status=await _status_of(session, order_id))
    order = await shipments.order_with_lines(session, order_id)
    return await _pack(session, order, await to_pack(session, order_id), actor=actor, now=now)


async def pack_pieces(
    session: AsyncSession, order_id: int, pieces: Mapping[int, int], *, version: int, actor: Actor, now: datetime
) -> int:
    """These pieces (order line id → how many) lie in a parcel of their own; the rest is still to be packed.

    *version* is the order's as it was chosen from: of two who choose at once, and of two presses, one packs.
    Raises: NotFound, NotAllowedNow (somebody has changed the order meanwhile, or so many pieces are not there to be packed).
    """
    await take_turn(session, order_id, version)
    order = await shipments.order_with_lines(session, order_id)
    left = await to_pack(session, order_id)
    wanted = {line_id: quantity for line_id, quantity in pieces.items() if quantity > 0}
    if order.delivery_kind != "courier" or any(quantity > left.get(line_id, 0) for line_id, quantity in wanted.items()):
        raise NotAllowedNow(status=order.fulfilment_status)
    shipment_id = await _pack(session, order, wanted, actor=actor, now=now)
    await order_life.derive(session, order_id)
    return shipment_id


async def unpack(session: AsyncSession, shipment_id: int, *, actor: Actor, now: datetime) -> None:
    """The parcel is taken apart before it has left; its pieces can be packed anew. Raises: NotFound, NotAllowedNow."""
    order_id = await shipments.order_id_of(session, shipment_id)
    await order_life.work_on(session, order_id)
    if not await moved(session, Shipment, shipment_id, ShipmentStatus.CANCELLED, only_from=[ShipmentStatus.PACKED]):
        raise NotAllowedNow(status=(await shipments.fresh(session, shipment_id)).status)
    await audit.record(session, actor, "unpacked", "order", order_id, now=now, shipment_id=shipment_id)
    await outbox.write(session, OrderChanged(order_id=order_id), now=now)
    await order_life.derive(session, order_id)


async def to_pack(session: AsyncSession, order_id: int) -> dict[int, int]:
    """Physical pieces by order line that are neither sent nor called off, nor in a parcel that waits to leave."""
    line = OrderLine
    is_open = line.quantity - line.cancelled_quantity - line.shipped_quantity
    lines = await session.execute(
        select(line.id, is_open).where(line.order_id == order_id, line.kind == "physical").order_by(line.position)
    )
    waiting = await session.execute(
        select(ShipmentLine.order_line_id, func.sum(ShipmentLine.quantity))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(Shipment.order_id == order_id, Shipment.status.in_(_WAITING))
        .group_by(ShipmentLine.order_line_id)
    )
    packed = {line_id: int(quantity) for line_id, quantity in waiting}
    left = {line_id: quantity - packed.get(line_id, 0) for line_id, quantity in lines}
    return {line_id: quantity for line_id, quantity in left.items() if quantity > 0}


async def take_turn(session: AsyncSession, order_id: int, version: int) -> None:
    """The confirmed order is still as it was when it had this *version*, and stays so until the caller's transaction ends.

    Raises: NotFound, NotAllowedNow.
    """
    claim = (
        update(Order)
        .where(Order.id == order_id, Order.status == OrderStatus.CONFIRMED, Order.version == version)
        .values(version=Order.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not await affected(session, claim):
        raise NotAllowedNow(status=await _status_of(session, order_id))


async def _pack(session: AsyncSession, order: Order, pieces: Mapping[int, int], *, actor: Actor, now: datetime) -> int:
    shipment_id = await shipments.create(session, order, pieces, kind=order.delivery_kind, now=now)
    await audit.record(session, actor, "packed", "order", order.id, now=now, shipment_id=shipment_id)
    await outbox.write(session, OrderChanged(order_id=order.id), now=now)
    return shipment_id


async def _status_of(session: AsyncSession, order_id: int) -> str:
    columns = select(Order.status, Order.fulfilment_status).where(Order.id == order_id)
    row = (await session.execute(columns)).one_or_none()
    if row is None:
        raise NotFound(what="order")
    return str(row.status if row.status != OrderStatus.CONFIRMED else row.fulfilment_status)
