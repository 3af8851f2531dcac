"""Which brands have numbers like this, and how much that proves."""

import json
from pathlib import Path
from random import Random

import pytest

from store.parcels import numbers
from store.parcels.brands import BRANDS, HINTS
from store.parcels.check_digits import luhn, m7, m10, m37_36, s10, weighted
from store.parcels.formats import FORMATS
from store.parcels.numbers import Proof
from store.parcels.posts import POST_OF


def _by(digit: object, serial: str, *, before: str = "", after: str = "") -> str:
    assert callable(digit)
    return f"{before}{serial}{digit(serial)}{after}"


# Built by the rules; no number of anybody's parcel.
BUILT = {
    "TBA" + "1" * 12: "amazon",
    "A1234567890": "amazon",
    _by(m10(3, 1), "123456789012345"): "canada_post",
    "D" + "1" * 21: "canpar",
    _by(m7, "123456789"): "dhl",
    _by(m7, "1234567890"): "dhl",
    "JVGL1234567890": "dhl",
    "GM1ABCDEFGHI": "dhl",
    "12345678901234": "dhl",
    _by(m37_36, "123456712345678901234101276"): "dpd",
    _by(m37_36, "12345678901234"): "dpd",
    _by(weighted(3, 1, 7), "12345678901"): "fedex",
    _by(weighted(1, 7, 3), "1234567890123", before="10" * 10): "fedex",
    _by(weighted(3, 1, 7), "12345678901", before="3" + "2" * 15, after="2014"): "fedex",
    _by(m10(1, 3), "12345678901234"): "fedex",
    _by(m10(3, 1), "123456789012345", before="02"): "fedex",
    _by(m10(1, 3), "12345678901234", before="9611020"): "fedex",
    _by(weighted(1, 7, 3), "1234567890123", before="96" + "2" * 18): "fedex",
    "GFUS" + "1" * 14: "gofo",
    "LTN12345678N1": "landmark",
    "LX11234567": "lasership",
    "1LS711234567890": "lasership",
    "1LS71120131234561": "lasership",
    "1LSCXABCDE12345": "lasership",
    _by(luhn, "7771234567"): "old_dominion",
    _by(luhn, "8012345678", before=""): "old_dominion",
    "C" + "1234567890123" + m10(1, 2)("41234567890123"): "ontrac",
    "C" + "4234567890123" + m10(1, 2)("4234567890123"): "ontrac",
    "D" + "1234567890123" + m10(1, 2)("51234567890123"): "ontrac",
    _by(luhn, "12345678901"): "purolator",
    "ABC123456789": "purolator",
    _by(s10, "12345678", before="RB", after="PT"): "post",
    "SP" + "1" * 18: "speedee",
    _by(m10(1, 2), "999AA1012345678", before="1Z"): "ups",
    _by(m10(1, 2), "123456789", before="K"): "ups",
    _by(m10(3, 1), "1" * 19): "usps",
    _by(m10(3, 1), "94" + "1" * 19): "usps",
    _by(m10(3, 1), "94" + "1" * 19, before="42012345"): "usps",
    _by(m10(3, 1), "94" + "1" * 19, before="420123456789"): "usps",
    _by(m10(3, 1), "94" + "1" * 23, before="42012345"): "usps",
    _by(m10(3, 1), "941119" + "1" * 23): "usps",
    _by(m10(3, 1), "91" + "1" * 19): "usps",
    "1" * 19 + m10(3, 1)("91" + "1" * 19): "usps",
    _by(m10(3, 1), "921119" + "1" * 15): "usps",
    _by(m10(3, 1), "931118" + "1" * 19, before="42012345"): "usps",
    _by(m10(3, 1), "95" + "1" * 19, before="420123456789"): "usps",
    "JD" + "1" * 16: "yodel",
    "JJD" + "1" * 16: "yodel",
    "YT" + "1" * 16: "yunexpress",
}


@pytest.mark.parametrize("number", BUILT)
def test_a_number_built_by_the_rules_is_its_carriers(number: str) -> None:
    assert BUILT[number] in numbers.proofs(number)


