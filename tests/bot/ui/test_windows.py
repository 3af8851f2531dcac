"""An arrival window in words: days, and hours only where somebody has named them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.ui.format import window
from store.parcels.carrier import Window

MORNING, NOON = datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Asia/Shanghai", "UTC", "America/Sao_Paulo", "Pacific/Honolulu"])
def test_a_carriers_bare_date_is_that_day_where_the_parcel_goes(zone: str) -> None:
    """Read as midnight in Greenwich it would be the day before in America."""
    there = Window.of_days(date(2026, 3, 3), date(2026, 3, 3), ZoneInfo(zone))
    assert window(there, "en", zone) == "Tue, 3 Mar"


def test_hours_are_told_only_where_somebody_named_them() -> None:
    assert window(Window(MORNING, NOON), "en", "UTC") == "Tue, 3 Mar"
    assert window(Window(MORNING, NOON, has_time=True), "en", "Europe/Berlin") == "Tue, 3 Mar, 10:00 – 13:00"


def test_a_window_of_several_days_has_no_hours() -> None:
    wide = Window(MORNING, datetime(2026, 3, 5, 9, tzinfo=UTC), has_time=True)
    assert window(wide, "en", "UTC") == "Tue, 3 Mar – Thu, 5 Mar"
