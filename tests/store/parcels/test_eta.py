"""Arrival windows and lateness are pure functions of what is known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from store.order_status import ShipmentStatus
from store.parcels import eta
from store.parcels.carrier import Stage, Window
from store.parcels.duration import LEVELS, Spread
from store.parcels.eta import Cause, Estimate, Progress, Reason, Source, Waiting

SHIPPED = datetime(2026, 11, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)
# One day for every ten of a hundred: P10 after a day, P90 after nine.
LEARNED = Spread(tuple(10 * level for level in LEVELS))


def progress(**values: object) -> Progress:
    return replace(Progress(ShipmentStatus.IN_TRANSIT, SHIPPED, 3, 5), **values)  # type: ignore[arg-type]  # the given values are of several types


def estimated(days: float, **values: object) -> Estimate:
    found = eta.estimate(progress(**values), now=SHIPPED + days * DAY)
    assert found is not None
    return found


def near(window: Window, first: float, last: float) -> bool:
    wanted = Window(SHIPPED + first * DAY, SHIPPED + last * DAY)
    return abs(window.earliest - wanted.earliest) < DAY / 10 and abs(window.latest - wanted.latest) < DAY / 10


def test_the_promise_is_what_history_says_else_the_methods_days_else_none() -> None:
    learned, method = eta.promise(SHIPPED, 3, 5, LEARNED), eta.promise(SHIPPED, 3, 5)
    assert learned is not None and learned.source == Source.HISTORY and near(learned.window, 1, 9)
    assert abs(learned.late_at - (SHIPPED + 9.5 * DAY)) < DAY / 10
    assert method is not None and method.source == Source.METHOD
    assert method.window == Window(SHIPPED + 3 * DAY, SHIPPED + 5 * DAY)
    assert eta.promise(SHIPPED, 0, 0) is None


def test_a_promise_never_ends_before_it_begins() -> None:
    found = eta.promise(SHIPPED, 4, 2)
    assert found is not None and found.window.earliest <= found.window.latest


def test_the_carriers_word_goes_before_history_and_history_before_the_days() -> None:
    said = Window(SHIPPED + 2 * DAY, SHIPPED + 3 * DAY, has_time=True)
    assert estimated(1, carrier_eta=said, transit=LEARNED).window == said
    assert estimated(1, transit=LEARNED).source == Source.HISTORY
    assert estimated(1).source == Source.METHOD


def test_a_carriers_window_that_is_over_is_not_repeated() -> None:
    said = Window(SHIPPED + DAY, SHIPPED + 2 * DAY)
    assert estimated(3, carrier_eta=said, transit=LEARNED).source == Source.HISTORY


def test_who_has_waited_five_days_waits_as_those_who_did() -> None:
    """Half of all have arrived by then: P10 of the rest is P55 of all, P90 of the rest P95."""
    assert near(estimated(5, transit=LEARNED).window, 5.5, 9.5)


@pytest.mark.parametrize("transit", [None, LEARNED])
def test_a_window_never_lies_in_the_past(transit: Spread | None) -> None:
    for days in (0, 2, 4.5, 5.5, 9, 9.95, 30):
        window = estimated(days, transit=transit).window
        assert SHIPPED + days * DAY <= window.earliest <= window.latest or days == 0


def test_a_parcel_that_nobody_expected_so_late_gets_a_new_window_from_now_on() -> None:
    now = SHIPPED + 9 * DAY
    assert estimated(9).window == Window(now, now + eta.LATE_WIDTH)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "UTC", "Pacific/Honolulu"])
def test_out_for_delivery_means_today_where_it_goes(zone: str) -> None:
    """Until the evening there, and a little longer for a courier who is still out; never an hour that nobody named."""
    there = ZoneInfo(zone)
    for hours in range(24):
        found = estimated(hours / 24, status=ShipmentStatus.OUT_FOR_DELIVERY, zone=there)
        earliest, latest = (at.astimezone(there) for at in (found.window.earliest, found.window.latest))
        assert found.source == Source.ON_BOARD and not found.window.has_time and earliest < latest
        assert latest.date() == earliest.date() or earliest.hour >= 22


@pytest.mark.parametrize("status", [ShipmentStatus.DELIVERED, ShipmentStatus.LOST, ShipmentStatus.RETURNED])
def test_a_parcel_whose_journey_is_over_has_no_window(status: ShipmentStatus) -> None:
    assert eta.estimate(progress(status=status), now=SHIPPED) is None


def test_without_history_and_days_nobody_pretends_to_know() -> None:
    assert eta.estimate(progress(min_days=0, max_days=0), now=SHIPPED + DAY) is None


def told(last: float, source: Source = Source.HISTORY, *, has_time: bool = False) -> Estimate:
    window = Window(SHIPPED + DAY, SHIPPED + last * DAY, has_time)
    return Estimate(window, window.latest, source)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (None, told(5), Reason.DISPATCHED),
        (told(5), told(5.5), None),
        (told(5), told(7), Reason.STILL_ON_ITS_WAY),
        (told(2), told(5), Reason.PASSED),
        (told(2.9), told(3.5), Reason.PASSED),
        (told(5), told(5, Source.CARRIER), Reason.CARRIER),
        (told(5, Source.CARRIER), told(7, Source.CARRIER), Reason.CARRIER),
        (told(2, Source.CARRIER), told(7), Reason.PASSED),
        (told(5, Source.CARRIER), told(5.1, Source.CARRIER), None),
        (told(5, Source.CARRIER), told(5.1, Source.CARRIER, has_time=True), Reason.CARRIER),
        (told(5), told(5, Source.ON_BOARD), Reason.ON_BOARD),
    ],
)
def test_a_window_is_revised_for_a_reason(before: Estimate | None, after: Estimate, why: Reason | None) -> None:
    """On the third day; less than a day's move is no news, unless somebody named the hour."""
    assert eta.revision(before, after, now=SHIPPED + 3 * DAY) == why


