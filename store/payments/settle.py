"""What an order makes of money: enough, too little, too much, too late. Called by the ledger inside its transaction, with the attempts locked."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import order_life, outbox
from store.audit import SYSTEM
from store.events import PaymentFailed, PaymentReceivedOnDelivery, PaymentShort
from store.models import Order, PaymentAttempt, Refund
from store.order_status import AttemptStatus, OrderStatus, RefundStatus
from store.payments import attempts, refunds


async def captured(session: AsyncSession, attempt: PaymentAttempt, amount_minor: int, *, now: datetime) -> None:
    """*amount* more has come in through *attempt* and is in its sums. The order is confirmed, revived or left; what it does not need goes back."""
    order = await _locked_order(session, attempt.group_id)
    owed = await attempts.owed_minor(session, attempt.group_id)
    if order.status == OrderStatus.PENDING_PAYMENT:
        await _pays(session, order, attempt, owed, now=now)
    elif order.status == OrderStatus.EXPIRED:
        if owed > 0 or not await order_life.revive(session, order.id, now=now):
            await refunds.request_all(session, order.id, reason="late", actor=SYSTEM, now=now)
            owed = 0
    elif order.status == OrderStatus.CANCELLED:
        await refunds.request_all(session, order.id, reason="late", actor=SYSTEM, now=now)
        owed = 0
    elif await _was_paid_before(session, order, amount_minor):
        owed = -amount_minor
    elif owed + amount_minor > 0:
        await outbox.write(session, PaymentReceivedOnDelivery(order_id=order.id), now=now)
    if owed < 0:
        await _give_back(session, order, attempt, surplus_minor=-owed, amount_minor=amount_minor, now=now)
    await order_life.derive(session, order.id)
    await order_life.complete_if_done(session, order.id, now=now)


async def failed(session: AsyncSession, attempt: PaymentAttempt, *, now: datetime) -> None:
    """The customer of an order that still waits for money hears that this try brought none."""
    order = await _locked_order(session, attempt.group_id)
    if order.status == OrderStatus.PENDING_PAYMENT:
        await outbox.write(session, PaymentFailed(order_id=order.id), now=now)


async def approved_too_late(session: AsyncSession, attempt: PaymentAttempt, *, now: datetime) -> bool:
    """Whoever has agreed to pay on a page that was closed hears that nothing was taken. False where something was, or its failure was told."""
    if attempt.captured_minor or attempt.status not in (AttemptStatus.EXPIRED, AttemptStatus.CANCELLED):
        return False
    order = await _locked_order(session, attempt.group_id)
    await outbox.write(session, PaymentFailed(order_id=order.id), now=now)
    return True


async def refund_ended(session: AsyncSession, order_id: int) -> None:
    await order_life.derive(session, order_id)


async def _pays(session: AsyncSession, order: Order, attempt: PaymentAttempt, owed: int, *, now: datetime) -> None:
    if owed <= 0:
        await order_life.confirm(session, order.id, now=now)
        await attempts.close_soon(session, order.group_id, now=now)
        return
    short = PaymentShort(
        order_id=order.id, captured_minor=order.total_minor - owed, missing_minor=owed, currency=attempt.currency
    )
    await outbox.write(session, short, now=now)


async def _was_paid_before(session: AsyncSession, order: Order, amount_minor: int) -> bool:
    """Whether the whole total had come in before this *amount*: then nothing is owed any more, also when staff has given some of it back since."""
    came_in = select(func.sum(PaymentAttempt.captured_minor)).where(PaymentAttempt.group_id == order.group_id)
    never_ours = select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
        Refund.order_id == order.id, Refund.reason != "staff", Refund.status != RefundStatus.FAILED
    )
    kept = int(await session.scalar(came_in) or 0) - int(await session.scalar(never_ours) or 0)
    return kept - amount_minor >= order.total_minor


async def _give_back(
    session: AsyncSession,
    order: Order,
    attempt: PaymentAttempt,
    *,
    surplus_minor: int,
    amount_minor: int,
    now: datetime,
) -> None:
    """Always to the attempt that took it, and never more than what just came: earlier money had its own decision."""
    surplus_minor = min(surplus_minor, amount_minor)
    reason = "duplicate" if surplus_minor == amount_minor else "over"
    await refunds.request(session, attempt.id, order.id, surplus_minor, reason=reason, actor=SYSTEM, now=now)


async def _locked_order(session: AsyncSession, group_id: int) -> Order:
    """A group holds one order today."""
    rows = await session.scalars(
        select(Order)
        .where(Order.group_id == group_id)
        .order_by(Order.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.one()
