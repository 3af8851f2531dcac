"""DHL's computer, built from the manual of its unified interface: local moments without an offset, 404 for what it does not know."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from store.parcels.dhl import Dhl
from store.parcels.line import Line
from store.parcels.reading import SHANGHAI
from tests.doubles.carriers import TIMEOUT_S, Event, Fault, Push, Shelf, said

KEY = "dhl-key-of-tests"


def _own(fault: Fault) -> Response:
    status = 429 if fault is Fault.BUSY else 401
    return JSONResponse({"status": status, "title": "in English"}, status_code=status)


@dataclass
class DhlDouble:
    """Its parcels are all in China, whose clocks it uses."""

    client: httpx.AsyncClient
    shelf: Shelf = field(default_factory=Shelf)
    more: dict[str, Any] = field(default_factory=dict)  # what stands beside the events

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[Route("/shipments", self._read, methods=["GET"])])

    def carrier(self, base_url: str) -> Dhl:
        return Dhl(Line(self.client, "DHL", timeout_s=TIMEOUT_S), KEY, base_url)

    async def _read(self, request: Request) -> Response:
        number = request.query_params["trackingNumber"]
        self.shelf.asked.append(number)
        if request.headers["dhl-api-key"] != KEY:
            return _own(Fault.REFUSED)
        is_known = number in self.shelf.parcels or self.shelf.faults or self.shelf.answer is not None
        if not is_known:
            return JSONResponse({"status": 404, "title": "No result found"}, status_code=404)
        return await said(self.shelf, request, _own, lambda: {"shipments": [self._shipment(number)]})

    def _shipment(self, number: str) -> dict[str, Any]:
        return {
            "id": number,
            "service": "express",
            "events": [_event(e) for e in self.shelf.parcels[number]],
            **self.more,
        }

    def push(self, number: str) -> Push:
        return Push({}, b"{}")


def _event(event: Event) -> dict[str, Any]:
    address = {"addressLocality": event.place, "countryCode": "CN"}
    at = event.at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")
    return {"timestamp": at, "statusCode": event.code, "description": event.text, "location": {"address": address}}
