"""What Alipay says about a trade, as facts: a notification and an answer that speak of the same thing give the same ones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from store.payments.alipay_wire import CURRENCY, fen, moment_of
from store.payments.gateway import EventKind, ProviderEvent, Source

_PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")
_CLOSED = "TRADE_CLOSED"
_REFERENCE = re.compile(r"[0-9A-Za-z]{0,16}-[0-9a-f]{12}")  # as an attempt's is made


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade as a notification tells it, or an answer. A closed one with `paid_at` was paid, and all of its money went back."""

    status: str
    merchant_ref: str
    number: str
    amount: str
    paid_at: str
    closed_at: str

    @property
    def is_paid(self) -> bool:
        return self.status in _PAID or (self.status == _CLOSED and bool(self.paid_at))

    @property
    def is_closed(self) -> bool:
        return self.status == _CLOSED and not self.paid_at


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A refund that a notification or a bill tells of. `ref` is ours; else it was made in Alipay's back office, and `number` is its number there."""

    ref: str | None
    number: str
    at: datetime


def trade_told(notice: Mapping[str, str]) -> Trade:
    """Raises: KeyError."""
    # A moment is not worth losing a payment for: where it is missing, that of the notification stands in.
    paid_at = notice.get("gmt_payment") or notice["notify_time"]
    is_unpaid = notice["trade_status"] == _CLOSED and not notice.get("gmt_refund")
    return Trade(
        status=notice["trade_status"],
        merchant_ref=notice["out_trade_no"],
        number=notice["trade_no"],
        amount=notice["total_amount"],
        paid_at="" if is_unpaid else paid_at,
        closed_at=notice.get("gmt_close") or notice["notify_time"],
    )


def refund_told(notice: Mapping[str, str]) -> GivenBack | None:
    """The refund that caused the notification; None when the payment did. Raises: KeyError, ValueError."""
    refunded_at, total = notice.get("gmt_refund", ""), notice.get("refund_fee") or "0"
    if not refunded_at or fen(total) == 0:
        return None
    # `refund_fee` is the sum of all refunds of the trade: it tells two of them apart where they have no number.
    number = notice.get("out_biz_no") or f"{notice['trade_no']}:{total}"
    return given_back(notice["out_trade_no"], number, moment_of(refunded_at))


def given_back(merchant_ref: str, number: str, at: datetime) -> GivenBack:
    """A refund by its number, which says whether it is ours."""
    is_ours = number.startswith(f"{merchant_ref}-r")
    return GivenBack(number if is_ours else None, number, at)


def is_reference(text: str) -> bool:
    """Whether it may be an attempt's: an account sells other things, too."""
    return _REFERENCE.fullmatch(text) is not None


def trade_facts(trade: Trade, *, gateway: str, account: str, source: Source, raw: bytes) -> list[ProviderEvent]:
    """That it was paid, or closed unpaid; none while it waits. Raises: ValueError."""
    if not (trade.is_paid or trade.is_closed):
        return []
    if not (0 < len(trade.merchant_ref) <= 64 and 0 < len(trade.number) <= 64):
        raise ValueError("a trade without numbers")
    event = ProviderEvent(
        gateway=gateway,
        account=account,
        event_key=f"{trade.number}:closed",
        kind=EventKind.EXPIRED,
        merchant_ref=trade.merchant_ref,
        occurred_at=moment_of(trade.paid_at or trade.closed_at),
        source=source,
        provider_ref=trade.number,
        raw=raw,
    )
    if trade.is_closed:
        return [event]
    # What the order costs, not what the buyer paid or we receive: coupons make those less.
    amount_minor = fen(trade.amount)
    paid = f"{trade.number}:paid"
    return [replace(event, event_key=paid, kind=EventKind.CAPTURED, amount_minor=amount_minor, currency=CURRENCY)]


def refund_fact(paid: ProviderEvent, refund: GivenBack, amount_minor: int | None) -> ProviderEvent:
    """*amount_minor* is what this one refund has moved; None: what we asked for."""
    key = f"refund:{refund.ref}:refunded" if refund.ref else f"refund:{paid.provider_ref}:{refund.number}"
    return replace(
        paid,
        event_key=key[:191],
        kind=EventKind.REFUNDED,
        occurred_at=refund.at,
        amount_minor=amount_minor,
        provider_ref=None if refund.ref else refund.number[:128],
        refund_ref=refund.ref,
    )
