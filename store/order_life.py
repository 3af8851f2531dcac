"""What becomes of an order: confirmed, accepted, expired, revived, cancelled, completed. Each is one compare-and-set on its row; who loses it does nothing.

Lock order: payment attempts, order, reservations, coupon, stock levels.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, coupon_uses, outbox, shipments, stock
from store.audit import SYSTEM, Actor
from store.db import affected
from store.errors import NotAllowedNow, NotFound, OutOfStock
from store.events import OrderCancelled, OrderChanged, OrderCompleted, OrderConfirmed, OrderExpired, OrderRevived
from store.models import Order, OrderLine, PaymentAttempt, Reservation, Shipment
from store.order_status import AttemptStatus, OrderStatus, ShipmentStatus, moved
from store.order_sums import derive as derive
from store.orders import CANCELLABLE_BY_STAFF
from store.payments import attempts, refunds
from store.stock_moves import Amounts, summed

# After these the provider has said that the attempt takes no money.
_CLOSED_UNPAID = (AttemptStatus.FAILED, AttemptStatus.CANCELLED, AttemptStatus.EXPIRED)
_AT_MOST = 20


async def work_on(session: AsyncSession, order_id: int) -> None:
    """The order is confirmed and stays so until the caller's transaction ends: its goods can leave, nobody cancels it meanwhile.

    Raises: NotFound, NotAllowedNow.
    """
    claim = (
        update(Order)
        .where(Order.id == order_id, Order.status == OrderStatus.CONFIRMED)
        .values(version=Order.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not await affected(session, claim):
        raise NotAllowedNow(status=await _status(session, order_id))


async def confirm(session: AsyncSession, order_id: int, *, now: datetime) -> bool:
    """The order is paid, or will be on delivery: its goods are committed, digital ones delivered, the buyer gets a receipt.

    False when it was no longer waiting for payment: the caller decides what the money is for.
    """
    if not await moved(
        session,
        Order,
        order_id,
        OrderStatus.CONFIRMED,
        only_from=[OrderStatus.PENDING_PAYMENT],
        confirmed_at=now,
        expires_at=None,
    ):
        return False
    await stock.commit(session, order_id)
    await audit.record(session, SYSTEM, "confirmed", "order", order_id, now=now)
    await outbox.write(session, OrderConfirmed(order_id=order_id), now=now)
    await deliver_digital(session, order_id, now=now)
    return True


async def deliver_digital(session: AsyncSession, order_id: int, *, now: datetime) -> None:
    """A confirmed order's digital goods are with the buyer; nothing happens where there are none."""
    has_digital = exists().where(OrderLine.order_id == order_id, OrderLine.kind == "digital")
    if await session.scalar(select(has_digital)):
        await shipments.deliver_digital(session, order_id, now=now)
        await derive(session, order_id)
        await complete_if_done(session, order_id, now=now)


async def revive(session: AsyncSession, order_id: int, *, now: datetime) -> bool:
    """Money came late and the goods were still there: they are set aside anew and the order is confirmed. False when they are gone."""
    try:
        async with session.begin_nested():
            if not await moved(
                session,
                Order,
                order_id,
                OrderStatus.CONFIRMED,
                only_from=[OrderStatus.EXPIRED],
                confirmed_at=now,
                expires_at=None,
            ):
                return False
            await _set_aside_anew(session, order_id, now=now)
    except OutOfStock:
        return False
    await audit.record(session, SYSTEM, "revived", "order", order_id, now=now)
    await outbox.write(session, OrderRevived(order_id=order_id), now=now)
    await deliver_digital(session, order_id, now=now)
    return True


async def _set_aside_anew(session: AsyncSession, order_id: int, *, now: datetime) -> None:
    line = OrderLine
    rows = await session.execute(
        select(line.id, line.variant_id, line.quantity - line.cancelled_quantity).where(line.order_id == order_id)
    )
    wanted = [stock.Wanted(*row) for row in rows]
    await stock.hold(
        session, order_id, wanted, state=stock.COMMITTED, expires_at=None, actor=SYSTEM, now=now, again=True
    )
    await coupon_uses.take_again(session, order_id)
    await stock.reserve(session, [(row.variant_id, row.quantity) for row in wanted], now=now)


