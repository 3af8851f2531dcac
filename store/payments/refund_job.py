"""Sending refunds to their providers, and asking what became of them. The answer becomes true in the ledger, like everything about money."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database, affected
from store.models import Customer, Order, PaymentAttempt, PaymentEvent, ProviderEventRow, Refund
from store.order_status import RefundStatus, moved
from store.payments import ledger, schedule
from store.payments.gateway import (
    EventKind,
    GatewayError,
    PaymentGateway,
    ProviderEvent,
    RefundOutcome,
    RefundRequest,
    RefundResult,
    Source,
)
from store.payments.registry import Gateways, gateway_of

log = logging.getLogger(__name__)

OPEN = (RefundStatus.REQUESTED, RefundStatus.SUBMITTING, RefundStatus.UNKNOWN, RefundStatus.PENDING)
_LEASE = timedelta(minutes=2)  # a provider that has not answered by then is asked again, with the same key


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    status: RefundStatus
    version: int
    checks: int
    gateway: str
    account: str
    request: RefundRequest


async def submit_due(db: Database, gateways: Gateways, *, now: datetime, limit: int = 20) -> int:
    """Every open refund whose time has come was sent or asked for once. Returns how many were dealt with. Safe to run anywhere, any number of times."""
    async with db.read() as session:
        due = await _due(session, now=now, limit=limit)
    done = 0
    for refund in due:
        if not await _claimed(db, refund, now=now):
            continue
        gateway = gateway_of(gateways, refund.gateway, refund.account)
        if gateway is None:
            log.error("refund %s waits: the shop has no gateway %s with its account", refund.id, refund.gateway)
            result = RefundResult(RefundOutcome.UNKNOWN)
        else:
            result = await _ask(gateway, refund)
        await _note(db, refund, result, now=now)
        done += 1
    return done


async def _due(session: AsyncSession, *, now: datetime, limit: int) -> list[_Due]:
    rows = await session.execute(
        select(Refund, PaymentAttempt, _capture_ref(), Customer.telegram_id)
        .join(PaymentAttempt, PaymentAttempt.id == Refund.attempt_id)
        .join(Order, Order.id == Refund.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Refund.status.in_(OPEN), Refund.next_check_at <= now)
        .order_by(Refund.next_check_at, Refund.id)
        .limit(limit)
    )
    return [
        _Due(
            id=refund.id,
            status=RefundStatus(refund.status),
            version=refund.version,
            checks=refund.checks,
            gateway=attempt.gateway,
            account=attempt.account,
            request=RefundRequest(
                refund_ref=refund.merchant_ref,
                merchant_ref=attempt.merchant_ref,
                provider_ref=attempt.provider_ref,
                amount_minor=refund.amount_minor,
                currency=refund.currency,
                reason=refund.reason,
                capture_ref=capture_ref,
                refund_id=refund.provider_ref,
                captured_minor=attempt.captured_minor,
                payer=payer,
            ),
        )
        for refund, attempt, capture_ref, payer in rows
    ]


def _capture_ref() -> ScalarSelect[str | None]:
    """The provider's number of the money that came in first through the attempt."""
    return (
        select(ProviderEventRow.provider_ref)
        .join(PaymentEvent, PaymentEvent.provider_event_id == ProviderEventRow.id)
        .where(PaymentEvent.attempt_id == PaymentAttempt.id, PaymentEvent.kind == EventKind.CAPTURED)
        .order_by(PaymentEvent.id)
        .limit(1)
        .correlate(PaymentAttempt)
        .scalar_subquery()
    )


async def _claimed(db: Database, refund: _Due, *, now: datetime) -> bool:
    """Committed before the call: whoever finds `submitting` after a crash knows that the provider may have heard of it."""
    async with db.begin() as session:
        if refund.status in (RefundStatus.REQUESTED, RefundStatus.UNKNOWN):
            return await moved(
                session,
                Refund,
                refund.id,
                RefundStatus.SUBMITTING,
                only_from=[refund.status],
                next_check_at=now + _LEASE,
                checks=refund.checks + 1,
            )
        lease = (
            update(Refund)
            .where(Refund.id == refund.id, Refund.version == refund.version, Refund.status == refund.status)
            .values(next_check_at=now + _LEASE, checks=refund.checks + 1, version=refund.version + 1)
            .execution_options(synchronize_session=False)
        )
        return await affected(session, lease) == 1


async def _ask(gateway: PaymentGateway, refund: _Due) -> RefundResult:
    """A new refund is sent. One of unknown fate is asked for first and, if the provider does not know it, sent again under the same key."""
    try:
        if refund.status == RefundStatus.PENDING:
            return await gateway.query_refund(refund.request)
        if refund.status != RefundStatus.REQUESTED:
            known = await gateway.query_refund(refund.request)
            if known.outcome is not RefundOutcome.FAILED:
                return known  # of what it cannot tell it may have forgotten the key: sent again, it would pay again
        return await gateway.refund(refund.request)
    except GatewayError as error:
        log.warning("refund %s: %s does not answer: %s", refund.id, refund.gateway, error)
        return RefundResult(RefundOutcome.UNKNOWN)


async def _note(db: Database, refund: _Due, result: RefundResult, *, now: datetime) -> None:
    if result.outcome is RefundOutcome.SUCCEEDED:
        await ledger.receive(db, [_fact(refund, EventKind.REFUNDED, result, now=now)], now=now)
    elif result.outcome is RefundOutcome.FAILED:
        await _remember(db, refund, now=now, error=(result.error or "refused")[:255])
        await ledger.receive(db, [_fact(refund, EventKind.REFUND_FAILED, result, now=now)], now=now)
    elif result.outcome in (RefundOutcome.PENDING, RefundOutcome.STUCK):
        await _remember(
            db, refund, now=now, to=RefundStatus.PENDING, provider_ref=result.provider_ref, error=result.error
        )
        if result.outcome is RefundOutcome.STUCK:
            await ledger.receive(db, [_fact(refund, EventKind.REFUND_STUCK, result, now=now)], now=now)
    elif refund.status == RefundStatus.PENDING:
        await _remember(db, refund, now=now)  # the provider has it; only the question got no answer
    else:
        await _remember(db, refund, now=now, to=RefundStatus.UNKNOWN)


async def _remember(
    db: Database, refund: _Due, *, now: datetime, to: RefundStatus | None = None, **learned: str | None
) -> None:
    """When to ask again and what is known so far, unless the ledger has heard the end of it meanwhile."""
    values: dict[str, Any] = {key: value for key, value in learned.items() if value is not None}
    again = now + schedule.backoff(refund.checks)
    async with db.begin() as session:
        if to is not None and await moved(session, Refund, refund.id, to, next_check_at=again, **values):
            return
        await session.execute(
            update(Refund)
            .where(Refund.id == refund.id, Refund.status.in_(OPEN))
            .values(next_check_at=again, **values)
            .execution_options(synchronize_session=False)
        )


def _fact(refund: _Due, kind: EventKind, result: RefundResult, *, now: datetime) -> ProviderEvent:
    """The same fact as a notification about it; the ledger goes by the refund's reference, whichever comes first."""
    return ProviderEvent(
        gateway=refund.gateway,
        account=refund.account,
        event_key=f"refund:{refund.request.refund_ref}:{kind}",
        kind=kind,
        merchant_ref=refund.request.merchant_ref,
        occurred_at=now,
        source=Source.QUERY,
        amount_minor=refund.request.amount_minor,
        currency=refund.request.currency,
        provider_ref=result.provider_ref,
        refund_ref=refund.request.refund_ref,
    )
