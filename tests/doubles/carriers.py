"""What every carrier's double can do, so that one suite asks them all."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from store.parcels.carrier import Carrier

# So long a double's carrier waits for it: it answers at once, or never.
TIMEOUT_S = 0.5


def md5(signed: bytes) -> bytes:
    return hashlib.md5(signed, usedforsecurity=False).digest()


class Fault(StrEnum):
    """What goes wrong at the carrier, once for each that is set."""

    BUSY = "busy"
    REFUSED = "refused"
    DOWN = "down"
    GARBAGE = "garbage"
    REDIRECT = "redirect"
    ENDLESS = "endless"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a parcel's history in the carrier's own code."""

    code: str
    at: datetime
    text: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Push:
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Shelf:
    """What a double knows and was asked. *answer* replaces whatever it would say."""

    parcels: dict[str, list[Event]] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    subscribed: dict[str, Any] = field(default_factory=dict)
    answer: Any = None

    def knows(self, number: str, *events: Event, phone: str = "") -> None:
        self.parcels[number] = list(events)
        self.phones[number] = phone


class Double(Protocol):
    """A carrier's own computer: an application to be served, and the carrier of ours that speaks with it."""

    shelf: Shelf
    app: Any

    def carrier(self, base_url: str) -> Carrier: ...

    def push(self, number: str) -> Push:
        """What it would bring now about the parcel."""


async def common_fault(fault: Fault) -> Response | None:
    """Those that look alike everywhere; None for what each carrier tells in its own words."""
    if fault is Fault.SILENT:
        await asyncio.Event().wait()
    answers: dict[Fault, Callable[[], Response]] = {
        Fault.DOWN: lambda: Response(status_code=502),
        Fault.GARBAGE: lambda: Response("<html>be right back</html>"),
        Fault.REDIRECT: lambda: Response(status_code=302, headers={"location": "http://127.0.0.1:1/"}),
        Fault.ENDLESS: lambda: Response(b'"' + b"x" * 3_000_000),
    }
    return answers[fault]() if fault in answers else None


async def said(shelf: Shelf, request: Request, own: Callable[[Fault], Any], tell: Callable[[], Any]) -> Response:
    """The double's answer: a fault that is set, else what the test wants, else the truth."""
    if shelf.faults:
        fault = shelf.faults.pop(0)
        told = await common_fault(fault) or own(fault)
        return told if isinstance(told, Response) else JSONResponse(told)
    return JSONResponse(tell() if shelf.answer is None else shelf.answer)
