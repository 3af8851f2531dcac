"""Orders as they are, for the buyer and for staff. They are placed in `placing.py`; what becomes of them is in `order_life.py`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from store.errors import NotFound
from store.models import Order, OrderLine, Shipment
from store.models.base import Texts
from store.order_status import OrderStatus, ShipmentStatus

# Nothing has left the house, or all of it has come back: a parcel that was refused at the door must not stay open for ever.
CANCELLABLE_BY_STAFF = ("unfulfilled", "packed", "returned")


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """A line as it was when the order was placed. `digital_content` is there only once the line was delivered."""

    id: int
    position: int
    variant_id: int
    sku: str
    kind: str
    title: Texts
    variant_title: Texts
    picture: str | None
    digital_content: str | None
    quantity: int
    unit_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    weight_g: int
    shipped_quantity: int
    cancelled_quantity: int
    refunded_quantity: int = 0

    @property
    def is_digital(self) -> bool:
        return self.kind == "digital"

    @property
    def sent_back(self) -> int:
        """Of what had left, the pieces whose money went back."""
        return self.refunded_quantity - self.cancelled_quantity

    @property
    def open_quantity(self) -> int:
        """Neither sent nor called off."""
        return self.quantity - self.cancelled_quantity - self.shipped_quantity


@dataclass(frozen=True, slots=True)
class ShipmentBrief:
    """That there is a parcel and how far it is; the whole of it is told by `shipments.shipments_of`."""

    id: int
    kind: str
    carrier: str | None
    tracking_number: str | None
    status: ShipmentStatus


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order, read at one moment. `payment_status`: unpaid partially_paid paid overpaid partially_refunded refunded;
    `fulfilment_status`: unfulfilled packed partially_shipped shipped delivered returned.
    """

    id: int
    number: str
    secret: str
    group_id: int
    seller_id: int
    customer_id: int
    status: OrderStatus
    payment_status: str
    fulfilment_status: str
    payment_method: str
    currency: str
    subtotal_minor: int
    discount_minor: int
    shipping_minor: int
    fee_minor: int
    tip_minor: int
    tax_minor: int
    prices_include_tax: bool
    total_minor: int
    contact_name: str
    contact_phone: str
    address: dict[str, Any] | None
    delivery_kind: str
    delivery_carrier: str | None
    delivery_title: Texts
    delivery_details: Texts
    delivery_min_days: int
    delivery_max_days: int
    note: str
    language: str
    placed_at: datetime
    expires_at: datetime | None
    confirmed_at: datetime | None
    accepted_at: datetime | None
    cancelled_at: datetime | None
    completed_at: datetime | None
    cancel_reason: str | None
    staff_note: str
    version: int
    lines: tuple[OrderLineView, ...]
    shipments: tuple[ShipmentBrief, ...]

    @property
    def is_digital(self) -> bool:
        return all(line.is_digital for line in self.lines)

    @property
    def awaits_payment(self) -> bool:
        return self.status == OrderStatus.PENDING_PAYMENT

    @property
    def can_be_cancelled_by_buyer(self) -> bool:
        """What the button asks; `order_life.cancel` decides again, on the row."""
        if self.awaits_payment:
            return True
        has_content = any(line.is_digital for line in self.lines)
        return self.status == OrderStatus.CONFIRMED and self.fulfilment_status == "unfulfilled" and not has_content

    @property
    def can_be_shipped(self) -> bool:
        """There is a parcel to hand to a carrier."""
        is_here = self.fulfilment_status in ("unfulfilled", "packed")
        return self.status == OrderStatus.CONFIRMED and self.delivery_kind == "courier" and is_here

    @property
    def can_be_cancelled_by_staff(self) -> bool:
        return self.awaits_payment or (
            self.status == OrderStatus.CONFIRMED and self.fulfilment_status in CANCELLABLE_BY_STAFF
        )


@dataclass(frozen=True, slots=True)
class OrderCard:
    """An order in a list."""

    id: int
    number: str
    status: OrderStatus
    payment_status: str
    fulfilment_status: str
    total_minor: int
    currency: str
    quantity: int
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """Newest first. `before` and `after` are the order ids to go on from, towards older and newer ones; None where there are none."""

    orders: tuple[OrderCard, ...]
    before: int | None
    after: int | None


async def order(session: AsyncSession, order_id: int) -> OrderView:
    """Any order: for staff and notifications. Raises: NotFound."""
    return await _read(session, order_id)


