"""When a parcel will arrive, and when it is late: pure functions of what is known. Windows are honest: no data, no window."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from store.order_status import ShipmentStatus
from store.parcels.carrier import Stage, Window
from store.parcels.duration import Spread

# A parcel of which nothing is heard for so long is late whatever its window says, while nothing better is known of its stage.
SILENCE = timedelta(days=5)
# A learned silence is believed between these: a night is no silence, and after two weeks nobody waits for a percentile.
SILENCE_LEAST, SILENCE_MOST = timedelta(days=1), timedelta(days=14)
# Past the end of a window that is not learned, before its parcel counts as late for the buyer too.
GRACE = timedelta(days=1)
MUCH_LATER = timedelta(days=7)
# The window of a parcel that is already late starts now and is this wide.
LATE_WIDTH = timedelta(days=3)
# By the destination's clocks couriers are on the road until then; of one who is still out later, so much longer.
COURIERS_GO_HOME, STILL_OUT = time(21), timedelta(hours=2)
# Below it a delay is the merchant's to know.
BUYER_HEARS = 2
# A window that moves by less is no news; where hours are told, an hour is.
NEWS, NEWS_OF_HOURS = timedelta(days=1), timedelta(hours=1)

_OVER = frozenset(
    {
        ShipmentStatus.DELIVERED,
        ShipmentStatus.LOST,
        ShipmentStatus.RETURNING,
        ShipmentStatus.RETURNED,
        ShipmentStatus.CANCELLED,
    }
)


class Source(StrEnum):
    """Who says so, the best first."""

    ON_BOARD = "on_board"  # the courier has it
    CARRIER = "carrier"
    HISTORY = "history"  # the shop's own deliveries
    METHOD = "method"  # the days that the merchant has set


class Reason(StrEnum):
    """Why a window took another one's place."""

    DISPATCHED = "dispatched"
    CARRIER = "carrier"
    ON_BOARD = "on_board"
    STILL_ON_ITS_WAY = "still_on_its_way"
    PASSED = "passed"  # the old window is over, and the parcel is not there


class Cause(StrEnum):
    """Why a parcel is late, as far as anybody knows."""

    CUSTOMS = "customs"
    NOBODY_HOME = "nobody_home"
    HELD_UP = "held_up"
    CARRIER = "carrier"  # it says so itself
    SILENCE = "silence"
    SLOW = "slow"


