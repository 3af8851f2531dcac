"""When the shop's people answer, by the shop's clock and in the reader's words."""

from datetime import UTC, datetime, time

import pytest

from bot.settings import SettingsError, load
from bot.ui.i18n import translator
from bot.ui.support_hours import Hours, parse, told

WORKDAYS = Hours(time(9), time(18), 0, 4)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("09:00-18:00", Hours(time(9), time(18))),
        ("Mon-Fri 9:00 - 18:00", WORKDAYS),
        ("sat 10:30-24:00", Hours(time(10, 30), time.max, 5, 5)),
        (None, None),
    ],
)
def test_a_line_is_read(line: str | None, hours: Hours | None) -> None:
    assert parse(line) == hours


@pytest.mark.parametrize("line", ["nine to five", "25:00-26:00", "Mon-Fro 09:00-18:00", "09:00"])
def test_a_line_that_is_no_hours_stops_the_start(line: str) -> None:
    """Nobody is told nonsense."""
    with pytest.raises(SettingsError, match="SUPPORT_HOURS"):
        load(support_hours=line)


@pytest.mark.parametrize(
    ("line", "zone", "hour", "day", "is_open"),
    [
        ("Mon-Fri 09:00-18:00", "UTC", 9, 2, True),
        ("Mon-Fri 09:00-18:00", "UTC", 18, 2, False),
        ("Mon-Fri 09:00-18:00", "Asia/Shanghai", 2, 2, True),
        ("Mon-Fri 09:00-18:00", "Asia/Shanghai", 11, 2, False),
        ("Mon-Fri 09:00-18:00", "UTC", 12, 1, False),
        ("Sat-Mon 09:00-18:00", "UTC", 12, 1, True),
        ("Fri 22:00-06:00", "UTC", 3, 7, True),
        ("Fri 22:00-06:00", "UTC", 23, 6, True),
        ("Fri 22:00-06:00", "UTC", 23, 7, False),
    ],
)
def test_somebody_is_there_or_not(line: str, zone: str, hour: int, day: int, is_open: bool) -> None:
    hours = parse(line)
    assert hours is not None
    assert hours.is_open(datetime(2026, 3, day, hour, tzinfo=UTC), zone) is is_open


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Mon–Fri from 09:00 to 18:00, Shanghai time"),
        ("zh", "周一–周五 09:00 至 18:00（上海时间）"),
        ("ru", "пн–пт с 09:00 до 18:00 (часовой пояс: Шанхай)"),
    ],
)
def test_it_is_told_in_the_readers_words(language: str, words: str) -> None:
    assert words in told(WORKDAYS, translator(language), zone="Asia/Shanghai", now=MONDAY)


def test_a_shop_that_is_not_there_says_so() -> None:
    night = told(WORKDAYS, translator("en"), zone="UTC", now=MONDAY)
    day = told(WORKDAYS, translator("en"), zone="UTC", now=MONDAY.replace(hour=10))
    assert "not there just now" in night
    assert "not there" not in day
