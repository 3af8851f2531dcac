"""The life of an order, a payment attempt, a refund and a parcel: one literal table each, and one statement that moves along it.

Only the caller whose update matches a row has moved the thing and may act on it; everybody else was late (commerce: pay × expire × cancel has one winner).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Order, PaymentAttempt, Refund, Shipment


class OrderStatus(StrEnum):
    PENDING_PAYMENT = "pending_payment"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class AttemptStatus(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class RefundStatus(StrEnum):
    REQUESTED = "requested"
    SUBMITTING = "submitting"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REVERSED = "reversed"  # it had gone out, and came back to us


class ShipmentStatus(StrEnum):
    PACKED = "packed"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    LOST = "lost"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"


O = OrderStatus  # noqa: E741 - a table reads best with short names
A, R, S = AttemptStatus, RefundStatus, ShipmentStatus

ORDER: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    O.PENDING_PAYMENT: frozenset({O.CONFIRMED, O.EXPIRED, O.CANCELLED}),
    O.EXPIRED: frozenset({O.CONFIRMED}),  # money came late and the goods were still there
    O.CONFIRMED: frozenset({O.COMPLETED, O.CANCELLED}),
    O.COMPLETED: frozenset(),
    O.CANCELLED: frozenset(),
}
ATTEMPT: Mapping[AttemptStatus, frozenset[AttemptStatus]] = {
    A.CREATED: frozenset({A.PENDING, A.SUCCEEDED, A.FAILED, A.CANCELLED, A.EXPIRED}),
    A.PENDING: frozenset({A.SUCCEEDED, A.FAILED, A.CANCELLED, A.EXPIRED}),
    # Verified evidence of money beats what we believed; the reverse, succeeded → failed, does not exist.
    A.FAILED: frozenset({A.SUCCEEDED}),
    A.CANCELLED: frozenset({A.SUCCEEDED}),
    A.EXPIRED: frozenset({A.SUCCEEDED}),
    A.SUCCEEDED: frozenset(),
}
REFUND: Mapping[RefundStatus, frozenset[RefundStatus]] = {
    R.REQUESTED: frozenset({R.SUBMITTING}),
    R.SUBMITTING: frozenset({R.PENDING, R.SUCCEEDED, R.FAILED, R.UNKNOWN}),
    R.UNKNOWN: frozenset({R.SUBMITTING, R.PENDING, R.SUCCEEDED, R.FAILED}),
    R.PENDING: frozenset({R.SUCCEEDED, R.FAILED}),
    # The buyer's bank sends a refund back; a chargeback is won.
    R.SUCCEEDED: frozenset({R.REVERSED}),
    # When a person has made sure of it.
    R.FAILED: frozenset({R.SUCCEEDED}),
    R.REVERSED: frozenset(),
}
_ON_THE_WAY = frozenset({S.DELIVERED, S.EXCEPTION, S.LOST, S.RETURNING, S.RETURNED})
SHIPMENT: Mapping[ShipmentStatus, frozenset[ShipmentStatus]] = {
    S.PACKED: frozenset({S.HANDED_OVER, S.READY_FOR_PICKUP, S.DELIVERED, S.CANCELLED}),
    S.HANDED_OVER: _ON_THE_WAY | {S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.READY_FOR_PICKUP},
    S.IN_TRANSIT: _ON_THE_WAY | {S.OUT_FOR_DELIVERY, S.READY_FOR_PICKUP},
    S.OUT_FOR_DELIVERY: _ON_THE_WAY | {S.READY_FOR_PICKUP},
    S.READY_FOR_PICKUP: _ON_THE_WAY | {S.CANCELLED},  # a bag at the counter that nobody fetched
    S.EXCEPTION: (_ON_THE_WAY | {S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.READY_FOR_PICKUP}) - {S.EXCEPTION},
    S.LOST: frozenset(
        {S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.READY_FOR_PICKUP, S.DELIVERED, S.RETURNING, S.RETURNED}
    ),  # found again
    S.RETURNING: frozenset({S.RETURNED, S.DELIVERED, S.LOST}),
    S.DELIVERED: frozenset({S.RETURNING}),
    S.RETURNED: frozenset(),
    S.CANCELLED: frozenset(),
}

Moving = Order | PaymentAttempt | Refund | Shipment
_TABLES: Mapping[type[Any], Mapping[Any, frozenset[Any]]] = {
    Order: ORDER,
    PaymentAttempt: ATTEMPT,
    Refund: REFUND,
    Shipment: SHIPMENT,
}


def sources(model: type[Moving], to: StrEnum) -> frozenset[StrEnum]:
    """From where *to* can be reached. Raises: LookupError when nothing leads there: a slip in our code, not a late caller."""
    found = frozenset(start for start, targets in _TABLES[model].items() if to in targets)
    if not found:
        raise LookupError(f"nothing leads to {model.__name__} {to}")
    return found


async def moved(
    session: AsyncSession,
    model: type[Moving],
    row_id: int,
    to: StrEnum,
    *,
    only_from: Iterable[StrEnum] | None = None,
    provided: ColumnElement[bool] | None = None,
    **values: Any,
) -> bool:
    """Whether this call, and no other, moved the row to *to* (compare-and-set). *values* are columns to set along.

    *provided* may ask for more, of columns of this very row: PostgreSQL re-reads the row, but not others, after it has waited for another writer.
    Objects of the row that the session already holds are stale afterwards: read again with `populate_existing`.
    """
    allowed = sources(model, to)
    if only_from is not None:
        allowed &= frozenset(only_from)
    statement = (
        update(model)
        .where(model.id == row_id, model.status.in_(sorted(allowed)), true() if provided is None else provided)
        .values(status=to, version=model.version + 1, **values)
        .execution_options(synchronize_session=False)
    )
    result = cast("CursorResult[Any]", await session.execute(statement))
    return result.rowcount == 1
