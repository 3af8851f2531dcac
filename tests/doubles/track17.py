"""17TRACK's computer, built from its manual: lists in, what was accepted and what was rejected out; a push with a hash of its bytes and the key."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from store.parcels.line import Line
from store.parcels.track17 import Track17
from tests.doubles.carriers import TIMEOUT_S, Event, Fault, Push, Shelf, said

KEY = "17track-key-of-tests"


def _own(fault: Fault) -> Any:
    if fault is Fault.BUSY:
        return JSONResponse({"code": 0, "data": {"errors": []}}, status_code=429)
    return {"code": -18010002, "data": {"errors": [{"code": -18010002, "message": "key"}]}}


@dataclass
class Track17Double:
    client: httpx.AsyncClient
    shelf: Shelf = field(default_factory=Shelf)
    units: int = 1000
    rejects: dict[str, int] = field(default_factory=dict)  # number → the error it gets

    def __post_init__(self) -> None:
        ends = {
            "gettrackinfo": self._info,
            "register": self._register,
            "retrack": self._again,
            "stoptrack": self._again,
        }
        self.app = Starlette(routes=[Route(f"/{what}", end, methods=["POST"]) for what, end in ends.items()])

    def carrier(self, base_url: str) -> Track17:
        return Track17(Line(self.client, "17TRACK", timeout_s=TIMEOUT_S), KEY, base_url)

    async def _info(self, request: Request) -> Response:
        wanted = await request.json()
        self.shelf.asked += [each["number"] for each in wanted]
        return await self._said(request, wanted, self._found)

    async def _register(self, request: Request) -> Response:
        return await self._said(request, await request.json(), self._registered)

    async def _again(self, request: Request) -> Response:
        return await self._said(request, await request.json(), lambda each: {"number": each["number"]})

    async def _said(self, request: Request, wanted: list[dict[str, Any]], tell: Any) -> Response:
        def told() -> Any:
            if request.headers.get("17token") != KEY:
                return _own(Fault.REFUSED)
            items = [tell(each) for each in wanted]
            accepted, rejected = [i for i in items if "error" not in i], [i for i in items if "error" in i]
            return {"code": 0, "data": {"accepted": accepted, "rejected": rejected}}

        return await said(self.shelf, request, _own, told)

    def _registered(self, each: dict[str, Any]) -> dict[str, Any]:
        number = each["number"]
        if number in self.rejects:
            return _rejected(number, self.rejects[number])
        if number in self.shelf.subscribed:
            return _rejected(number, -18019901)
        self.shelf.subscribed[number] = each
        self.units -= 1
        return {"number": number, "carrier": each.get("carrier", 0), "origin": 1}

    def _found(self, each: dict[str, Any]) -> dict[str, Any]:
        number = each["number"]
        if number in self.rejects:
            return _rejected(number, self.rejects[number])
        if number in self.shelf.parcels:
            return item(number, self.shelf.parcels[number])
        return _rejected(number, -18019909 if number in self.shelf.subscribed else -18019902)

    def push(self, number: str) -> Push:
        told = {"event": "TRACKING_UPDATED", "data": item(number, self.shelf.parcels[number])}
        return sealed(json.dumps(told, ensure_ascii=False).encode())


def sealed(body: bytes) -> Push:
    return Push({"sign": hashlib.sha256(body + f"/{KEY}".encode()).hexdigest()}, body)


def _rejected(number: str, code: int) -> dict[str, Any]:
    return {"number": number, "carrier": 0, "error": {"code": code, "message": "in English"}}


def item(number: str, events: list[Event], **metrics: Any) -> dict[str, Any]:
    lines = [_event(event) for event in events]
    latest = {"status": events[-1].code.partition("_")[0], "sub_status": events[-1].code} if events else {}
    tracking = {"providers": [{"provider": {"key": 3011, "name": "carrier"}, "events": lines}]}
    info = {"latest_status": latest, "tracking": tracking, "time_metrics": metrics}
    return {"number": number, "carrier": 3011, "track_info": info}


def _event(event: Event) -> dict[str, Any]:
    at = event.at.isoformat()
    return {
        "time_iso": at,
        "time_utc": at,
        "description": event.text,
        "location": event.place,
        "sub_status": event.code,
    }
