"""What PayPal's objects say about money: the same fact has the same key, whether it was told, asked for, or read in a statement."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeGuard

from store.payments.gateway import EventKind, ProviderEvent, RefundOutcome, Source
from store.payments.paypal_money import from_wire

Object = Mapping[str, Any]

# Its money came in, whatever became of it later.
_CAPTURED = ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")
_CAPTURES = {
    **dict.fromkeys(_CAPTURED, (EventKind.CAPTURED, "completed")),
    "PENDING": (EventKind.PENDING, "pending"),
    "DECLINED": (EventKind.FAILED, "declined"),
    "DENIED": (EventKind.FAILED, "declined"),
    "FAILED": (EventKind.FAILED, "declined"),
}
_REFUNDS = {
    "COMPLETED": RefundOutcome.SUCCEEDED,
    "PENDING": RefundOutcome.PENDING,
    "FAILED": RefundOutcome.FAILED,
    "CANCELLED": RefundOutcome.FAILED,
}
_REFERENCE = re.compile(r"[0-9A-Za-z_-]{6,32}")
_CAPTURE_LINK = re.compile(r"/v2/payments/captures/([0-9A-Z]{1,36})$")
_NUMBER = re.compile(r"[0-9A-Z]{1,36}")
# An inquiry is a question between buyer and shop; from then on the money is with PayPal.
_TAKEN = ("CHARGEBACK", "PRE_ARBITRATION", "ARBITRATION")
_WON = ("RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER", "DENIED")


@dataclass(frozen=True, slots=True)
class Teller:
    """Turns PayPal's objects into facts about one account. What makes no sense raises ValueError, KeyError or TypeError."""

    gateway: str
    account: str
    source: Source
    raw: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def order(self, order: Object) -> Iterator[ProviderEvent]:
        """Oldest first: how far the buyer came, then what was captured and given back."""
        unit = unit_of(order)
        reference = _text(unit, "custom_id")
        if order["status"] == "APPROVED":
            yield self.approved(order)
        if order["status"] == "VOIDED":
            yield self.voided(order["id"], reference, moment_of(order))
        for capture in captures_of(order):
            yield self.capture({**capture, "custom_id": reference})
        for refund in refunds_of(order):
            yield from self.refund(refund, reference)

    def approved(self, order: Object) -> ProviderEvent:
        reference = _text(unit_of(order), "custom_id")
        return self._fact(f"order:{order['id']}:approved", EventKind.APPROVED, reference, moment_of(order))

    def voided(self, order_id: str, reference: str, moment: datetime) -> ProviderEvent:
        return self._fact(f"order:{order_id}:voided", EventKind.CANCELLED, reference, moment)

    def declined(self, order: Object, moment: datetime) -> ProviderEvent:
        """The buyer approved, and then the money could not be had."""
        reference = _text(unit_of(order), "custom_id")
        return self._fact(f"order:{order['id']}:declined", EventKind.FAILED, reference, moment)

    def capture(self, capture: Object) -> ProviderEvent:
        kind, state = _CAPTURES[capture["status"]]
        return self._fact(
            f"capture:{capture['id']}:{state}",
            kind,
            _text(capture, "custom_id"),
            moment_of(capture),
            amount=capture["amount"] if kind is EventKind.CAPTURED else None,
            provider_ref=_text(capture, "id"),
        )

    def refund(self, refund: Object, reference: str) -> Iterator[ProviderEvent]:
        """Nothing while it is on its way; of one that was made at PayPal and failed there the shop has never heard."""
        outcome, own = _REFUNDS[refund["status"]], refund_ref_of(refund, reference)
        if outcome is RefundOutcome.PENDING or (outcome is RefundOutcome.FAILED and own is None):
            return
        kind = EventKind.REFUNDED if outcome is RefundOutcome.SUCCEEDED else EventKind.REFUND_FAILED
        yield self._fact(
            f"refund:{own or refund['id']}:{kind}",
            kind,
            reference,
            moment_of(refund),
            amount=refund["amount"],
            provider_ref=_text(refund, "id"),
            refund_ref=own,
        )

    def charged_back(
        self, capture_id: str, reference: str, amount: Object, moment: datetime, *, is_won: bool = False
    ) -> ProviderEvent:
        """One a capture: PayPal tells of it as a dispute, as a reversal, and in the statement."""
        kind = EventKind.CHARGEBACK_REVERSED if is_won else EventKind.CHARGEBACK
        key = f"{EventKind.CHARGEBACK}:{capture_id}{':won' if is_won else ''}"
        return self._fact(key, kind, reference, moment, amount=amount, provider_ref=capture_id)

    def dispute(self, dispute: Object, transaction: Object, reference: str) -> Iterator[ProviderEvent]:
        if dispute.get("dispute_life_cycle_stage") not in _TAKEN:
            return
        is_alone = len(dispute["disputed_transactions"]) == 1
        amount = dispute["dispute_amount"] if is_alone else transaction["gross_amount"]
        capture_id, moment = _text(transaction, "seller_transaction_id"), moment_of(dispute)
        yield self.charged_back(capture_id, reference, amount, moment)
        outcome = dispute.get("dispute_outcome", {}).get("outcome_code")
        if dispute.get("status") == "RESOLVED" and outcome in _WON:
            yield self.charged_back(capture_id, reference, amount, moment, is_won=True)

    def _fact(
        self,
        key: str,
        kind: EventKind,
        reference: str,
        moment: datetime,
        *,
        amount: Object | None = None,
        provider_ref: str | None = None,
        refund_ref: str | None = None,
    ) -> ProviderEvent:
        amount_minor, currency = from_wire(amount) if amount is not None else (None, None)
        if amount_minor is not None and amount_minor <= 0:
            raise ValueError("not an amount")
        return ProviderEvent(
            gateway=self.gateway,
            account=self.account,
            event_key=key,
            kind=kind,
            merchant_ref=reference,
            occurred_at=moment,
            source=self.source,
            amount_minor=amount_minor,
            currency=currency,
            provider_ref=provider_ref,
            refund_ref=refund_ref,
            raw=self.raw,
            headers=self.headers,
        )


