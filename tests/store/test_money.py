from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.money import allocate, exponent, share, to_decimal, to_minor

amounts = st.integers(0, 10**15)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("19.99", "USD", 1999),
        ("100", "JPY", 100),
        ("1.234", "KWD", 1234),
        ("50", "XTR", 50),
        ("0.01", "EUR", 1),
        ("7", "ISK", 7),
    ],
)
def test_an_amount_is_written_with_the_decimals_of_its_currency(text: str, currency: str, minor: int) -> None:
    """Literal vectors: a multiplication and a division by the same wrong factor would cancel out in a round trip."""
    assert to_minor(text, currency) == minor
    assert to_decimal(minor, currency) == Decimal(text)


@pytest.mark.parametrize("code", ["", "usd", "XXX", "US", "ZZZ"])
def test_a_code_that_is_no_currency_is_refused(code: str) -> None:
    """A guess would be wrong by a factor of a hundred."""
    with pytest.raises(ValueError, match="unknown currency"):
        exponent(code)


@pytest.mark.parametrize(
    ("text", "currency"), [("1.999", "USD"), ("0.5", "JPY"), ("ten", "USD"), ("NaN", "USD"), ("Infinity", "USD")]
)
def test_what_is_no_amount_of_the_currency_is_refused(text: str, currency: str) -> None:
    """Nothing is rounded silently."""
    with pytest.raises(ValueError, match="not an amount"):
        to_minor(text, currency)


@given(amounts, st.sampled_from(["USD", "JPY", "KWD", "XTR"]))
def test_minor_units_survive_the_way_through_decimals(amount: int, currency: str) -> None:
    """What is shown and typed again is the same money."""
    assert to_minor(to_decimal(amount, currency), currency) == amount


@pytest.mark.parametrize(("numerator", "expected"), [(0, 0), (1, 1), (5, 5), (10, 10), (15, 15)])
def test_a_share_is_rounded_half_up(numerator: int, expected: int) -> None:
    """A tenth of 5 is a half, and becomes 1."""
    assert share(10, numerator, 10) == expected
    assert share(5, 1, 10) == 1
    assert share(4, 1, 10) == 0
    assert share(-5, 1, 10) == -1


@given(amounts, weights)
def test_the_parts_sum_to_the_whole(amount: int, parts_of: list[int]) -> None:
    """No cent is lost or made, and nobody's part is negative."""
    parts = allocate(amount, parts_of)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)


@given(amounts, weights)
def test_a_part_is_off_the_exact_share_by_less_than_one(amount: int, parts_of: list[int]) -> None:
    """Largest remainder: nobody carries the rounding of all the others."""
    total = sum(parts_of)
    if total:
        for part, weight in zip(allocate(amount, parts_of), parts_of, strict=True):
            assert abs(part * total - amount * weight) < total


@given(amounts, st.lists(st.integers(1, 10**6), min_size=1, max_size=12, unique=True), st.randoms())
def test_the_parts_do_not_depend_on_the_order_of_different_weights(amount: int, distinct: list[int], random) -> None:  # type: ignore[no-untyped-def]  # Hypothesis gives a Random that has no public type
    """Only a tie of remainders goes by position, so equal totals of parts stay where their weight is."""
    shuffled = list(distinct)
    random.shuffle(shuffled)
    there, here = allocate(amount, shuffled), allocate(amount, distinct)
    assert all(abs(here[distinct.index(weight)] - part) <= 1 for weight, part in zip(shuffled, there, strict=True))
    assert sum(there) == sum(here)


def test_nothing_is_split_over_no_weights_and_equally_over_zeros() -> None:
    """Zeros are all alike; no weights at all is a slip in our code."""
    assert allocate(10, [0, 0, 0]) == [4, 3, 3]
    assert allocate(10, [0, 5]) == [0, 10]
    with pytest.raises(ValueError, match="nothing"):
        allocate(10, [])
