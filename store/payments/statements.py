"""Once a day, what the provider says moved is compared with the books: what every notification and every question has missed is found there."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from weakref import WeakSet

from sqlalchemy import Select, select, update
from sqlalchemy.sql.dml import Update

from store.db import Database, affected
from store.models import PaymentAttempt, StatementMark
from store.payments import ledger
from store.payments.gateway import GatewayError, HasStatement, NotGranted, ProviderEvent
from store.payments.registry import Gateways
from store.upsert import insert_ignoring

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
# Providers complete their lists late: every day is read again on the two that follow.
OVERLAP = timedelta(days=2)
_RETRY = timedelta(hours=1)
# So many are looked for in one statement.
_AT_ONCE = 500
# What only a person can change at the provider's is said once, not every day.
_told = WeakSet[HasStatement]()


async def compare_due(db: Database, gateways: Gateways, *, now: datetime) -> int:
    """The statements whose day has come were read into the ledger, each by one process. Returns how many facts they held."""
    listing = [gateway for gateway in gateways.values() if isinstance(gateway, HasStatement)]
    return sum([await _compare_if_due(db, gateway, now=now) for gateway in listing])


async def compare(db: Database, gateway: HasStatement, since: datetime, *, now: datetime) -> int:
    """What moved at the provider from *since* on is in the ledger; how many facts there were. Raises: GatewayError, NotGranted."""
    facts = await gateway.statement(since, now)
    await ledger.receive(db, await _ours(db, facts), now=now)
    return len(facts)


async def _compare_if_due(db: Database, gateway: HasStatement, *, now: datetime) -> int:
    if (since := await _claimed(db, gateway, now=now)) is None:
        return 0
    try:
        found = await compare(db, gateway, since, now=now)
    except NotGranted as closed:
        await _put_off(db, gateway, closed, now=now)
        return 0
    except GatewayError as error:
        log.warning("the statement of %s cannot be had: %s; it is asked for again", gateway.name, error)
        return 0
    async with db.begin() as session:
        await session.execute(_mark(gateway).values(until=now, due_at=now + EVERY))
    return found


async def _put_off(db: Database, gateway: HasStatement, closed: NotGranted, *, now: datetime) -> None:
    """Asked again tomorrow, and from where the last list ended: once it is granted, nothing of the time before is missing."""
    if gateway not in _told:
        log.warning("the statement of %s cannot be had: %s", gateway.name, closed)
        _told.add(gateway)
    async with db.begin() as session:
        await session.execute(_mark(gateway).values(due_at=now + EVERY))


async def _ours(db: Database, facts: list[ProviderEvent]) -> list[ProviderEvent]:
    """Other shops may share the account: only what names an attempt of ours is taken."""
    facts = await _named(db, facts)
    references, known = sorted({fact.merchant_ref for fact in facts}), set[str]()
    async with db.read() as session:
        for start in range(0, len(references), _AT_ONCE):
            some = references[start : start + _AT_ONCE]
            known.update(
                await session.scalars(select(PaymentAttempt.merchant_ref).where(PaymentAttempt.merchant_ref.in_(some)))
            )
    return [fact for fact in facts if fact.merchant_ref in known]


async def _named(db: Database, facts: list[ProviderEvent]) -> list[ProviderEvent]:
    """Facts that only have the provider's number of a payment, by our reference for it; those of payments that are not ours stay without."""
    named = []
    async with db.read() as session:
        for fact in facts:
            ours = None if fact.merchant_ref else await session.scalar(_by_number(fact))
            named.append(replace(fact, merchant_ref=ours) if ours else fact)
    return named


def _by_number(fact: ProviderEvent) -> Select[str]:
    return select(PaymentAttempt.merchant_ref).where(
        PaymentAttempt.gateway == fact.gateway,
        PaymentAttempt.account == fact.account,
        PaymentAttempt.provider_ref == fact.provider_ref,
    )


async def _claimed(db: Database, gateway: HasStatement, *, now: datetime) -> datetime | None:
    """From when on to read, for the one process that does; None: it is not time, or another process reads."""
    async with db.begin() as session:
        await insert_ignoring(
            session, StatementMark, gateway=gateway.name, account=gateway.account, until=now - EVERY, due_at=now
        )
        until = await session.scalar(
            select(StatementMark.until).where(
                StatementMark.gateway == gateway.name, StatementMark.account == gateway.account
            )
        )
        claim = _mark(gateway).where(StatementMark.due_at <= now).values(due_at=now + _RETRY)
        is_ours = await affected(session, claim) == 1
    return until - OVERLAP if is_ours and until is not None else None


def _mark(gateway: HasStatement) -> Update:
    return (
        update(StatementMark)
        .where(StatementMark.gateway == gateway.name, StatementMark.account == gateway.account)
        .execution_options(synchronize_session=False)
    )
