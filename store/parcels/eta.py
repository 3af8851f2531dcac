"""When a parcel will arrive, and when it is late: pure functions of what is known. Windows are honest: no data, no window."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from store.order_status import ShipmentStatus
from store.parcels.carrier import Window

# A parcel of which nothing is heard for so long is late whatever its window says.
SILENCE = timedelta(days=5)
GRACE = timedelta(hours=12)
SECOND_LEVEL = timedelta(days=7)
# The window of a parcel that is already late starts now and is this wide.
LATE_WIDTH = timedelta(days=3)

_OVER = frozenset(
    {
        ShipmentStatus.DELIVERED,
        ShipmentStatus.LOST,
        ShipmentStatus.RETURNING,
        ShipmentStatus.RETURNED,
        ShipmentStatus.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class Progress:
    """What the estimate is made from."""

    status: ShipmentStatus
    shipped_at: datetime
    min_days: int
    max_days: int
    carrier_eta: Window | None = None


def promise(shipped_at: datetime, min_days: int, max_days: int) -> Window:
    """The window told at dispatch, from the delivery method's days; frozen then, so that "late" has a meaning."""
    return Window(shipped_at + timedelta(days=min_days), shipped_at + timedelta(days=max(max_days, min_days)))


def window(progress: Progress, *, now: datetime) -> Window | None:
    """The current window; None when the parcel needs none any more (delivered, lost, on its way back)."""
    if progress.status in _OVER:
        return None
    if progress.status == ShipmentStatus.OUT_FOR_DELIVERY:
        return Window(now, now + timedelta(hours=10))
    expected = progress.carrier_eta or promise(progress.shipped_at, progress.min_days, progress.max_days)
    if expected.latest >= now:
        return Window(max(expected.earliest, now), expected.latest)
    return Window(now, now + LATE_WIDTH)


def delay_level(status: ShipmentStatus, *, promised: Window | None, last_heard_at: datetime, now: datetime) -> int:
    """0 in time, 1 late or silent, 2 a week beyond that. `last_heard_at` is the last scan, or the dispatch."""
    if status in _OVER or status == ShipmentStatus.READY_FOR_PICKUP:
        return 0
    overdue = [now - (last_heard_at + SILENCE)]
    if promised is not None:
        overdue.append(now - (promised.latest + GRACE))
    worst = max(overdue)
    return 0 if worst <= timedelta(0) else 1 if worst < SECOND_LEVEL else 2
