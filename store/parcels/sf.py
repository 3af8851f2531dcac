"""SF Express, by its open platform (Fengqiao): ten numbers a question; its pushes carry no proof of who made them.

Source: the manual of EXP_RECE_SEARCH_ROUTES and of the route push, and the platform's table of answers.
"""

import base64
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import quote_plus

from store.parcels.carrier import (
    Ack,
    BadPush,
    CarrierBusy,
    CarrierCapabilities,
    CarrierError,
    CarrierRefused,
    ScanReport,
    Tracked,
    TrackingRequest,
    Trouble,
)
from store.parcels.line import Line, compact
from store.parcels.plain import PlainCarrier
from store.parcels.reading import SHANGHAI, items, moment, parsed, text
from store.parcels.sf_codes import Route, meaning

URL = "https://bspgw.sf-express.com/std/service"
_SERVICE = "EXP_RECE_SEARCH_ROUTES"
_OK, _DONE = "A1000", "S0000"
# Keys, permissions, addresses: whoever runs the shop has to mend them.
_REFUSED = {
    "A1003": "this machine's address is not allowed",
    "A1004": "no permission for the route query, or the other environment's keys",
    "A1006": "the signature is wrong: partner or check word",
    "A1008": "what was sent cannot be decrypted",
    "A1011": "the access token has expired",
}
_BUSY = "A1005"
_LANGUAGES = {"zh": "zh-CN"}


@dataclass
class SfExpress(PlainCarrier):
    line: Line
    partner_id: str
    check_word: str
    url: str = URL
    name: str = "sf"
    title: str = "SF Express"
    brands: Mapping[str, str | None] = field(default_factory=lambda: {"sf": None})
    capabilities: CarrierCapabilities = field(
        default=CarrierCapabilities(
            push_is_proven=False,
            needs_phone=True,
            max_batch=10,
            min_interval=timedelta(minutes=5),
            calls_per_s=10,
            calls_per_day=3000,
        )
    )

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        """One question for those of one language: an answer is in one."""
        by_language = sorted(requests, key=lambda request: request.language)
        found: dict[str, Tracked] = {}
        for language, group in groupby(by_language, key=lambda request: request.language):
            answers = await self._ask(list(group), language, now)
            found.update(answers)
        return [found[request.number] for request in requests]

    async def _ask(self, requests: list[TrackingRequest], language: str, now: datetime) -> dict[str, Tracked]:
        wanted = {
            "language": _LANGUAGES.get(language[:2], "en"),
            "trackingType": "1",
            "trackingNumber": [request.number for request in requests],
            "methodType": "1",
            "checkPhoneNo": ",".join(dict.fromkeys(request.phone_last4 for request in requests if request.phone_last4)),
        }
        answer = await self._call(compact(wanted), now)
        scans = {text(each, "mailNo").upper(): _scans(items(each, "routes")) for each in _routes(answer)}
        return {request.number: _tracked(request, scans.get(request.number, ())) for request in requests}

    async def _call(self, message: str, now: datetime) -> Any:
        """What the service itself answers: the platform's success and the service's are two. Raises: CarrierError."""
        timestamp = str(int(now.timestamp() * 1000))
        fields = {
            "partnerID": self.partner_id,
            "requestID": str(uuid.uuid4()),
            "serviceCode": _SERVICE,
            "timestamp": timestamp,
            "msgDigest": digest(message + timestamp + self.check_word),
            "msgData": message,
        }
        answer = await self.line.post_form(self.url, fields)
        if (code := text(answer, "apiResultCode")) != _OK:
            raise self._failure(code)
        result = answer.get("apiResultData")
        try:
            result = parsed(result) if isinstance(result, str) else result
        except ValueError:
            raise CarrierError(f"{self.title} answered without JSON inside") from None
        if text(result, "errorCode") not in ("", _DONE) or (
            isinstance(result, dict) and result.get("success") is False
        ):
            raise CarrierError(f"{self.title} answered {text(result, 'errorCode')[:8] or 'no success'}")
        return result

    def _failure(self, code: str) -> CarrierError:
        if code in _REFUSED:
            return CarrierRefused(f"{self.title}: {_REFUSED[code]}")
        if code == _BUSY:
            return CarrierBusy(f"{self.title} is asked too often")
        return CarrierError(f"{self.title} answered {code[:8] or 'nothing known'}")

    def read_push(
        self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], *, now: datetime
    ) -> list[Tracked]:
        """Routes of several parcels, or the state of several orders; in any case a reason to ask."""
        try:
            told = parsed(body)
        except ValueError:
            raise BadPush("no JSON") from None
        events: dict[str, list[Any]] = {}
        for event in items(told, "Body", "WaybillRoute"):
            events.setdefault(text(event, "mailno").upper(), []).append(event)
        for order in items(told, "orderState"):
            events.setdefault(text(order, "waybillNo").upper(), [])
        return [Tracked(number, _scans(each)) for number, each in events.items() if number]

    def ack(self, accepted: bool) -> Ack:
        code, message = ("0000", "成功") if accepted else ("1000", "失败")
        return Ack(200, compact({"return_code": code, "return_msg": message}).encode(), "application/json")

    def public_url(self, number: str) -> str | None:
        return f"https://www.sf-express.com/chn/en/waybill/waybill-detail/{number}"


def digest(signed: str) -> str:
    """Base64 of the raw MD5 of the text as Java's URLEncoder writes it: a space is +, an asterisk stays, a tilde does not."""
    encoded = quote_plus(signed, safe="*").replace("~", "%7E")
    return base64.b64encode(hashlib.md5(encoded.encode(), usedforsecurity=False).digest()).decode()


def _routes(answer: Any) -> list[Any]:
    return items(answer, "msgData", "routeResps") or items(answer, "routeResps")


def _tracked(request: TrackingRequest, scans: tuple[ScanReport, ...]) -> Tracked:
    """No routes: no scan yet, no right to see them, or older than three months. Without a phone it is most likely the second."""
    if scans:
        return Tracked(request.number, scans)
    return Tracked(request.number, trouble=Trouble.NOT_YET if request.phone_last4 else Trouble.NEEDS_PHONE)


def _scans(events: list[Any]) -> tuple[ScanReport, ...]:
    return tuple(scan for event in events if (scan := _scan(event)) is not None)


def _scan(event: Any) -> ScanReport | None:
    written = text(event, "acceptTime")
    at = moment(written, SHANGHAI)
    if at is None:
        return None
    route = Route(
        text(event, "opCode"),
        text(event, "firstStatusCode"),
        text(event, "secondaryStatusName"),
        text(event, "reasonCode"),
        text(event, "remark"),
    )
    stage, mark = meaning(route)
    return ScanReport(
        stage,
        at.astimezone(UTC),
        route.remark,
        text(event, "acceptAddress"),
        raw_code=route.operation,
        raw_status=text(event, "secondaryStatusCode") or route.first,
        raw_time=written,
        mark=mark,
    )
