"""Every carrier of the shop, face to face with a double of its computer, and answers of any shape."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from store import wire
from store.parcels.carrier import Carrier, Stage, TrackingRequest
from tests.builders import NOW
from tests.doubles import aftership, dhl, track17, ups
from tests.doubles.carriers import Double, Event
from tests.doubles.kuaidi100 import KEY, Kuaidi100Double
from tests.doubles.sf import CHECK_WORD, SfDouble
from tests.doubles.zto import APP_SECRET, ZtoDouble
from tests.sockets import served

HOUR = timedelta(hours=1)
PHONE = "4711"


LIFE = (Stage.HANDED_OVER, Stage.IN_TRANSIT, Stage.OUT_FOR_DELIVERY, Stage.DELIVERED)


@dataclass(frozen=True)
class Kind:
    """A carrier in the suite: how it is made, a life in its own codes, and what it may never say aloud."""

    double: Callable[[httpx.AsyncClient], Double]
    number: str
    codes: tuple[str, ...]  # collected, moving, out for delivery, delivered
    secret: str
    slug: str | None = None
    life: tuple[Stage, ...] = LIFE
    pushes: bool = True


KINDS = {
    "kuaidi100": Kind(Kuaidi100Double, "YT1234567890123", ("103", "0", "5", "301"), KEY, "zhongtong"),
    "sf": Kind(SfDouble, "SF1234567890123", ("50", "30", "44", "80"), CHECK_WORD),
    "zto": Kind(ZtoDouble, "73123456789012", ("GOT", "3", "DISPATCH", "SIGNED"), APP_SECRET),
    "track17": Kind(
        track17.Track17Double,
        "RB123456785US",
        ("InTransit_PickedUp", "InTransit_Other", "OutForDelivery_Other", "Delivered_Other"),
        track17.KEY,
        "3011",
    ),
    "aftership": Kind(
        aftership.AfterShipDouble,
        "9400111206206406260787",
        ("InTransit_002", "InTransit_001", "OutForDelivery_001", "Delivered_001"),
        aftership.KEY,
        "zto-express",
    ),
    "dhl": Kind(
        dhl.DhlDouble,
        "3318810036",
        ("pre-transit", "transit", "failure", "delivered"),
        dhl.KEY,
        life=(Stage.INFO_RECEIVED, Stage.IN_TRANSIT, Stage.EXCEPTION, Stage.DELIVERED),
        pushes=False,
    ),
    "ups": Kind(ups.UpsDouble, "1Z879E930346834440", ("P", "I", "O", "D"), ups.SECRET, pushes=False),
}


class Bench:
    """One carrier and its double, face to face over a socket."""

    def __init__(self, kind: Kind, double: Double, carrier: Carrier) -> None:
        self.kind, self.double, self.carrier = kind, double, carrier
        self.shelf = double.shelf

    def request(self, number: str | None = None, phone: str | None = PHONE) -> TrackingRequest:
        number = number or self.kind.number
        return TrackingRequest(number, NOW, "CN", phone, "上海", "北京", slug=self.kind.slug, language="zh")

    def lives(self, number: str | None = None, *, steps: int = 4) -> None:
        number, places = number or self.kind.number, ("上海", "杭州", "北京", "北京")
        events = [
            Event(code, NOW + n * HOUR, f"第{n}步", place)
            for n, (code, place) in enumerate(zip(self.kind.codes, places, strict=True))
        ]
        self.shelf.knows(number, *events[:steps], phone=PHONE)

    async def ask(self, *requests: TrackingRequest) -> list[Any]:
        return await self.carrier.track(list(requests) or [self.request()], now=NOW + 5 * HOUR)


@asynccontextmanager
async def opened(kind: Kind) -> AsyncIterator[Bench]:
    async with wire.new_client() as client:
        double = kind.double(client)
        async with served(double.app) as url:
            yield Bench(kind, double, double.carrier(url))


SHAPES: tuple[Any, ...] = (
    *([], {}, "", 0, [[]], [None], {"a": []}, "[]"),
    {"status": "200", "data": "x"},
    {"status": "200", "data": [None, 1, {"ftime": 5, "context": {}, "statusCode": []}, {"ftime": "soon"}]},
    {"status": "200", "state": {}, "data": {"time": "2026-11-02 10:00:00", "context": None}},
    {"apiResultCode": "A1000", "apiResultData": None},
    {"apiResultCode": "A1000", "apiResultData": "{"},
    {"apiResultCode": "A1000", "apiResultData": "[" * 3000},
    {"apiResultCode": "A1000", "apiResultData": {"success": True, "errorCode": "S0000", "msgData": []}},
    {"apiResultCode": "A1000", "apiResultData": {"success": True, "routeResps": [{"mailNo": 1, "routes": {}}]}},
    {"apiResultCode": ["A1000"], "apiResultData": 7},
    {"status": True, "statusCode": "SYS000", "result": {"scanDate": "x", "scanSite": []}},
    {"status": True, "statusCode": "SYS000", "result": [{"scanDate": 10**30}, {"scanDate": -1}, "x"]},
    {"status": "true", "message": 5},
    {"code": 0, "data": {"accepted": [{"number": 1}, {"track_info": []}, 5], "rejected": [{"error": []}, {}]}},
    {
        "code": 0,
        "data": {
            "accepted": {"number": "RB123456785US", "track_info": {"tracking": {"providers": [{"events": [{}]}]}}}
        },
    },
    {"meta": {"code": 200}, "data": {"trackings": [{"checkpoints": [{"checkpoint_time": 5}, {}, []]}, 7]}},
    {"meta": {"code": 200}, "data": {"trackings": {"tracking_number": "9400111206206406260787", "checkpoints": "x"}}},
    {"shipments": []},
    {
        "shipments": [
            {"events": [{"timestamp": "x"}, {"timestamp": "2026-11-02T10:00:00", "location": {"address": []}}]}
        ]
    },
    {"shipments": {"status": {"timestamp": "2026-11-02T10:00:00", "location": 5}}, "estimatedTimeOfDelivery": 5},
    {"trackResponse": {"shipment": []}},
    {
        "trackResponse": {
            "shipment": [{"package": [{"activity": [{}, {"date": "1"}, 5], "deliveryDate": [{"date": "x"}]}]}]
        }
    },
    {"response": {"errors": [{"code": {}}, 5]}},
)
