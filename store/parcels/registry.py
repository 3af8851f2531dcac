"""The carriers a shop works with, and the one for all others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from store.parcels import numbers
from store.parcels.carrier import Carrier, CarrierCapabilities, CarrierError, Tracked, TrackingRequest

Carriers = Mapping[str, Carrier]
OTHER = "other"


@dataclass
class OtherCarrier:
    """A carrier that Dukkan cannot ask: the number is kept and shown, staff says when the parcel has arrived."""

    name: str = OTHER
    title: str = "Other carrier"
    capabilities: CarrierCapabilities = field(default=CarrierCapabilities(poll=False))

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        return [Tracked(request.number) for request in requests]

    async def new_label(self, *, key: str, destination_country: str | None, now: datetime) -> str:
        raise CarrierError("a carrier that cannot be asked makes no labels")

    def public_url(self, number: str) -> str | None:
        return None

    def recognises(self, number: str) -> bool:
        return numbers.normalise(number) == number
