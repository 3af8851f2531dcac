"""Everything that was said and done about the money of one order, for whoever has to explain it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.errors import NotFound
from store.models import Order, PaymentAttempt, ProviderEventRow
from store.order_status import AttemptStatus
from store.payments import refunds
from store.payments.refunds import RefundView


@dataclass(frozen=True, slots=True)
class Told:
    """One fact as it came, and what was made of it. Amounts in minor units."""

    id: int
    kind: str
    source: str
    amount_minor: int | None
    currency: str | None
    occurred_at: datetime
    received_at: datetime
    fate: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt to get the order paid, with all that its provider said."""

    id: int
    gateway: str
    account: str
    status: AttemptStatus
    merchant_ref: str
    provider_ref: str | None
    amount_minor: int
    captured_minor: int
    refunded_minor: int
    currency: str
    created_at: datetime
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class MoneyStory:
    order_id: int
    number: str
    payment_status: str
    total_minor: int
    currency: str
    tries: tuple[Try, ...]
    refunds: tuple[RefundView, ...]


async def of_order(session: AsyncSession, order_id: int) -> MoneyStory:
    """The whole story, oldest first. Raises: NotFound."""
    order = await session.get(Order, order_id)
    if order is None:
        raise NotFound(what="order")
    rows = await session.scalars(
        select(PaymentAttempt).where(PaymentAttempt.group_id == order.group_id).order_by(PaymentAttempt.id)
    )
    tries = [await _try(session, attempt) for attempt in rows.all()]
    back = await refunds.refunds_of(session, order_id)
    return MoneyStory(
        order_id, order.number, order.payment_status, order.total_minor, order.currency, tuple(tries), tuple(back)
    )


async def order_of(session: AsyncSession, words: str) -> int:
    """The order's id, by its number or by the reference of a payment or a refund of it. Raises: NotFound."""
    by_reference = select(Order.id).join(PaymentAttempt, PaymentAttempt.group_id == Order.group_id)
    for statement in (
        select(Order.id).where(Order.number == words.upper()),
        by_reference.where(PaymentAttempt.merchant_ref == words),
        by_reference.where(PaymentAttempt.provider_ref == words),
    ):
        if (order_id := await session.scalar(statement.limit(1))) is not None:
            return order_id
    raise NotFound(what="order")


async def fact(session: AsyncSession, fact_id: int) -> tuple[ProviderEventRow, int | None]:
    """A fact as it came, and the order that it speaks of, if that is one of ours. Raises: NotFound."""
    row = await session.get(ProviderEventRow, fact_id, populate_existing=True)
    if row is None:
        raise NotFound(what="provider_event")
    order_id = await session.scalar(
        select(Order.id)
        .join(PaymentAttempt, PaymentAttempt.group_id == Order.group_id)
        .where(PaymentAttempt.merchant_ref == row.merchant_ref)
        .limit(1)
    )
    return row, order_id


async def _try(session: AsyncSession, attempt: PaymentAttempt) -> Try:
    # What came under its reference belongs to its story, also what was never matched.
    rows = await session.scalars(
        select(ProviderEventRow)
        .where(ProviderEventRow.gateway == attempt.gateway, ProviderEventRow.merchant_ref == attempt.merchant_ref)
        .order_by(ProviderEventRow.occurred_at, ProviderEventRow.id)
    )
    return Try(
        id=attempt.id,
        gateway=attempt.gateway,
        account=attempt.account,
        status=AttemptStatus(attempt.status),
        merchant_ref=attempt.merchant_ref,
        provider_ref=attempt.provider_ref,
        amount_minor=attempt.amount_minor,
        captured_minor=attempt.captured_minor,
        refunded_minor=attempt.refunded_minor,
        currency=attempt.currency,
        created_at=attempt.created_at,
        told=tuple(_told(row) for row in rows),
    )


def _told(row: ProviderEventRow) -> Told:
    return Told(
        id=row.id,
        kind=row.kind,
        source=row.source,
        amount_minor=row.amount_minor,
        currency=row.currency,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        fate=row.status,
        reason=row.reason,
    )
