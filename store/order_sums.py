"""How an order's payment and fulfilment stand, derived from sums: nobody sets these statuses by hand, so they cannot contradict the money or the parcels."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Order, OrderLine, PaymentAttempt, Shipment
from store.order_status import ShipmentStatus

_WAITING = frozenset({ShipmentStatus.PACKED, ShipmentStatus.READY_FOR_PICKUP})


@dataclass(frozen=True, slots=True)
class Goods:
    """The counters of an order line."""

    kind: str
    quantity: int
    cancelled: int
    shipped: int


async def derive(session: AsyncSession, order_id: int) -> None:
    """The order's payment and fulfilment status follow from its money and its parcels.

    Locks the row before it reads the sums: two changes at once are counted one after the other, and the second sees both.
    """
    row = update(Order).where(Order.id == order_id).execution_options(synchronize_session=False)
    await session.execute(row.values(version=Order.version + 1))
    await session.execute(
        row.values(
            payment_status=await _payment(session, order_id), fulfilment_status=await _fulfilment(session, order_id)
        )
    )


async def _payment(session: AsyncSession, order_id: int) -> str:
    attempt = PaymentAttempt
    sums = select(
        Order.total_minor,
        func.coalesce(func.sum(attempt.captured_minor), 0),
        func.coalesce(func.sum(attempt.refunded_minor), 0),
    )
    joined = sums.outerjoin(attempt, attempt.group_id == Order.group_id).where(Order.id == order_id)
    total, captured, refunded = (await session.execute(joined.group_by(Order.id, Order.total_minor))).one()
    return payment_status(total, int(captured), int(refunded))


async def _fulfilment(session: AsyncSession, order_id: int) -> str:
    line = OrderLine
    lines = await session.execute(
        select(line.kind, line.quantity, line.cancelled_quantity, line.shipped_quantity).where(
            line.order_id == order_id
        )
    )
    parcels = await session.execute(select(Shipment.kind, Shipment.status).where(Shipment.order_id == order_id))
    return fulfilment_status(
        [Goods(*row) for row in lines], [(kind, ShipmentStatus(status)) for kind, status in parcels]
    )


def payment_status(total_minor: int, captured_minor: int, refunded_minor: int) -> str:
    """A surplus that went back leaves the order paid; a refund of one of two payments must not look like a refund of the order."""
    kept = captured_minor - refunded_minor
    if kept > total_minor:
        return "overpaid"
    if kept == total_minor:
        return "paid"
    if not captured_minor:
        return "unpaid"
    if not kept:
        return "refunded"
    return "partially_refunded" if refunded_minor else "partially_paid"


def fulfilment_status(lines: Collection[Goods], shipments: Collection[tuple[str, ShipmentStatus]]) -> str:
    """*shipments* are (kind, status). Where there is anything to carry, only that counts: digital goods arrive with the confirmation."""
    kind = "physical" if any(line.kind == "physical" for line in lines) else "digital"
    ordered = sum(line.quantity - line.cancelled for line in lines if line.kind == kind)
    shipped = sum(line.shipped for line in lines if line.kind == kind)
    statuses = {
        status
        for shipment_kind, status in shipments
        if (shipment_kind == "digital") == (kind == "digital") and status != ShipmentStatus.CANCELLED
    }
    if not shipped:
        return "packed" if statuses & _WAITING else "unfulfilled"
    if shipped < ordered:
        return "partially_shipped"
    if statuses == {ShipmentStatus.RETURNED}:
        return "returned"
    return "delivered" if statuses <= {ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED} else "shipped"
