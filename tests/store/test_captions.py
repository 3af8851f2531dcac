"""What is written below a photo, read as a product."""

import pytest

from store import captions
from store.captions import Caption
from store.errors import BadInput


@pytest.mark.parametrize(
    ("currency", "text", "title", "description", "price_minor"),
    [
        ("USD", "Blue mug\n15\nHolds a lot.\nBig", "Blue mug", "Holds a lot.\nBig", 1500),
        ("USD", "Blue mug — 15,50 $\n\nNice", "Blue mug", "Nice", 1550),
        ("EUR", "iPhone 15\n1.299,00 €\nnew", "iPhone 15", "new", 129900),
        ("RUB", "Кружка\nЦена: 1 500 руб.\nБольшая", "Кружка", "Большая", 150000),
        ("CNY", "蓝色杯子\n¥88\n很大", "蓝色杯子", "很大", 8800),
        ("JPY", "Mug\n1,500円", "Mug", "", 1500),
        ("KWD", "Mug 1.250 KWD", "Mug", "", 1250),
        ("USD", "Mug\nSize 5, 300 g\nonly $5 today", "Mug", "Size 5, 300 g\nonly $5 today", 500),
        ("USD", "$15", "", "", 1500),
        ("USD", "", "", "", None),
        ("USD", "15", "15", "", None),
        ("USD", "Mug A$5", "Mug A$5", "", None),
        ("USD", "7up\n2.5.3", "7up", "2.5.3", None),
        ("USD", "Mug\n$1e9", "Mug", "$1e9", None),
        ("USD", "Mug 15 €", "Mug 15 €", "", None),
        ("USD", "Mug\n$10000000000.01", "Mug", "$10000000000.01", None),
    ],
)
def test_a_caption_is_a_title_a_price_and_a_description(
    currency: str, text: str, title: str, description: str, price_minor: int | None
) -> None:
    """A number that may be the name of the thing is no price; an amount of another currency is none either."""
    assert captions.read(text, currency) == Caption(title, description, price_minor)


def test_a_caption_of_any_length_fits() -> None:
    told = captions.read("x" * 5000 + "\n" + "9" * 5000 + "\n" + "y" * 5000, "USD")
    assert (len(told.title), told.price_minor) == (captions.TITLE_MAX, None)
    assert len(told.description) <= captions.DESCRIPTION_MAX


def test_marks_that_turn_the_direction_are_left_out() -> None:
    assert captions.read("\u202eevil\u0000", "USD").title == "evil"


@pytest.mark.parametrize(
    ("text", "price_minor"),
    [("12", 1200), ("12,5", 1250), ("1,299", 129900), ("1.299,00 $", 129900), ("１２．５", 1250), ("$0", 0)],
)
def test_a_price_is_read_as_people_write_it(text: str, price_minor: int) -> None:
    assert captions.price(text, "USD") == price_minor


@pytest.mark.parametrize(
    "text", ["", "-5", "a lot", "12 €", "1,2,3", "12.3456", "1e5", "NaN", "9" * 30, "12 13", "9" * 15]
)
def test_what_is_no_price_is_asked_for_again(text: str) -> None:
    with pytest.raises(BadInput):
        captions.price(text, "USD")


@pytest.mark.parametrize(
    ("text", "usual", "language"),
    [("Blue mug", "en", "en"), ("Кружка", "en", "ru"), ("杯子 A", "en", "zh"), ("Mug", "ru", "en"), ("12", "ru", "ru")],
)
def test_a_text_is_in_the_language_of_its_letters(text: str, usual: str, language: str) -> None:
    assert captions.language_of(text, usual) == language
