"""What the page shows behind the scenes: orders with their money and parcels, the outbox, and what is on its way to chats."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.demo.scenes import CAST, STAFF_GROUP
from bot.demo.state import Json
from bot.ui import format as fmt
from bot.web.sandbox_manners import MANNERS
from store.models import Customer, Delivery, Order, OutboxEvent, PaymentAttempt, Refund, Shipment
from store.order_status import ShipmentStatus
from store.payments.sandbox_books import SANDBOX

ORDERS = 12
ENTRIES = 40
_IS_OVER = {ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED, ShipmentStatus.CANCELLED, ShipmentStatus.LOST}


async def orders(session: AsyncSession) -> list[Json]:
    """The newest orders, each with its attempts to pay and its shipments."""
    rows = await session.execute(
        select(Order, Customer.name)
        .join(Customer, Customer.id == Order.customer_id)
        .options(selectinload(Order.lines))
        .order_by(Order.id.desc())
        .limit(ORDERS)
    )
    found = [(order, name) for order, name in rows]
    attempts = await session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.group_id.in_([order.group_id for order, _ in found]))
        .order_by(PaymentAttempt.id)
    )
    parcels = await session.scalars(
        select(Shipment).where(Shipment.order_id.in_([order.id for order, _ in found])).order_by(Shipment.id)
    )
    tries, shipments = list(attempts), list(parcels)
    return [
        _order(
            order,
            name,
            [attempt for attempt in tries if attempt.group_id == order.group_id],
            [shipment for shipment in shipments if shipment.order_id == order.id],
        )
        for order, name in found
    ]


def _order(order: Order, name: str, attempts: Sequence[PaymentAttempt], shipments: Sequence[Shipment]) -> Json:
    goods = [f"{line.quantity} × {line.product_title.get('en') or line.sku}" for line in order.lines]
    return {
        "id": order.id,
        "number": order.number,
        "customer": name,
        "goods": goods,
        "total": fmt.money(order.total_minor, order.currency, "en"),
        "status": order.status,
        "payment": order.payment_status,
        "fulfilment": order.fulfilment_status,
        "delivery": order.delivery_kind,
        "placed_at": _iso(order.placed_at),
        "expires_at": _iso(order.expires_at) if order.status == "pending_payment" else None,
        "steps": _steps(order),
        "attempts": [_attempt(attempt) for attempt in attempts],
        "shipments": [_shipment(shipment) for shipment in shipments],
    }


def _steps(order: Order) -> list[Json]:
    """The way of an order at a glance: what is behind it, what is not."""
    is_packed = order.fulfilment_status not in ("unfulfilled",)
    is_shipped = order.fulfilment_status in ("shipped", "partially_shipped", "delivered", "returned")
    done = {
        "placed": True,
        "paid": order.payment_status in ("paid", "overpaid"),
        "packed": is_packed,
        "shipped": is_shipped,
        "delivered": order.fulfilment_status == "delivered",
    }
    return [{"name": name, "is_done": is_done} for name, is_done in done.items()]


def _attempt(attempt: PaymentAttempt) -> Json:
    return {
        "ref": attempt.merchant_ref,
        "gateway": attempt.gateway,
        "is_sandbox": attempt.gateway in (SANDBOX, *MANNERS),
        "status": attempt.status,
        "is_live": attempt.active_slot is not None,
        "amount": fmt.money(attempt.amount_minor, attempt.currency, "en"),
        "captured": fmt.money(attempt.captured_minor, attempt.currency, "en") if attempt.captured_minor else None,
        "refunded": fmt.money(attempt.refunded_minor, attempt.currency, "en") if attempt.refunded_minor else None,
    }


def _shipment(shipment: Shipment) -> Json:
    status = ShipmentStatus(shipment.status)
    is_on_its_way = shipment.carrier == "sandbox" and shipment.shipped_at is not None and status not in _IS_OVER
    return {
        "id": shipment.id,
        "kind": shipment.kind,
        "carrier": shipment.carrier,
        "number": shipment.tracking_number,
        "status": status,
        "delay_level": shipment.delay_level,
        "expected": _iso(shipment.eta_until),
        "next_poll_at": _iso(shipment.next_poll_at),
        "can_be_moved": is_on_its_way,
    }


async def events(session: AsyncSession) -> list[Json]:
    """The outbox, newest first, each event with how many notifications came of it."""
    told = select(func.count()).where(Delivery.event_id == OutboxEvent.id).scalar_subquery()
    rows = await session.execute(select(OutboxEvent, told).order_by(OutboxEvent.id.desc()).limit(ENTRIES))
    numbers = await _order_numbers(session)
    return [
        {
            "id": event.id,
            "type": event.type,
            "subject": numbers.get(event.subject, event.subject),
            "at": _iso(event.created_at),
            "detail": {key: value for key, value in event.payload.items() if key in ("status", "level", "free")},
            "is_routed": event.routed_at is not None,
            "told": count,
        }
        for event, count in rows
    ]


async def deliveries(session: AsyncSession) -> list[Json]:
    """Notifications, newest first: to whom, of what, and how far they are."""
    rows = await session.execute(
        select(Delivery, OutboxEvent.type)
        .join(OutboxEvent, OutboxEvent.id == Delivery.event_id)
        .order_by(Delivery.id.desc())
        .limit(ENTRIES)
    )
    names = {figure.user.id: figure.user.first_name for figure in CAST}
    return [
        {
            "id": delivery.id,
            "of": of,
            "route": delivery.route,
            "to": names.get(delivery.chat_id, STAFF_GROUP if delivery.chat_id < 0 else str(delivery.chat_id)),
            "status": delivery.status,
            "attempts": delivery.attempts,
            "error": delivery.last_error,
            "due_at": _iso(delivery.available_at),
            "sent_at": _iso(delivery.sent_at),
        }
        for delivery, of in rows
    ]


async def waiting(session: AsyncSession) -> int:
    """How many notifications have not left yet."""
    found = await session.scalar(select(func.count()).where(Delivery.status.in_(("waiting", "sending"))))
    return found or 0


async def next_due(session: AsyncSession, *, after: datetime) -> datetime | None:
    """The next moment at which the shop has something to do by itself; None when it only waits for people."""
    columns = (
        Shipment.next_poll_at,
        Delivery.available_at,
        PaymentAttempt.next_check_at,
        Refund.next_check_at,
        Order.expires_at,
    )
    found = [await session.scalar(select(func.min(column)).where(column > after)) for column in columns]
    return min((moment for moment in found if moment is not None), default=None)


async def _order_numbers(session: AsyncSession) -> dict[str, str]:
    rows = await session.execute(select(Order.id, Order.number).order_by(Order.id.desc()).limit(ENTRIES))
    return {f"order:{order_id}": number for order_id, number in rows}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