async def expire(session: AsyncSession, order_id: int, *, now: datetime) -> bool:
    """Whether this call ended an unpaid order whose time is up: its goods can be sold again, a part that was paid goes back.

    The caller has asked the provider and closed what was open there.
    """
    await _lock_attempts(session, order_id)
    freed = await _expired(session, order_id, provided=Order.expires_at < now, now=now)
    if freed is None:
        return False
    await refunds.request_all(session, order_id, reason="short", actor=SYSTEM, now=now)
    await _give_back(session, freed)
    return True


async def overdue_holders(session: AsyncSession, variant_ids: Collection[int], *, now: datetime) -> list[int]:
    """Unpaid orders that hold these variants past their time, and that nobody can be paying.

    None of their attempts is open at a provider or has brought money: the others need the provider's word, which `reconcile` asks for. Reads only.
    """
    rows = await session.scalars(
        select(Order.id)
        .join(Reservation, Reservation.order_id == Order.id)
        .where(Reservation.variant_id.in_(variant_ids), Reservation.state == stock.HELD)
        .where(Order.status == OrderStatus.PENDING_PAYMENT, Order.expires_at < now, _nobody_is_paying())
        .group_by(Order.id)
        .order_by(Order.id)
        .limit(_AT_MOST)
    )
    return list(rows)


class Freed(NamedTuple):
    """What orders have let go, to be given back by the caller: pieces by variant, and what is to be counted by coupon."""

    pieces: Amounts
    coupons: Amounts


async def expire_holders(session: AsyncSession, order_ids: Collection[int], *, now: datetime) -> Freed:
    """Of these `overdue_holders` those that still are end, for somebody who wants the goods now and should not depend on a sweep.

    The caller gives back what they let go: `coupon_uses.spend(freed=…)`, then `stock.reserve(given_back=…)`.
    """
    pieces: list[tuple[int, int]] = []
    coupons: list[tuple[int, int]] = []
    for order_id in order_ids:
        await _lock_attempts(session, order_id)
        provided = (Order.expires_at < now) & _nobody_is_paying()
        if (freed := await _expired(session, order_id, provided=provided, now=now)) is not None:
            pieces.extend(freed.pieces.items())
            coupons.extend(freed.coupons.items())
    return Freed(summed(pieces), summed(coupons))


def _nobody_is_paying() -> ColumnElement[bool]:
    # An attempt that starts after this was read is refused: attempts.start takes no order whose time is up.
    attempt = PaymentAttempt
    # A page can be closed after a part was paid: that part must be given back, which `expire` does.
    may_matter = attempt.status.not_in(_CLOSED_UNPAID) | (attempt.captured_minor > 0)
    return ~exists().where(attempt.group_id == Order.group_id, may_matter)


async def _expired(
    session: AsyncSession, order_id: int, *, provided: ColumnElement[bool], now: datetime
) -> Freed | None:
    """What the order let go, None if it was not this call that ended it. The counters are still to follow."""
    if not await moved(session, Order, order_id, OrderStatus.EXPIRED, provided=provided):
        return None
    amounts = await stock.let_go(session, order_id, actor=SYSTEM, now=now)
    await audit.record(session, SYSTEM, "expired", "order", order_id, now=now)
    await outbox.write(session, OrderExpired(order_id=order_id), now=now)
    return Freed(amounts, await coupon_uses.let_go(session, order_id, now=now))


async def _give_back(session: AsyncSession, freed: Freed) -> None:
    await coupon_uses.count(session, freed.coupons)
    await stock.give_back(session, freed.pieces)


async def cancel(session: AsyncSession, order_id: int, *, actor: Actor, reason: str, now: datetime) -> None:
    """The order is over, its goods can be sold again, and what was paid is on its way back.

    A buyer can until the merchant has packed it or digital goods were delivered; staff until the goods have left, and when they have come back.
    Raises: NotFound (also for somebody else's order), NotAllowedNow.
    """
    group_id = await _lock_attempts(session, order_id)
    if not await moved(
        session,
        Order,
        order_id,
        OrderStatus.CANCELLED,
        provided=_may_cancel(actor),
        cancelled_at=now,
        cancel_reason=reason[:64],
        expires_at=None,
    ):
        raise NotAllowedNow(status=await _status(session, order_id, actor))
    await attempts.close_soon(session, group_id, now=now)
    await _unpack(session, order_id)
    amounts = await stock.let_go(session, order_id, actor=actor, now=now)
    await audit.record(session, actor, "cancelled", "order", order_id, now=now, reason=reason)
    await outbox.write(session, OrderCancelled(order_id=order_id), now=now)
    await refunds.request_all(session, order_id, reason="cancelled", actor=actor, now=now)
    await derive(session, order_id)
    await _give_back(session, Freed(amounts, await coupon_uses.let_go(session, order_id, now=now)))