async def order_of(session: AsyncSession, customer_id: int, order_id: int) -> OrderView:
    """One of the customer's own orders. Raises: NotFound, for somebody else's too."""
    return await _read(session, order_id, _ORDER.where(Order.customer_id == customer_id))


async def orders_page(
    session: AsyncSession, customer_id: int, *, before: int | None = None, after: int | None = None, limit: int = 6
) -> OrdersPage:
    """The customer's newest orders, those older than *before*, or those newer than *after*."""
    if after is not None:
        newer = await _cards(session, customer_id, Order.id > after, limit=limit + 1, newest_first=False)
        shown, is_more = newer[:limit][::-1], len(newer) > limit
        return OrdersPage(tuple(shown), shown[-1].id if shown else None, shown[0].id if is_more else None)
    older = await _cards(
        session, customer_id, true() if before is None else Order.id < before, limit=limit + 1, newest_first=True
    )
    shown, is_more = older[:limit], len(older) > limit
    is_first = before is None or not shown
    return OrdersPage(tuple(shown), shown[-1].id if is_more else None, None if is_first else shown[0].id)


async def _cards(
    session: AsyncSession, customer_id: int, condition: ColumnElement[bool], *, limit: int, newest_first: bool
) -> list[OrderCard]:
    quantity = (
        select(func.coalesce(func.sum(OrderLine.quantity), 0)).where(OrderLine.order_id == Order.id).scalar_subquery()
    )
    columns = (Order.id, Order.number, Order.status, Order.payment_status, Order.fulfilment_status)
    rows = await session.execute(
        select(*columns, Order.total_minor, Order.currency, quantity.label("quantity"), Order.placed_at)
        .where(Order.customer_id == customer_id, condition)
        .order_by(Order.id.desc() if newest_first else Order.id)
        .limit(limit)
    )
    return [
        OrderCard(
            id=row.id,
            number=row.number,
            status=OrderStatus(row.status),
            payment_status=row.payment_status,
            fulfilment_status=row.fulfilment_status,
            total_minor=row.total_minor,
            currency=row.currency,
            quantity=int(row.quantity),
            placed_at=row.placed_at,
        )
        for row in rows
    ]


_SAME_NAME = (
    "id number secret group_id seller_id customer_id payment_status fulfilment_status payment_method currency "
    "subtotal_minor discount_minor shipping_minor fee_minor tip_minor tax_minor prices_include_tax total_minor contact_name contact_phone address "
    "delivery_kind delivery_carrier delivery_title delivery_details delivery_min_days delivery_max_days note language "
    "placed_at expires_at confirmed_at accepted_at cancelled_at completed_at cancel_reason staff_note version"
).split()


_LINE_SAME_NAME = (
    "id position variant_id sku kind variant_title picture quantity unit_minor discount_minor tax_minor total_minor weight_g "
    "shipped_quantity cancelled_quantity refunded_quantity"
).split()


# Built once, and columns rather than objects: putting statements and objects together costs more than the database does.
_ORDER = select(Order.status, *(getattr(Order, name) for name in _SAME_NAME)).where(Order.id == bindparam("order_id"))
_LINES = (
    select(OrderLine.product_title, OrderLine.digital_content, *(getattr(OrderLine, name) for name in _LINE_SAME_NAME))
    .where(OrderLine.order_id == bindparam("order_id"))
    .order_by(OrderLine.position)
)
_SHIPMENTS = (
    select(Shipment.id, Shipment.kind, Shipment.carrier, Shipment.tracking_number, Shipment.status)
    .where(Shipment.order_id == bindparam("order_id"))
    .order_by(Shipment.id)
)


async def _read(session: AsyncSession, order_id: int, statement: Select[Any] = _ORDER) -> OrderView:
    known = {"order_id": order_id}
    row = (await session.execute(statement, known)).one_or_none()
    if row is None:
        raise NotFound(what="order")
    lines = tuple(_line(line) for line in await session.execute(_LINES, known))
    shipments = await session.execute(_SHIPMENTS, known)
    briefs = tuple(ShipmentBrief(*found[:4], ShipmentStatus(found.status)) for found in shipments)
    scalars: dict[str, Any] = {name: getattr(row, name) for name in _SAME_NAME}
    return OrderView(**scalars, status=OrderStatus(row.status), lines=lines, shipments=briefs)


def _line(row: Row[Any]) -> OrderLineView:
    scalars: dict[str, Any] = {name: getattr(row, name) for name in _LINE_SAME_NAME}
    content = row.digital_content if row.shipped_quantity else None
    return OrderLineView(**scalars, title=row.product_title, digital_content=content)
