"""Money that no machine brings and no machine gives back: a person of the shop writes down that it came, or went. Their word is the fact."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from store import audit
from store.audit import Actor
from store.errors import NotAllowedNow, NotFound, PaymentUnavailable
from store.models import PaymentAttempt, Refund
from store.order_status import RefundStatus
from store.payments import ledger
from store.payments.gateway import EventKind, ProviderEvent, Source
from store.payments.registry import base_name

# Cash and transfers have no provider; those behind Telegram's form give back in their own back office, and Telegram does not tell.
GIVEN_BACK_BY_HAND = frozenset({"cash", "transfer", "telegram"})


def is_given_back_by_hand(gateway: str) -> bool:
    return base_name(gateway) in GIVEN_BACK_BY_HAND


def fact(
    attempt: PaymentAttempt,
    what: str,
    kind: EventKind,
    amount_minor: int,
    now: datetime,
    *,
    refund_ref: str | None = None,
) -> ProviderEvent:
    """*what* makes the key: of two people who say the same, one has said it."""
    return ProviderEvent(
        gateway=attempt.gateway,
        account=attempt.account,
        event_key=f"{attempt.merchant_ref}:{what}",
        kind=kind,
        merchant_ref=attempt.merchant_ref,
        occurred_at=now,
        source=Source.STAFF,
        amount_minor=amount_minor,
        currency=attempt.currency,
        refund_ref=refund_ref,
    )


async def believe(session: AsyncSession, said: ProviderEvent, *, now: datetime) -> bool:
    """Whether it is true now because of this call. One transaction is enough: a person's press is no evidence that could be lost, it comes again."""
    stored_id = await ledger.record(session, said, now=now)
    if stored_id is None:
        return False
    await ledger.apply_event(session, stored_id, now=now)
    return True


async def settle(session: AsyncSession, refund_id: int, *, actor: Actor, now: datetime) -> None:
    """The money of a refund was handed over, or sent: it has succeeded.

    Raises: NotFound, NotAllowedNow (finished already), PaymentUnavailable (a provider refunds this one: a person's word is no proof).
    """
    refund = await session.get(Refund, refund_id, populate_existing=True)
    if refund is None:
        raise NotFound()
    attempt = await session.get_one(PaymentAttempt, refund.attempt_id, populate_existing=True)
    if not is_given_back_by_hand(attempt.gateway):
        raise PaymentUnavailable(gateway=attempt.gateway)
    ref = refund.merchant_ref
    said = fact(attempt, ref, EventKind.REFUNDED, refund.amount_minor, now, refund_ref=ref)
    if refund.status == RefundStatus.FAILED or not await believe(session, said, now=now):
        raise NotAllowedNow(status=refund.status)
    await audit.record(session, actor, "refunded_by_hand", "order", refund.order_id, now=now, refund_id=refund_id)
