"""Language, help, and what was not understood."""

import pytest

from bot.ui.account import _EXPECTED, expected_screen, language_screen, left_screen, not_understood_screen
from bot.ui.addresses import address_text
from bot.ui.buttons import shortened
from bot.ui.i18n import LANGUAGES
from bot.ui.states import Awaiting
from tests.bot.ui.views import T, labels


def test_every_language_is_named_in_itself() -> None:
    assert labels(language_screen(T)) == ["✅ English", "中文", "Русский", "Home"]
    assert len(labels(language_screen(T))) == len(LANGUAGES) + 1


@pytest.mark.parametrize("awaiting", list(_EXPECTED))
def test_a_hint_keeps_waiting_for_the_answer(awaiting: Awaiting) -> None:
    screen = expected_screen(awaiting, T)

    assert screen.awaits == awaiting
    assert "/cancel" in screen.text


def test_leaving_says_what_was_kept() -> None:
    assert "Your cart is as you left it" in left_screen(T, was_asked=True, cart_quantity=2).text
    assert "nothing to leave" in left_screen(T, was_asked=False, cart_quantity=0).text


def test_what_is_not_understood_leads_on() -> None:
    assert "📦 Where is it?" in labels(not_understood_screen(T))


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Mug", "Mug"),
        ("Relaxed linen shirt", "Relaxed linen shirt"),
        ("Pick up at the shop, Lisbon", "Pick up at the shop…"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffah…"),
        ("A Donaudampfschifffahrtsgesellschaft", "A Donaudampfschifff…"),
    ],
)
def test_a_long_label_is_cut_at_a_word_where_that_costs_little(text: str, short: str) -> None:
    assert shortened(text) == short
    assert len(shortened(text)) <= 20


def test_an_address_is_one_line_in_the_readers_language() -> None:
    address = {"street": "Rua Augusta 1", "postcode": "1100-048", "city": "Lisboa", "region": "", "country": "PT"}

    assert address_text(address, "ru") == "Rua Augusta 1, 1100-048 Lisboa, Португалия"
    assert address_text({"city": "X", "country": "??"}, "zh") == "X, ??"
