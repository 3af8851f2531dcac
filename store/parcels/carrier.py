"""What a carrier (or an aggregator of carriers) must be able to do, and the values that pass between it and the tracking.

A carrier speaks to one provider over the network. It touches no database, sees no order, decides no status: it takes values and returns values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Protocol


class Stage(StrEnum):
    """Where a parcel is, in our words; every carrier's codes are mapped to these by a table. A code that no table knows is UNKNOWN."""

    INFO_RECEIVED = "info_received"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    CUSTOMS_HOLD = "customs_hold"
    OUT_FOR_DELIVERY = "out_for_delivery"
    FAILED_ATTEMPT = "failed_attempt"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    DELAYED = "delayed"
    DAMAGED = "damaged"
    LOST = "lost"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"  # the waybill was called back: the parcel does not travel under it
    EXPIRED = "expired"  # the carrier does not follow the number any more
    UNKNOWN = "unknown"


class Mark(StrEnum):
    """What a scan says beside its stage."""

    NEAR = "near"  # in the city of its destination
    FORWARDED = "forwarded"  # to another carrier
    OVERDUE = "overdue"  # waits to be fetched for too long
    MUST_ACT = "must_act"  # the recipient has to do something


@dataclass(frozen=True, slots=True)
class ScanReport:
    """One line of a carrier's history. `occurred_at` is aware UTC; `text` and `place` are the carrier's words, hostile until escaped.

    `raw_code`, `raw_status` and `raw_time` are what the carrier wrote where we read `stage` and `occurred_at`. `same_as` is the event's own word
    at a carrier that tells it in several ways: two reports with the same one of the same second are one event, however they read.
    """

    stage: Stage
    occurred_at: datetime
    text: str = ""
    place: str = ""
    raw_code: str = ""
    raw_status: str = ""
    raw_time: str = ""
    mark: Mark | None = None
    same_as: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """When a parcel is expected: from ≤ until, aware UTC. Without `has_time` only the days are known, and no hour is ever told."""

    earliest: datetime
    latest: datetime
    has_time: bool = False

    @classmethod
    def of_days(cls, first: date, last: date, zone: tzinfo) -> "Window":
        """From the morning of the first day to the evening of the last, by the destination's clocks.

        A carrier's bare date read as midnight in Greenwich is the day before for half of the world.
        """
        return cls(
            datetime.combine(first, time.min, zone).astimezone(UTC),
            datetime.combine(last, time.max.replace(microsecond=0), zone).astimezone(UTC),
        )


class Trouble(StrEnum):
    """Why there is no news of one number, by what has to be done about it. Of a whole carrier that is a `CarrierError`."""

    NOT_YET = "not_yet"  # nothing: unknown to the carrier for now, which is normal for a day or two
    NEEDS_PHONE = "needs_phone"  # the merchant: the last four digits of the sender's or the recipient's phone
    NEEDS_DETAILS = "needs_details"  # the merchant: a postcode, a date, what the carrier's message names
    WHICH_CARRIER = "which_carrier"  # the merchant: who carries it, inside an aggregator
    WRONG_NUMBER = "wrong_number"  # the merchant: this carrier has no such number, and never will
    OVER = "over"  # nobody: the carrier follows the number no more, until somebody asks it to


ASK_MERCHANT = frozenset({Trouble.NEEDS_PHONE, Trouble.NEEDS_DETAILS, Trouble.WHICH_CARRIER, Trouble.WRONG_NUMBER})


@dataclass(frozen=True, slots=True)
class Tracked:
    """A carrier's answer for one number. No scans and no trouble: it does not know the parcel yet, as with NOT_YET.

    `slug` is the carrier inside an aggregator, where it was found out or corrected; `new_number` the one the parcel travels under from now on.
    *is_unsubscribed*: the carrier pushes no more news of it.
    """

    number: str
    scans: tuple[ScanReport, ...] = ()
    eta: Window | None = None
    trouble: Trouble | None = None
    slug: str | None = None
    new_number: str | None = None
    is_unsubscribed: bool = False


