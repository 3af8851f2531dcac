"""One try after another to get an order paid. A row is committed before its provider hears of it: the row's reference is the idempotency key."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import outbox
from store.db import affected
from store.errors import NotAllowedNow, NotFound, PaymentUnavailable
from store.events import CardWanted
from store.models import Order, OrderGroup, PaymentAttempt, ProviderEventRow
from store.order_status import AttemptStatus, OrderStatus, moved
from store.payments.gateway import PaymentGateway, PaymentLink, PaymentRequest
from store.upsert import insert_ignoring

LIVE = (AttemptStatus.CREATED, AttemptStatus.PENDING)
_FIRST_CHECK = timedelta(seconds=10)
_UNLINKED_CHECK = timedelta(seconds=30)  # the program died between telling the provider and writing down its answer
_ASKED_RECENTLY = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class AttemptView:
    """A try to pay, for screens and gateways. `order_id` is the order that the group holds."""

    id: int
    order_id: int
    group_id: int
    gateway: str
    account: str
    status: AttemptStatus
    amount_minor: int
    currency: str
    merchant_ref: str
    provider_ref: str | None
    pay_url: str | None
    pay_qr: str | None
    linked_at: datetime | None
    expires_at: datetime | None

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def link(self) -> PaymentLink | None:
        """Where it is paid, as soon as the provider has said so."""
        return PaymentLink(self.pay_url, self.provider_ref, self.pay_qr) if self.pay_url or self.pay_qr else None

    def open_link(self, page_max: timedelta | None, *, now: datetime) -> PaymentLink | None:
        """The link while its page lasts; None: the provider has to be asked for one."""
        is_over = page_max is not None and self.linked_at is not None and now - self.linked_at >= page_max
        return None if is_over else self.link

    def request(
        self, title: str = "", return_url: str | None = None, language: str = "en", goods: str = ""
    ) -> PaymentRequest:
        """The attempt as its provider sees it; what is said here matters to `create` alone."""
        return PaymentRequest(
            merchant_ref=self.merchant_ref,
            amount_minor=self.amount_minor,
            currency=self.currency,
            title=title,
            expires_at=self.expires_at,
            return_url=return_url,
            provider_ref=self.provider_ref,
            is_wanted=self.is_live,
            language=language,
            goods=goods,
        )


async def start(session: AsyncSession, order_id: int, gateway: PaymentGateway, *, now: datetime) -> AttemptView:
    """A live attempt for what the order still owes: the one there is, or a new one. Commit it before the provider is called.

    Raises: NotFound, NotAllowedNow (not payable any more, or an attempt of another gateway is live: close that first), PaymentUnavailable.
    """
    await _lock_group(session, order_id)
    order = await _payable(session, order_id, is_offline=gateway.capabilities.is_offline, now=now)
    if (present := await live(session, order_id)) is None:
        owed = await owed_minor(session, order.group_id)
        if not gateway.capabilities.take(owed, order.currency, ()):
            raise PaymentUnavailable(gateway=gateway.name)
        await _insert(session, order, gateway, owed, now=now)
        present = await live(session, order_id)
    if present is None or (present.gateway, present.account) != (gateway.name, gateway.account):
        raise NotAllowedNow(status=order.payment_status)
    return present


async def linked(session: AsyncSession, attempt_id: int, link: PaymentLink, *, now: datetime) -> None:
    """The provider's page for the attempt is known. A notification may have been faster: an attempt that has moved on only learns its link."""
    learned: dict[str, Any] = {"pay_url": link.url, "pay_qr": link.qr, "linked_at": now}
    if link.provider_ref:
        learned["provider_ref"] = link.provider_ref
    first_check_at = now + _FIRST_CHECK
    if await moved(session, PaymentAttempt, attempt_id, AttemptStatus.PENDING, next_check_at=first_check_at, **learned):
        if link.lines:  # a person has to look for the money, and has the order before them for that
            await outbox.write(session, CardWanted(order_id=await _order_of(session, attempt_id)), now=now)
        return
    await session.execute(
        update(PaymentAttempt)
        .where(PaymentAttempt.id == attempt_id)
        .values(**learned)
        .execution_options(synchronize_session=False)
    )


