"""17TRACK: an aggregator of some two thousand carriers. A number is registered once, for a unit; then reading it is free, and its news are pushed.

Source: its manual of the tracking interface v2.4 and of the notifications.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from store.parcels import numbers
from store.parcels.carrier import (
    Ack,
    BadPush,
    CarrierBusy,
    CarrierCapabilities,
    CarrierError,
    CarrierRefused,
    ScanReport,
    Subscription,
    Tracked,
    TrackingRequest,
    Trouble,
    Window,
)
from store.parcels.line import Line
from store.parcels.plain import PlainCarrier
from store.parcels.reading import at, items, moment, parsed, span, text
from store.parcels.track17_codes import BRAND_CODES, meaning

BASE_URL = "https://api.17track.net/track/v2.4"
_MOST = 40
_REGISTERED_ALREADY, _NOT_REGISTERED = "-18019901", "-18019902"
_TROUBLES = {
    "-18019909": Trouble.NOT_YET,
    "-18019903": Trouble.WHICH_CARRIER,
    "-18019910": Trouble.WHICH_CARRIER,
    "-18019911": Trouble.WHICH_CARRIER,
    "-18010020": Trouble.NEEDS_PHONE,
    "-18010016": Trouble.NEEDS_DETAILS,
    "-18010018": Trouble.NEEDS_DETAILS,
    "-18010019": Trouble.NEEDS_DETAILS,
    "-18010022": Trouble.NEEDS_DETAILS,
    "-18010010": Trouble.WRONG_NUMBER,
    "-18010011": Trouble.WRONG_NUMBER,
    "-18010012": Trouble.WRONG_NUMBER,
    "-18019904": Trouble.OVER,
    "-18019905": Trouble.OVER,
    "-18019906": Trouble.OVER,
}
# Whoever runs the shop has to mend them.
_REFUSED = {
    "-18010001": "this machine's address is not allowed",
    "-18010002": "the key is wrong",
    "-18010004": "the account is disabled",
    "-18010005": "the account may not do this",
    "-18019908": "its units are used up",
}
_TOMORROW = "-18019907"


@dataclass
class Track17(PlainCarrier):
    line: Line
    key: str
    base_url: str = BASE_URL
    name: str = "track17"
    title: str = "17TRACK"
    brands: Mapping[str, str | None] = field(default_factory=lambda: BRAND_CODES)
    capabilities: CarrierCapabilities = field(
        default=CarrierCapabilities(
            push=True,
            max_batch=_MOST,
            min_interval=timedelta(minutes=30),
            calls_per_s=3,
            cost_per_registration=1,
            gives_eta_window=True,
        )
    )

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        """A number that is not registered yet is, which costs its unit once: until then there is nothing to read."""
        accepted, rejected = await self._call("gettrackinfo", [_named(request) for request in requests])
        strangers = [request for request in requests if rejected.get(request.number) == _NOT_REGISTERED]
        if strangers:
            rejected.update({each.number: "" for each in strangers})
            rejected.update((await self._call("register", [_wish(each) for each in strangers]))[1])
        return [_tracked(request.number, accepted, rejected) for request in requests]

    async def subscribe(self, requests: list[TrackingRequest], *, push_url: str, now: datetime) -> list[Subscription]:
        """Where the pushes go is set once, on 17TRACK's own page."""
        _, rejected = await self._call("register", [_wish(request) for request in requests])
        return [Subscription(each.number, _trouble(rejected.get(each.number)), each.slug) for each in requests]

    async def unsubscribe(self, requests: list[TrackingRequest], *, now: datetime) -> None:
        await self._call("stoptrack", [_named(request) for request in requests])

    async def retrack(self, request: TrackingRequest, *, push_url: str, now: datetime) -> Subscription:
        """Once a number, and only one that it has stopped to follow."""
        _, rejected = await self._call("retrack", [_named(request)])
        return Subscription(request.number, _trouble(rejected.get(request.number)), request.slug)

    async def _call(self, what: str, wanted: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, str]]:
        """What it tells of each number, and why it tells nothing. A number that stood already is no failure. Raises: CarrierError."""
        answer = await self.line.post_json(f"{self.base_url}/{what}", wanted, headers={"17token": self.key})
        codes = [text(answer, "code"), *(text(each, "code") for each in items(answer, "data", "errors"))]
        for code in codes:
            if code not in ("0", ""):
                raise self._failure(code)
        if not isinstance(at(answer, "data"), dict):
            raise CarrierError(f"{self.title} answered nothing known")
        accepted = {text(each, "number").upper(): each for each in items(answer, "data", "accepted")}
        rejected = {
            text(each, "number").upper(): text(each, "error", "code") for each in items(answer, "data", "rejected")
        }
        for code in rejected.values():
            if code in _REFUSED or code == _TOMORROW:
                raise self._failure(code)
        return accepted, {number: code for number, code in rejected.items() if code != _REGISTERED_ALREADY}

    def _failure(self, code: str) -> CarrierError:
        if code in _REFUSED:
            return CarrierRefused(f"{self.title}: {_REFUSED[code]}")
        if code == _TOMORROW:
            return CarrierBusy(f"{self.title}: as many numbers as a day allows", retry_after=timedelta(hours=6))
        return CarrierError(f"{self.title} answered {code[:10]}")

    def read_push(
        self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], *, now: datetime
    ) -> list[Tracked]:
        # No HMAC: the key comes behind the very bytes.
        proof = hashlib.sha256(body + f"/{self.key}".encode()).hexdigest()
        if not hmac.compare_digest(headers.get("sign", "").lower().encode(), proof.encode()):
            raise BadPush("signature")
        try:
            told = parsed(body)
        except ValueError:
            raise BadPush("no JSON") from None
        number = text(told, "data", "number").upper()
        if not number:
            return []
        if text(told, "event") == "TRACKING_STOPPED":
            return [Tracked(number, is_unsubscribed=True)]
        return [_told(number, at(told, "data"))]

    def ack(self, accepted: bool) -> Ack:
        return Ack(200 if accepted else 500)

    def recognises(self, number: str) -> bool:
        """It knows many more carriers than we have shapes of."""
        return 5 <= len(number) <= 50 and numbers.normalise(number) == number

    def public_url(self, number: str) -> str | None:
        return f"https://t.17track.net/en#nums={number}"


