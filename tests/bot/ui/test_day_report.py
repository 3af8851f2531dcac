"""The morning's message: a picture that every font can draw, and words that need no picture."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from bot.ui.day_report import day_report_screen
from bot.ui.format import money
from bot.ui.i18n import LANGUAGES, translator
from notifications import html
from store.day_report import DayReport, OtherMoney

WEEK = tuple((date(2026, 2, 23) + timedelta(days=n), n * 123_456) for n in range(7))
LONG = {"en": "x" * 500, "zh": "漂亮的杯子"}


def a_report(week: tuple[tuple[date, int], ...] = WEEK, currency: str = "USD") -> DayReport:
    return DayReport(date(2026, 3, 1), currency, 12, 740_736, 1500, week, ((LONG, 7),) * 5, ((LONG, 0),) * 5)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("currency", ["USD", "JPY", "XTR"])
def test_the_words_fit_below_the_picture(language: str, currency: str) -> None:
    screen = day_report_screen(a_report(currency=currency), translator(language))
    assert html.visible_length(screen.text) <= html.CAPTION_MAX
    assert isinstance(screen.picture, bytes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_currency_that_a_shop_may_have_has_its_words(language: str) -> None:
    """Its own, ten more and Stars, and a long list of what sold."""
    further = ("AED", "CHF", "EUR", "GBP", "HUF", "ISK", "JPY", "KRW", "KWD", "TWD", "XTR")
    others = tuple(OtherMoney(each, 12, 123_456, 65_432, 7_654_321) for each in further)
    screen = day_report_screen(replace(a_report(), others=others), translator(language))
    assert html.visible_length(screen.text) <= html.CAPTION_MAX
    for told in others:
        for minor in (told.sales_minor, told.refunded_minor, told.week_minor):
            assert money(minor, told.currency, language) in screen.text


def test_no_rate_makes_one_sum_of_two() -> None:
    others = (OtherMoney("EUR", 1, 1400, 300, 2800), OtherMoney("KWD", 0, 0, 0, 1234))
    text = day_report_screen(replace(a_report(), others=others), translator("en")).text
    assert "12 orders, $7,407.36\n1 order, €14.00\n↩️ Given back: $15.00, €3.00\n" in text
    assert f"Seven days: $25,925.76, €28.00, {money(1234, 'KWD', 'en')}" in text


def test_the_bars_are_as_high_as_the_sales() -> None:
    """Of the blue ones the last day's is the highest, and a day without sales has none."""
    screen = day_report_screen(a_report(), translator("en"))
    assert isinstance(screen.picture, bytes)
    picture = Image.open(BytesIO(screen.picture)).convert("RGB")
    step = (picture.width - 80) / 7
    heights = [_height(picture, int(40 + step * (n + 0.5))) for n in range(7)]
    assert heights == sorted(heights)
    assert heights[0] == 0 < heights[1]
    assert heights[6] == pytest.approx(heights[3] * 2, abs=6)


def _height(picture: Image.Image, x: int) -> int:
    """Bar pixels in the column."""
    bar = {(0x9A, 0xB8, 0xD8), (0x2F, 0x6F, 0xB0)}
    return sum(picture.getpixel((x, y)) in bar for y in range(picture.height))


def test_a_week_without_sales_is_drawn_too() -> None:
    nothing = tuple((day, 0) for day, _ in WEEK)
    assert day_report_screen(a_report(nothing), translator("en")).picture