def unit_of(order: Object) -> Object:
    """The shop's orders have one."""
    unit: Object = order["purchase_units"][0]
    return unit


def captures_of(order: Object) -> Sequence[Object]:
    return _payments(order, "captures")


def refunds_of(order: Object) -> Sequence[Object]:
    return _payments(order, "refunds")


def _payments(order: Object, kind: str) -> Sequence[Object]:
    found: Sequence[Object] = unit_of(order).get("payments", {}).get(kind, [])
    return found


def is_order(thing: Object) -> bool:
    """Whether it has the shape that all the rest relies on."""
    match thing:
        case {"id": str(), "status": str(), "purchase_units": [{**unit}]}:
            payments = unit.get("payments", {})
        case _:
            return False
    if not isinstance(payments, dict):
        return False
    lists = [payments.get("captures", []), payments.get("refunds", [])]
    return all(isinstance(each, list) and all(isinstance(one, dict) for one in each) for each in lists)


def pay_page_of(order: Object) -> str | None:
    """Where the buyer agrees; under an older name where the order does not say how it is to be paid."""
    found = {link.get("rel"): link.get("href") for link in order.get("links", [])}
    url = found.get("payer-action") or found.get("approve")
    return url if isinstance(url, str) and url.startswith("https://") else None


def is_captured(capture: Object) -> bool:
    return capture.get("status") in _CAPTURED


def is_number(text: object) -> TypeGuard[str]:
    """Whether it may be a number of PayPal's: part of an address."""
    return isinstance(text, str) and _NUMBER.fullmatch(text) is not None


def outcome_of(refund: Object) -> RefundOutcome:
    """Raises: KeyError for a word that PayPal has not had so far."""
    return _REFUNDS[refund["status"]]


def is_reference(text: object) -> TypeGuard[str]:
    """Whether it may be an attempt's: an account sells other things, too."""
    return isinstance(text, str) and _REFERENCE.fullmatch(text) is not None


def refund_ref_of(refund: Object, reference: str) -> str | None:
    """Ours, which the shop sends as the refund's invoice; one that was made at PayPal has the payment's, its own, or none."""
    invoice = refund.get("invoice_id")
    return invoice if isinstance(invoice, str) and invoice.startswith(f"{reference}-r") else None


def capture_id_of(resource: Object) -> str | None:
    """A refund or a reversal names its capture in a link; a capture is one itself."""
    links = resource.get("links", [])
    up = [link["href"] for link in links if link.get("rel") == "up"]
    found = [match[1] for match in map(_CAPTURE_LINK.search, up) if match]
    if found:
        return found[0]
    own = resource.get("id")
    return own if is_number(own) else None


def _text(thing: Object, key: str) -> str:
    value = thing[key]
    if not isinstance(value, str) or not 0 < len(value) <= 128:
        raise ValueError(f"not a text: {key}")
    return value


def moment_of(thing: Object) -> datetime:
    """When it happened. Raises: ValueError, KeyError, TypeError."""
    told = datetime.fromisoformat(thing["create_time"])
    if told.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return told.astimezone(UTC)
