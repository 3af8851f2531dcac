"""What a carrier answers that cannot do a thing: pushes nothing, makes no labels, has no page for people."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from store.parcels import numbers
from store.parcels.carrier import Ack, BadPush, CarrierError, Slug, Subscription, Tracked, TrackingRequest


class PlainCarrier:
    """The part of the `Carrier` protocol that many carriers answer alike; each says what it can do beyond it."""

    brands: Mapping[str, str | None] = MappingProxyType({})

    async def subscribe(self, requests: list[TrackingRequest], *, push_url: str, now: datetime) -> list[Subscription]:
        raise CarrierError("this carrier pushes nothing")

    async def unsubscribe(self, requests: list[TrackingRequest], *, now: datetime) -> None:
        """There is nothing to stop."""

    async def retrack(self, request: TrackingRequest, *, push_url: str, now: datetime) -> Subscription:
        """Most carriers know only one way to follow a number."""
        (again,) = await self.subscribe([request], push_url=push_url, now=now)
        return again

    def read_push(
        self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], *, now: datetime
    ) -> list[Tracked]:
        raise BadPush("this carrier pushes nothing")

    def ack(self, accepted: bool) -> Ack:
        return Ack(200 if accepted else 403)

    async def slugs(self, number: str) -> list[Slug]:
        return []

    async def new_label(self, *, key: str, destination_country: str | None, now: datetime) -> str:
        raise CarrierError("this carrier makes no labels here")

    def public_url(self, number: str) -> str | None:
        return None

    def recognises(self, number: str) -> bool:
        return not self.brands.keys().isdisjoint(numbers.proofs(number))