@dataclass(frozen=True, slots=True)
class TrackingRequest:
    """A number to be asked for, with what some carriers want to know before they answer.

    `slug` is the carrier's own code inside an aggregator; `origin` and `destination` are written as the carriers of the country write them
    (province, city, district). `language` is the buyer's. `phone_last4` is personal: it stands in no log and in no message.
    """

    number: str
    shipped_at: datetime
    destination_country: str | None = None
    phone_last4: str | None = None
    origin: str | None = None
    destination: str | None = None
    destination_postcode: str | None = None
    slug: str | None = None
    language: str = "en"

    def __repr__(self) -> str:
        return f"TrackingRequest({self.number!r})"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What became of asking for news of one number to be pushed. Without trouble it will be, and a registration that stood already counts as one."""

    number: str
    trouble: Trouble | None = None
    slug: str | None = None


@dataclass(frozen=True, slots=True)
class Slug:
    """A carrier inside an aggregator: its code there, and its name for people."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class CarrierCapabilities:
    """What the tracking must know before it asks. Limits are the carrier's own: kept by `budget.py`, whatever the parcels want.

    `push_is_proven` is False where a push carries no proof of who made it: then it is only a reason to ask.
    """

    poll: bool = True
    push: bool = False  # `subscribe` makes it push
    push_is_proven: bool = True
    needs_phone: bool = False
    phone_slugs: frozenset[str] = frozenset()  # an aggregator's carriers that need it; empty: all
    max_batch: int = 1
    min_interval: timedelta = timedelta(minutes=30)  # of two questions for one number
    calls_per_s: float | None = None
    calls_per_day: int | None = None
    subscriptions_per_month: int | None = None  # of one number
    cost_per_registration: int = 0  # units of the merchant's account
    gives_eta_window: bool = False
    makes_labels: bool = False  # the carrier hands out tracking numbers itself

    def wants_phone(self, slug: str | None) -> bool:
        return self.needs_phone and (not self.phone_slugs or slug in self.phone_slugs)


@dataclass(frozen=True, slots=True)
class Ack:
    """The exact answer that ends a carrier's retries, or asks for one."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain"


class CarrierError(Exception):
    """The carrier could not be reached or refused: nothing is known, ask again later. Its message holds no secret and nobody's data."""


class CarrierBusy(CarrierError):
    """Too many questions: nothing is asked before `retry_after` is over, which is None where the carrier does not say how long."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class CarrierRefused(CarrierError):
    """Keys, permission or the account's units: every further question would fail too. The operator must act; nothing is asked meanwhile."""


class BadPush(Exception):
    """A push that the carrier did not make, or that cannot be read. Believed in nothing, counted."""


class Carrier(Protocol):
    """One carrier, as the shop sees it. `store/parcels/plain.py` answers for whoever lacks something."""

    name: str
    title: str
    capabilities: CarrierCapabilities
    # Whose parcels it knows (store.parcels.brands), each with its own code for the brand where it is an aggregator.
    brands: Mapping[str, str | None]

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        """What the carrier knows of each number, in the order asked; at most `max_batch` at once. Raises: CarrierError."""

    async def subscribe(self, requests: list[TrackingRequest], *, push_url: str, now: datetime) -> list[Subscription]:
        """News of each number are pushed to *push_url* from now on, in the order asked; at most `max_batch` at once. Raises: CarrierError.

        A number that is registered already is no trouble. May cost `cost_per_registration` a number.
        """

    async def unsubscribe(self, requests: list[TrackingRequest], *, now: datetime) -> None:
        """No more news of these numbers are pushed, where the carrier can stop. Raises: CarrierError."""

    async def retrack(self, request: TrackingRequest, *, push_url: str, now: datetime) -> Subscription:
        """A number that the carrier has given up is followed again. Raises: CarrierError."""

    def read_push(
        self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], *, now: datetime
    ) -> list[Tracked]:
        """What a push tells, after it was proven on the raw bytes (where it can be: `push_is_proven`). Header names are lower case.

        A code that is not in the tables is UNKNOWN and no error. Raises: BadPush.
        """

    def ack(self, accepted: bool) -> Ack:
        """What to answer to a push that was stored (True) or refused (False)."""

    async def slugs(self, number: str) -> list[Slug]:
        """Who inside an aggregator may carry this number, the likeliest first; empty where it cannot tell. Raises: CarrierError."""

    async def new_label(self, *, key: str, destination_country: str | None, now: datetime) -> str:
        """A tracking number for a new parcel. Only where `makes_labels`. Raises: CarrierError.

        The same *key* gets the same label: a call whose answer was lost is made again, and costs nothing more.
        """

    def public_url(self, number: str) -> str | None:
        """Where a person can look the parcel up at the carrier, if anywhere."""

    def recognises(self, number: str) -> bool:
        """Whether *number* has the carrier's format (and check digit, if it has one)."""
