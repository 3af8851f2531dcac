"""Stripe's events, whether they were brought or read from the list of a time: which matter, and which facts they tell."""

from collections.abc import Awaitable, Callable

from store.payments.gateway import ProviderEvent
from store.payments.stripe_facts import Json, Told, dispute_facts, mark_of, refund_facts, session_facts

_ASYNC_FAILED = "checkout.session.async_payment_failed"
_SESSIONS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    _ASYNC_FAILED,
    "checkout.session.expired",
)
_REFUNDS = ("refund.created", "refund.updated", "refund.failed")
_DISPUTES = (
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
)
EVENTS = (*_SESSIONS, *_REFUNDS, *_DISPUTES)

Lookup = Callable[[str], Awaitable[str | None]]


async def event_facts(told: Told, event: Json, *, is_live: bool, mark_behind: Lookup) -> list[ProviderEvent]:
    """None for what is about something else: other kinds, the other mode, another account's, other programs' payments.

    *mark_behind* tells whose reference a payment carries. Raises: ValueError, KeyError, TypeError, AttributeError, and what it raises.
    """
    kind, thing = event["type"], event["data"]["object"]
    if kind not in EVENTS or event["livemode"] is not is_live or event.get("account"):
        return []
    if kind in _SESSIONS:
        return session_facts(told, thing, event["created"], has_failed=kind == _ASYNC_FAILED)
    # Made by us it says whose it is; made at Stripe, or by a bank, its payment does.
    intent = thing.get("payment_intent")
    merchant_ref = mark_of(thing) or (await mark_behind(intent) if isinstance(intent, str) else None)
    if merchant_ref is None:
        return []
    if kind in _REFUNDS:
        return refund_facts(told, thing, merchant_ref)
    return dispute_facts(told, thing, merchant_ref, event["created"])
