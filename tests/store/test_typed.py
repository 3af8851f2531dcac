import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import typed
from store.errors import BadInput


def reason_of(error: pytest.ExceptionInfo[BadInput]) -> object:
    return error.value.params["reason"]


def test_a_line_loses_its_white_space_and_nothing_else() -> None:
    """People break lines and double spaces; names keep their letters."""
    assert typed.line("  Ann \n Lee\t(李安) ", "name", maximum=128) == "Ann Lee (李安)"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("x" * 11, "too_long"),
        ("a\x00b", "unreadable"),
        ("a\x1bb", "unreadable"),
        ("a\u202egpj", "unreadable"),
        ("a\ud800", "unreadable"),
    ],
)
def test_a_line_that_cannot_be_kept_says_why(text: str, reason: str) -> None:
    """Control characters, direction overrides and halves of characters do not reach the merchant's card."""
    with pytest.raises(BadInput) as error:
        typed.line(text, "name", maximum=10)
    assert error.value.params["field"] == "name"
    assert reason_of(error) == reason


@given(st.text(max_size=300))
def test_what_telegram_says_is_always_made_readable(text: str) -> None:
    """A profile name can be anything; it is shortened and cleaned, never refused."""
    kept = typed.readable(text, maximum=128)
    assert len(kept) <= 128
    assert not kept or typed.line(kept, "name", maximum=500)


@pytest.mark.parametrize(
    ("text", "language", "country", "number"),
    [
        ("+351 912 345 678", "en", None, "+351912345678"),
        ("00351 912 345 678", "en", None, "+351912345678"),
        ("912 345 678", "en", "PT", "+351912345678"),
        ("912345678", "pt", None, "+351912345678"),
        ("8 (912) 345-67-89", "ru", None, "+79123456789"),
        ("138 1234 5678", "zh-hans", None, "+8613812345678"),
        ("11 98765-4321", "pt-br", None, "+5511987654321"),
        ("351912345678", "ru", None, "+351912345678"),
        ("٠٩١٢٣٤٥٦٧٨٩", "fa", "IR", "+989123456789"),
    ],
)
def test_a_number_is_understood_as_people_write_it(text: str, language: str, country: str | None, number: str) -> None:
    """With a country code anywhere, without one at home; Telegram's shared contact has no plus."""
    assert typed.phone(text, language=language, country=country) == number


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        ("", "en", "empty"),
        ("1" * 41, "en", "too_long"),
        ("call me", "en", "not_a_number"),
        ("+1 800 FLOWERS", "en", "not_a_number"),
        ("—", "en", "not_a_number"),
        ("912 345 678", "en", "no_country_code"),
        ("912 345 678", "ar", "no_country_code"),
        ("+351 12", "en", "not_in_use"),
        ("+999 123 456 789", "en", "not_in_use"),
    ],
)
def test_a_number_that_nobody_answers_says_why(text: str, language: str, reason: str) -> None:
    """The courier would stand before a closed door."""
    with pytest.raises(BadInput) as error:
        typed.phone(text, language=language)
    assert error.value.params["field"] == "phone"
    assert reason_of(error) == reason
