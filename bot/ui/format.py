"""Money, moments and windows as people read them, in their language and time zone."""

from copy import copy
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, get_currency_precision

from store.money import exponent, to_decimal
from store.parcels.carrier import Window
from store.zones import former_name

_BABEL = {"zh": "zh_Hans"}


@lru_cache(10_000)
def money(amount_minor: int, currency: str, language: str) -> str:
    """1999, USD, en → $19.99. Stars have no decimals, whatever Babel thinks."""
    if currency == "XTR":
        return f"⭐{amount_minor}"
    amount, locale = to_decimal(amount_minor, currency), Locale.parse(_BABEL.get(language, language))
    decimals = exponent(currency)
    if get_currency_precision(currency) == decimals or amount == amount.to_integral_value():
        return format_currency(amount, currency, locale=locale)
    # Babel leaves out the small coins that are not minted any more. A price that has them costs them: 10.50 dinars are no 11.
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (decimals, decimals)
    return str(pattern.apply(amount, locale, currency=currency, currency_digits=False))


def moment(at: datetime, language: str, zone: str) -> str:
    """25 Nov, 14:03"""
    return format_datetime(at.astimezone(ZoneInfo(zone)), _skeleton(language), locale=_BABEL.get(language, language))


def moment_there(at: datetime, language: str, zone: str) -> str:
    """25 Nov, 14:03 (UTC+1): a moment that stands alone says by which clock."""
    return f"{moment(at, language, zone)} ({offset(zone, at)})"


def _skeleton(language: str) -> str:
    return "M月d日 HH:mm" if language == "zh" else "d MMM, HH:mm"


def day(at: datetime, language: str, zone: str) -> str:
    """Wed, 25 Nov"""
    return format_date(
        at.astimezone(ZoneInfo(zone)),
        "M月d日 EEE" if language == "zh" else "EEE, d MMM",
        locale=_BABEL.get(language, language),
    )


def date_of(at: datetime, language: str, zone: str) -> str:
    """25 Nov 2026"""
    skeleton = "y年M月d日" if language == "zh" else "d MMM y"
    return format_date(at.astimezone(ZoneInfo(zone)), skeleton, locale=_BABEL.get(language, language))


def clock(at: datetime, language: str, zone: str) -> str:
    """14:03"""
    return format_time(at.astimezone(ZoneInfo(zone)), "HH:mm", locale=_BABEL.get(language, language))


def window(expected: Window, language: str, zone: str) -> str:
    """The days of an arrival window: one day, or from–until; with its hours where somebody has named them for one day."""
    first, last = day(expected.earliest, language, zone), day(expected.latest, language, zone)
    if first != last:
        return f"{first} – {last}"
    if not expected.has_time:
        return first
    return f"{first}, {clock(expected.earliest, language, zone)} – {clock(expected.latest, language, zone)}"


def zone_city(zone: str, language: str) -> str:
    """Europe/Lisbon, ru → Лиссабон. A zone that is no city's is named as it is."""
    zones = Locale.parse(_BABEL.get(language, language)).time_zones
    known = zones.get(former_name(zone), {}).get("city")
    return str(known or zone.rpartition("/")[2].replace("_", " "))


def offset(zone: str, at: datetime) -> str:
    """UTC+1, UTC−3:30, UTC: how far that zone's clocks are from Greenwich at this moment, summer time included."""
    ahead = at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    minutes = abs(int(ahead.total_seconds())) // 60
    if not minutes:
        return "UTC"
    rest = f":{minutes % 60:02}" if minutes % 60 else ""
    return f"UTC{'−' if ahead < timedelta() else '+'}{minutes // 60}{rest}"
