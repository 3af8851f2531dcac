"""AfterShip's computer, built from its manual: one tracking a number, its own codes inside HTTP's, a push with an HMAC."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from store.parcels.aftership import AfterShip
from store.parcels.line import Line
from tests.doubles.carriers import TIMEOUT_S, Event, Fault, Push, Shelf, said

KEY, SECRET = "asat_key-of-tests", "aftership-secret-of-tests"


def _failed(status: int, code: int) -> Response:
    return JSONResponse({"meta": {"code": code, "message": "in English", "type": "Error"}}, status_code=status)


def _own(fault: Fault) -> Response:
    return _failed(429, 429) if fault is Fault.BUSY else _failed(401, 401)


@dataclass
class AfterShipDouble:
    client: httpx.AsyncClient
    shelf: Shelf = field(default_factory=Shelf)
    rejects: dict[str, int] = field(default_factory=dict)  # number → the code it gets

    def __post_init__(self) -> None:
        self.app = Starlette(
            routes=[
                Route("/trackings", self._read, methods=["GET"]),
                Route("/trackings", self._make, methods=["POST"]),
                Route("/trackings/{id}/retrack", self._retrack, methods=["POST"]),
                Route("/couriers/detect", self._detect, methods=["POST"]),
            ]
        )

    def carrier(self, base_url: str) -> AfterShip:
        return AfterShip(Line(self.client, "AfterShip", timeout_s=TIMEOUT_S), KEY, SECRET, base_url)

    async def _read(self, request: Request) -> Response:
        wanted = request.query_params["tracking_numbers"].split(",")
        self.shelf.asked += wanted
        there = [number for number in wanted if number in self.shelf.parcels]
        found = [tracking(number, self.shelf.parcels[number]) for number in there]
        return await said(self.shelf, request, _own, lambda: _ok({"trackings": found}))

    async def _make(self, request: Request) -> Response:
        wish = await request.json()
        number = wish["tracking_number"]
        if request.headers["as-api-key"] != KEY:
            return _failed(401, 401)
        if self.shelf.faults or self.shelf.answer is not None:
            return await said(self.shelf, request, _own, lambda: _ok({}))
        if number in self.rejects:
            return _failed(400, self.rejects[number])
        if number in self.shelf.subscribed:
            return _failed(400, 4003)
        self.shelf.subscribed[number] = wish
        return JSONResponse(_ok({"id": "a1b2", "slug": "zto-express"}, 201), status_code=201)

    async def _retrack(self, request: Request) -> Response:
        return await said(self.shelf, request, _own, lambda: _ok({"id": request.path_params["id"]}))

    async def _detect(self, request: Request) -> Response:
        couriers = [{"slug": "zto-express", "name": "ZTO"}, {"slug": "yto", "name": "YTO"}]
        return await said(self.shelf, request, _own, lambda: _ok({"couriers": couriers}))

    def push(self, number: str) -> Push:
        told = {"event": "tracking_update", "msg": tracking(number, self.shelf.parcels[number])}
        return sealed(json.dumps(told, ensure_ascii=False).encode())


def sealed(body: bytes) -> Push:
    proof = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    return Push({"aftership-hmac-sha256": proof}, body)


def _ok(data: Any, code: int = 200) -> Any:
    return {"meta": {"code": code}, "data": data}


def tracking(number: str, events: list[Event], **more: Any) -> dict[str, Any]:
    points = [_point(event) for event in events]
    tag = events[-1].code.partition("_")[0] if events else "Pending"
    return {"id": "a1b2", "tracking_number": number, "slug": "zto-express", "tag": tag, "checkpoints": points, **more}


def _point(event: Event) -> dict[str, Any]:
    tag = event.code.partition("_")[0]
    told = {"tag": tag, "subtag": event.code, "raw_tag": tag, "message": event.text, "city": event.place}
    return told | {"checkpoint_time": event.at.strftime("%Y-%m-%dT%H:%M:%S")}
