"""What Stripe says about sessions, refunds and disputes, as facts: an event, an answer and the list of events give the same ones.

The functions raise ValueError, KeyError or TypeError for what makes no sense.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from store.payments.gateway import EventKind, GatewayError, ProviderEvent, Source
from store.payments.stripe_money import from_wire

Json = Mapping[str, Any]

_PAID = ("paid", "no_payment_required")
_REFUND_ENDS = {
    "succeeded": EventKind.REFUNDED,
    "failed": EventKind.REFUND_FAILED,
    "canceled": EventKind.REFUND_FAILED,
}
# Questions of a bank that take no money yet, or never will.
_INQUIRIES = ("warning_needs_response", "warning_under_review", "warning_closed", "prevented")


class StripeRefused(GatewayError):
    """Stripe's own word that it was not done; its argument is Stripe's code."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who says it, through which account, and in which words."""

    gateway: str
    account: str
    source: Source
    raw: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def fact(self, kind: EventKind, key: str, merchant_ref: str, at: object, provider_ref: object) -> ProviderEvent:
        return ProviderEvent(
            gateway=self.gateway,
            account=self.account,
            event_key=key,
            kind=kind,
            merchant_ref=merchant_ref,
            occurred_at=_moment(at),
            source=self.source,
            provider_ref=_text(provider_ref),
            raw=self.raw,
            headers=self.headers,
        )

    def moved(
        self, kind: EventKind, key: str, merchant_ref: str, at: object, thing: Json, refund_ref: str | None = None
    ) -> ProviderEvent:
        """A fact about a refund or a dispute, with its amount."""
        amount_minor, currency = from_wire(thing["amount"], thing["currency"])
        return ProviderEvent(
            gateway=self.gateway,
            account=self.account,
            event_key=key,
            kind=kind,
            merchant_ref=merchant_ref,
            occurred_at=_moment(at),
            source=self.source,
            amount_minor=amount_minor,
            currency=currency,
            provider_ref=_text(thing["id"]),
            refund_ref=refund_ref,
            raw=self.raw,
            headers=self.headers,
        )


def mark_of(thing: Json) -> str | None:
    """The attempt's reference that we have put on it; None for what other programs do in the same account."""
    mark = (thing.get("metadata") or {}).get("merchant_ref")
    return _text(mark, 64) if mark else None


def session_facts(told: Told, session: Json, at: object, *, has_failed: bool = False) -> list[ProviderEvent]:
    """Paid, failed or expired; none while it is open, or complete by a way that takes days. *at*: when Stripe says that it happened."""
    merchant_ref, session_id = mark_of(session), _text(session["id"])
    if merchant_ref is None or merchant_ref != session.get("client_reference_id"):
        return []
    if session["payment_status"] in _PAID:
        return [_paid(told, session, merchant_ref, at)]
    if has_failed:
        return [told.fact(EventKind.FAILED, f"{session_id}:failed", merchant_ref, at, session_id)]
    if session["status"] == "expired":
        return [told.fact(EventKind.EXPIRED, f"{session_id}:expired", merchant_ref, at, session_id)]
    return []


def _paid(told: Told, session: Json, merchant_ref: str, at: object) -> ProviderEvent:
    # What the shop asked for, in its own currency: never what a buyer was shown in theirs.
    thing = {"id": session["id"], "amount": session["amount_total"], "currency": session["currency"]}
    return told.moved(EventKind.CAPTURED, f"{session['id']}:paid", merchant_ref, at, thing)


def has_failed(session: Json) -> bool:
    """Complete, and the payment behind it came to nothing: its buyer would have to begin anew."""
    intent = session.get("payment_intent")
    is_over = isinstance(intent, Mapping) and intent.get("status") in ("requires_payment_method", "canceled")
    return session["status"] == "complete" and session["payment_status"] == "unpaid" and is_over


def paid_at(session: Json) -> object:
    """When the money came, where the answer was expanded that far."""
    intent = session.get("payment_intent")
    charge = intent.get("latest_charge") if isinstance(intent, Mapping) else None
    return charge["created"] if isinstance(charge, Mapping) else session["created"]


def refund_facts(told: Told, refund: Json, merchant_ref: str) -> list[ProviderEvent]:
    """Gone or failed, also after it had gone; none while it is under way. One without our number was made at Stripe."""
    kind = _REFUND_ENDS.get(refund["status"])
    if kind is None:
        return []
    refund_ref = (refund.get("metadata") or {}).get("refund_ref")
    number = _text(refund_ref, 64) if refund_ref else None
    key = f"refund:{number or _text(refund['id'])}:{kind}"
    return [told.moved(kind, key, merchant_ref, refund["created"], refund, number)]


def dispute_facts(told: Told, dispute: Json, merchant_ref: str, at: object) -> list[ProviderEvent]:
    """The bank has the money back as soon as there is a dispute; won, it comes to us again."""
    if dispute["status"] in _INQUIRIES:
        return []
    key = f"dispute:{_text(dispute['id'])}"
    taken = told.moved(EventKind.CHARGEBACK, f"{key}:taken", merchant_ref, dispute["created"], dispute)
    if dispute["status"] != "won":
        return [taken]
    return [taken, told.moved(EventKind.CHARGEBACK_REVERSED, f"{key}:won", merchant_ref, at, dispute)]


def _moment(seconds: object) -> datetime:
    if type(seconds) is not int or not 0 < seconds < 2**36:
        raise ValueError("not a moment")
    return datetime.fromtimestamp(seconds, UTC)


def _text(value: object, most: int = 128) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise ValueError("not a text")
    return value
