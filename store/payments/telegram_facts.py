"""What Telegram says about money, as facts for the ledger: the same from its messages, from a list of transactions, at every repetition."""

import hashlib
import re
from datetime import datetime

from store.payments.gateway import EventKind, ProviderEvent, Source

CARDS, STARS = "telegram", "stars"
XTR = "XTR"
# The columns hold 191 and 64; Telegram names no limit for its own numbers.
_KEY_MAX = 160
_REFERENCE = re.compile(r"[0-9A-Za-z_-]{6,64}")


def is_reference(payload: str) -> bool:
    """Whether an invoice's payload may be one of ours: anybody can forward an invoice, nobody can write its payload."""
    return _REFERENCE.fullmatch(payload) is not None


def captured(
    gateway: str,
    account: str,
    *,
    charge_id: str,
    merchant_ref: str,
    amount_minor: int,
    currency: str,
    at: datetime,
    source: Source,
    provider_ref: str | None = None,
    raw: bytes = b"",
) -> ProviderEvent:
    """The charge's number is the key: an update comes again until it is confirmed, and the list of transactions names it too.

    *provider_ref* is the number at the provider behind Telegram, under which it can be given back; Stars have none but the charge's.
    """
    return ProviderEvent(
        gateway=gateway,
        account=account,
        event_key=f"charge:{_short(charge_id)}:captured",
        kind=EventKind.CAPTURED,
        merchant_ref=merchant_ref[:64],
        occurred_at=at,
        source=source,
        amount_minor=amount_minor,
        currency=currency[:3],
        provider_ref=provider_ref or charge_id,
        raw=raw,
    )


def refunded(
    account: str,
    *,
    charge_id: str,
    merchant_ref: str,
    amount_minor: int,
    at: datetime,
    source: Source,
    raw: bytes = b"",
    gateway: str = STARS,
) -> ProviderEvent:
    """Stars went back. Telegram has no number of the refund: it is the charge's own, since a charge goes back once and whole."""
    return ProviderEvent(
        gateway=gateway,
        account=account,
        event_key=f"charge:{_short(charge_id)}:refunded",
        kind=EventKind.REFUNDED,
        merchant_ref=merchant_ref[:64],
        occurred_at=at,
        source=source,
        amount_minor=amount_minor,
        currency=XTR,
        provider_ref=charge_id,
        raw=raw,
    )


def _short(charge_id: str) -> str:
    return charge_id if len(charge_id) <= _KEY_MAX else hashlib.sha256(charge_id.encode()).hexdigest()