def test_every_row_accepts_a_number_that_was_built_for_it() -> None:
    assert not [row for row in FORMATS if not any(row.fits(number) for number in BUILT)]
    assert (len(FORMATS), len({row.brand for row in FORMATS}), len(POST_OF)) == (39, 18, 191)


@pytest.mark.parametrize("row", [row for row in FORMATS if row.has_check], ids=lambda row: f"{row.brand} {row.name}")
def test_a_check_digit_is_checked(row: object) -> None:
    """Of ten numbers that differ in the check digit alone one passes; of twenty bare digits at the USPS, two."""
    assert isinstance(row, type(FORMATS[0]))
    number = next(number for number in BUILT if row.fits(number))
    place = max(match.start(2) for shape in row.shapes if (match := shape.fullmatch(number)))
    tried = [number[:place] + digit + number[place + 1 :] for digit in "0123456789"]
    assert sum(row.fits(each) for each in tried) <= 1


def test_a_post_that_does_not_exist_numbers_nothing() -> None:
    assert "post" not in numbers.proofs(_by(s10, "12345678", before="RB", after="XX"))


def test_every_brand_has_a_name_and_every_hint_a_brand() -> None:
    assert {row.brand for row in (*FORMATS, *HINTS)} == {*BRANDS}


@pytest.mark.parametrize(
    ("number", "proof"),
    [
        ("RB123456785US", Proof.CHECKED_LETTERS),
        ("SF1234567890123", Proof.LETTERS),
        ("60120174971147", Proof.DIGITS),
        (_by(weighted(3, 1, 7), "12345678901"), Proof.CHECKED_DIGITS),
    ],
)
def test_letters_and_a_check_digit_prove_more_than_digits(number: str, proof: Proof) -> None:
    assert max(numbers.proofs(number).values()) == proof


def test_of_random_digits_one_in_ten_to_five_is_somebodys() -> None:
    """The reason why a bare number is never a proof."""
    random = Random(1)
    shares = {}
    for length in (9, 10, 11, 12, 14, 15, 20):
        tried = ("".join(random.choices("0123456789", k=length)) for _ in range(500))
        shares[length] = sum(any(row.fits(number) for row in FORMATS) for number in tried) / 500
    assert shares[14] == 1 and shares[9] == 0
    assert all(0.05 < shares[length] < 0.26 for length in (10, 11, 12, 15, 20)), shares


def test_the_published_examples_are_told_apart(shared_data: Path) -> None:
    """Every valid number is its carrier's; no invalid one passes as its own format's."""
    brand_of = {"s10": "post"}
    for line in (shared_data / "tracking_numbers" / "examples.jsonl").read_text().splitlines():
        example = json.loads(line)
        number = numbers.normalise(example["number"]) or ""
        brand = brand_of.get(example["carrier"], example["carrier"])
        fits = [row.name for row in FORMATS if row.brand == brand and row.fits(number)]
        assert bool(fits) == example["valid"], example


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("RВ123456785US", "RB123456785US"),
        ("RB12345678SUS", None),
        ("1Z879E93О346834440", "1Z879E930346834440"),
        ("1Z879E93O346834440", "1Z879E930346834440"),
        ("RBI23456785US", "RB123456785US"),
        ("RB123456785US", None),
        ("hello there", None),
        ("О" * 500, None),
    ],
)
def test_signs_that_look_alike_are_asked_about(typed: str, meant: str | None) -> None:
    assert numbers.suggestion(typed) == meant


def test_what_cannot_be_seen_is_no_part_of_a_number() -> None:
    assert numbers.normalise("﻿RB\u200b123\u00ad456‑785 US\u2060") == "RB123456785US"
    assert numbers.normalise("JDVA12345678901-1-1-") == "JDVA12345678901"


@pytest.mark.parametrize("number", ["9" * 41, "A" * 40 + "1", "0" * 41])
def test_the_longest_numbers_are_read_too(number: str) -> None:
    assert numbers.normalise(number) == number
    assert isinstance(numbers.proofs(number), dict)