def _may_cancel(actor: Actor) -> ColumnElement[bool]:
    """Asked of the order's own row, which packing and shipping change: of a cancel and a pack at the same instant one wins."""
    if actor.kind != "customer":
        return Order.fulfilment_status.in_(CANCELLABLE_BY_STAFF)
    has_content = exists().where(OrderLine.order_id == Order.id, OrderLine.kind == "digital")
    has_nothing_yet = (Order.status == OrderStatus.PENDING_PAYMENT) | ~has_content
    return _is_own(actor) & (Order.fulfilment_status == "unfulfilled") & has_nothing_yet


def _is_own(actor: Actor | None) -> ColumnElement[bool]:
    if actor is None or actor.kind != "customer":
        return true()
    return Order.customer_id == int(actor.key.partition(":")[2])


async def _unpack(session: AsyncSession, order_id: int) -> None:
    waiting = (ShipmentStatus.PACKED, ShipmentStatus.READY_FOR_PICKUP)
    rows = await session.scalars(
        select(Shipment.id).where(Shipment.order_id == order_id, Shipment.status.in_(waiting)).order_by(Shipment.id)
    )
    for shipment_id in rows.all():
        await moved(session, Shipment, shipment_id, ShipmentStatus.CANCELLED)


async def accept(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> None:
    """Somebody on the staff has taken the order on; the first press counts. Raises: NotFound, NotAllowedNow(status, "accepted" for the second)."""
    first = (
        update(Order)
        .where(Order.id == order_id, Order.status == OrderStatus.CONFIRMED, Order.accepted_at.is_(None))
        .values(accepted_at=now, version=Order.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not await affected(session, first):
        status = await _status(session, order_id)
        raise NotAllowedNow(status="accepted" if status == OrderStatus.CONFIRMED else status)
    await audit.record(session, actor, "accepted", "order", order_id, now=now)
    await outbox.write(session, OrderChanged(order_id=order_id), now=now)


async def hand_back(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> None:
    """The order waits for somebody to accept it again. Raises: NotFound, NotAllowedNow (nobody had, or it is being packed)."""
    back = (
        update(Order)
        .where(Order.id == order_id, Order.status == OrderStatus.CONFIRMED, Order.accepted_at.is_not(None))
        .where(Order.fulfilment_status == "unfulfilled")
        .values(accepted_at=None, version=Order.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not await affected(session, back):
        raise NotAllowedNow(status=await _status(session, order_id))
    await audit.record(session, actor, "handed_back", "order", order_id, now=now)
    await outbox.write(session, OrderChanged(order_id=order_id), now=now)


async def complete_if_done(session: AsyncSession, order_id: int, *, now: datetime) -> None:
    """A confirmed order that is paid for and has arrived is completed, once. Derive first."""
    is_paid = Order.payment_status.in_(("paid", "overpaid", "partially_refunded", "refunded"))
    provided = is_paid & (Order.fulfilment_status == "delivered")
    if await moved(session, Order, order_id, OrderStatus.COMPLETED, provided=provided, completed_at=now):
        await audit.record(session, SYSTEM, "completed", "order", order_id, now=now)
        await outbox.write(session, OrderCompleted(order_id=order_id), now=now)


async def _lock_attempts(session: AsyncSession, order_id: int) -> int:
    """Money first, as in the ledger: a cancel and a payment at the same instant wait for each other in the same order. Returns the group's id."""
    group_id = await session.scalar(select(Order.group_id).where(Order.id == order_id))
    if group_id is None:
        raise NotFound(what="order")
    await attempts.locked(session, group_id)
    return group_id


async def _status(session: AsyncSession, order_id: int, actor: Actor | None = None) -> str:
    """Why something cannot be done: the order's status, and for a confirmed one how far its goods are."""
    columns = select(Order.status, Order.fulfilment_status).where(Order.id == order_id, _is_own(actor))
    row = (await session.execute(columns)).one_or_none()
    if row is None:
        raise NotFound(what="order")
    is_past_confirmation = row.status == OrderStatus.CONFIRMED and row.fulfilment_status != "unfulfilled"
    return str(row.fulfilment_status if is_past_confirmation else row.status)
