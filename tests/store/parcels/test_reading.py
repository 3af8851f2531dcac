"""Whatever a carrier sends, reading it is no error."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.parcels import reading

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(ANY_JSON, st.lists(st.sampled_from(["a", "b", 0, -1]), max_size=3), st.text(max_size=20))
def test_any_shape_can_be_read(value: object, path: list[str | int], written: str) -> None:
    assert isinstance(reading.text(value, *path), str)
    assert isinstance(reading.items(value, *path), list)
    reading.moment(written, UTC), reading.of_epoch_ms(written)


def test_a_time_without_a_zone_is_one_of_the_carriers_zone() -> None:
    morning = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
    assert reading.moment("2026-11-02 09:30:00", reading.SHANGHAI) == morning
    assert reading.moment("20261102093000", reading.SHANGHAI) == morning
    assert reading.moment("2026-11-02T02:30:00+01:00", reading.SHANGHAI) == morning
    assert reading.moment("2026-11-02T01:30:00Z", None) == morning
    assert reading.of_epoch_ms(str(int(morning.timestamp() * 1000))) == morning


@pytest.mark.parametrize("written", ["", "tomorrow", "0001-01-01 00:00:00", "9999-12-31", "1970-01-01 00:00:00"])
def test_what_is_no_date_is_none(written: str) -> None:
    assert reading.moment(written, ZoneInfo("UTC")) is None


def test_a_time_without_any_zone_is_not_guessed() -> None:
    assert reading.moment("2026-11-02 09:30:00", None) is None


def test_a_single_object_in_the_place_of_a_list_is_a_list_of_one() -> None:
    assert reading.items({"a": {"b": 1}}, "a") == [{"b": 1}]
