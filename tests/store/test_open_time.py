"""Open time between two moments, against counting the minutes one by one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import open_time

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
HOURS = {"0": [["09:00", "13:00"], ["14:00", "18:00"]], "4": [["22:00", "02:00"]], "6": [["00:00", "24:00"]]}


def is_open_on_the_wall(at: datetime, zone: str) -> bool:
    here = at.astimezone(ZoneInfo(zone))
    clock, day = f"{here:%H:%M}", str(here.weekday())
    spans = HOURS.get(day, [])
    today = any(start <= clock < end if start < end else clock >= start for start, end in spans)
    last_night = HOURS.get(str((here.weekday() - 1) % 7), [])
    return today or any(end < start and clock < end for start, end in last_night)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York", "Europe/Lisbon"])
@given(st.integers(0, 60 * 24 * 20), st.integers(0, 600))
def test_open_time_is_the_number_of_open_minutes(zone: str, start: int, minutes: int) -> None:
    """Also over the night in which the clocks change."""
    since = NOON + timedelta(minutes=start)
    counted = sum(is_open_on_the_wall(since + timedelta(minutes=n), zone) for n in range(minutes))
    assert open_time.open_for(HOURS, zone, since, since + timedelta(minutes=minutes)) == timedelta(minutes=counted)


@pytest.mark.parametrize(("hour", "is_open"), [(8, False), (9, True), (13, False), (17, True), (18, False)])
def test_a_shop_is_open_in_its_hours(hour: int, is_open: bool) -> None:
    assert open_time.is_open(HOURS, "UTC", NOON.replace(hour=hour)) is is_open


def test_a_shop_without_hours_is_always_open() -> None:
    assert open_time.is_open(None, "UTC", NOON)
    assert open_time.open_for(None, "UTC", NOON - timedelta(hours=3), NOON) == timedelta(hours=3)
