"""Money on its way back: claimed here, in one statement, from what an attempt has captured. `refund_job` sends it; the ledger hears what became of it."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import Update

from store import audit, outbox
from store.audit import Actor
from store.db import affected
from store.errors import BadInput, NotFound, RefundTooLarge
from store.events import ChargebackWon, ChargedBack, RefundFailed, RefundRequested, RefundSucceeded
from store.models import Order, PaymentAttempt, Refund
from store.order_status import RefundStatus, moved
from store.payments import attempts
from store.payments.telegram_facts import XTR

REASONS = frozenset({"cancelled", "late", "duplicate", "over", "short", "staff", "provider", "chargeback"})
_OVER = (RefundStatus.SUCCEEDED, RefundStatus.FAILED, RefundStatus.REVERSED)


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund for screens; `gateway` is who took the money and gives it back."""

    id: int
    order_id: int
    attempt_id: int
    gateway: str
    status: RefundStatus
    reason: str
    amount_minor: int
    currency: str
    requested_by: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_done(self) -> bool:
        return self.status in _OVER


async def request(
    session: AsyncSession,
    attempt_id: int,
    order_id: int,
    amount_minor: int,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> int:
    """The amount is claimed and will be sent back; nobody can claim it twice. Returns the refund's id.

    Raises: NotFound, BadInput (not a positive amount, or a part of what goes back whole), RefundTooLarge.
    """
    if amount_minor <= 0:
        raise BadInput(field="amount", reason="not_positive")
    claimed = await affected(session, _claim(attempt_id, amount_minor))
    attempt = await session.get(PaymentAttempt, attempt_id, populate_existing=True)
    if attempt is None:
        raise NotFound()
    if claimed != 1:
        left = attempt.captured_minor - attempt.refund_reserved_minor
        raise RefundTooLarge(refundable_minor=left, currency=attempt.currency)
    if attempt.currency == XTR and amount_minor != attempt.captured_minor:
        raise BadInput(field="amount", reason="whole_only")
    refund = Refund(
        attempt_id=attempt_id,
        order_id=order_id,
        reason=reason,
        amount_minor=amount_minor,
        currency=attempt.currency,
        merchant_ref=f"{attempt.merchant_ref}-r{secrets.token_hex(4)}",
        requested_by=actor.key,
        next_check_at=now,
        created_at=now,
    )
    session.add(refund)
    await session.flush()
    await audit.record(
        session,
        actor,
        "refund_requested",
        "order",
        order_id,
        now=now,
        refund_id=refund.id,
        amount_minor=amount_minor,
        currency=attempt.currency,
        reason=reason,
    )
    await outbox.write(session, RefundRequested(order_id=order_id, refund_id=refund.id), now=now)
    return refund.id


async def request_all(session: AsyncSession, order_id: int, *, reason: str, actor: Actor, now: datetime) -> list[int]:
    """Everything that was paid for the order and is not on its way back yet is claimed, attempt by attempt. [] when there is nothing.

    Locks the order's attempts. Raises: NotFound.
    """
    ids = []
    for attempt in await attempts.locked(session, await _group_of(session, order_id)):
        left = attempt.captured_minor - attempt.refund_reserved_minor
        if left > 0:
            ids.append(await request(session, attempt.id, order_id, left, reason=reason, actor=actor, now=now))
    return ids


async def request_amount(
    session: AsyncSession, order_id: int, amount_minor: int, *, reason: str, actor: Actor, now: datetime
) -> list[int]:
    """The amount is claimed from the order's attempts, newest first, so that money goes back where it last came from.

    Locks the order's attempts. Raises: NotFound, BadInput, RefundTooLarge (nothing was claimed then).
    """
    if amount_minor <= 0:
        raise BadInput(field="amount", reason="not_positive")
    rows = await attempts.locked(session, await _group_of(session, order_id))
    left = {attempt.id: attempt.captured_minor - attempt.refund_reserved_minor for attempt in reversed(rows)}
    if amount_minor > sum(left.values()):
        currency = rows[0].currency if rows else ""
        raise RefundTooLarge(refundable_minor=sum(left.values()), currency=currency)
    ids = []
    for attempt_id, available in left.items():
        part = min(available, amount_minor)
        if part:
            ids.append(await request(session, attempt_id, order_id, part, reason=reason, actor=actor, now=now))
            amount_minor -= part
    return ids


async def refundable(session: AsyncSession, order_id: int) -> int:
    """What was paid for the order and is neither back nor on its way back, minor units."""
    left = func.coalesce(func.sum(PaymentAttempt.captured_minor - PaymentAttempt.refund_reserved_minor), 0)
    statement = select(left).join(Order, Order.group_id == PaymentAttempt.group_id).where(Order.id == order_id)
    return int(await session.scalar(statement) or 0)


async def _group_of(session: AsyncSession, order_id: int) -> int:
    group_id = await session.scalar(select(Order.group_id).where(Order.id == order_id))
    if group_id is None:
        raise NotFound()
    return group_id


async def refunds_of(session: AsyncSession, order_id: int) -> list[RefundView]:
    """The refunds of an order, oldest first."""
    rows = await session.execute(
        select(Refund, PaymentAttempt.gateway)
        .join(PaymentAttempt, PaymentAttempt.id == Refund.attempt_id)
        .where(Refund.order_id == order_id)
        .order_by(Refund.id)
        .execution_options(populate_existing=True)
    )
    return [_view(refund, gateway) for refund, gateway in rows]


async def succeed(session: AsyncSession, refund: Refund, *, provider_ref: str | None, now: datetime) -> bool:
    """Whether this call learned first that the money is back with the customer. Called by the ledger alone."""
    learned = {"provider_ref": provider_ref} if provider_ref else {}
    if not await _finish(session, refund, RefundStatus.SUCCEEDED, now=now, **learned):
        return False
    await outbox.write(session, RefundSucceeded(order_id=refund.order_id, refund_id=refund.id), now=now)
    return True


async def fail(session: AsyncSession, refund: Refund, *, now: datetime) -> bool:
    """Whether this call learned first that the refund was refused: what it had claimed may be claimed again. Called by the ledger alone."""
    if not await _finish(session, refund, RefundStatus.FAILED, now=now):
        return False
    await _unclaim(session, refund)
    await outbox.write(session, RefundFailed(order_id=refund.order_id, refund_id=refund.id), now=now)
    return True


async def reverse(session: AsyncSession, refund: Refund, *, now: datetime) -> bool:
    """Whether this call learned first that money which had gone out is with us again: it may be claimed again. Called by the ledger alone."""
    if not await moved(session, Refund, refund.id, RefundStatus.REVERSED, finished_at=now):
        return False
    await _unclaim(session, refund)
    is_won = refund.reason == "chargeback"
    event = ChargebackWon if is_won else RefundFailed
    await outbox.write(session, event(order_id=refund.order_id, refund_id=refund.id), now=now)
    return True


async def claim_again(session: AsyncSession, refund: Refund) -> bool:
    """A refund that had failed did happen: False when what came in is claimed otherwise by now. Called by the ledger alone."""
    return await affected(session, _claim(refund.attempt_id, refund.amount_minor)) == 1


async def made_elsewhere(
    session: AsyncSession,
    attempt: PaymentAttempt,
    order_id: int,
    amount_minor: int,
    *,
    reason: str,
    merchant_ref: str,
    provider_ref: str,
    now: datetime,
) -> Refund | None:
    """Money that went back without us is in the books. None when more went back than is known to have come in. Called by the ledger alone."""
    if not await affected(session, _claim(attempt.id, amount_minor)):
        return None
    await session.refresh(attempt)
    refund = Refund(
        attempt_id=attempt.id,
        order_id=order_id,
        status=RefundStatus.SUCCEEDED,
        reason=reason,
        amount_minor=amount_minor,
        currency=attempt.currency,
        merchant_ref=merchant_ref,
        provider_ref=provider_ref,
        requested_by=attempt.gateway,
        created_at=now,
        finished_at=now,
    )
    session.add(refund)
    await session.flush()
    event = ChargedBack if reason == "chargeback" else RefundSucceeded
    await outbox.write(session, event(order_id=order_id, refund_id=refund.id), now=now)
    return refund


def _claim(attempt_id: int, amount_minor: int) -> Update:
    """A function of its own, so that a test can take its guard out and watch more money leave than came in."""
    return (
        update(PaymentAttempt)
        .where(
            PaymentAttempt.id == attempt_id,
            PaymentAttempt.captured_minor - PaymentAttempt.refund_reserved_minor >= amount_minor,
        )
        .values(
            refund_reserved_minor=PaymentAttempt.refund_reserved_minor + amount_minor,
            version=PaymentAttempt.version + 1,
        )
        .execution_options(synchronize_session=False)
    )


async def _unclaim(session: AsyncSession, refund: Refund) -> None:
    await session.execute(
        update(PaymentAttempt)
        .where(PaymentAttempt.id == refund.attempt_id)
        .values(refund_reserved_minor=PaymentAttempt.refund_reserved_minor - refund.amount_minor)
        .execution_options(synchronize_session=False)
    )


async def _finish(session: AsyncSession, refund: Refund, to: RefundStatus, *, now: datetime, **learned: Any) -> bool:
    # Given back by hand before the job had looked at it: it was submitted, by a person.
    if refund.status == RefundStatus.REQUESTED:
        await moved(session, Refund, refund.id, RefundStatus.SUBMITTING, only_from=[RefundStatus.REQUESTED])
    return await moved(session, Refund, refund.id, to, finished_at=now, next_check_at=None, **learned)


def _view(refund: Refund, gateway: str) -> RefundView:
    return RefundView(
        id=refund.id,
        order_id=refund.order_id,
        attempt_id=refund.attempt_id,
        gateway=gateway,
        status=RefundStatus(refund.status),
        reason=refund.reason,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        requested_by=refund.requested_by,
        created_at=refund.created_at,
        finished_at=refund.finished_at,
    )
