"""DHL, by its unified tracking interface: one number a question, 250 questions a day in the free tier; it pushes nothing.

Source: its manual of "Shipment Tracking - Unified".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from store.parcels.carrier import (
    CarrierCapabilities,
    CarrierError,
    ScanReport,
    Stage,
    Tracked,
    TrackingRequest,
    Trouble,
    Window,
)
from store.parcels.line import Line
from store.parcels.plain import PlainCarrier
from store.parcels.reading import at, items, moment, text
from store.zones import zone_of

BASE_URL = "https://api-eu.dhl.com/track"
_UNKNOWN_NUMBER = 404
CODES: Mapping[str, Stage] = {
    "pre-transit": Stage.INFO_RECEIVED,
    "transit": Stage.IN_TRANSIT,
    "delivered": Stage.DELIVERED,
    "failure": Stage.EXCEPTION,
    "unknown": Stage.UNKNOWN,  # says nothing: above all not that the parcel is late
}
# Five codes are few: while a parcel is under way, DHL's words say more. The first that is found counts.
WORDS: tuple[tuple[str, Stage], ...] = (
    ("returned to shipper", Stage.RETURNED),
    ("returned to sender", Stage.RETURNED),
    ("return to", Stage.RETURNING),
    ("out for delivery", Stage.OUT_FOR_DELIVERY),
    ("with delivery courier", Stage.OUT_FOR_DELIVERY),
    ("loaded onto the delivery vehicle", Stage.OUT_FOR_DELIVERY),
    ("ready for collection", Stage.READY_FOR_PICKUP),
    ("ready for pick", Stage.READY_FOR_PICKUP),
    ("available for pick", Stage.READY_FOR_PICKUP),
    ("delivery attempt", Stage.FAILED_ATTEMPT),
    ("not home", Stage.FAILED_ATTEMPT),
    ("clearance event", Stage.CUSTOMS),
    ("customs", Stage.CUSTOMS),
    ("shipment picked up", Stage.HANDED_OVER),
)
_REFINED = frozenset({Stage.IN_TRANSIT, Stage.EXCEPTION})


@dataclass
class Dhl(PlainCarrier):
    line: Line
    api_key: str
    base_url: str = BASE_URL
    name: str = "dhl"
    title: str = "DHL"
    brands: Mapping[str, str | None] = field(default_factory=lambda: {"dhl": None})
    capabilities: CarrierCapabilities = field(
        default=CarrierCapabilities(
            min_interval=timedelta(hours=1), calls_per_s=0.2, calls_per_day=250, gives_eta_window=True
        )
    )

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        return [await self._track(request) for request in requests]

    async def _track(self, request: TrackingRequest) -> Tracked:
        query = {"trackingNumber": request.number, "language": request.language[:2]}
        if request.destination_country and request.destination_postcode:
            query |= {
                "recipientPostalCode": request.destination_postcode,
                "requesterCountryCode": request.destination_country,
            }
        headers = {"DHL-API-Key": self.api_key, "Accept": "application/json"}
        answer = await self.line.get(f"{self.base_url}/shipments", query, headers=headers, passes=(_UNKNOWN_NUMBER,))
        if not isinstance(answer, dict) or ("shipments" not in answer and text(answer, "status") != "404"):
            raise CarrierError(f"{self.title} answered nothing known")
        return _told(request, at(answer, "shipments", 0))

    def public_url(self, number: str) -> str | None:
        return f"https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}"


def _told(request: TrackingRequest, shipment: Any) -> Tracked:
    home = _zone(request.destination_country)
    events = items(shipment, "events") or items(shipment, "status")
    scans = tuple(scan for event in events if (scan := _scan(event, home)) is not None)
    return Tracked(request.number, scans, _window(shipment, home), None if scans else Trouble.NOT_YET)


def _scan(event: Any, home: tzinfo) -> ScanReport | None:
    """Moments are local, without an offset: of where it happened, else of where the parcel goes."""
    written, address = text(event, "timestamp"), at(event, "location", "address")
    country = text(address, "countryCode")
    found = moment(written, _zone(country) if country else home)
    if found is None:
        return None
    code, words = text(event, "statusCode"), text(event, "description") or text(event, "status")
    return ScanReport(
        meaning(code, words),
        found.astimezone(UTC),
        words,
        text(address, "addressLocality"),
        raw_code=code,
        raw_status=text(event, "status"),
        raw_time=written,
    )


def meaning(code: str, words: str) -> Stage:
    stage = CODES.get(code, Stage.UNKNOWN)
    if stage not in _REFINED:
        return stage
    plain = words.casefold()
    return next((better for part, better in WORDS if part in plain), stage)


def _window(shipment: Any, home: tzinfo) -> Window | None:
    """The frame where there is one, else the one moment; a midnight is a day."""
    first = text(shipment, "estimatedDeliveryTimeFrame", "estimatedFrom") or text(shipment, "estimatedTimeOfDelivery")
    last = text(shipment, "estimatedDeliveryTimeFrame", "estimatedThrough") or first
    begins, ends = moment(first, home), moment(last, home)
    if begins is None or ends is None or ends < begins:
        return None
    if begins == ends or not (begins.hour or begins.minute):
        return Window.of_days(begins.date(), ends.date(), home)
    return Window(begins.astimezone(UTC), ends.astimezone(UTC), has_time=True)


def _zone(country: str | None) -> tzinfo:
    """Where most people of the country live: right to the hour in most, and never a day off."""
    return ZoneInfo(zone_of(None, country, "UTC"))
