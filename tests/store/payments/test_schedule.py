"""When to ask again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from store.payments.schedule import backoff, next_check
from tests.builders import NOW

HOUR = timedelta(hours=1)


@given(st.integers(0, 1000))
def test_waits_never_get_shorter(checks: int) -> None:
    """And never longer than a day."""
    assert timedelta(0) < backoff(checks) <= backoff(checks + 1) <= timedelta(days=1)


def test_the_first_questions_come_quickly() -> None:
    """Most customers pay within minutes."""
    assert [backoff(checks).total_seconds() for checks in range(5)] == [10, 30, 120, 600, 3600]


def test_an_attempt_is_asked_about_when_its_time_is_up() -> None:
    """Not an hour later."""
    assert next_check(4, now=NOW, expires_at=NOW + HOUR / 2) == NOW + HOUR / 2
    assert next_check(0, now=NOW, expires_at=NOW + HOUR / 2) == NOW + timedelta(seconds=10)


def test_a_closed_attempt_is_watched_for_a_day() -> None:
    """Then its provider has nothing new to say."""
    assert next_check(4, now=NOW, expires_at=NOW - HOUR) == NOW + HOUR
    assert next_check(7, now=NOW, expires_at=NOW - 13 * HOUR) is None


def test_an_attempt_without_a_limit_is_asked_about_for_ever() -> None:
    """Once a day in the end."""
    assert next_check(500, now=NOW, expires_at=None) == NOW + timedelta(days=1)
