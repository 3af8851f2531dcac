"""Cash on delivery: nothing is paid on a page. The order is confirmed at once, and a person of the shop writes the money down, in and out."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from store import audit
from store.audit import Actor
from store.errors import NotAllowedNow, NotFound, PaymentUnavailable
from store.models import PaymentAttempt, Refund
from store.order_status import RefundStatus
from store.payments import attempts, ledger
from store.payments.gateway import (
    BadSignature,
    Capabilities,
    Closed,
    EventKind,
    GatewayError,
    PaymentLink,
    PaymentRequest,
    ProviderEvent,
    RefundOutcome,
    RefundRequest,
    RefundResult,
    Reply,
    Source,
)

NAME = "cash"


class CashOnDelivery:
    """A gateway without a provider: it knows nothing that the shop does not know."""

    name = NAME
    account = ""
    capabilities = Capabilities(currencies=None, hold=None, is_offline=True, kinds=frozenset({"physical"}))

    async def create(self, request: PaymentRequest) -> PaymentLink:
        raise GatewayError("cash has no page to pay on")

    async def query(self, request: PaymentRequest) -> list[ProviderEvent]:
        return []

    async def close(self, request: PaymentRequest) -> Closed:
        return Closed.CLOSED

    async def refund(self, request: RefundRequest) -> RefundResult:
        """Waits for the person who hands the money back and says so: `settle_by_hand`."""
        return RefundResult(RefundOutcome.PENDING)

    async def query_refund(self, request: RefundRequest) -> RefundResult:
        return RefundResult(RefundOutcome.PENDING)

    async def verify(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> list[ProviderEvent]:
        raise BadSignature("cash sends no notifications")

    def reply(self, accepted: bool) -> Reply:
        return Reply(400)


async def receive(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> int:
    """What the order owed was handed over in cash. Returns the amount. Of two people who press at once, one has received it.

    Raises: NotFound, NotAllowedNow (nothing is owed, or the order is not to be paid in cash).
    """
    attempt = await attempts.start(session, order_id, CashOnDelivery(), now=now)
    fact = _by_hand(attempt.merchant_ref, "captured", EventKind.CAPTURED, attempt.amount_minor, attempt.currency, now)
    if not await _apply(session, fact, now=now):
        raise NotAllowedNow(status=attempt.status)
    await audit.record(
        session,
        actor,
        "cash_received",
        "order",
        order_id,
        now=now,
        amount_minor=attempt.amount_minor,
        currency=attempt.currency,
    )
    return attempt.amount_minor


async def settle_by_hand(session: AsyncSession, refund_id: int, *, actor: Actor, now: datetime) -> None:
    """A refund in cash was handed over: it has succeeded.

    Raises: NotFound, NotAllowedNow (finished already), PaymentUnavailable (a provider refunds this one: a person's word is no proof).
    """
    refund = await session.get(Refund, refund_id, populate_existing=True)
    if refund is None:
        raise NotFound()
    attempt = await session.get_one(PaymentAttempt, refund.attempt_id, populate_existing=True)
    if attempt.gateway != NAME:
        raise PaymentUnavailable(gateway=attempt.gateway)
    fact = _by_hand(
        attempt.merchant_ref,
        refund.merchant_ref,
        EventKind.REFUNDED,
        refund.amount_minor,
        refund.currency,
        now,
        refund_ref=refund.merchant_ref,
    )
    if refund.status == RefundStatus.FAILED or not await _apply(session, fact, now=now):
        raise NotAllowedNow(status=refund.status)
    await audit.record(session, actor, "refunded_by_hand", "order", refund.order_id, now=now, refund_id=refund_id)


async def _apply(session: AsyncSession, fact: ProviderEvent, *, now: datetime) -> bool:
    """One transaction is enough: a person's press is no evidence that could be lost, it comes again."""
    stored_id = await ledger.record(session, fact, now=now)
    if stored_id is None:
        return False
    await ledger.apply_event(session, stored_id, now=now)
    return True


def _by_hand(
    merchant_ref: str,
    what: str,
    kind: EventKind,
    amount_minor: int,
    currency: str,
    now: datetime,
    *,
    refund_ref: str | None = None,
) -> ProviderEvent:
    return ProviderEvent(
        gateway=NAME,
        account="",
        event_key=f"{merchant_ref}:{what}",
        kind=kind,
        merchant_ref=merchant_ref,
        occurred_at=now,
        source=Source.STAFF,
        amount_minor=amount_minor,
        currency=currency,
        refund_ref=refund_ref,
    )
