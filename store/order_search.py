"""Finding one of a customer's orders by what they have in hand: its number, its parcel's number, a link, or just "my parcel"."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import order_numbers
from store.models import Order, Refund, Shipment
from store.order_status import OrderStatus, RefundStatus, ShipmentStatus
from store.parcels import numbers
from store.payments import transfer_codes

# More than anybody can choose from in one message; who has more finds the rest in the list of orders.
CHOICE = 10
# A number in a message is looked for among so many of the person's own orders, the newest.
_REMEMBERED = 50
# A shorter one of a carrier's may be anything.
_NUMBER_MIN = 8
_READ = 400
_OVER = (ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED, ShipmentStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Awaited:
    """An order that something is still to come of."""

    id: int
    number: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """An order whose parcel has reached its buyer."""

    id: int
    number: str
    at: datetime


async def by_number(session: AsyncSession, customer_id: int, text: str) -> int | None:
    """The customer's order with this order or tracking number, or the reference of its transfer, however it was typed. Somebody else's is not found."""
    if (number := order_numbers.normalise(transfer_codes.order_number(text) or text)) is not None:
        found = await session.scalar(select(Order.id).where(Order.customer_id == customer_id, Order.number == number))
        if found is not None:
            return int(found)
    if (tracking := numbers.normalise(text)) is None:
        return None
    return await session.scalar(
        select(Order.id)
        .join(Shipment, Shipment.order_id == Order.id)
        .where(Order.customer_id == customer_id, Shipment.tracking_number == tracking)
        .order_by(Order.id.desc())
        .limit(1)
    )


async def named(session: AsyncSession, customer_id: int, text: str) -> list[Awaited]:
    """The customer's orders whose number, or whose parcel's number, stands somewhere in the text, newest first; look-alikes do not matter."""
    said = order_numbers.sketch(text[:_READ])
    if len(said) < _NUMBER_MIN or not any(sign.isdecimal() for sign in said):
        return []
    newest = select(Order.id).where(Order.customer_id == customer_id).order_by(Order.id.desc()).limit(_REMEMBERED)
    ids = list(await session.scalars(newest))
    rows = await session.execute(
        select(Order.id, Order.number, Shipment.tracking_number)
        .outerjoin(Shipment, Shipment.order_id == Order.id)
        .where(Order.id.in_(ids))
        .order_by(Order.id.desc())
    )
    found = {
        row.id: row.number for row in rows if _stands_in(said, row.number) or _stands_in(said, row.tracking_number)
    }
    return [Awaited(order_id, number) for order_id, number in found.items()][:CHOICE]


def _stands_in(said: str, number: str | None) -> bool:
    wanted = order_numbers.sketch(number or "")
    return len(wanted) >= _NUMBER_MIN and wanted in said


async def unsent(session: AsyncSession, customer_id: int) -> list[Awaited]:
    """The customer's orders of which nothing has been packed yet, the unpaid ones among them, newest first."""
    is_waiting = (Order.status == OrderStatus.CONFIRMED) & (Order.fulfilment_status == "unfulfilled")
    return await _cards(session, customer_id, is_waiting | (Order.status == OrderStatus.PENDING_PAYMENT))


async def refunded(session: AsyncSession, customer_id: int) -> list[Awaited]:
    """The customer's orders that money went back for, or is to go back for, newest first; where some is under way, only those."""
    own = select(Refund.id).where(Refund.order_id == Order.id)
    under_way = own.where(Refund.status.not_in((RefundStatus.SUCCEEDED, RefundStatus.REVERSED)))
    return await _cards(session, customer_id, under_way.exists()) or await _cards(session, customer_id, own.exists())


async def _cards(session: AsyncSession, customer_id: int, which: ColumnElement[bool]) -> list[Awaited]:
    rows = await session.execute(
        select(Order.id, Order.number)
        .where(Order.customer_id == customer_id, which)
        .order_by(Order.id.desc())
        .limit(CHOICE)
    )
    return [Awaited(row.id, row.number) for row in rows]


async def by_secret(session: AsyncSession, customer_id: int, order_secret: str) -> int | None:
    """The customer's order that a link leads to. Nobody else gets in with it: here the person is known."""
    rows = await session.execute(
        select(Order.id, Order.secret).where(Order.customer_id == customer_id, Order.secret == order_secret)
    )
    # The database may compare without case; a secret is exact.
    return next((row.id for row in rows if secrets.compare_digest(row.secret, order_secret)), None)


async def arrived(session: AsyncSession, customer_id: int, *, since: datetime) -> Arrived | None:
    """The customer's parcel, or bag from the counter, that reached them last; None when that was before *since*."""
    found = await session.execute(
        select(Order.id, Order.number, Shipment.delivered_at)
        .join(Shipment, Shipment.order_id == Order.id)
        .where(
            Order.customer_id == customer_id,
            Shipment.kind != "digital",
            Shipment.status == ShipmentStatus.DELIVERED,
            Shipment.delivered_at >= since,
        )
        .order_by(Shipment.delivered_at.desc(), Shipment.id.desc())
        .limit(1)
    )
    row = found.first()
    return Arrived(row.id, row.number, row.delivered_at) if row is not None else None


async def awaited(session: AsyncSession, customer_id: int) -> list[Awaited]:
    """The customer's orders that something is still to come of, newest first. Unpaid ones are not on their way."""
    arrived = select(Shipment.id).where(
        Shipment.order_id == Order.id, Shipment.kind != "digital", Shipment.status.not_in(_OVER)
    )
    is_prepared = Order.fulfilment_status.in_(("unfulfilled", "packed", "partially_shipped"))
    is_open = (Order.status == OrderStatus.CONFIRMED) & (is_prepared | arrived.exists())
    return await _cards(session, customer_id, (Order.delivery_kind != "digital") & is_open)
