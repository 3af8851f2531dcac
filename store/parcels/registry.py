"""The carriers a shop works with, and the one for all others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from store.parcels import numbers
from store.parcels.carrier import Carrier, CarrierCapabilities, Tracked, TrackingRequest
from store.parcels.plain import PlainCarrier

Carriers = Mapping[str, Carrier]
OTHER = "other"


@dataclass
class OtherCarrier(PlainCarrier):
    """A carrier that Dukkan cannot ask: the number is kept and shown, staff says when the parcel has arrived."""

    name: str = OTHER
    title: str = "Other carrier"
    capabilities: CarrierCapabilities = field(default=CarrierCapabilities(poll=False))

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        return [Tracked(request.number) for request in requests]

    def recognises(self, number: str) -> bool:
        return numbers.normalise(number) == number
