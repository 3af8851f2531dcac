"""Order numbers: what people read out, type and mistype."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import order_numbers

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXY"


def test_a_number_is_eight_random_characters_and_a_check_in_two_groups() -> None:
    """`7K2Q-M9XD3`: four, a dash, five."""
    number = order_numbers.new()
    first, _, second = number.partition("-")
    assert (len(first), len(second)) == (4, 5)
    assert set(first + second) <= set(ALPHABET)


def test_nothing_in_it_is_taken_for_something_else() -> None:
    """No zero beside the letter O, no one beside I and L, no Z beside 2."""
    written = "".join(order_numbers.new() for _ in range(500))
    assert not set(written) & set("01OILZU")


def test_numbers_neither_repeat_nor_count() -> None:
    numbers = [order_numbers.new() for _ in range(2000)]
    assert len(set(numbers)) == len(numbers)
    assert numbers != sorted(numbers)


@pytest.mark.parametrize(
    "spoil",
    [
        str.lower,
        lambda number: number.replace("-", ""),
        lambda number: number.replace("-", " "),
        lambda number: number.replace("-", "–"),
        lambda number: f"  #{number}. ",
        lambda number: f"№ {number}",
        lambda number: " ".join(number),
        lambda number: "".join(chr(ord(character) + 0xFEE0) for character in number),
    ],
)
def test_case_spaces_and_dashes_do_not_matter(spoil: Callable[[str], str]) -> None:
    number = order_numbers.new()
    assert order_numbers.normalise(spoil(number)) == number


def test_cyrillic_letters_that_look_the_same_are_the_same() -> None:
    """A Russian keyboard writes НАВСЕКМРТХ, and a reader takes V for U and 2 for Z."""
    cyrillic = str.maketrans("ABCEHKMPTXYV2", "АВСЕНКМРТХУUZ")
    for number in (order_numbers.new() for _ in range(200)):
        assert order_numbers.normalise(number.translate(cyrillic)) == number


def test_one_wrong_character_is_always_noticed() -> None:
    number = order_numbers.new()
    for position, right in enumerate(number):
        for wrong in set(ALPHABET) - {right}:
            if right != "-":
                assert order_numbers.normalise(number[:position] + wrong + number[position + 1 :]) is None


def test_two_exchanged_characters_are_always_noticed() -> None:
    compact = order_numbers.new().replace("-", "")
    for left in range(9):
        for right in range(left + 1, 9):
            typed = list(compact)
            typed[left], typed[right] = typed[right], typed[left]
            assert compact[left] == compact[right] or order_numbers.normalise("".join(typed)) is None


@given(st.text(max_size=40))
def test_anything_typed_is_a_number_in_its_one_spelling_or_none(text: str) -> None:
    number = order_numbers.normalise(text)
    assert number is None or order_numbers.normalise(number) == number


@pytest.mark.parametrize("text", ["", "7K2Q", "where is my parcel", "0000-00000", "-" * 500, "2222-22222A"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert order_numbers.normalise(text) is None
