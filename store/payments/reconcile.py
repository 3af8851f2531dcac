"""The jobs that make payments right when a notification was lost, a page stayed open or the program died. Each may run anywhere, any number of times."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from store import order_life
from store.db import Database, affected, run_again
from store.models import Order, PaymentAttempt, ProviderEventRow
from store.order_status import AttemptStatus, OrderStatus
from store.payments import attempts, ledger, quarantine, schedule
from store.payments.attempts import AttemptView
from store.payments.gateway import Closed, GatewayError, PaymentGateway
from store.payments.registry import Gateways, gateway_of

log = logging.getLogger(__name__)

# A fact about money that is not known here waits so long for the money.
_EARLY_MAX = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Due:
    attempt: AttemptView
    order_status: OrderStatus
    next_check_at: datetime
    checks: int


async def check_pending(db: Database, gateways: Gateways, *, now: datetime, limit: int = 20) -> int:
    """Providers were asked about every attempt whose time has come, and what they know is in the ledger. Returns how many were asked.

    An attempt of an order that needs no more money is closed. One of an unpaid order whose time is up is left to `expire_unpaid`.
    """
    async with db.read() as session:
        due = await _due(session, now=now, limit=limit)
    for each in due:
        if await _claimed(db, each, now=now):
            await _look(db, gateways, each, now=now)
    return len(due)


async def ask_about(db: Database, gateways: Gateways, order_id: int, *, now: datetime) -> int:
    """The providers were asked about every attempt of the order, also about those that are long over; nothing was taken. Returns how many answered.

    Raises: NotFound.
    """
    async with db.read() as session:
        tries = await attempts.of_order(session, order_id)
    known = [(attempt, gateway_of(gateways, attempt.gateway, attempt.account)) for attempt in tries]
    asked = [(attempt, gateway) for attempt, gateway in known if gateway is not None]
    answers = [await _asked(db, gateway, attempt, now=now, is_wanted=False) for attempt, gateway in asked]
    return sum(answers)


async def expire_unpaid(db: Database, gateways: Gateways, *, now: datetime, limit: int = 20) -> int:
    """Orders whose time is up, whose provider has taken no money and will take none, are expired. Returns how many.

    A provider that does not answer keeps its order: expiring what may be paid would sell the goods twice.
    """
    async with db.read() as session:
        order_ids = await _overdue(session, now=now, limit=limit)
    expired = 0
    for order_id in order_ids:
        try:
            is_closed = await close_live(db, gateways, order_id, now=now)
            if is_closed and await run_again(db, partial(_expire, order_id=order_id, now=now)):
                expired += 1
        except Exception:
            # The longest overdue comes first, every time: it must not keep the others from their turn.
            log.exception("order %s cannot be expired", order_id)
    return expired


async def close_live(db: Database, gateways: Gateways, order_id: int, *, now: datetime) -> bool:
    """Whether no attempt of the order is live any more: also what a customer needs who wants to pay another way.

    Asks the provider, tells it to take no more money, and asks again: money may have come in between.
    """
    async with db.read() as session:
        attempt = await attempts.live(session, order_id)
    if attempt is None:
        return True
    gateway = gateway_of(gateways, attempt.gateway, attempt.account)
    if gateway is not None and await _closed(db, gateway, attempt, is_wanted=True, now=now):
        return True
    async with db.begin() as session:
        await _postpone(session, attempt, now=now)
    return False


async def apply_waiting(db: Database, *, now: datetime, limit: int = 50) -> int:
    """Facts that were stored and not applied, because the program died in between, are applied. Returns how many were waiting.

    One that cannot be applied is quarantined, and one that has waited for a day for the money it speaks of: it must not stand in the way of the others, nor be forgotten.
    """
    async with db.read() as session:
        rows = await session.scalars(
            select(ProviderEventRow.id)
            .where(ProviderEventRow.status == quarantine.NEW)
            .order_by(ProviderEventRow.received_at, ProviderEventRow.id)
            .limit(limit)
        )
        waiting = rows.all()
    for provider_event_id in waiting:
        try:
            await ledger.apply_stored(db, provider_event_id, now=now)
        except (OperationalError, InterfaceError):
            log.exception("provider event %s waits: the database does not answer", provider_event_id)
        except Exception as error:
            log.exception("provider event %s cannot be applied", provider_event_id)
            await _set_aside(db, provider_event_id, type(error).__name__, now=now)
    return len(waiting) + await _give_up_early(db, now=now, limit=limit)


async def _give_up_early(db: Database, *, now: datetime, limit: int) -> int:
    async with db.begin() as session:
        rows = await session.scalars(
            select(ProviderEventRow)
            .where(ProviderEventRow.status == quarantine.EARLY, ProviderEventRow.received_at < now - _EARLY_MAX)
            .order_by(ProviderEventRow.id)
            .limit(limit)
            .with_for_update()
        )
        given_up = rows.all()
        for row in given_up:
            await quarantine.put(session, row, row.reason or "", now=now)
    return len(given_up)


async def _due(session: AsyncSession, *, now: datetime, limit: int) -> list[_Due]:
    is_overdue = PaymentAttempt.active_slot.is_not(None) & (Order.status == OrderStatus.PENDING_PAYMENT)
    rows = await session.execute(
        select(PaymentAttempt, Order.id, Order.status)
        .join(Order, Order.group_id == PaymentAttempt.group_id)
        .where(
            PaymentAttempt.next_check_at <= now,
            or_(PaymentAttempt.expires_at.is_(None), PaymentAttempt.expires_at > now, ~is_overdue),
        )
        .order_by(PaymentAttempt.next_check_at, PaymentAttempt.id)
        .limit(limit)
    )
    return [
        _Due(attempts.view(attempt, order_id), OrderStatus(status), attempt.next_check_at, attempt.checks)
        for attempt, order_id, status in rows
        if attempt.next_check_at is not None
    ]


async def _claimed(db: Database, due: _Due, *, now: datetime) -> bool:
    """The next question is due later: of several programs one asks, and an answer that never comes is waited for once."""
    later = schedule.next_check(due.checks, now=now, expires_at=due.attempt.expires_at)
    claim = (
        update(PaymentAttempt)
        .where(PaymentAttempt.id == due.attempt.id, PaymentAttempt.next_check_at == due.next_check_at)
        .values(next_check_at=later, checks=due.checks + 1)
        .execution_options(synchronize_session=False)
    )
    async with db.begin() as session:
        return await affected(session, claim) == 1


async def _look(db: Database, gateways: Gateways, due: _Due, *, now: datetime) -> None:
    gateway = gateway_of(gateways, due.attempt.gateway, due.attempt.account)
    if gateway is None:
        log.error("attempt %s: the shop has no gateway %s with its account", due.attempt.id, due.attempt.gateway)
    elif due.attempt.is_live and due.order_status != OrderStatus.PENDING_PAYMENT:
        await _closed(db, gateway, due.attempt, is_wanted=False, now=now)
    else:
        await _asked(db, gateway, due.attempt, now=now)


async def _asked(
    db: Database, gateway: PaymentGateway, attempt: AttemptView, *, now: datetime, is_wanted: bool = True
) -> bool:
    """What the provider knows is in the ledger; False when it did not answer. What a buyer has only approved is taken while it *is_wanted*."""
    request = attempt.request()
    try:
        facts = await gateway.query(replace(request, is_wanted=is_wanted and request.is_wanted))
    except GatewayError as error:
        log.warning("attempt %s: %s does not answer: %s", attempt.id, gateway.name, error)
        return False
    await ledger.receive(db, facts, now=now)
    return True


async def _closed(
    db: Database, gateway: PaymentGateway, attempt: AttemptView, *, is_wanted: bool, now: datetime
) -> bool:
    """query → close → query. True when the provider is sure, and the attempt is over here too."""
    if not await _asked(db, gateway, attempt, now=now, is_wanted=is_wanted):
        return False
    closed = await gateway.close(attempt.request())
    if closed is Closed.UNKNOWN or not await _asked(db, gateway, attempt, now=now, is_wanted=False):
        return False
    if closed is Closed.CLOSED:
        async with db.begin() as session:
            await attempts.retire(session, attempt.id, AttemptStatus.EXPIRED)
        return True
    async with db.read() as session:
        return await attempts.live(session, attempt.order_id) is None


async def _overdue(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[int]:
    """An order whose provider was asked in vain waits until it is asked again: it must not keep the others from their turn."""
    rows = await session.scalars(
        select(Order.id)
        .outerjoin(PaymentAttempt, (PaymentAttempt.group_id == Order.group_id) & (PaymentAttempt.active_slot == 1))
        .where(
            Order.status == OrderStatus.PENDING_PAYMENT,
            Order.expires_at < now,
            or_(PaymentAttempt.next_check_at.is_(None), PaymentAttempt.next_check_at <= now),
        )
        .order_by(Order.expires_at, Order.id)
        .limit(limit)
    )
    return rows.all()


async def _expire(session: AsyncSession, order_id: int, *, now: datetime) -> bool:
    """Never while money is in: neither enough of it, nor any that is stored and not applied yet. What is too little goes back."""
    order = await session.get_one(Order, order_id)
    tries = await attempts.locked(session, order.group_id)
    is_paid = await attempts.owed_minor(session, order.group_id) <= 0
    if is_paid or any(each.active_slot for each in tries) or await _has_unapplied(session, tries):
        return False
    return await order_life.expire(session, order_id, now=now)


async def _has_unapplied(session: AsyncSession, tries: Sequence[PaymentAttempt]) -> bool:
    waiting = select(ProviderEventRow.id).where(
        ProviderEventRow.status == quarantine.NEW,
        ProviderEventRow.merchant_ref.in_([each.merchant_ref for each in tries]),
    )
    return await session.scalar(waiting.limit(1)) is not None


async def _postpone(session: AsyncSession, attempt: AttemptView, *, now: datetime) -> None:
    row = await session.get_one(PaymentAttempt, attempt.id)
    row.next_check_at, row.checks = now + schedule.backoff(row.checks), row.checks + 1


async def _set_aside(db: Database, provider_event_id: int, reason: str, *, now: datetime) -> None:
    async with db.begin() as session:
        row = await session.get_one(ProviderEventRow, provider_event_id)
        if row.status == quarantine.NEW:
            await quarantine.put(session, row, reason, now=now)