async def _order_of(session: AsyncSession, attempt_id: int) -> int:
    rows = await session.scalars(
        select(Order.id)
        .join(PaymentAttempt, PaymentAttempt.group_id == Order.group_id)
        .where(PaymentAttempt.id == attempt_id)
    )
    return rows.one()


async def live(session: AsyncSession, order_id: int) -> AttemptView | None:
    """The attempt through which the order may be paid on purpose."""
    attempt = await session.scalar(
        select(PaymentAttempt)
        .join(Order, Order.group_id == PaymentAttempt.group_id)
        .where(Order.id == order_id, PaymentAttempt.active_slot == 1)
        .execution_options(populate_existing=True)
    )
    return view(attempt, order_id) if attempt else None


async def of_order(session: AsyncSession, order_id: int) -> list[AttemptView]:
    """Every attempt to pay the order, oldest first."""
    rows = await session.scalars(
        select(PaymentAttempt)
        .join(Order, Order.group_id == PaymentAttempt.group_id)
        .where(Order.id == order_id)
        .order_by(PaymentAttempt.id)
        .execution_options(populate_existing=True)
    )
    return [view(attempt, order_id) for attempt in rows]


async def retire(session: AsyncSession, attempt_id: int, status: AttemptStatus) -> bool:
    """The provider has closed the attempt: another may start. False when it was over already, paid perhaps."""
    return await moved(session, PaymentAttempt, attempt_id, status, only_from=LIVE, active_slot=None)


async def hasten(session: AsyncSession, gateway_name: str, merchant_ref: str, *, now: datetime) -> None:
    """The customer came back from the pay page: the next reconciliation asks the provider. Harmless to repeat, for anybody."""
    await session.execute(
        update(PaymentAttempt)
        .where(
            PaymentAttempt.gateway == gateway_name,
            PaymentAttempt.merchant_ref == merchant_ref,
            PaymentAttempt.status.in_(LIVE),
            PaymentAttempt.next_check_at > now + _ASKED_RECENTLY,
        )
        .values(next_check_at=now)
        .execution_options(synchronize_session=False)
    )


async def check_now(session: AsyncSession, attempt_id: int, *, now: datetime) -> bool:
    """The next reconciliation asks the provider, which has something to say. False when the attempt is over."""
    due = (
        update(PaymentAttempt)
        .where(PaymentAttempt.id == attempt_id, PaymentAttempt.status.in_(LIVE))
        .values(next_check_at=now)
        .execution_options(synchronize_session=False)
    )
    return await affected(session, due) == 1


async def close_soon(session: AsyncSession, group_id: int, *, now: datetime) -> None:
    """The group's order wants no more money: the next reconciliation closes what is live at its provider."""
    await session.execute(
        update(PaymentAttempt)
        .where(PaymentAttempt.group_id == group_id, PaymentAttempt.active_slot == 1)
        .values(next_check_at=now)
        .execution_options(synchronize_session=False)
    )


