"""The two legs of a parcel's way, and what is known of each when it begins: from the payment to the carrier, from the carrier to the door."""

from dataclasses import dataclass
from datetime import datetime
from math import log

from store.parcels.duration_fit import Recipe

HANDOVER = Recipe(("sender", "weekday", "pieces", "origin"), offset=1.0, k=4.0)
TRANSIT = Recipe(
    ("country", "destination", "lane", "area", "near", "carrier", "service", "sender", "weekday", "fee", "pieces"),
    offset=2.0,
    shaped_by="destination",
)
# Between two scans of a parcel on its way.
SILENCE = Recipe(("stage", "carrier"), offset=0.25, shaped_by="stage", half_life=60.0)
# A fee is told in steps of a quarter: what matters is whether a parcel is light or heavy, near or far for the carrier.
FEE_STEPS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """As much of an address as a carrier's speed depends on; what is not known is empty."""

    country: str = ""
    region: str = ""
    city: str = ""
    postcode: str = ""

    @property
    def destination(self) -> str:
        return f"{self.country}/{self.region}" if self.country or self.region else ""

    @property
    def area(self) -> str:
        return f"{self.country}/{self.postcode[:2]}" if self.postcode else ""


@dataclass(frozen=True, slots=True)
class Sending:
    """What is known of a parcel: where from, where to, by whom. `service` tells a carrier's fast way from its slow one; a `fee` of 0 is unknown."""

    origin: Place
    destination: Place
    sender: str = ""
    carrier: str = ""
    service: str = ""
    fee: float = 0.0
    pieces: int = 0


def handover_factors(sending: Sending, paid_at: datetime) -> dict[str, str]:
    """*paid_at* is the sender's local time."""
    return {
        "sender": sending.sender,
        "weekday": _weekday(paid_at),
        "pieces": _pieces(sending.pieces),
        "origin": sending.origin.destination,
    }


def transit_factors(sending: Sending, handed_over_at: datetime | None) -> dict[str, str]:
    """*handed_over_at* is the sender's local time; None before anybody knows it."""
    origin, destination = sending.origin, sending.destination
    start = origin.destination or sending.sender  # who sends everything from one place need not say which
    return {
        "country": destination.country,
        "destination": destination.destination,
        "lane": f"{start}>{destination.destination}" if start and destination.destination else "",
        "area": destination.area,
        "near": near(origin, destination),
        "carrier": sending.carrier,
        "service": sending.service,
        "sender": sending.sender,
        "weekday": _weekday(handed_over_at) if handed_over_at else "",
        "fee": str(round(log(max(sending.fee, 1.0)) * FEE_STEPS)) if sending.fee else "",
        "pieces": _pieces(sending.pieces),
    }


def near(one: Place, other: Place) -> str:
    """How near two places are, from "city" to "far"; empty where that cannot be told."""
    if not one.destination or not other.destination:
        return ""
    if one.country != other.country:
        return "abroad"
    if one.city and one.region == other.region and one.city.casefold() == other.city.casefold():
        return "city"
    for digits in (3, 2, 1):
        if one.postcode and one.postcode[:digits] == other.postcode[:digits]:
            return f"postcode{digits}"
    return "region" if one.region == other.region else "far"


def _weekday(moment: datetime) -> str:
    return str(moment.weekday())


def _pieces(count: int) -> str:
    return str(min(count, 3)) if count else ""
