"""How often a parcel is asked for: by where it is, and never more often than its carrier allows. Source: the table in docs/parcels.md."""

import random
from datetime import datetime, timedelta

from store.models import FollowedParcel, Shipment
from store.order_status import ShipmentStatus
from store.parcels.carrier import ASK_MERCHANT, Carrier, Mark, Stage, Tracked, Trouble

GIVE_UP = timedelta(days=60)
NO_SCAN_YET, NO_SCAN_FOR_DAYS, NEAR = timedelta(hours=6), timedelta(hours=12), timedelta(hours=2)
# A carrier that pushes is asked all the same: pushes are lost, and subscriptions end without a word.
SAFETY = timedelta(hours=12)
# Only the merchant can mend it, who sets the parcel due when it is mended.
HELPLESS = timedelta(hours=24)
_SPREAD_S = 300

S = ShipmentStatus
_BY_STATUS = {
    S.HANDED_OVER: timedelta(hours=4),
    S.IN_TRANSIT: timedelta(hours=4),
    S.OUT_FOR_DELIVERY: timedelta(hours=1),
    S.READY_FOR_PICKUP: timedelta(hours=12),
    S.EXCEPTION: timedelta(hours=3),
    S.LOST: timedelta(hours=12),
    S.RETURNING: timedelta(hours=12),
    S.DELIVERED: timedelta(hours=24),
}


def interval(status: ShipmentStatus, *, has_scans: bool, age: timedelta, is_near: bool = False) -> timedelta | None:
    """How long until a parcel is asked for again, *age* being the time since its last news, else since its dispatch; None: never."""
    if status not in _BY_STATUS or age > GIVE_UP:
        return None
    if not has_scans:
        return NO_SCAN_YET if age < timedelta(days=3) else NO_SCAN_FOR_DAYS
    wait = _BY_STATUS[status]
    return min(wait, NEAR) if is_near else wait


def next_poll(
    shipment: Shipment | FollowedParcel, carrier: Carrier, tracked: Tracked, *, now: datetime
) -> datetime | None:
    """When a parcel that was just asked for, or subscribed to, is asked for again."""
    status = ShipmentStatus(shipment.status)
    if shipment.trouble == Trouble.OVER:
        return None
    if status is S.DELIVERED and shipment.delivered_at and now - shipment.delivered_at >= _BY_STATUS[S.DELIVERED]:
        return None  # confirmed once a day later; a parcel that comes back is told by hand or by the carrier's push
    age = now - (shipment.last_scan_at or shipment.shipped_at or now)
    wait = interval(status, has_scans=shipment.last_scan_at is not None, age=age, is_near=_is_near(tracked))
    if wait is None:
        return None
    if shipment.trouble in ASK_MERCHANT:
        wait = HELPLESS
    if shipment.subscribed_at is not None:
        wait = max(wait, SAFETY) if status is not S.OUT_FOR_DELIVERY else wait
    # Jitter, so that parcels shipped in one minute are not asked for in one minute for ever.
    return now + max(wait * random.uniform(0.85, 1.15), carrier.capabilities.min_interval)


def after_failure(failures: int) -> timedelta:
    """Longer each time."""
    return min(timedelta(minutes=5) * (1 << min(failures, 10)), timedelta(hours=6))


def spread(until: datetime) -> datetime:
    """Soon after *until*, but not all at once."""
    return until + timedelta(seconds=random.uniform(0, _SPREAD_S))


def _is_near(tracked: Tracked) -> bool:
    """In the city of its destination, or at a customs: what comes next comes soon."""
    if not tracked.scans:
        return False
    newest = max(tracked.scans, key=lambda scan: scan.occurred_at)
    return newest.mark is Mark.NEAR or newest.stage in (Stage.CUSTOMS, Stage.CUSTOMS_HOLD)