async def locked(session: AsyncSession, group_id: int) -> Sequence[PaymentAttempt]:
    """The attempts of a group, oldest first and fresh, held until the transaction ends. Lock them before the order, the order before its stock."""
    rows = await session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.group_id == group_id)
        .order_by(PaymentAttempt.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.all()


def with_number(rows: Sequence[PaymentAttempt], row: ProviderEventRow) -> PaymentAttempt | None:
    """The attempt whose payment has the number that the provider speaks of."""
    same = [each for each in rows if row.provider_ref is not None and each.provider_ref == row.provider_ref]
    return next((each for each in same if (each.gateway, each.account) == (row.gateway, row.account)), None)


async def twin(
    session: AsyncSession, attempt: PaymentAttempt, amount_minor: int, *, provider_ref: str | None, now: datetime
) -> PaymentAttempt:
    """The buyer has paid once more under the attempt's reference: an attempt that nobody started, for just this payment."""
    digest = hashlib.sha256(str(provider_ref).encode()).hexdigest()
    second = PaymentAttempt(
        group_id=attempt.group_id,
        gateway=attempt.gateway,
        account=attempt.account,
        status=AttemptStatus.PENDING,
        active_slot=None,
        amount_minor=amount_minor,
        currency=attempt.currency,
        merchant_ref=f"{attempt.merchant_ref[:48]}-t{digest[:12]}",
        provider_ref=provider_ref,
        created_at=now,
    )
    session.add(second)
    await session.flush()
    return second


async def owed_minor(session: AsyncSession, group_id: int) -> int:
    """What is still missing of the group's total; negative when there is too much. Money on its way back does not count as paid."""
    kept = func.coalesce(func.sum(PaymentAttempt.captured_minor - PaymentAttempt.refund_reserved_minor), 0)
    paid = await session.scalar(select(kept).where(PaymentAttempt.group_id == group_id))
    total = await session.scalar(select(OrderGroup.total_minor).where(OrderGroup.id == group_id))
    return int(total or 0) - int(paid or 0)


def view(attempt: PaymentAttempt, order_id: int) -> AttemptView:
    return AttemptView(
        id=attempt.id,
        order_id=order_id,
        group_id=attempt.group_id,
        gateway=attempt.gateway,
        account=attempt.account,
        status=AttemptStatus(attempt.status),
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
        merchant_ref=attempt.merchant_ref,
        provider_ref=attempt.provider_ref,
        pay_url=attempt.pay_url,
        pay_qr=attempt.pay_qr,
        linked_at=attempt.linked_at,
        expires_at=attempt.expires_at,
    )


async def _lock_group(session: AsyncSession, order_id: int) -> None:
    """Of two starts at once the second sees what the first has done, also when that has been paid by then. Locked before any attempt."""
    group_id = select(Order.group_id).where(Order.id == order_id).scalar_subquery()
    await session.execute(select(OrderGroup.id).where(OrderGroup.id == group_id).with_for_update())


async def _payable(session: AsyncSession, order_id: int, *, is_offline: bool, now: datetime) -> Order:
    order = await session.get(Order, order_id, populate_existing=True)
    if order is None:
        raise NotFound()
    waits = order.status == OrderStatus.PENDING_PAYMENT and (order.expires_at is None or order.expires_at > now)
    # What is paid on delivery was confirmed unpaid. What was paid and given back is not owed again.
    is_unpaid = order.payment_status in ("unpaid", "partially_paid")
    on_delivery = is_offline and order.status == OrderStatus.CONFIRMED and is_unpaid
    if not (waits or on_delivery) or await owed_minor(session, order.group_id) <= 0:
        raise NotAllowedNow(status=order.status)
    return order


async def _insert(
    session: AsyncSession, order: Order, gateway: PaymentGateway, amount_minor: int, *, now: datetime
) -> None:
    await insert_ignoring(
        session,
        PaymentAttempt,
        group_id=order.group_id,
        gateway=gateway.name,
        account=gateway.account,
        status=AttemptStatus.CREATED,
        active_slot=1,
        amount_minor=amount_minor,
        currency=order.currency,
        merchant_ref=_reference(order.number),
        expires_at=order.expires_at,
        next_check_at=None if gateway.capabilities.is_offline else now + _UNLINKED_CHECK,
        created_at=now,
    )


def _reference(order_number: str) -> str:
    """Readable in the provider's back office, unguessable in a pay page's address: the order's number and 48 random bits."""
    return f"{re.sub(r'[^0-9A-Za-z]', '', order_number)[:16]}-{secrets.token_hex(6)}"
