"""In which time zone somebody lives: the one they chose, else that of the country their parcels go to, else the shop's. Everything here is pure."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.core import get_global

from store.countries import country_code

# Russia has eleven clocks.
FOUND_MAX = 12
_LANGUAGES = ("en", "zh", "zh_Hant", "ru")
# How a clock goes in winter and in summer tells it from the others.
_SEASONS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
# Where a country has several, the one in which most of its people live.
_MOST_PEOPLES = {
    "AQ": "Antarctica/McMurdo",
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Ponape",
    "GL": "America/Godthab",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Gaza",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UM": "Pacific/Wake",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}


def zone_of(chosen: str | None, country: str | None, shops: str) -> str:
    """The IANA name of the zone in which somebody is told times."""
    return chosen or (country and of_country(country)) or shops


def of_country(code: str) -> str | None:
    """The zone in which most people of a country live; None for a code that is no country."""
    if code in _MOST_PEOPLES:
        return _MOST_PEOPLES[code]
    return next(iter(_by_country().get(code, ())), None)


def is_zone(name: str) -> bool:
    """Whether *name* is an IANA name that this machine knows."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def find(text: str) -> tuple[str, ...]:
    """The zones that somebody may mean who types a city, a country or an IANA name, in English, Chinese or Russian; at most FOUND_MAX."""
    wanted = _folded(text)
    if not wanted or len(text) > 64:
        return ()
    names = _names()
    if wanted in names:
        return names[wanted][:FOUND_MAX]
    if (code := country_code(text)) is not None:
        return _clocks_of(code)[:FOUND_MAX]
    begun = [zone for name, found in names.items() if name.startswith(wanted) for zone in found]
    return tuple(dict.fromkeys(begun))[:FOUND_MAX] if len(wanted) > 1 else ()


def is_quiet(quiet_from: int | None, quiet_until: int | None, zone: str, now: datetime) -> bool:
    """Whether *now* is between the two full hours of that zone's clocks; the second may be on the next day."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return False
    hour = now.astimezone(ZoneInfo(zone)).hour
    if quiet_from < quiet_until:
        return quiet_from <= hour < quiet_until
    return hour >= quiet_from or hour < quiet_until


def former_name(zone: str) -> str:
    """The name under which Babel knows a zone: of Kolkata, that of Calcutta."""
    return _former_names().get(zone, zone)


@cache
def _former_names() -> dict[str, str]:
    known = Locale("en").time_zones
    return {now: before for before, now in get_global("zone_aliases").items() if before in known and now not in known}


@cache
def _by_country() -> dict[str, tuple[str, ...]]:
    found = defaultdict(list)
    for zone, code in get_global("zone_territories").items():
        if len(code) == 2 and code.isalpha() and not zone.startswith("Etc/") and is_zone(zone):
            found[code].append(zone)
    return {code: tuple(zones) for code, zones in found.items()}


def _clocks_of(code: str) -> tuple[str, ...]:
    """One zone for each way in which clocks go in a country, the one of most people first."""
    known = set(get_global("windows_zone_mapping").values())  # one large city a clock
    rest = sorted(_by_country().get(code, ()), key=lambda zone: zone not in known)
    found: dict[tuple[timedelta | None, ...], str] = {}
    for zone in filter(None, (of_country(code), *rest)):
        found.setdefault(_way(zone), zone)
    return tuple(found.values())


def _way(zone: str) -> tuple[timedelta | None, ...]:
    return tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in _SEASONS)


@cache
def _names() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for zone in (zone for zones in _by_country().values() for zone in zones):
        for name in {_folded(name) for name in _names_of(zone)}:
            found[name].append(zone)
    return {name: tuple(zones) for name, zones in found.items()}


def _names_of(zone: str) -> Iterator[str]:
    yield zone
    yield zone.rpartition("/")[2]
    for language in _LANGUAGES:
        if city := Locale.parse(language).time_zones.get(former_name(zone), {}).get("city"):
            yield str(city)


def _folded(text: str) -> str:
    """Without case, accents, blanks and punctuation: "São Paulo", "sao_paulo" and "SAO PAULO" are the same."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in letters if character.isalnum())
