"""UPS, by its tracking interface: a token for an hour or more, then one number a question.

Source: its manuals of "Tracking" and of "OAuth Client Credentials".
"""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from store.parcels.carrier import (
    CarrierCapabilities,
    CarrierError,
    CarrierRefused,
    ScanReport,
    Stage,
    Tracked,
    TrackingRequest,
    Trouble,
    Window,
)
from store.parcels.line import Line
from store.parcels.plain import PlainCarrier
from store.parcels.reading import items, moment, text
from store.zones import zone_of

BASE_URL = "https://onlinetools.ups.com"
# A token is renewed this long before it ends.
_EARLY = timedelta(minutes=5)
# Failures whose body says more than they do: an unknown number among them.
_TOLD_INSIDE = (400, 404)
# Its own words for a key that it does not take.
_NOT_TAKEN = frozenset({"250002", "250003", "10401"})
_NO_SUCH_NUMBER = frozenset({"TW0001", "TV1002", "150022", "151018", "151044"})
TYPES: Mapping[str, Stage] = {
    "M": Stage.INFO_RECEIVED,
    "MV": Stage.INFO_RECEIVED,
    "P": Stage.HANDED_OVER,
    "I": Stage.IN_TRANSIT,
    "O": Stage.OUT_FOR_DELIVERY,
    "X": Stage.EXCEPTION,
    "D": Stage.DELIVERED,
    "RS": Stage.RETURNING,
    "NA": Stage.UNKNOWN,
}
# Hundreds of two-sign codes stand behind the types; these say more than theirs.
CODES: Mapping[str, Stage] = {
    "OT": Stage.OUT_FOR_DELIVERY,
    "OF": Stage.OUT_FOR_DELIVERY,
    "ZP": Stage.READY_FOR_PICKUP,
    "2Q": Stage.READY_FOR_PICKUP,
}


@dataclass
class Ups(PlainCarrier):
    line: Line
    client_id: str
    client_secret: str
    base_url: str = BASE_URL
    name: str = "ups"
    title: str = "UPS"
    brands: Mapping[str, str | None] = field(default_factory=lambda: {"ups": None})
    capabilities: CarrierCapabilities = field(
        default=CarrierCapabilities(min_interval=timedelta(minutes=30), calls_per_s=5, gives_eta_window=True)
    )
    _token: str = field(default="", init=False, repr=False)
    _token_until: datetime | None = field(default=None, init=False, repr=False)
    _minting: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        return [await self._track(request, now) for request in requests]

    async def _track(self, request: TrackingRequest, now: datetime) -> Tracked:
        try:
            answer = await self._ask(request, await self._current_token(now))
        except CarrierRefused:
            self._token_until = None  # it may have been called back: once more, with a new one
            answer = await self._ask(request, await self._current_token(now))
        codes = {text(each, "code") for each in items(answer, "response", "errors")}
        if codes & _NOT_TAKEN:
            raise CarrierRefused(f"{self.title} does not take the client id or its secret")
        if codes & _NO_SUCH_NUMBER:
            return Tracked(request.number, trouble=Trouble.NOT_YET)
        if codes or not isinstance(answer, dict):
            raise CarrierError(f"{self.title} answered {min(codes, default='nothing known')[:8]}")
        packages = items(answer, "trackResponse", "shipment", 0, "package") or [None]
        ours = next((each for each in packages if text(each, "trackingNumber") == request.number), packages[0])
        return _told(request, ours)

    async def _ask(self, request: TrackingRequest, token: str) -> Any:
        headers = {
            "Authorization": f"Bearer {token}",
            "transId": uuid.uuid4().hex,
            "transactionSrc": "dukkan",
        }
        url = f"{self.base_url}/api/track/v1/details/{request.number}"
        return await self.line.get(url, {"locale": "en_US"}, headers=headers, passes=_TOLD_INSIDE)

    async def _current_token(self, now: datetime) -> str:
        """One is minted at a time, whoever asks. Raises: CarrierError."""
        async with self._minting:
            if self._token_until is None or now >= self._token_until:
                answer = await self.line.post_form(
                    f"{self.base_url}/security/v1/oauth/token",
                    {"grant_type": "client_credentials"},
                    auth=(self.client_id, self.client_secret),
                )
                self._token, lives_s = text(answer, "access_token"), text(answer, "expires_in")
                if not self._token or not lives_s.isdecimal():
                    raise CarrierError(f"{self.title} gave no token")
                self._token_until = now + timedelta(seconds=min(int(lives_s), 86_400)) - _EARLY
            return self._token

    def public_url(self, number: str) -> str | None:
        return f"https://www.ups.com/track?tracknum={number}"


def _told(request: TrackingRequest, package: Any) -> Tracked:
    scans = tuple(scan for each in items(package, "activity") if (scan := _scan(each)) is not None)
    return Tracked(request.number, scans, _window(package, request), None if scans else Trouble.NOT_YET)


def _scan(activity: Any) -> ScanReport | None:
    """Its own clock in Greenwich where it tells it; else the local one, of where it happened."""
    country = text(activity, "location", "address", "countryCode")
    gmt = f"{text(activity, 'gmtDate')} {text(activity, 'gmtTime').replace(':', '')}"
    local = f"{text(activity, 'date')} {text(activity, 'time')}"
    found = moment(gmt, UTC) or moment(local, ZoneInfo(zone_of(None, country, "UTC")))
    if found is None:
        return None
    kind, code = text(activity, "status", "type"), text(activity, "status", "code")
    return ScanReport(
        meaning(kind, code),
        found.astimezone(UTC),
        text(activity, "status", "description"),
        text(activity, "location", "address", "city"),
        raw_code=code or kind,
        raw_status=kind,
        raw_time=local,
    )


def meaning(kind: str, code: str) -> Stage:
    stage = TYPES.get(kind, Stage.UNKNOWN)
    return CODES.get(code, stage) if stage in (Stage.IN_TRANSIT, Stage.OUT_FOR_DELIVERY) else stage


def _window(package: Any, request: TrackingRequest) -> Window | None:
    """The newest word on the day: rescheduled before scheduled. Hours count where UPS names them for that day."""
    days = {text(each, "type"): text(each, "date") for each in items(package, "deliveryDate")}
    written = days.get("RDD") or days.get("SDD") or ""
    zone = ZoneInfo(zone_of(None, request.destination_country, "UTC"))
    day = moment(f"{written} 000000", zone) if written else None
    if day is None:
        return None
    first, last = (text(package, "deliveryTime", end) for end in ("startTime", "endTime"))
    begins, ends = moment(f"{written} {first or last}", zone), moment(f"{written} {last}", zone)
    if begins is None or ends is None or ends < begins:
        return Window.of_days(day.date(), day.date(), zone)
    return Window(begins.astimezone(UTC), ends.astimezone(UTC), has_time=True)
