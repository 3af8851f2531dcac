"""The only writer of money. Whatever anybody says about it is stored raw first, and then, in a transaction of its own, becomes true exactly once."""

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database, OutcomeUnknown, affected, is_transient, run_again
from store.models import PaymentAttempt, PaymentEvent, ProviderEventRow
from store.order_status import AttemptStatus, moved
from store.payments import attempts, given_back, quarantine, settle
from store.payments.gateway import EventKind, ProviderEvent
from store.payments.quarantine import Early, Quarantined
from store.upsert import insert_ignoring

log = logging.getLogger(__name__)

_MOST_MINOR = 10**15

_ENDINGS = {
    EventKind.FAILED: AttemptStatus.FAILED,
    EventKind.CANCELLED: AttemptStatus.CANCELLED,
    EventKind.EXPIRED: AttemptStatus.EXPIRED,
}
_RETURNS = {
    EventKind.REFUNDED: given_back.refunded,
    EventKind.REFUND_FAILED: given_back.failed,
    EventKind.CHARGEBACK: given_back.charged_back,
    EventKind.CHARGEBACK_REVERSED: given_back.won,
}


async def receive(db: Database, events: Iterable[ProviderEvent], *, now: datetime) -> None:
    """Each fact is stored and committed, then applied and committed. A repetition changes nothing.

    A kill in between is repaired by `reconcile.apply_waiting`. Raises: what the database raises when it cannot store.
    """
    for event in events:
        stored_id = await run_again(db, partial(record, event=event, now=now))
        if stored_id is not None:
            await apply_stored(db, stored_id, now=now)


async def apply_stored(db: Database, provider_event_id: int, *, now: datetime) -> None:
    """Applies a stored fact; while other transactions are in the way, it stays to be applied later."""
    try:
        await run_again(db, partial(apply_event, provider_event_id=provider_event_id, now=now))
    except (DBAPIError, OutcomeUnknown) as error:
        if isinstance(error, DBAPIError) and not is_transient(error):
            raise
        log.warning("provider event %s waits: other transactions are in the way, or the database is", provider_event_id)


async def record(session: AsyncSession, event: ProviderEvent, *, now: datetime) -> int | None:
    """The fact is stored as it came. None when it, or a repetition of it, is stored already. Commit it before anything is made of it."""
    key = {"gateway": event.gateway, "account": event.account, "event_key": event.event_key}
    if await session.scalar(select(ProviderEventRow.id).filter_by(**key)) is not None:
        return None
    is_new = await insert_ignoring(
        session,
        ProviderEventRow,
        **key,
        kind=event.kind,
        merchant_ref=event.merchant_ref,
        provider_ref=event.provider_ref,
        refund_ref=event.refund_ref,
        amount_minor=_in_range(event.amount_minor),
        currency=event.currency,
        occurred_at=event.occurred_at,
        source=event.source,
        raw=event.raw,
        headers=dict(event.headers),
        received_at=now,
    )
    return await session.scalar(select(ProviderEventRow.id).filter_by(**key)) if is_new else None


async def apply_event(session: AsyncSession, provider_event_id: int, *, now: datetime) -> None:
    """What the stored fact says is true afterwards: sums, statuses, refunds, events. Of two appliers one does it; the other does nothing.

    Locks, in this order: the provider's event, the attempts of the group, the order, its stock.
    """
    if not await _taken(session, provider_event_id):
        return
    row = await session.get_one(ProviderEventRow, provider_event_id, populate_existing=True)
    try:
        attempt = await _attempt_of(session, row)
        row.attempt_id = attempt.id
        did = await _apply(session, row, attempt, now=now)
        row.status, row.reason = (quarantine.APPLIED if did else quarantine.IGNORED), None
        if did:
            await quarantine.released(session, attempt.id)
    except Early as early:
        row.status, row.reason = quarantine.EARLY, str(early)
    except Quarantined as refused:
        await quarantine.put(session, row, str(refused), now=now)
    await session.flush()


async def _taken(session: AsyncSession, provider_event_id: int) -> bool:
    statement = (
        update(ProviderEventRow)
        .where(ProviderEventRow.id == provider_event_id, ProviderEventRow.status == quarantine.NEW)
        .values(status=quarantine.APPLIED)
        .execution_options(synchronize_session=False)
    )
    return await affected(session, statement) == 1


async def _attempt_of(session: AsyncSession, row: ProviderEventRow) -> PaymentAttempt:
    """The attempt the fact speaks of, locked together with the others of its group."""
    found = await session.execute(
        select(PaymentAttempt.id, PaymentAttempt.group_id, PaymentAttempt.account).where(
            PaymentAttempt.gateway == row.gateway, PaymentAttempt.merchant_ref == row.merchant_ref
        )
    )
    known = found.all()
    if not known:
        raise Quarantined("unknown_reference")
    for attempt_id, group_id, account in known:
        if account == row.account:
            rows = await attempts.locked(session, group_id)
            return attempts.with_number(rows, row) or next(each for each in rows if each.id == attempt_id)
    raise Quarantined("foreign_account")


async def _apply(session: AsyncSession, row: ProviderEventRow, attempt: PaymentAttempt, *, now: datetime) -> bool:
    kind = EventKind(row.kind)
    if kind is EventKind.CAPTURED:
        return await _captured(session, row, attempt, now=now)
    if kind in _RETURNS:
        return await _went_back(session, row, attempt, kind, now=now)
    if kind is EventKind.REFUND_STUCK:
        raise Quarantined("refund_stuck")
    if kind is EventKind.PENDING:
        return await moved(session, PaymentAttempt, attempt.id, AttemptStatus.PENDING)
    if kind is EventKind.APPROVED:
        is_live = await attempts.check_now(session, attempt.id, now=now)
        return is_live or await settle.approved_too_late(session, attempt, now=now)
    return await _ended_unpaid(session, row, attempt, _ENDINGS[kind], now=now)


