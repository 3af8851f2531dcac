"""What a carrier (or an aggregator of carriers) must be able to do, and the values that pass between it and the tracking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Stage(StrEnum):
    """Where a parcel is, in our words; every carrier's codes are mapped to these by a table. Comparable to AfterShip's nine statuses."""

    INFO_RECEIVED = "info_received"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    OUT_FOR_DELIVERY = "out_for_delivery"
    FAILED_ATTEMPT = "failed_attempt"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    LOST = "lost"
    RETURNING = "returning"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class ScanReport:
    """One line of a carrier's history. `occurred_at` is aware UTC; `text` and `place` are the carrier's words, hostile until escaped."""

    stage: Stage
    occurred_at: datetime
    text: str = ""
    place: str = ""
    raw_code: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """When a parcel is expected: from ≤ until, aware UTC."""

    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Tracked:
    """A carrier's answer for one number. No scans and no error: it does not know the parcel yet, which is normal for a day."""

    number: str
    scans: tuple[ScanReport, ...] = ()
    eta: Window | None = None


@dataclass(frozen=True, slots=True)
class TrackingRequest:
    number: str
    shipped_at: datetime
    destination_country: str | None = None


@dataclass(frozen=True, slots=True)
class CarrierCapabilities:
    poll: bool = True
    max_batch: int = 1
    min_interval: timedelta = timedelta(minutes=30)
    makes_labels: bool = False  # the carrier hands out tracking numbers itself


class CarrierError(Exception):
    """The carrier could not be reached or refused: nothing is known, ask again later."""


class Carrier(Protocol):
    """One carrier, as the shop sees it."""

    name: str
    title: str
    capabilities: CarrierCapabilities

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        """What the carrier knows of each number, in the order asked; at most `max_batch` at once. Raises: CarrierError."""

    async def new_label(self, *, key: str, destination_country: str | None, now: datetime) -> str:
        """A tracking number for a new parcel. Only where `makes_labels`. Raises: CarrierError.

        The same *key* gets the same label: a call whose answer was lost is made again, and costs nothing more.
        """

    def public_url(self, number: str) -> str | None:
        """Where a person can look the parcel up at the carrier, if anywhere."""

    def recognises(self, number: str) -> bool:
        """Whether *number* has the carrier's format (and check digit, if it has one)."""
