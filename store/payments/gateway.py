"""What a payment provider must be able to do, and the values that pass between it and the ledger.

A gateway speaks to one provider over the network. It touches no database, sees no order, decides no status: it takes values and returns values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from store.money import share


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the checkout must know before it offers a gateway."""

    currencies: frozenset[str] | None  # None: any
    hold: timedelta | None  # how long goods are set aside for an unpaid order; None: no limit
    page_min: timedelta | None = (
        None  # the provider keeps no page open for less: closed by us when the order's time is up
    )
    page_max: timedelta | None = None  # a page dies after this; then the same attempt gets a new one
    refund_window: timedelta | None = None  # after it money goes back by hand; None: no limit known
    is_offline: bool = (
        False  # nothing to pay now: the order is confirmed at once, staff records the money (cash on delivery)
    )
    refund: bool = True
    partial_refund: bool = True
    kinds: frozenset[str] = frozenset({"physical", "digital"})
    minimum_minor: Mapping[str, int] = field(default_factory=dict)
    maximum_minor: Mapping[str, int] = field(default_factory=dict)
    tip_percent: int = 0  # so much more than is asked for may a buyer give
    multiples: Mapping[str, int] = field(default_factory=dict)  # by currency, what it takes only multiples of

    def most_tip(self, amount_minor: int) -> int:
        return share(amount_minor, self.tip_percent, 100)

    def take(self, amount_minor: int, currency: str, kinds: Iterable[str]) -> bool:
        """Whether this amount for goods of these kinds can be paid so; what costs nothing needs only the right kinds."""
        if not set(kinds) <= self.kinds:
            return False
        if not amount_minor:
            return True
        if self.currencies is not None and currency not in self.currencies:
            return False
        if amount_minor % self.multiples.get(currency, 1):
            return False
        most = self.maximum_minor.get(currency, amount_minor)
        return self.minimum_minor.get(currency, 0) <= amount_minor <= most


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """An attempt as the provider sees it. `merchant_ref` is unique per attempt and is the idempotency key; `[0-9A-Za-z_-]{6,32}`.

    `is_wanted` is False once the order wants no more money: what a buyer has only approved is then not captured.
    `return_url` leads back into the chat; `language` is the buyer's, for the provider's page; `goods` says in it what is bought.
    """

    merchant_ref: str
    amount_minor: int
    currency: str
    title: str
    expires_at: datetime | None
    return_url: str | None = None
    provider_ref: str | None = None
    is_wanted: bool = True
    language: str = "en"
    goods: str = ""


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A line of a bank's form that the customer fills in. `kind`: holder iban number bic bank reference."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class PaymentLink:
    """Where the customer pays: an address to open, and for some providers a text that another device scans as a QR code.

    Without `url` there is the code, or the `lines` of a form to fill in elsewhere. `provider_ref` is the provider's own number, if it already has one.
    """

    url: str | None
    provider_ref: str | None = None
    qr: str | None = None
    lines: tuple[PaymentLine, ...] = ()


class EventKind(StrEnum):
    CAPTURED = "captured"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    REFUND_STUCK = "refund_stuck"  # it has left the shop and reached nobody: a person must finish it at the provider
    PENDING = "pending"
    APPROVED = "approved"  # the buyer has agreed, no money has moved: the next query takes it
    CHARGEBACK = "chargeback"  # the buyer's bank has taken it back through the provider
    CHARGEBACK_REVERSED = "chargeback_reversed"


class Source(StrEnum):
    WEBHOOK = "webhook"
    QUERY = "query"
    RETURN = "return"
    STAFF = "staff"
    STATEMENT = "statement"  # the provider's list of a day


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderEvent:
    """What a provider said about one attempt, verified. `event_key` is the same for every repetition of the same fact, whatever its source.

    `amount_minor` is what this fact moved (not a running total), None where the kind moves nothing. A refund's fact has `refund_ref`, our refund's
    merchant_ref; without one it was made at the provider, and `provider_ref` is the provider's number of the refund (of the dispute, for a chargeback).
    """

    gateway: str
    account: str
    event_key: str
    kind: EventKind
    merchant_ref: str
    occurred_at: datetime
    source: Source
    amount_minor: int | None = None
    currency: str | None = None
    provider_ref: str | None = None
    refund_ref: str | None = None
    raw: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Closed(StrEnum):
    """What became of asking the provider to take no more money for an attempt."""

    CLOSED = "closed"
    ALREADY_PAID = "already_paid"
    UNKNOWN = "unknown"  # no answer: ask again later, do not expire the order


