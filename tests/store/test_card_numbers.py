"""What looks like a payment card, and what only has many digits."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.card_numbers import _passes_luhn, has_card_number

# The schemes' own test numbers.
CARDS = (
    "4242424242424242",
    "4242 4242 4242 4242",
    "4242-4242-4242-4242",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "3782 822463 10005",
    "6011111111111117",
    "3056930009020004",
    "36227206271667",
    "6200000000000005",
    "3566002020360505",
    "2200 7007 0000 0002",
    "4000000000000000006",
    "8171999927660000",
    "４２４２４２４２４２４２４２４２",
    "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢",
    "४२४२४२४२४२४२४२४२",
)


@pytest.mark.parametrize("number", CARDS)
@pytest.mark.parametrize("sentence", ["{}", "my card is {}, exp 12/29", "Карта:{}", "卡号{}。"])
def test_a_card_is_found_in_any_sentence(number: str, sentence: str) -> None:
    """However it is grouped."""
    assert has_card_number(sentence.format(number))


@pytest.mark.parametrize(
    "text",
    [
        "+8613812345678",
        "+351 912 345 678",
        "4242424242424241",
        "7K2Q-M9XD3",
        "SB1234567890123456",
        "42424242424242424242424242424242",
        "1234567890123",
        "RB123456785CN",
        "",
    ],
)
def test_what_only_has_many_digits_is_left_alone(text: str) -> None:
    """Phone numbers, orders, tracking numbers, a card with a wrong check digit."""
    assert not has_card_number(text)


@given(st.integers(0, 10**14 - 1), st.sampled_from(["4", "51", "2221", "62"]))
def test_one_of_ten_numbers_of_a_schemes_length_has_the_right_check_digit(body: int, scheme: str) -> None:
    """The last digit decides: exactly one of the ten is refused."""
    head = f"{scheme}{body:014}"[:15]
    refused = [last for last in "0123456789" if has_card_number(f"{head}{last}")]
    assert len(refused) == 1 and _passes_luhn(head + refused[0])


def test_random_phone_numbers_are_not_taken_for_cards() -> None:
    """With their plus, none of ten thousand."""
    numbers = random.Random(7)
    assert not [n for n in range(10_000) if has_card_number(f"+{numbers.randrange(10**10, 10**15)}")]
