"""What a followed parcel hears from its carrier: kept in its own row, and no more of it than is shown."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from store.models import FollowedParcel
from store.order_status import ShipmentStatus
from store.parcels import tracking
from store.parcels.carrier import ScanReport, Stage, Tracked
from store.parcels.masking import mask
from store.shipments import ScanView

# Numbers are used again: what happened so long before somebody followed the number happened to another parcel.
BEFORE = timedelta(days=120)
MOST_SCANS = 60
_PLACE_MAX = 128


def hear(parcel: FollowedParcel, tracked: Tracked, *, now: datetime) -> bool:
    """The row says what is known now; whether the parcel has moved to another status. The same answer twice changes nothing.

    Of a scan its stage, moment and place are kept: who sent a number may be a stranger, and the carrier's words name people.
    """
    was = parcel.status
    parcel.trouble = tracked.trouble if not tracked.scans else None
    parcel.carrier_slug = (tracked.slug or "")[:64] or parcel.carrier_slug
    if tracked.eta is not None and tracked.eta.latest > now:
        parcel.eta_from, parcel.eta_until = tracked.eta.earliest, tracked.eta.latest
        parcel.eta_has_time = tracked.eta.has_time
    _keep(parcel, tracked.scans, now=now)
    _advance(parcel, until=now + tracking.SKEW)
    return parcel.status != was


def scans_of(parcel: FollowedParcel) -> tuple[ScanView, ...]:
    """Oldest first."""
    return tuple(ScanView(Stage(each["stage"]), _at(each), "", each["place"]) for each in parcel.scans)


def _keep(parcel: FollowedParcel, scans: tuple[ScanReport, ...], *, now: datetime) -> None:
    known = {each["key"]: each for each in parcel.scans}
    earliest, latest = parcel.created_at - BEFORE, now + tracking.AHEAD
    new = {tracking.dedupe_hash(scan): scan for scan in scans if earliest <= scan.occurred_at <= latest}
    _rename(known, new)
    kept = known | {key: _row(key, scan) for key, scan in new.items() if key not in known}
    # A new list: a change inside the old one would not be written.
    parcel.scans = sorted(kept.values(), key=_at)[-MOST_SCANS:]


def _rename(known: dict[str, dict[str, Any]], new: Mapping[str, ScanReport]) -> None:
    """What was kept before its carrier's events had words of their own is found again by the carrier's words, in which alone it was told then."""
    for key, scan in new.items():
        was = tracking.hash_of_words(scan)
        if was != key and was in known:
            known[key] = known.pop(was) | {"key": key}


def _row(key: str, scan: ScanReport) -> dict[str, Any]:
    place = mask(scan.place)[:_PLACE_MAX]
    return {"key": key, "stage": scan.stage.value, "at": scan.occurred_at.isoformat(), "place": place}


def _at(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["at"])


def _advance(parcel: FollowedParcel, *, until: datetime) -> None:
    happened = [each for each in parcel.scans if _at(each) <= until]
    steps = zip(tracking.path(Stage(each["stage"]) for each in happened), happened, strict=True)
    passed = [(status, each) for status, each in steps if status is not None]
    if not passed:
        return
    status, last = passed[-1]
    parcel.status, parcel.last_scan_at = status, _at(happened[-1])
    parcel.delivered_at = _at(last) if status is ShipmentStatus.DELIVERED else None