class RefundOutcome(StrEnum):
    SUCCEEDED = "succeeded"
    PENDING = "pending"
    FAILED = "failed"
    STUCK = "stuck"  # pending until a person finishes it at the provider
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """`refund_ref` is unique per refund and is the idempotency key; asking again with it never moves money twice.

    `provider_ref` is the attempt's. `capture_ref` is the provider's number of the money that came in, which can be another; `refund_id` its number of
    this refund, once it has said one.
    `captured_minor` is all that came in through the attempt, `payer` the buyer's Telegram account: some money goes back to a person, or whole.
    """

    refund_ref: str
    merchant_ref: str
    provider_ref: str | None
    amount_minor: int
    currency: str
    reason: str
    capture_ref: str | None = None
    refund_id: str | None = None
    captured_minor: int | None = None
    payer: int | None = None


@dataclass(frozen=True, slots=True)
class RefundResult:
    outcome: RefundOutcome
    provider_ref: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The exact answer a provider wants to its notification."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain"


class GatewayError(Exception):
    """The provider refused or could not be reached: the outcome of what was asked is unknown unless the method says otherwise."""


class NotGranted(GatewayError):
    """The provider has not opened this to the account, and asking again does not help; the message says what does."""


class BadKeys(Exception):
    """What a merchant has configured cannot be right; its message names the setting and what to do, and holds no secret."""


class BadSignature(Exception):
    """A notification that the provider did not make. Never believed, answered 4xx, counted."""


class PaymentGateway(Protocol):
    """One account at one payment provider."""

    name: str
    account: str
    capabilities: Capabilities

    async def create(self, request: PaymentRequest) -> PaymentLink:
        """A page where the customer can pay; moves no money. The same request again gives the same link. Raises: GatewayError."""

    async def query(self, request: PaymentRequest) -> list[ProviderEvent]:
        """What the provider knows of the attempt: the same facts, with the same event keys, as its notifications. Raises: GatewayError."""

    async def close(self, request: PaymentRequest) -> Closed:
        """No more money will be taken for the attempt, if CLOSED. Never raises for an unreachable provider: UNKNOWN."""

    async def refund(self, request: RefundRequest) -> RefundResult:
        """Gives money back. Never raises for an unreachable provider: UNKNOWN, then `query_refund` or the same request again."""

    async def query_refund(self, request: RefundRequest) -> RefundResult:
        """What became of a refund; FAILED only if the provider says so or has never heard of it."""

    async def verify(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> list[ProviderEvent]:
        """The facts in a notification, after its signature, time and account were proven on the raw bytes; none where it says nothing about money.

        Header names are lower case. Raises: BadSignature; GatewayError when proof cannot be had now (a certificate that does not load): sent again later.
        """

    def reply(self, accepted: bool) -> Reply:
        """What to answer to a notification that was stored (True) or refused (False)."""


@runtime_checkable
class OpensInBrowser(Protocol):
    """A gateway whose page has to be opened from a page of the shop: the provider wants to know from where the buyer's browser comes."""

    async def open(self, request: PaymentRequest, *, payer_ip: str) -> str:
        """The address of the provider's page, for a browser that comes from this address. Raises: GatewayError."""


@runtime_checkable
class HasStatement(Protocol):
    """A gateway whose provider lists what moved in a time: what every notification and query has missed is found there."""

    name: str
    account: str

    async def statement(self, since: datetime, until: datetime) -> list[ProviderEvent]:
        """The facts of the time, oldest first, with the same event keys as the notifications'. Raises: GatewayError, NotGranted.

        Where the list names the provider's number of the payment alone, `merchant_ref` is empty and that is `provider_ref`.
        """


@runtime_checkable
class HasLongAddress(Protocol):
    """A gateway whose page has an address too long for a button, and signed for the moment: `/pay/<name>/open/<merchant_ref>` leads there."""

    def address(self, request: PaymentRequest) -> str:
        """Where the attempt is paid, as of now. Raises: GatewayError."""