async def _captured(session: AsyncSession, row: ProviderEventRow, attempt: PaymentAttempt, *, now: datetime) -> bool:
    amount_minor = _checked_amount(row, attempt)
    if await _is_another_payment(session, row, attempt):
        attempt = await attempts.twin(session, attempt, amount_minor, provider_ref=row.provider_ref, now=now)
        row.attempt_id = attempt.id
    await _write_down(session, row, attempt, row.event_key, amount_minor, now=now)
    await _sum_up(session, attempt)
    await _adopt_reference(session, row, attempt)
    if attempt.captured_minor >= attempt.amount_minor:
        await moved(session, PaymentAttempt, attempt.id, AttemptStatus.SUCCEEDED, active_slot=None)
    await settle.captured(session, attempt, amount_minor, now=now)
    return True


async def _is_another_payment(session: AsyncSession, row: ProviderEventRow, attempt: PaymentAttempt) -> bool:
    """Where a payment is given back by its own number, a second one under the same reference needs an attempt to be given back through."""
    if None in (row.provider_ref, attempt.provider_ref) or row.provider_ref == attempt.provider_ref:
        return False
    first = select(ProviderEventRow.id).where(
        ProviderEventRow.merchant_ref == row.merchant_ref,  # what finds them: nothing lists the facts of an attempt
        ProviderEventRow.attempt_id == attempt.id,
        ProviderEventRow.kind == EventKind.CAPTURED,
        ProviderEventRow.provider_ref == attempt.provider_ref,
        ProviderEventRow.id != row.id,
    )
    return await session.scalar(first.limit(1)) is not None


async def _ended_unpaid(
    session: AsyncSession, row: ProviderEventRow, attempt: PaymentAttempt, status: AttemptStatus, *, now: datetime
) -> bool:
    """A declined card, a closed page. What came in before stays; what comes in later still counts."""
    await _write_down(session, row, attempt, row.event_key, 0, now=now)
    if not await attempts.retire(session, attempt.id, status):
        return False
    if status is AttemptStatus.FAILED:
        await settle.failed(session, attempt, now=now)
    return True


async def _went_back(
    session: AsyncSession, row: ProviderEventRow, attempt: PaymentAttempt, kind: EventKind, *, now: datetime
) -> bool:
    entry = await _RETURNS[kind](session, row, attempt, now=now)
    if entry is None:
        return False
    refund = entry.refund
    await _write_down(session, row, attempt, refund.merchant_ref, refund.amount_minor, now=now, kind=entry.kind)
    await _sum_up(session, attempt)
    await settle.refund_ended(session, refund.order_id)
    return True


def _checked_amount(row: ProviderEventRow, attempt: PaymentAttempt) -> int:
    """A customer can reopen an old page, and a provider can be wrong: compared with the attempt, never with the order of today."""
    if row.currency != attempt.currency:
        raise Quarantined("foreign_currency")
    if row.amount_minor is None or row.amount_minor <= 0:
        raise Quarantined("no_amount")
    return row.amount_minor


def _in_range(amount_minor: int | None) -> int | None:
    """No column holds more, and no order costs it: without its amount the fact is stored all the same, and quarantined."""
    return amount_minor if amount_minor is not None and abs(amount_minor) <= _MOST_MINOR else None


async def _write_down(
    session: AsyncSession,
    row: ProviderEventRow,
    attempt: PaymentAttempt,
    key: str,
    amount_minor: int,
    *,
    now: datetime,
    kind: str | None = None,
) -> None:
    entry = PaymentEvent(
        attempt_id=attempt.id,
        provider_event_id=row.id,
        kind=kind or row.kind,
        event_key=key,
        amount_minor=amount_minor,
        currency=attempt.currency,
        occurred_at=row.occurred_at,
        created_at=now,
    )
    session.add(entry)
    await session.flush()


async def _sum_up(session: AsyncSession, attempt: PaymentAttempt) -> None:
    """The attempt's sums are what its events say, whatever the columns said before. The attempt is locked: no event is missing."""
    sums = await session.execute(
        select(PaymentEvent.kind, func.sum(PaymentEvent.amount_minor))
        .where(PaymentEvent.attempt_id == attempt.id)
        .group_by(PaymentEvent.kind)
    )
    total = {kind: int(amount) for kind, amount in sums}
    attempt.captured_minor = total.get(EventKind.CAPTURED, 0)
    went_back = total.get(EventKind.REFUNDED, 0) + total.get(EventKind.CHARGEBACK, 0)
    attempt.refunded_minor = went_back - total.get(given_back.REVERSED, 0)
    attempt.version += 1
    await session.flush()


async def _adopt_reference(session: AsyncSession, row: ProviderEventRow, attempt: PaymentAttempt) -> None:
    """Some providers mint their number only when the customer pays; refunds need it."""
    if attempt.provider_ref is not None or row.provider_ref is None:
        return
    is_taken = await session.scalar(
        select(PaymentAttempt.id).where(
            PaymentAttempt.gateway == attempt.gateway,
            PaymentAttempt.account == attempt.account,
            PaymentAttempt.provider_ref == row.provider_ref,
        )
    )
    if is_taken is None:
        attempt.provider_ref = row.provider_ref
        await session.flush()
