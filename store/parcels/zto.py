"""ZTO Express, by its open platform: one number a question, signed both ways.

Source: the manual of `zto.merchant.waybill.track.query`, of its subscription (whose address is misspelt by ZTO) and of the push "Traces".
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from store.parcels.carrier import (
    Ack,
    BadPush,
    CarrierCapabilities,
    CarrierError,
    CarrierRefused,
    ScanReport,
    Subscription,
    Tracked,
    TrackingRequest,
    Trouble,
)
from store.parcels.line import Line, compact
from store.parcels.plain import PlainCarrier
from store.parcels.reading import SHANGHAI, form, items, moment, of_epoch_ms, parsed, text
from store.parcels.zto_codes import PUSH, PUSH_EVENT, QUERY, QUERY_EVENT, meaning

BASE_URL = "https://japi.zto.com"
_QUERY, _SUBSCRIBE = "zto.merchant.waybill.track.query", "zto.merchant.waybill.track.subsrcibe"
_OK = ("SYS000", "0000")
# Its failures have words, and hardly any codes.
_NOT_GRANTED = ("无权限", "签名", "appKey")
_PHONE = ("手机", "电话")


@dataclass
class Zto(PlainCarrier):
    line: Line
    app_key: str
    app_secret: str
    base_url: str = BASE_URL
    name: str = "zto"
    title: str = "ZTO Express"
    brands: Mapping[str, str | None] = field(default_factory=lambda: {"zto": None})
    capabilities: CarrierCapabilities = field(
        default=CarrierCapabilities(push=True, needs_phone=True, min_interval=timedelta(minutes=30))
    )

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        return [await self._track(request) for request in requests]

    async def _track(self, request: TrackingRequest) -> Tracked:
        if not request.phone_last4:
            return Tracked(request.number, trouble=Trouble.NEEDS_PHONE)
        answer = await self._call(_QUERY, request)
        if (trouble := self._trouble(answer)) is not None:
            return Tracked(request.number, trouble=trouble)
        scans = tuple(scan for event in items(answer, "result") if (scan := _scan(event)) is not None)
        return Tracked(request.number, scans, trouble=None if scans else Trouble.NOT_YET)

    async def subscribe(self, requests: list[TrackingRequest], *, push_url: str, now: datetime) -> list[Subscription]:
        """Where the pushes go is agreed with ZTO, not said in the call."""
        return [await self._subscribe(request) for request in requests]

    async def _subscribe(self, request: TrackingRequest) -> Subscription:
        if not request.phone_last4:
            return Subscription(request.number, Trouble.NEEDS_PHONE)
        answer = await self._call(_SUBSCRIBE, request)
        return Subscription(request.number, self._trouble(answer))

    async def _call(self, service: str, request: TrackingRequest) -> Any:
        body = compact({"billCode": request.number, "mobilePhone": request.phone_last4}).encode()
        headers = {"x-appKey": self.app_key, "x-dataDigest": self._digest(body)}
        return await self.line.post_json(f"{self.base_url}/{service}", body, headers=headers)

    def _trouble(self, answer: Any) -> Trouble | None:
        """Raises: CarrierError."""
        if isinstance(answer, dict) and answer.get("status") is True and text(answer, "statusCode") in ("", *_OK):
            return None
        words = text(answer, "message")
        if any(word in words for word in _NOT_GRANTED):
            raise CarrierRefused(f"{self.title} has not granted this to the app, or the keys are wrong")
        if any(word in words for word in _PHONE):
            return Trouble.NEEDS_PHONE
        raise CarrierError(f"{self.title} answered {text(answer, 'statusCode')[:16] or 'nothing known'}")

    def read_push(
        self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], *, now: datetime
    ) -> list[Tracked]:
        try:
            fields = form(body)
            told = parsed(fields.get("data", ""))
        except ValueError:
            raise BadPush("no form, or no JSON in it") from None
        # A plus sign that was not encoded arrives as a space.
        given = fields.get("data_digest", "").replace(" ", "+")
        if not hmac.compare_digest(given.encode(), self._digest(fields["data"].encode()).encode()):
            raise BadPush("signature")
        number, scan = text(told, "billCode").upper(), _pushed(told)
        return [Tracked(number, (scan,) if scan is not None else ())] if number else []

    def ack(self, accepted: bool) -> Ack:
        result, code = ("success", "0") if accepted else ("fail", "1")
        told = {"message": "", "result": result, "status": accepted, "statusCode": code}
        return Ack(200, compact(told).encode(), "application/json")

    def public_url(self, number: str) -> str | None:
        return f"https://www.zto.com/express/expressCheck.html?txtBill={number}"

    def _digest(self, signed: bytes) -> str:
        return base64.b64encode(hashlib.md5(signed + self.app_secret.encode(), usedforsecurity=False).digest()).decode()


def _scan(event: Any) -> ScanReport | None:
    code, written = text(event, "scanType"), text(event, "scanDate")
    at = of_epoch_ms(written)
    if at is None:
        return None
    stage, mark = meaning(code, QUERY)
    place = text(event, "scanSite", "city") or text(event, "scanSite", "name")
    same_as, said = QUERY_EVENT.get(code, ""), text(event, "desc")
    return ScanReport(stage, at, said, place, raw_code=code, raw_time=written, mark=mark, same_as=same_as)


def _pushed(event: Any) -> ScanReport | None:
    code, written = text(event, "action"), text(event, "actionTime")
    at = moment(written, SHANGHAI)
    if at is None:
        return None
    stage, mark = meaning(code, PUSH)
    place = text(event, "city") or text(event, "facilityName")
    same_as, said, utc = PUSH_EVENT.get(code, ""), text(event, "desc"), at.astimezone(UTC)
    return ScanReport(stage, utc, said, place, raw_code=code, raw_time=written, mark=mark, same_as=same_as)
