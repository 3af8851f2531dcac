"""Money, moments and windows as people read them, in their language and time zone."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency

from store.money import to_decimal
from store.parcels.carrier import Window

_BABEL = {"zh": "zh_Hans"}


@lru_cache(10_000)
def money(amount_minor: int, currency: str, language: str) -> str:
    """1999, USD, en → $19.99. Stars have no decimals, whatever Babel thinks."""
    if currency == "XTR":
        return f"⭐{amount_minor}"
    return format_currency(to_decimal(amount_minor, currency), currency, locale=_BABEL.get(language, language))


def moment(at: datetime, language: str, zone: str) -> str:
    """25 Nov, 14:03"""
    return format_datetime(at.astimezone(ZoneInfo(zone)), _skeleton(language), locale=_BABEL.get(language, language))


def _skeleton(language: str) -> str:
    return "M月d日 HH:mm" if language == "zh" else "d MMM, HH:mm"


def day(at: datetime, language: str, zone: str) -> str:
    """Wed, 25 Nov"""
    return format_date(
        at.astimezone(ZoneInfo(zone)),
        "M月d日 EEE" if language == "zh" else "EEE, d MMM",
        locale=_BABEL.get(language, language),
    )


def clock(at: datetime, language: str, zone: str) -> str:
    """14:03"""
    return format_time(at.astimezone(ZoneInfo(zone)), "HH:mm", locale=_BABEL.get(language, language))


def window(expected: Window, language: str, zone: str) -> str:
    """The days of an arrival window: one day, or from–until."""
    first, last = day(expected.earliest, language, zone), day(expected.latest, language, zone)
    return first if first == last else f"{first} – {last}"
