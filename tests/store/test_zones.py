"""In which zone somebody lives, and when their nights are."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import zones

LISBON, NEW_YORK, SHANGHAI, SYDNEY = "Europe/Lisbon", "America/New_York", "Asia/Shanghai", "Australia/Sydney"


def test_the_chosen_zone_counts_before_the_countrys_before_the_shops() -> None:
    """Somebody who travels knows best."""
    assert zones.zone_of(SYDNEY, "CN", LISBON) == SYDNEY
    assert zones.zone_of(None, "CN", LISBON) == SHANGHAI
    assert zones.zone_of(None, None, LISBON) == LISBON
    assert zones.zone_of(None, "ZZ", LISBON) == LISBON


@pytest.mark.parametrize("code", ["PT", "RU", "US", "CN", "AU", "BR", "KZ", "NP", "GB", "IN"])
def test_every_country_has_a_clock(code: str) -> None:
    """One that this machine knows."""
    zone = zones.of_country(code)
    assert zone is not None and zones.is_zone(zone)


def test_every_main_zone_is_one_that_this_machine_knows() -> None:
    """A renamed one would break every screen of that country."""
    assert not [zone for zone in zones._MOST_PEOPLES.values() if not zones.is_zone(zone)]


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Lisbon", LISBON),
        ("лиссабон", LISBON),
        ("上海", SHANGHAI),
        ("new york", NEW_YORK),
        ("America/New_York", NEW_YORK),
        ("São Paulo", "America/Sao_Paulo"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Москва", "Europe/Moscow"),
        ("Portugal", LISBON),
        ("Kathm", "Asia/Katmandu"),
    ],
)
def test_a_city_is_found_as_people_write_it(typed: str, zone: str) -> None:
    """In English, Chinese and Russian, without accents, begun, or by its country."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert at.astimezone(ZoneInfo(zones.find(typed)[0])).utcoffset() == at.astimezone(ZoneInfo(zone)).utcoffset()


def test_a_country_with_many_clocks_names_each_once() -> None:
    """The one of most people first."""
    found = zones.find("Россия")
    assert found[0] == "Europe/Moscow" and "Asia/Vladivostok" in found
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert len({at.astimezone(ZoneInfo(zone)).utcoffset() for zone in found}) == len(found) == 11


@given(st.text(max_size=100))
def test_whatever_is_typed_leads_to_few_zones_or_none(typed: str) -> None:
    """And each of them is real."""
    found = zones.find(typed)
    assert len(found) <= zones.FOUND_MAX
    assert all(zones.is_zone(zone) for zone in found)


@pytest.mark.parametrize(
    ("zone", "evening", "morning"),
    [
        # Winter and summer time: the same hours of the clock are other hours of Greenwich.
        (LISBON, "2026-03-28T22:00Z", "2026-03-29T07:00Z"),
        (NEW_YORK, "2026-03-07T03:00Z", "2026-03-07T13:00Z"),
        (NEW_YORK, "2026-03-08T03:00Z", "2026-03-08T12:00Z"),
        (SHANGHAI, "2026-07-01T14:00Z", "2026-07-02T00:00Z"),
        (SYDNEY, "2026-04-04T11:00Z", "2026-04-04T22:00Z"),
    ],
)
def test_nights_follow_the_clock_through_summer_time(zone: str, evening: str, morning: str) -> None:
    """From 22 to 8 by the clock on the wall: silent at the first moment, loud again at the second."""
    assert zones.is_quiet(22, 8, zone, datetime.fromisoformat(evening))
    assert not zones.is_quiet(22, 8, zone, datetime.fromisoformat(morning))


def test_a_night_that_ends_on_the_same_day() -> None:
    """From midnight to ten; and no night at all."""
    at = datetime(2026, 1, 1, 9, 59, tzinfo=UTC)
    assert zones.is_quiet(0, 10, "UTC", at)
    assert not zones.is_quiet(0, 9, "UTC", at)
    assert not zones.is_quiet(None, None, "UTC", at)
    assert not zones.is_quiet(9, 9, "UTC", at)
