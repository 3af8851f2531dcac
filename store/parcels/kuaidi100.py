"""Kuaidi100: an aggregator of China's carriers, which is asked one number at a time or pushes what it hears.

Source: its manual of the query interface (`query.do`), of subscriptions (`poll`) and of the detection of carriers (`autonumber`).
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
    Slug,
    Subscription,
    Tracked,
    TrackingRequest,
    Trouble,
)
from store.parcels.kuaidi100_codes import BRAND_CODES, NEED_PHONE, at_stations, meaning
from store.parcels.line import Line, compact
from store.parcels.plain import PlainCarrier
from store.parcels.reading import SHANGHAI, day, form, items, moment, parsed, text

QUERY_URL = "https://poll.kuaidi100.com/poll/query.do"
SUBSCRIBE_URL = "https://poll.kuaidi100.com/poll"
DETECT_URL = "https://www.kuaidi100.com/autonumber/auto"
# A number that is asked for more often is locked.
LOCK = timedelta(minutes=30)
# What it knows beside the scans: 4 is the advanced states, 8 the arrival as well, for which it must know where the parcel goes.
_STATES, _ARRIVAL = "4", "8"
_OK = "200"
_TROUBLES = {
    "500": Trouble.NOT_YET,
    "201": Trouble.NOT_YET,
    "408": Trouble.NEEDS_PHONE,
    "400": Trouble.WRONG_NUMBER,
}
# Of the two ways to be told that a subscription stands: it is new, or it stood already.
_SUBSCRIBED = ("200", "501")
_NOT_SUBSCRIBED = {"700": Trouble.WRONG_NUMBER, "701": Trouble.WRONG_NUMBER, "702": Trouble.WHICH_CARRIER}
_REFUSED = {
    "503": "the signature is wrong: customer or key",
    "601": "the key has expired or its units are used up",
    "600": "the key is wrong",
}


@dataclass
class Kuaidi100(PlainCarrier):
    line: Line
    customer: str
    key: str
    query_url: str = QUERY_URL
    subscribe_url: str = SUBSCRIBE_URL
    detect_url: str = DETECT_URL
    name: str = "kuaidi100"
    title: str = "Kuaidi100"
    brands: Mapping[str, str | None] = field(default_factory=lambda: BRAND_CODES)
    capabilities: CarrierCapabilities = field(
        default=CarrierCapabilities(
            push=True,
            needs_phone=True,
            phone_slugs=NEED_PHONE,
            min_interval=LOCK,
            subscriptions_per_month=4,
            cost_per_registration=1,
            gives_eta_window=True,
        )
    )

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        return [await self._track(request) for request in requests]

    async def _track(self, request: TrackingRequest) -> Tracked:
        slug = request.slug or await self._only_slug(request.number)
        if slug is None:
            return Tracked(request.number, trouble=Trouble.WHICH_CARRIER)
        if slug in NEED_PHONE and not request.phone_last4:
            return Tracked(request.number, slug=slug, trouble=Trouble.NEEDS_PHONE)
        param = compact(_wanted(request, slug))
        sign = _md5(param + self.key + self.customer)
        answer = await self.line.post_form(self.query_url, {"customer": self.customer, "sign": sign, "param": param})
        return self._tracked(request.number, slug, answer)

    def _tracked(self, number: str, slug: str, answer: Any) -> Tracked:
        code = text(answer, "returnCode") or text(answer, "status")
        if code not in (_OK, *_TROUBLES):
            raise self._failure(code)
        scans = _scans(answer)
        trouble = _TROUBLES.get(code) or (None if scans else Trouble.NOT_YET)
        return Tracked(number, scans, day(text(answer, "arrivalTime"), SHANGHAI), trouble, slug)

    def _failure(self, code: str) -> CarrierError:
        if code in _REFUSED:
            return CarrierRefused(f"{self.title}: {_REFUSED[code]}")
        if code == "504":
            return CarrierBusy(f"{self.title} is asked too often", retry_after=LOCK)
        if code == "502":
            return CarrierBusy(f"{self.title} is busy")
        return CarrierError(f"{self.title} answered {code[:8] or 'nothing known'}")

    async def subscribe(self, requests: list[TrackingRequest], *, push_url: str, now: datetime) -> list[Subscription]:
        return [await self._subscribe(request, push_url) for request in requests]

    async def _subscribe(self, request: TrackingRequest, push_url: str) -> Subscription:
        if request.slug in NEED_PHONE and not request.phone_last4:
            return Subscription(request.number, Trouble.NEEDS_PHONE)
        param = compact(self._wish(request, push_url))
        answer = await self.line.post_form(self.subscribe_url, {"schema": "json", "param": param})
        code = text(answer, "returnCode")
        if code not in (*_SUBSCRIBED, *_NOT_SUBSCRIBED):
            raise self._failure(code)
        return Subscription(request.number, _NOT_SUBSCRIBED.get(code), request.slug)

    def _wish(self, request: TrackingRequest, push_url: str) -> dict[str, Any]:
        parameters = {
            "callbackurl": push_url,
            "salt": self._salt(request.number),
            "resultv2": _STATES,
            "phone": request.phone_last4,
            "autoCom": None if request.slug else "1",
        }
        return _without_empty(
            {
                "company": request.slug,
                "number": request.number,
                "from": request.origin,
                "to": request.destination,
                "key": self.key,
                "parameters": _without_empty(parameters),
            }
        )

    def _salt(self, number: str) -> str:
        """32 characters a parcel that nobody else can know, and that need not be kept."""
        return hmac.new(self.key.encode(), f"salt of {number}".encode(), hashlib.sha256).hexdigest()[:32]

    def read_push(
        self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], *, now: datetime
    ) -> list[Tracked]:
        try:
            fields = form(body)
            told = parsed(fields.get("param", ""))
        except ValueError:
            raise BadPush("no form, or no JSON in it") from None
        number = text(told, "lastResult", "nu").upper()
        proof = _md5(fields["param"] + self._salt(number))
        if not number or not hmac.compare_digest(fields.get("sign", "").upper().encode(), proof.encode()):
            raise BadPush("signature")
        return [_pushed(number, told)]

    def ack(self, accepted: bool) -> Ack:
        code, message = ("200", "成功") if accepted else ("500", "失败")
        told = compact({"result": accepted, "returnCode": code, "message": message})
        return Ack(200 if accepted else 500, told.encode(), "application/json")

    async def slugs(self, number: str) -> list[Slug]:
        """Costs nothing."""
        found = await self.line.get(self.detect_url, {"num": number, "key": self.key})
        return [Slug(code, text(each, "name") or code) for each in items(found) if (code := text(each, "comCode"))]

    async def _only_slug(self, number: str) -> str | None:
        found = await self.slugs(number)
        return found[0].code if len(found) == 1 else None

    def recognises(self, number: str) -> bool:
        """It knows many more carriers than we have shapes of."""
        return 6 <= len(number) <= 32 and numbers.normalise(number) == number

    def public_url(self, number: str) -> str | None:
        return f"https://www.kuaidi100.com/?nu={number}"


def _wanted(request: TrackingRequest, slug: str) -> dict[str, Any]:
    return _without_empty(
        {
            "com": slug,
            "num": request.number,
            "phone": request.phone_last4,
            "from": request.origin,
            "to": request.destination,
            "resultv2": _ARRIVAL if request.destination else _STATES,
            "show": "0",
            "order": "desc",
            "lang": "zh" if request.language.startswith("zh") else "en",
        }
    )


def _without_empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _scans(told: Any) -> tuple[ScanReport, ...]:
    """The newest comes first, and has the state of the whole where it has none of its own."""
    lines = items(told, "data")
    states = [text(told, "state")] + [""] * len(lines)
    scans = [_scan(line, state) for line, state in zip(lines, states, strict=False)]
    return tuple(at_stations([scan for scan in scans if scan is not None]))


def _scan(line: Any, state: str) -> ScanReport | None:
    written = text(line, "ftime") or text(line, "time")
    at = moment(written, SHANGHAI)
    if at is None:
        return None
    code = text(line, "statusCode") or state
    stage, mark = meaning(code)
    return ScanReport(
        stage,
        at.astimezone(UTC),
        text(line, "context"),
        text(line, "location") or text(line, "areaName"),
        raw_code=code,
        raw_status=text(line, "status"),
        raw_time=written,
        mark=mark,
    )


def _pushed(number: str, told: Any) -> Tracked:
    """Every push tells the whole history anew; that of a second carrier abroad stands beside it."""
    scans = (*_scans(told.get("lastResult")), *_scans(told.get("destResult")))
    status, message = text(told, "status"), text(told, "message")
    has_ended = status in ("shutdown", "abort")
    is_given_up = status == "abort" and "60" in message
    slug = text(told, "comNew") if text(told, "autoCheck") == "1" else ""
    return Tracked(
        number,
        scans,
        day(text(told, "lastResult", "arrivalTime"), SHANGHAI),
        Trouble.OVER if is_given_up else None,
        slug or None,
        is_unsubscribed=has_ended,
    )


def _md5(signed: str) -> str:
    return hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest().upper()
