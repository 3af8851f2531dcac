"""A coupon in one line, in the words of three languages, or in none."""

from datetime import UTC, datetime

import pytest

from store.coupon_edits import Wanted
from store.coupon_typed import read
from store.errors import BadInput
from tests.builders import NOW

CHRISTMAS = datetime(2026, 12, 25, tzinfo=UTC)


def _read(text: str) -> Wanted:
    return read(text, currency="USD", zone="UTC", now=NOW)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("welcome10 10%", Wanted("WELCOME10", percent=10)),
        ("A10 10 %", Wanted("A10", percent=10)),
        ("A10 −15%", Wanted("A10", percent=15)),
        ("FIVE 5", Wanted("FIVE", amount_minor=500)),
        ("FIVE -$4.50", Wanted("FIVE", amount_minor=450)),
        ("A10 10% from 30", Wanted("A10", percent=10, minimum_minor=3000)),
        ("A10 10% ≥30", Wanted("A10", percent=10, minimum_minor=3000)),
        ("A10 10% x100", Wanted("A10", percent=10, max_uses=100)),
        ("A10 10% 100×", Wanted("A10", percent=10, max_uses=100)),
        ("A10 10% until 24.12", Wanted("A10", percent=10, ends_at=CHRISTMAS)),
        ("A10 10% 2026-12-24", Wanted("A10", percent=10, ends_at=CHRISTMAS)),
        ("A10 10% от 30 х5 до 24.12.", Wanted("A10", percent=10, minimum_minor=3000, max_uses=5, ends_at=CHRISTMAS)),
        ("Ａ１０ 10％ 满 30 x5 至 12月24日", Wanted("A10", percent=10, minimum_minor=3000, max_uses=5, ends_at=CHRISTMAS)),
    ],
)  # fmt: skip
def test_a_line_is_read(text: str, wanted: Wanted) -> None:
    assert _read(text) == wanted


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        ("", "coupon", "words"),
        ("A10", "coupon", "words"),
        ("A10 10% from", "coupon", "words"),
        ("A10 10% x5 x6", "coupon", "words"),
        ("A10 10% tomorrow", "coupon", "words"),
        ("A10 10% 30", "coupon", "words"),
        ("A10 ten", "price", "format"),
        ("A10 10% from a lot", "price", "format"),
        ("A10 10% until 31.2", "date", "format"),
        ("?! 10%", "coupon", "format"),
        ("A10 1000%", "price", "format"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, field: str, reason: str) -> None:
    """Nothing is guessed: a coupon is money."""
    with pytest.raises(BadInput) as refused:
        _read(text)
    assert (refused.value.params["field"], refused.value.params["reason"]) == (field, reason)


@pytest.mark.parametrize(
    ("day", "zone", "ends_at"),
    [
        ("2.3", "UTC", datetime(2026, 3, 3, tzinfo=UTC)),  # today is a day still
        ("1.3", "UTC", datetime(2027, 3, 2, tzinfo=UTC)),
        ("29.3", "Europe/Berlin", datetime(2026, 3, 29, 22, tzinfo=UTC)),  # a day of 23 hours
        ("25.10", "Europe/Berlin", datetime(2026, 10, 25, 23, tzinfo=UTC)),  # and one of 25
    ],
)
def test_the_last_day_is_a_whole_one(day: str, zone: str, ends_at: datetime) -> None:
    assert read(f"A10 10% until {day}", currency="USD", zone=zone, now=NOW).ends_at == ends_at


def test_the_end_of_all_days_is_no_day() -> None:
    with pytest.raises(BadInput):
        read("A10 10% until 31.12.9999", currency="USD", zone="America/New_York", now=NOW)