def waiting(**values: object) -> Waiting:
    """Promised for the fifth day, very late from the sixth on, heard of this very moment."""
    plain = Waiting(ShipmentStatus.IN_TRANSIT, SHIPPED + 5 * DAY, SHIPPED + 6 * DAY, SHIPPED + 40 * DAY)
    return replace(plain, **values)  # type: ignore[arg-type]  # the given values are of several types


@pytest.mark.parametrize(("days", "level"), [(4, 0), (5.1, 1), (5.9, 1), (6.1, 2), (12.9, 2), (13.1, 3)])
def test_the_merchant_hears_at_p90_and_the_buyer_at_p95(days: float, level: int) -> None:
    assert eta.delay(waiting(), now=SHIPPED + days * DAY)[0] == level


@pytest.mark.parametrize(
    ("silence", "days", "level"),
    [(None, 4.9, 0), (None, 5.1, 1), (2 * DAY, 2.1, 1), (DAY / 10, 0.9, 0), (90 * DAY, 14.1, 1), (2 * DAY, 9.1, 2)],
)
def test_silence_is_judged_by_the_stage_within_reason(silence: timedelta | None, days: float, level: int) -> None:
    """Between a day and two weeks, whatever was learned; the buyer hears a week later."""
    quiet = waiting(promised_until=None, late_at=None, heard_at=SHIPPED, silence=silence)
    assert eta.delay(quiet, now=SHIPPED + days * DAY)[0] == level


def test_the_buyer_hears_at_once_what_the_carrier_says() -> None:
    later = Window(SHIPPED + 6 * DAY, SHIPPED + 8 * DAY)
    assert eta.delay(waiting(stage=Stage.DELAYED), now=SHIPPED + DAY) == (2, Cause.CARRIER)
    assert eta.delay(waiting(carrier_eta=later), now=SHIPPED + DAY)[0] == 2


@pytest.mark.parametrize(
    ("stage", "cause"),
    [
        (Stage.CUSTOMS_HOLD, Cause.CUSTOMS),
        (Stage.FAILED_ATTEMPT, Cause.NOBODY_HOME),
        (Stage.EXCEPTION, Cause.HELD_UP),
        (Stage.IN_TRANSIT, Cause.SLOW),
        (None, Cause.SLOW),
    ],
)
def test_a_delay_has_a_cause_as_far_as_anybody_knows(stage: Stage | None, cause: Cause) -> None:
    assert eta.delay(waiting(stage=stage), now=SHIPPED + 7 * DAY) == (2, cause)


@pytest.mark.parametrize("status", [ShipmentStatus.DELIVERED, ShipmentStatus.READY_FOR_PICKUP, ShipmentStatus.LOST])
def test_a_parcel_that_waits_or_is_over_is_not_late(status: ShipmentStatus) -> None:
    assert eta.delay(waiting(status=status), now=SHIPPED + 40 * DAY) == (0, None)
