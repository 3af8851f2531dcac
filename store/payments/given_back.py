"""What the ledger makes of money that went back: refunds of ours, refunds made at the provider, chargebacks, and what came back after all.

Called inside the ledger's transaction, with the attempts locked.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Order, PaymentAttempt, ProviderEventRow, Refund
from store.order_status import RefundStatus
from store.payments import refunds
from store.payments.gateway import EventKind
from store.payments.quarantine import Early, Quarantined

# Kinds of ledger entries that are no provider's words.
REVERSED = "refund_reversed"
_ELSEWHERE = {EventKind.REFUNDED: "provider", EventKind.CHARGEBACK: "chargeback"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger writes down, and of which refund."""

    kind: str
    refund: Refund


async def refunded(
    session: AsyncSession, row: ProviderEventRow, attempt: PaymentAttempt, *, now: datetime
) -> Entry | None:
    """The money is back with the buyer; None where that was known. Raises: Early, Quarantined."""
    refund = await _meant(session, row, attempt)
    if refund is None:
        return await _made_elsewhere(session, row, attempt, now=now)
    if refund.status == RefundStatus.FAILED:
        # What it had claimed may have been given back another way since, and it may be the failure that came later. A fact that
        # had a reason to wait has been looked at by a person, who says that it is so.
        if row.reason is None:
            raise Quarantined("refunded_after_failure")
        if not await refunds.claim_again(session, refund):
            raise Quarantined("more_than_came_in")
    did = await refunds.succeed(session, refund, provider_ref=row.provider_ref, now=now)
    return Entry(row.kind, refund) if did else None


async def failed(
    session: AsyncSession, row: ProviderEventRow, attempt: PaymentAttempt, *, now: datetime
) -> Entry | None:
    """The money is with us. What had gone out and came back is owed again. Raises: Early, Quarantined."""
    refund = await _meant(session, row, attempt)
    if refund is None:
        raise Early("unknown_refund")
    if refund.status == RefundStatus.SUCCEEDED:
        return await _reversed(session, refund, now=now)
    return Entry(row.kind, refund) if await refunds.fail(session, refund, now=now) else None


async def charged_back(
    session: AsyncSession, row: ProviderEventRow, attempt: PaymentAttempt, *, now: datetime
) -> Entry | None:
    """The buyer's bank has taken the money. Raises: Early, Quarantined."""
    refund = await _meant(session, row, attempt)
    return await _made_elsewhere(session, row, attempt, now=now) if refund is None else None


async def won(session: AsyncSession, row: ProviderEventRow, attempt: PaymentAttempt, *, now: datetime) -> Entry | None:
    """A chargeback was decided for the shop: its money is with us again. Raises: Early."""
    refund = await _meant(session, row, attempt)
    if refund is None:
        raise Early("unknown_chargeback")
    return await _reversed(session, refund, now=now)


async def _reversed(session: AsyncSession, refund: Refund, *, now: datetime) -> Entry | None:
    return Entry(REVERSED, refund) if await refunds.reverse(session, refund, now=now) else None


async def _meant(session: AsyncSession, row: ProviderEventRow, attempt: PaymentAttempt) -> Refund | None:
    """The refund of which the fact speaks; None: the shop has not heard of it. Raises: Quarantined."""
    reference = row.refund_ref or _reference(row, attempt)
    refund = await session.scalar(
        select(Refund)
        .where(Refund.merchant_ref == reference, Refund.attempt_id == attempt.id)
        .execution_options(populate_existing=True)
    )
    if refund is None and row.provider_ref is not None and row.provider_ref == attempt.provider_ref:
        refund = await _the_one(session, attempt)
    if refund is None and row.refund_ref:
        raise Quarantined("unknown_refund")  # it has our form, and is none of ours
    if refund is not None and row.amount_minor is not None:
        if (row.amount_minor, row.currency) != (refund.amount_minor, refund.currency):
            raise Quarantined("refund_amount")
    return refund


async def _the_one(session: AsyncSession, attempt: PaymentAttempt) -> Refund | None:
    """A payment that goes back under its own number goes back once and whole: whoever began it, it is the one refund that there is."""
    return await session.scalar(
        select(Refund)
        .where(Refund.attempt_id == attempt.id, Refund.status != RefundStatus.FAILED)
        .order_by(Refund.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _reference(row: ProviderEventRow, attempt: PaymentAttempt) -> str:
    """Ours for what the provider has a number for: the same at every repetition."""
    digest = hashlib.sha256(f"{row.gateway}:{row.account}:{row.provider_ref}".encode()).hexdigest()
    return f"{attempt.merchant_ref}-p{digest[:16]}"


async def _made_elsewhere(
    session: AsyncSession, row: ProviderEventRow, attempt: PaymentAttempt, *, now: datetime
) -> Entry:
    """In the provider's back office, or by the buyer's bank: written down as it is. Raises: Early, Quarantined."""
    if row.currency != attempt.currency:
        raise Quarantined("foreign_currency")
    if row.amount_minor is None or row.amount_minor <= 0 or row.provider_ref is None:
        raise Quarantined("no_amount")
    order_id = await session.scalar(select(Order.id).where(Order.group_id == attempt.group_id))
    assert order_id is not None, "a group holds an order"
    refund = await refunds.made_elsewhere(
        session,
        attempt,
        order_id,
        row.amount_minor,
        reason=_ELSEWHERE[EventKind(row.kind)],
        merchant_ref=_reference(row, attempt),
        provider_ref=row.provider_ref,
        now=now,
    )
    if refund is None:
        raise Early("more_than_came_in")
    return Entry(row.kind, refund)