_CAUSES = {
    Stage.CUSTOMS: Cause.CUSTOMS,
    Stage.CUSTOMS_HOLD: Cause.CUSTOMS,
    Stage.FAILED_ATTEMPT: Cause.NOBODY_HOME,
    Stage.EXCEPTION: Cause.HELD_UP,
    Stage.DELAYED: Cause.CARRIER,
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """P10 to P90 where it is learned. Whoever waits at `late_at` (P95) hears that it takes longer."""

    window: Window
    late_at: datetime
    source: Source


@dataclass(frozen=True, slots=True)
class Progress:
    """What the estimate is made from. No days of the merchant's are 0 and 0."""

    status: ShipmentStatus
    shipped_at: datetime
    min_days: int
    max_days: int
    transit: Spread | None = None
    carrier_eta: Window | None = None
    zone: tzinfo = UTC  # of the destination


def promise(begins_at: datetime, min_days: int, max_days: int, learned: Spread | None = None) -> Estimate | None:
    """The window that is told before anybody is under way: what is learned, else the merchant's days, else none."""
    if learned is not None:
        return _learned(begins_at, learned)
    if max_days <= 0:
        return None
    window = Window(begins_at + timedelta(days=min_days), begins_at + timedelta(days=max(max_days, min_days)))
    return Estimate(window, window.latest + GRACE, Source.METHOD)


def estimate(progress: Progress, *, now: datetime) -> Estimate | None:
    """The current window, never in the past; None when the parcel needs none any more, or nobody knows anything."""
    if progress.status in _OVER:
        return None
    if progress.status == ShipmentStatus.OUT_FOR_DELIVERY:
        evening = datetime.combine(now.astimezone(progress.zone), COURIERS_GO_HOME, progress.zone).astimezone(UTC)
        return Estimate(Window(now, max(evening, now + STILL_OUT)), now + NEWS, Source.ON_BOARD)
    said = progress.carrier_eta
    if said is not None and said.latest >= now:
        window = Window(max(said.earliest, now), said.latest, said.has_time)
        return Estimate(window, said.latest + GRACE, Source.CARRIER)
    return _own(progress, now)


def _own(progress: Progress, now: datetime) -> Estimate | None:
    rest = progress.transit.after((now - progress.shipped_at) / timedelta(days=1)) if progress.transit else None
    if rest is not None:
        return _learned(progress.shipped_at, rest)
    told = promise(progress.shipped_at, progress.min_days, progress.max_days, progress.transit)
    if told is None:
        return None
    if told.window.latest >= now:
        return replace(told, window=Window(max(told.window.earliest, now), told.window.latest))
    return Estimate(Window(now, now + LATE_WIDTH), now + LATE_WIDTH + GRACE, told.source)


def _learned(begins_at: datetime, spread: Spread) -> Estimate:
    early, late, very_late = (begins_at + timedelta(days=spread.at(share)) for share in (0.1, 0.9, 0.95))
    return Estimate(Window(early, late), very_late, Source.HISTORY)


def revision(before: Estimate | None, after: Estimate, *, now: datetime) -> Reason | None:
    """Why *after* is to be told instead of *before*; None when it is the same window for whoever waits."""
    if before is None:
        return Reason.DISPATCHED
    if before.source != after.source:
        return _REASONS.get(after.source) or (Reason.PASSED if before.window.latest < now else Reason.STILL_ON_ITS_WAY)
    moved = abs(after.window.latest - before.window.latest)
    is_over = before.window.latest < now
    if moved < (NEWS_OF_HOURS if after.window.has_time else NEWS) and not is_over:
        return None
    return _REASONS.get(after.source) or (Reason.PASSED if is_over else Reason.STILL_ON_ITS_WAY)


_REASONS = {Source.CARRIER: Reason.CARRIER, Source.ON_BOARD: Reason.ON_BOARD}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What lateness is judged by. `promised_until` and `late_at` were frozen at dispatch, None where nothing was promised."""

    status: ShipmentStatus
    promised_until: datetime | None
    late_at: datetime | None
    heard_at: datetime  # the last scan, or the dispatch
    stage: Stage | None = None
    silence: timedelta | None = None  # after which such a parcel is oddly silent
    carrier_eta: Window | None = None


def delay(waiting: Waiting, *, now: datetime) -> tuple[int, Cause | None]:
    """How late, and why: 0 in time; 1 past P90 or oddly silent, for the merchant; 2 past P95 or by the carrier's word, for the buyer; 3 a week beyond that."""
    if waiting.status in _OVER or waiting.status == ShipmentStatus.READY_FOR_PICKUP:
        return 0, None
    silent_at = waiting.heard_at + _believed(waiting.silence)
    cause = _CAUSES.get(waiting.stage) if waiting.stage else None
    cause = cause or (Cause.SILENCE if now > silent_at else Cause.SLOW)
    if is_past(waiting.late_at, now, MUCH_LATER):
        return 3, cause
    if is_past(waiting.late_at, now) or _carrier_says_late(waiting) or now > silent_at + MUCH_LATER:
        return 2, cause
    if is_past(waiting.promised_until, now) or now > silent_at:
        return 1, cause
    return 0, None


def is_past(at: datetime | None, now: datetime, by: timedelta = timedelta()) -> bool:
    return at is not None and now > at + by


def _carrier_says_late(waiting: Waiting) -> bool:
    said = waiting.carrier_eta
    is_later = said is not None and waiting.late_at is not None and said.latest > waiting.late_at
    return is_later or waiting.stage == Stage.DELAYED


def _believed(silence: timedelta | None) -> timedelta:
    return SILENCE if silence is None else min(max(silence, SILENCE_LEAST), SILENCE_MOST)
