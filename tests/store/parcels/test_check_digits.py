"""Check digits: numbers that are known to be right, and the slips of the hand that each rule must notice."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.parcels.check_digits import CheckDigit, luhn, m7, m10, m37_36, s10, weighted

RULES: dict[str, tuple[CheckDigit, str, str]] = {
    "m10, 3 and 1": (m10(3, 1), "0000000000000000000", "0"),
    "m10, letters": (m10(1, 2), "AAAAAAAAAAAAAAA", "6"),
    "weighted": (weighted(3, 1, 7), "47717908123", "0"),
    "luhn": (luhn, "7992739871", "3"),
    "m7": (m7, "848713550", "6"),
    "s10": (s10, "47312482", "9"),
    "m37": (m37_36, "09980000020033", "F"),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_known_number_has_its_digit(rule: str) -> None:
    digit, serial, check = RULES[rule]
    assert digit(serial) == check


@given(st.from_regex(re.compile(r"[0-9]{8}", re.ASCII), fullmatch=True), st.integers(0, 7), st.integers(1, 9))
@settings(max_examples=200)
def test_one_wrong_digit_of_a_posts_number_is_mostly_noticed(serial: str, place: int, by: int) -> None:
    """11 values on 10 digits: two rests share none, so only a change of the sum by eleven passes, which one digit cannot do."""
    wrong = serial[:place] + str((int(serial[place]) + by) % 10) + serial[place + 1 :]
    rests = {s10(serial), s10(wrong)}
    assert len(rests) == 2 or rests <= {"0", "5"}


@given(st.from_regex(re.compile(r"[0-9A-Z]{14}", re.ASCII), fullmatch=True), st.integers(0, 12))
def test_two_signs_that_changed_places_are_noticed(serial: str, place: int) -> None:
    swapped = serial[:place] + serial[place + 1] + serial[place] + serial[place + 2 :]
    assert (m37_36(serial) == m37_36(swapped)) == (serial == swapped)


@given(st.from_regex(re.compile(r"[0-9]{11}", re.ASCII), fullmatch=True), st.integers(0, 10), st.integers(1, 9))
def test_luhn_notices_every_single_wrong_digit(serial: str, place: int, by: int) -> None:
    wrong = serial[:place] + str((int(serial[place]) + by) % 10) + serial[place + 1 :]
    assert luhn(serial) != luhn(wrong)
