"""UPS's computer, built from its manuals: a token first, then one number; errors in a list."""

import base64
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from store.parcels.line import Line
from store.parcels.ups import Ups
from tests.doubles.carriers import TIMEOUT_S, Event, Fault, Push, Shelf, said

CLIENT, SECRET = "tests-client", "ups-secret-of-tests"


def _errors(code: str) -> Any:
    return {"response": {"errors": [{"code": code, "message": "in English"}]}}


def _own(fault: Fault) -> Any:
    return JSONResponse({}, status_code=429) if fault is Fault.BUSY else _errors("250002")


@dataclass
class UpsDouble:
    client: httpx.AsyncClient
    shelf: Shelf = field(default_factory=Shelf)
    more: dict[str, Any] = field(default_factory=dict)  # what stands beside the activity
    tokens: list[str] = field(default_factory=list)  # every one that was given; only the last is taken

    def __post_init__(self) -> None:
        self.app = Starlette(
            routes=[
                Route("/security/v1/oauth/token", self._mint, methods=["POST"]),
                Route("/api/track/v1/details/{number}", self._read, methods=["GET"]),
            ]
        )

    def carrier(self, base_url: str) -> Ups:
        return Ups(Line(self.client, "UPS", timeout_s=TIMEOUT_S), CLIENT, SECRET, base_url)

    async def _mint(self, request: Request) -> Response:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers["authorization"] != f"Basic {basic}":
            return JSONResponse(_errors("10401"), status_code=401)
        self.tokens.append(f"token-{len(self.tokens)}")
        return JSONResponse({"access_token": self.tokens[-1], "expires_in": "14399", "token_type": "Bearer"})

    async def _read(self, request: Request) -> Response:
        number = request.path_params["number"]
        self.shelf.asked.append(number)
        if not self.tokens or request.headers["authorization"] != f"Bearer {self.tokens[-1]}":
            return JSONResponse(_errors("250002"), status_code=401)
        if number not in self.shelf.parcels and not self.shelf.faults and self.shelf.answer is None:
            return JSONResponse(_errors("TW0001"), status_code=404)
        return await said(self.shelf, request, _own, lambda: self._shipment(number))

    def _shipment(self, number: str) -> Any:
        package = {
            "trackingNumber": number,
            "activity": [_activity(e) for e in self.shelf.parcels[number]],
            **self.more,
        }
        return {"trackResponse": {"shipment": [{"inquiryNumber": number, "package": [package]}]}}

    def push(self, number: str) -> Push:
        return Push({}, b"{}")


def _activity(event: Event) -> dict[str, Any]:
    at = event.at.astimezone(UTC)
    status = {"type": event.code, "code": event.code, "description": event.text}
    told = {"status": status, "location": {"address": {"city": event.place, "countryCode": "US"}}}
    gmt = {"gmtDate": f"{at:%Y%m%d}", "gmtTime": f"{at:%H:%M:%S}", "gmtOffset": "-05:00"}
    return told | gmt | {"date": f"{at:%Y%m%d}", "time": f"{at:%H%M%S}"}
