"""A carrier that pushes, for tests of what becomes of pushes: JSON with a password in a header."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from store import shipping
from store.audit import SYSTEM
from store.db import Database
from store.parcels.carrier import Ack, BadPush, CarrierCapabilities, ScanReport, Stage, Tracked, TrackingRequest
from store.parcels.plain import PlainCarrier
from tests.builders import NOW, a_confirmed_order

NUMBER = "PU1234567890"
HEADERS = {"password": "open sesame"}


@dataclass
class PushingCarrier(PlainCarrier):
    name: str = "pushing"
    title: str = "Pushing Post"
    capabilities: CarrierCapabilities = field(default=CarrierCapabilities(push=True))
    asked: list[str] = field(default_factory=list)

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        self.asked += [request.number for request in requests]
        return [Tracked(request.number) for request in requests]

    def read_push(
        self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], *, now: datetime
    ) -> list[Tracked]:
        if headers.get("password") != HEADERS["password"]:
            raise BadPush("no password")
        told = json.loads(body)
        return [Tracked(number, (ScanReport(Stage(stage), now),)) for number, stage in told.items()]

    def ack(self, accepted: bool) -> Ack:
        return Ack(200, b'{"thanks":true}', "application/json") if accepted else Ack(403)

    def recognises(self, number: str) -> bool:
        return number.startswith("PU")


def a_push(stage: Stage = Stage.IN_TRANSIT, number: str = NUMBER) -> bytes:
    return json.dumps({number: stage}).encode()


async def a_parcel(db: Database, *, carrier: str = "pushing", number: str = NUMBER) -> int:
    order_id = await a_confirmed_order(db)
    async with db.begin() as session:
        return await shipping.ship(session, order_id, carrier=carrier, tracking_number=number, actor=SYSTEM, now=NOW)
