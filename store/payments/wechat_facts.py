"""What WeChat Pay says of payments and refunds, as facts with the same keys whether it was told, asked or listed. Pure.

Everything raises ValueError, KeyError or TypeError for what makes no sense, and `ForeignAccount` for what is true of somebody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from store.payments.gateway import EventKind, ProviderEvent, RefundOutcome, RefundResult, Source
from store.payments.wechat_keys import WechatKeys

CURRENCY = "CNY"
_MOST_MINOR = 10**12
# Also REFUND is a payment that came in: some of it, perhaps all, has gone back since.
_PAID = ("SUCCESS", "REFUND")
_ENDED = {"CLOSED": EventKind.EXPIRED, "REVOKED": EventKind.CANCELLED}
_REFUND_KINDS = {
    "SUCCESS": EventKind.REFUNDED,
    "CLOSED": EventKind.REFUND_FAILED,
    "ABNORMAL": EventKind.REFUND_STUCK,
}
_OUTCOMES = {
    "SUCCESS": RefundOutcome.SUCCEEDED,
    "CLOSED": RefundOutcome.FAILED,
    "PROCESSING": RefundOutcome.PENDING,
    "ABNORMAL": RefundOutcome.STUCK,
}

Said = Mapping[str, Any]


class ForeignAccount(Exception):
    """Another merchant's, or another app's."""


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a fact came, as it is kept with it."""

    gateway: str
    account: str
    source: Source
    raw: bytes
    headers: Mapping[str, str]


def of_transaction(said: Said, keys: WechatKeys, origin: Origin, *, now: datetime) -> list[ProviderEvent]:
    """That it was paid, or that it never will be; nothing while it may be."""
    if (said["mchid"], said["appid"]) != (keys.mchid, keys.appid):
        raise ForeignAccount
    state, reference = text(said, "trade_state", 32), text(said, "out_trade_no", 32)
    if state in _PAID:
        return [captured(said, reference, origin)]
    if state in _ENDED:
        return [_ended(_ENDED[state], reference, origin, now=now)]
    return []


def captured(said: Said, reference: str, origin: Origin) -> ProviderEvent:
    """The order's whole price: a coupon lowers what the buyer pays, not what the shop gets."""
    number = text(said, "transaction_id", 64)
    return _event(
        origin,
        event_key=payment_key(number),
        kind=EventKind.CAPTURED,
        merchant_ref=reference,
        occurred_at=moment(said["success_time"]),
        amount_minor=amount(said["amount"]["total"]),
        currency=text(said["amount"], "currency", 3),
        provider_ref=number,
    )


def of_refund(said: Said, keys: WechatKeys, origin: Origin, *, now: datetime) -> list[ProviderEvent]:
    """From a notification: there the state stands in `refund_status`."""
    if said["mchid"] != keys.mchid:
        raise ForeignAccount
    kind = _REFUND_KINDS.get(text(said, "refund_status", 32))
    if kind is None:
        return []
    happened_at = moment(said["success_time"]) if said.get("success_time") else now
    return [
        refund_fact(
            kind,
            reference=text(said, "out_trade_no", 32),
            refund_ref=text(said, "out_refund_no", 64),
            number=text(said, "refund_id", 64),
            amount_minor=amount(said["amount"]["refund"]),
            happened_at=happened_at,
            origin=origin,
        )
    ]


def refund_fact(
    kind: EventKind,
    *,
    reference: str,
    refund_ref: str,
    number: str,
    amount_minor: int,
    happened_at: datetime,
    origin: Origin,
) -> ProviderEvent:
    """A refund that the merchant made in WeChat Pay's back office carries a number of theirs: it is none of our refunds."""
    return _event(
        origin,
        event_key=f"refund:{refund_ref}:{kind}",
        kind=kind,
        merchant_ref=reference,
        occurred_at=happened_at,
        amount_minor=amount_minor,
        currency=CURRENCY,
        provider_ref=number,
        refund_ref=refund_ref if refund_ref.startswith(f"{reference}-") else None,
    )


def refund_result(said: Said, *, refund_ref: str, amount_minor: int) -> RefundResult:
    """What an answer says of the refund that was asked about."""
    if said["out_refund_no"] != refund_ref or amount(said["amount"]["refund"]) != amount_minor:
        raise ValueError("an answer about another refund")
    status = text(said, "status", 32)
    outcome = _OUTCOMES.get(status, RefundOutcome.UNKNOWN)
    error = status if outcome in (RefundOutcome.FAILED, RefundOutcome.STUCK) else None
    return RefundResult(outcome, text(said, "refund_id", 64), error)


def payment_key(transaction_id: str) -> str:
    return f"payment:{transaction_id}"


def amount(value: object) -> int:
    """Whole fen: True is an int for Python, and 1e3 a number for JSON."""
    if type(value) is not int or not 0 < value < _MOST_MINOR:
        raise ValueError("not an amount")
    return value


def moment(value: object) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else None
    if found is None or found.tzinfo is None:
        raise ValueError("not a moment with its time zone")
    return found.astimezone(UTC)


def text(said: Said, key: str, most: int) -> str:
    value = said[key]
    if not isinstance(value, str) or not 0 < len(value) <= most:
        raise ValueError(f"not a text of at most {most}: {key}")
    return value


def _ended(kind: EventKind, reference: str, origin: Origin, *, now: datetime) -> ProviderEvent:
    """WeChat Pay does not say when."""
    return _event(origin, event_key=f"{reference}:{kind}", kind=kind, merchant_ref=reference, occurred_at=now)


def _event(origin: Origin, **said: Any) -> ProviderEvent:
    return ProviderEvent(
        gateway=origin.gateway,
        account=origin.account,
        source=origin.source,
        raw=origin.raw,
        headers=origin.headers,
        **said,
    )
