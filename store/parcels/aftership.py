"""AfterShip: an aggregator of some thousand carriers. A tracking is made once and read, or pushed, from then on.

Source: its manual of the tracking interface 2026-07 and of the notifications.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from store.parcels import numbers
from store.parcels.aftership_codes import BRAND_CODES, meaning
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
    Window,
)
from store.parcels.line import Line
from store.parcels.plain import PlainCarrier
from store.parcels.reading import at, items, moment, parsed, span, text

BASE_URL = "https://api.aftership.com/tracking/2026-07"
_MOST = 50
# Failures whose body says which one it is.
_TOLD_INSIDE = (400, 404, 409, 422)
_EXISTS = "4003"
_TROUBLES = {
    "4004": Trouble.NOT_YET,
    "4005": Trouble.WRONG_NUMBER,
    "4009": Trouble.NEEDS_DETAILS,
    "4012": Trouble.WHICH_CARRIER,
    "4016": Trouble.OVER,
}


@dataclass
class AfterShip(PlainCarrier):
    """*webhook_secret* proves its pushes; without one none is believed."""

    line: Line
    api_key: str
    webhook_secret: str | None = None
    base_url: str = BASE_URL
    name: str = "aftership"
    title: str = "AfterShip"
    brands: Mapping[str, str | None] = field(default_factory=lambda: BRAND_CODES)
    capabilities: CarrierCapabilities = field(
        default=CarrierCapabilities(
            push=True,
            max_batch=_MOST,
            min_interval=timedelta(minutes=30),
            calls_per_s=8,
            cost_per_registration=1,
            gives_eta_window=True,
        )
    )

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        """A number of which it has no tracking gets one, which costs once: until then there is nothing to read."""
        wanted = ",".join(request.number for request in requests)
        answer = self._checked(
            await self.line.get(f"{self.base_url}/trackings", {"tracking_numbers": wanted}, headers=self._headers)
        )
        found = {text(each, "tracking_number").upper(): each for each in items(answer, "data", "trackings")}
        return [
            _told(each.number, found[each.number]) if each.number in found else await self._made(each)
            for each in requests
        ]

    async def _made(self, request: TrackingRequest) -> Tracked:
        made = await self._make(request)
        return Tracked(request.number, trouble=made.trouble or Trouble.NOT_YET, slug=made.slug)

    async def subscribe(self, requests: list[TrackingRequest], *, push_url: str, now: datetime) -> list[Subscription]:
        """Where the pushes go is set once, on AfterShip's own page."""
        return [await self._make(request) for request in requests]

    async def _make(self, request: TrackingRequest) -> Subscription:
        answer = await self.line.post_json(
            f"{self.base_url}/trackings", _wish(request), headers=self._headers, passes=_TOLD_INSIDE
        )
        code = text(answer, "meta", "code")
        if code in ("200", "201", _EXISTS):
            return Subscription(request.number, None, text(answer, "data", "slug") or request.slug)
        if code not in _TROUBLES:
            self._checked(answer)
        return Subscription(request.number, _TROUBLES.get(code, Trouble.NOT_YET), request.slug)

    async def retrack(self, request: TrackingRequest, *, push_url: str, now: datetime) -> Subscription:
        """Once a tracking, and only one that has expired."""
        query = {"tracking_numbers": request.number}
        answer = self._checked(await self.line.get(f"{self.base_url}/trackings", query, headers=self._headers))
        tracking_id = text(answer, "data", "trackings", 0, "id")
        if not tracking_id.isalnum():
            return await self._make(request)
        again = await self.line.post_json(
            f"{self.base_url}/trackings/{tracking_id}/retrack", {}, headers=self._headers, passes=_TOLD_INSIDE
        )
        return Subscription(request.number, _TROUBLES.get(text(again, "meta", "code")), request.slug)

    async def slugs(self, number: str) -> list[Slug]:
        """Costs nothing."""
        answer = self._checked(
            await self.line.post_json(
                f"{self.base_url}/couriers/detect", {"tracking_number": number}, headers=self._headers
            )
        )
        found = items(answer, "data", "couriers")
        return [Slug(slug, text(each, "name") or slug) for each in found if (slug := text(each, "slug"))]

    @property
    def _headers(self) -> dict[str, str]:
        return {"as-api-key": self.api_key}

    def _checked(self, answer: Any) -> Any:
        """The answer, if it is one. Raises: CarrierError."""
        code = text(answer, "meta", "code")
        if code in ("200", "201"):
            return answer
        if code in ("401", "402", "403"):
            raise CarrierRefused(f"{self.title} does not take the key, or the account may not do this")
        if code == "429":
            raise CarrierBusy(f"{self.title} is asked too often")
        raise CarrierError(f"{self.title} answered {code[:8] or 'nothing known'}")

    def read_push(
        self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str], *, now: datetime
    ) -> list[Tracked]:
        secret = (self.webhook_secret or "").encode()
        proof = base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest())
        if not secret or not hmac.compare_digest(headers.get("aftership-hmac-sha256", "").encode(), proof):
            raise BadPush("signature")
        try:
            told = parsed(body)
        except ValueError:
            raise BadPush("no JSON") from None
        tracking = at(told, "msg", "tracking") or at(told, "msg")
        number = text(tracking, "tracking_number").upper()
        return [_told(number, tracking)] if number else []

    def ack(self, accepted: bool) -> Ack:
        return Ack(200 if accepted else 500)

    def recognises(self, number: str) -> bool:
        """It knows many more carriers than we have shapes of."""
        return 6 <= len(number) <= 40 and numbers.normalise(number) == number

    def public_url(self, number: str) -> str | None:
        return f"https://www.aftership.com/track/{number}"


def _wish(request: TrackingRequest) -> dict[str, Any]:
    wish = {
        "tracking_number": request.number,
        "slug": request.slug,
        "language": request.language[:2],
        "destination_country_region": request.destination_country,
        "destination_postal_code": request.destination_postcode,
        "tracking_ship_date": f"{request.shipped_at:%Y%m%d}",
        "tracking_key": request.phone_last4,
    }
    return {name: value for name, value in wish.items() if value}


def _told(number: str, tracking: Any) -> Tracked:
    scans = tuple(scan for point in items(tracking, "checkpoints") if (scan := _scan(point)) is not None)
    is_over = text(tracking, "tag") == "Expired"
    trouble = Trouble.OVER if is_over else None if scans else Trouble.NOT_YET
    return Tracked(
        number, scans, _window(at(tracking, "latest_estimated_delivery")), trouble, text(tracking, "slug") or None
    )


def _scan(point: Any) -> ScanReport | None:
    """Many carriers' moments come without an offset: those are read as Greenwich's, and what was written is kept."""
    written = text(point, "checkpoint_time")
    found = moment(written, UTC)
    if found is None:
        return None
    tag, code = text(point, "tag"), text(point, "subtag")
    stage, mark = meaning(tag, code)
    place = ", ".join(filter(None, (text(point, "city"), text(point, "country_region_name"))))
    return ScanReport(
        stage,
        found.astimezone(UTC),
        text(point, "message"),
        place or text(point, "location"),
        raw_code=code or tag,
        raw_status=text(point, "raw_tag") or tag,
        raw_time=written,
        mark=mark,
    )


def _window(told: Any) -> Window | None:
    """The newest of its estimates: a moment, or a range. A bare date is a day."""
    first = text(told, "datetime_min") or text(told, "datetime")
    last = text(told, "datetime_max") or text(told, "datetime")
    return span(moment(first, UTC), moment(last, UTC))
