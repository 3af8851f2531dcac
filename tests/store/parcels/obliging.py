"""A carrier that does what a test wants, and remembers what it was asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from store.parcels.carrier import CarrierCapabilities, Subscription, Tracked, TrackingRequest, Trouble
from store.parcels.plain import PlainCarrier


@dataclass
class Obliging(PlainCarrier):
    name: str = "obliging"
    title: str = "Obliging Post"
    capabilities: CarrierCapabilities = field(default=CarrierCapabilities())
    answer: Callable[[TrackingRequest], Tracked] = lambda request: Tracked(request.number)
    error: Exception | None = None
    not_subscribed: Trouble | None = None
    asked: list[TrackingRequest] = field(default_factory=list)
    subscribed: list[TrackingRequest] = field(default_factory=list)
    retracked: list[TrackingRequest] = field(default_factory=list)

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        self.asked += requests
        if self.error is not None:
            raise self.error
        return [self.answer(request) for request in requests]

    async def subscribe(self, requests: list[TrackingRequest], *, push_url: str, now: datetime) -> list[Subscription]:
        self.subscribed += requests
        return [Subscription(request.number, self.not_subscribed) for request in requests]

    async def retrack(self, request: TrackingRequest, *, push_url: str, now: datetime) -> Subscription:
        self.retracked.append(request)
        if self.error is not None:
            raise self.error
        return Subscription(request.number, self.not_subscribed)

    def recognises(self, number: str) -> bool:
        return True