def _named(request: TrackingRequest) -> dict[str, Any]:
    is_known = request.slug is not None and request.slug.isdecimal()
    return {"number": request.number} | ({"carrier": int(request.slug or 0)} if is_known else {})


def _wish(request: TrackingRequest) -> dict[str, Any]:
    extra = {
        "phone_number_last_4": request.phone_last4,
        "destination_country": request.destination_country,
        "destination_postal_code": request.destination_postcode,
        "lang": request.language[:2],
        "ship_date": f"{request.shipped_at:%Y-%m-%d}",
    }
    return _named(request) | {name: value for name, value in extra.items() if value}


def _trouble(code: str | None) -> Trouble | None:
    return None if not code else _TROUBLES.get(code, Trouble.NOT_YET)


def _tracked(number: str, accepted: Mapping[str, Any], rejected: Mapping[str, str]) -> Tracked:
    if number not in accepted:
        return Tracked(number, trouble=_trouble(rejected.get(number)) or Trouble.NOT_YET)
    return _told(number, accepted[number])


def _told(number: str, item: Any) -> Tracked:
    """The scans of all its carriers side by side: the first and the last mile are two."""
    providers = items(item, "track_info", "tracking", "providers")
    scans = [_scan(event) for provider in providers for event in items(provider, "events")]
    found = tuple(scan for scan in scans if scan is not None)
    status = text(item, "track_info", "latest_status", "status")
    code = text(item, "track_info", "latest_status", "sub_status")
    trouble = Trouble.WRONG_NUMBER if code == "NotFound_InvalidCode" else None if found else Trouble.NOT_YET
    if status == "Expired":
        trouble = Trouble.OVER
    slug = text(item, "carrier")
    eta = _window(at(item, "track_info", "time_metrics", "estimated_delivery_date"))
    return Tracked(number, found, eta, trouble, slug if slug not in ("", "0") else None)


def _scan(event: Any) -> ScanReport | None:
    """The moment has an offset, or is in Greenwich's time; one with neither is none."""
    written = text(event, "time_iso") or text(event, "time_utc")
    found = moment(written, None)
    if found is None:
        return None
    code = text(event, "sub_status") or text(event, "stage")
    stage, mark = meaning(code)
    words = text(event, "description_translation", "description") or text(event, "description")
    place = text(event, "location") or text(event, "address", "city")
    return ScanReport(stage, found.astimezone(UTC), words, place, raw_code=code, raw_time=written, mark=mark)


def _window(told: Any) -> Window | None:
    """Where only the end is known, that moment."""
    first, last = (moment(text(told, end), UTC) for end in ("from", "to"))
    return span(first or last, last)
