"""When a shop is open, by its own clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from store import doors, hours
from store.errors import BadInput
from store.models import Seller

LISBON = "Europe/Lisbon"
WEEK = {"0": [["09:00", "13:00"], ["14:00", "18:00"]], "4": [["18:00", "02:00"]], "5": []}


def local(text: str, zone: str = LISBON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("now", "opens_at"),
    [
        ("2026-03-02 09:00", None),
        ("2026-03-02 13:00", "2026-03-02 14:00"),
        ("2026-03-02 17:59", None),
        ("2026-03-02 18:00", "2026-03-06 18:00"),
        ("2026-03-07 01:59", None),  # Friday's night
        ("2026-03-07 02:00", "2026-03-09 09:00"),
    ],
)
def test_the_next_opening_is_told(now: str, opens_at: str | None) -> None:
    """Breaks, nights and days without hours."""
    assert hours.opens_at(WEEK, LISBON, local(now)) == (local(opens_at) if opens_at else None)


def test_a_shop_without_hours_is_always_open() -> None:
    assert hours.opens_at(None, LISBON, local("2026-03-01 03:00")) is None


@pytest.mark.parametrize(
    ("now", "opens_at"),
    # The clocks go forward on 29 March: the morning of Berlin is an hour earlier for the world.
    [("2026-03-28 20:00", "2026-03-29 07:00"), ("2026-10-24 20:00", "2026-10-25 08:00")],
)
def test_when_the_clocks_change_the_wall_clock_counts(now: str, opens_at: str) -> None:
    daily = {day: [["09:00", "18:00"]] for day in hours.DAYS}
    assert hours.opens_at(daily, "Europe/Berlin", local(now, "Europe/Berlin")) == local(opens_at, "UTC")


def test_midnight_does_not_close_a_shop_that_is_open_round_the_clock() -> None:
    daily = {day: [["00:00", "24:00"]] for day in hours.DAYS}
    start = local("2026-03-27 00:00")
    assert all(hours.opens_at(daily, LISBON, start + timedelta(minutes=15 * n)) is None for n in range(400))


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("9-18", [["09:00", "18:00"]]),
        ("14:00–18:30, 9-13", [["09:00", "13:00"], ["14:00", "18:30"]]),
        ("18-2", [["18:00", "02:00"]]),
        ("0-24", [["00:00", "24:00"]]),
        ("9.30 - 12", [["09:30", "12:00"]]),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, spans: list[list[str]]) -> None:
    assert hours.read(text) == spans


@pytest.mark.parametrize(
    "text", ["", "noon", "9", "9-25", "9-9", "9-12, 11-14", "24-3", "1-2,3-4,5-6,7-8,9-10", "9:75-10"]
)
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        hours.read(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [("24.12", "2026-12-24"), ("1.2", "2027-02-01"), ("2026-12-24", "2026-12-24"), ("12月24日", "2026-12-24")],
)
def test_a_day_is_the_next_of_its_name(text: str, day: str) -> None:
    assert hours.read_day(text, LISBON, local("2026-03-02 10:00")) == local(f"{day} 00:00")


@pytest.mark.parametrize("text", ["", "tomorrow", "31.2", "32.1", "2026-13-01", "29.2.2027"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        hours.read_day(text, LISBON, local("2026-03-02 10:00"))


def test_after_a_holiday_the_shop_opens_with_its_hours() -> None:
    """It ends on a Saturday, and the shop opens on Monday."""
    seller = Seller(timezone=LISBON, opening_hours=WEEK, closed_until=local("2026-03-07 03:00"), closed_message=None)
    shut = doors.closed(seller, datetime(2026, 3, 2, 10, 0, tzinfo=UTC))
    assert shut is not None
    assert shut.opens_at == local("2026-03-09 09:00")
