"""Telegram's own payment form, from the shop's side: whether an invoice may be paid now, by this person and with this sum; and the payment itself.

The question is asked while somebody stands before the form, and answered by reading alone. Its answer is no payment: what has come in is written
down when Telegram says so, whatever was answered before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database, run_again
from store.models import Customer, Order, OrderGroup, PaymentAttempt, Reservation
from store.order_status import OrderStatus
from store.payments import attempts, ledger
from store.payments.attempts import AttemptView
from store.payments.gateway import ProviderEvent
from store.payments.telegram_facts import CARDS, STARS
from store.stock import HELD

# Between the answer and the money the buyer's bank may ask something: what ends meanwhile would be paid too late.
PAYING_TAKES = timedelta(minutes=1)
MostTip = Callable[[AttemptView], int | None]


class No(StrEnum):
    """Why an invoice is not to be paid."""

    UNKNOWN = "unknown"  # none of the shop's, or somebody else's: the two are not told apart
    OVER = "over"  # paid, called off, or its time is up
    CHANGED = "changed"  # another sum, or another currency, than the shop asked for
    GONE = "gone"  # the goods are not set aside any more


@dataclass(frozen=True, slots=True)
class Asked:
    """What Telegram's form wants to charge, and whom."""

    telegram_id: int
    merchant_ref: str
    currency: str
    total_minor: int


@dataclass(frozen=True, slots=True)
class Answer:
    """`no` is None for an invoice that may be paid; `language` is the buyer's, where it is known."""

    no: No | None
    language: str | None = None


async def answer(session: AsyncSession, asked: Asked, most_tip: MostTip, *, now: datetime) -> Answer:
    """Whether it may be paid. *most_tip* says how much more than was asked for; None: the shop has no such account any more.

    Reads only, and locks nothing.
    """
    row = (await session.execute(_invoice(asked.merchant_ref))).first()
    if row is None or row.telegram_id != asked.telegram_id:
        return Answer(No.UNKNOWN)
    return Answer(await _why_not(session, row, asked, most_tip, now), row.language)


async def _why_not(session: AsyncSession, row: Row[Any], asked: Asked, most_tip: MostTip, now: datetime) -> No | None:
    attempt = attempts.view(row.PaymentAttempt, row.order_id)
    ends_at = min((each for each in (row.expires_at, attempt.expires_at) if each is not None), default=None)
    is_waiting = attempt.is_live and row.status == OrderStatus.PENDING_PAYMENT
    if not is_waiting or (ends_at is not None and ends_at <= now + PAYING_TAKES):
        return No.OVER
    if await attempts.owed_minor(session, attempt.group_id) != attempt.amount_minor:
        return No.OVER
    extra, most = asked.total_minor - attempt.amount_minor, most_tip(attempt)
    if most is None:
        return No.OVER
    if asked.currency != attempt.currency or not 0 <= extra <= most:
        return No.CHANGED
    return None if row.is_held else No.GONE


def _invoice(merchant_ref: str) -> Select[Any]:
    is_held = exists().where(Reservation.order_id == Order.id, Reservation.state == HELD).label("is_held")
    return (
        select(PaymentAttempt, Order.id.label("order_id"), Order.status, Order.expires_at, is_held)
        .add_columns(Customer.telegram_id, Customer.language)
        .join(Order, Order.group_id == PaymentAttempt.group_id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(PaymentAttempt.merchant_ref == merchant_ref, or_(*(_is_of(name) for name in (CARDS, STARS))))
    )


def _is_of(name: str) -> ColumnElement[bool]:
    """A merchant may have several accounts: `telegram`, `telegram_second`."""
    return or_(PaymentAttempt.gateway == name, PaymentAttempt.gateway.startswith(f"{name}_", autoescape=True))


async def attempt_of(session: AsyncSession, merchant_ref: str) -> AttemptView | None:
    """Whose invoice has this payload; None for one that the shop has not made."""
    row = (await session.execute(_invoice(merchant_ref))).first()
    return attempts.view(row.PaymentAttempt, row.order_id) if row is not None else None


async def paid(db: Database, fact: ProviderEvent, *, most_tip_minor: int, now: datetime) -> None:
    """The payment is stored and committed, then applied and committed; a repetition changes nothing.

    What is over the sum, up to *most_tip_minor*, is a tip, and part of what the order costs from now on. A kill in between is repaired by
    `reconcile.apply_waiting`. Raises: what the database raises when it cannot store.
    """
    stored_id = await run_again(db, partial(_record, fact=fact, most_tip_minor=most_tip_minor, now=now))
    if stored_id is not None:
        await ledger.apply_stored(db, stored_id, now=now)


async def _record(session: AsyncSession, *, fact: ProviderEvent, most_tip_minor: int, now: datetime) -> int | None:
    """In one transaction: stored without its tip, the payment would be one of too much."""
    stored_id = await ledger.record(session, fact, now=now)
    if stored_id is not None and most_tip_minor:
        await _accept_tip(session, fact, most_tip_minor)
    return stored_id


async def _accept_tip(session: AsyncSession, fact: ProviderEvent, most_tip_minor: int) -> None:
    """Only with the one payment that the order waits for: what comes late or twice goes back with its tip."""
    found = await attempt_of(session, fact.merchant_ref)
    if found is None or (found.gateway, found.account, found.currency) != (fact.gateway, fact.account, fact.currency):
        return
    rows = await attempts.locked(session, found.group_id)
    attempt = next(each for each in rows if each.id == found.id)
    tip_minor = (fact.amount_minor or 0) - attempt.amount_minor
    owed_minor = await attempts.owed_minor(session, attempt.group_id)
    if not 0 < tip_minor <= most_tip_minor or owed_minor != attempt.amount_minor or attempt.active_slot is None:
        return
    attempt.amount_minor += tip_minor
    await session.flush()
    more = {"total_minor": Order.total_minor + tip_minor, "fee_minor": Order.fee_minor + tip_minor}
    tipped = update(Order).where(Order.group_id == attempt.group_id, Order.status == OrderStatus.PENDING_PAYMENT)
    await session.execute(tipped.values(**more, tip_minor=tip_minor, version=Order.version + 1))
    group = update(OrderGroup).where(OrderGroup.id == attempt.group_id)
    await session.execute(group.values(total_minor=OrderGroup.total_minor + tip_minor))
