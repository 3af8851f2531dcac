"""Pieces chosen with buttons: whatever a button says, the choice is one that is possible."""

import pytest
from aiogram.filters.callback_data import CallbackData
from hypothesis import given
from hypothesis import strategies as st

from bot.ui.desk_callbacks import ChooseParcel
from bot.ui.pieces import DIGITS, LINES_MAX, Choice, choice, stepper_rows
from tests.bot.ui.views import T

TITLES = ("Mug", "Dress", "Lamp")


def press(other: Choice) -> CallbackData:
    return ChooseParcel(order_id=12, version=3, page=other.page, chosen=other.packed)


def chosen_by(choice: Choice, row: int, button: int) -> str:
    pressed = stepper_rows(choice, press, T)[row][button].press
    assert isinstance(pressed, ChooseParcel)
    return pressed.chosen


def test_a_stepper_stops_at_nothing_and_at_all() -> None:
    few = choice(TITLES, (2, 1, 0), "01")
    assert [chosen_by(few, 0, 0), chosen_by(few, 0, 2)] == ["01", "11"]
    assert [chosen_by(few, 1, 0), chosen_by(few, 1, 2)] == ["", "01"]


def test_the_middle_takes_all_of_a_line_or_none() -> None:
    assert chosen_by(choice(TITLES, (3, 1, 0), ""), 0, 1) == "3"
    assert chosen_by(choice(TITLES, (3, 1, 0), "3"), 0, 1) == ""


def test_everything_is_chosen_to_begin_with_and_what_is_gone_is_not_shown() -> None:
    all_of_it = choice(TITLES, (3, 0, 2), None)
    assert (all_of_it.total, all_of_it.packed, len(stepper_rows(all_of_it, press, T))) == (5, "302", 2)


def test_a_long_order_has_pages_that_keep_the_choice() -> None:
    long = choice(["Mug"] * 20, [1] * 20, "1" * 12, page=1)
    rows = stepper_rows(long, press, T)
    assert len(rows) == 9
    assert {each.press.chosen for each in rows[-1] if isinstance(each.press, ChooseParcel)} == {"1" * 12}


@given(st.lists(st.integers(0, 99), max_size=40), st.text(DIGITS, max_size=LINES_MAX), st.integers(0, 9))
def test_whatever_a_button_says_no_more_is_chosen_than_there_is(most: list[int], chosen: str, page: int) -> None:
    made = choice(["Mug"] * len(most), most, chosen, page=page)
    assert all(count <= bound for count, bound in zip(made.counts, most, strict=False))
    assert choice(["Mug"] * len(most), most, made.packed) == Choice(made.titles, made.most, made.counts)
    for row in stepper_rows(made, press, T):
        assert all(button.press and len(button.press.pack()) <= 64 for button in row)


@pytest.mark.parametrize("letters", ["A", "é", "1" * 30])
def test_a_button_with_other_letters_is_none_of_ours(letters: str) -> None:
    with pytest.raises(ValueError):
        ChooseParcel.unpack(f"shc:1:1:0:{letters}")
