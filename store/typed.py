"""What people type into a chat, made safe to keep: a line of text, a phone number. Everything here is pure."""

import unicodedata
from collections.abc import Iterable, Sequence

import phonenumbers
from phonenumbers import PhoneNumber

from store.countries import folded
from store.errors import BadInput

# Control characters, lone surrogates, and the marks that turn the direction of what follows: they would rearrange the merchant's card.
_REFUSED_CATEGORIES = {"Cc", "Cs"}
_DIRECTION_MARKS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PHONE_REGION = {
    "ru": "RU",
    "zh": "CN",
    "uk": "UA",
    "be": "BY",
    "kk": "KZ",
    "ja": "JP",
    "ko": "KR",
    "cs": "CZ",
    "el": "GR",
}
# Fewer digits without a plus are a national number; read as an international one they would now and then be somebody else's.
_INTERNATIONAL_DIGITS = 11


def line(text: str, field: str, *, maximum: int, minimum: int = 1) -> str:
    """*text* on one line, without surrounding or repeated white space. Raises: BadInput(field, reason) empty, too_long, unreadable."""
    clean = " ".join(unicodedata.normalize("NFC", text).split())
    if len(clean) < minimum:
        raise BadInput(field=field, reason="empty")
    if len(clean) > maximum:
        raise BadInput(field=field, reason="too_long", maximum=maximum)
    if not all(is_readable(character) for character in clean):
        raise BadInput(field=field, reason="unreadable")
    return clean


def lines(text: str, field: str, *, maximum: int, minimum: int = 0) -> str:
    """The same with its line breaks kept, and at most one empty line between two. Raises: BadInput(field, reason) empty, too_long, unreadable."""
    rows = [" ".join(row.split()) for row in unicodedata.normalize("NFC", text).strip().splitlines()]
    clean = "\n".join(row for place, row in enumerate(rows) if row or rows[place - 1])
    if len(clean) < minimum:
        raise BadInput(field=field, reason="empty")
    if len(clean) > maximum:
        raise BadInput(field=field, reason="too_long", maximum=maximum)
    if not all(character == "\n" or is_readable(character) for character in clean):
        raise BadInput(field=field, reason="unreadable")
    return clean


def readable(text: str, *, maximum: int) -> str:
    """The same for a text that nobody typed here and that cannot be asked for again: what is refused is left out."""
    kept = "".join(character for character in text if character.isspace() or is_readable(character))
    return " ".join(kept.split())[:maximum]


def is_readable(character: str) -> bool:
    return unicodedata.category(character) not in _REFUSED_CATEGORIES and character not in _DIRECTION_MARKS


def phone(text: str, *, language: str = "", country: str | None = None) -> str:
    """The number as E.164 (+351912345678). *country* and *language* say where a number without a country code is at home.

    Raises: BadInput(field="phone", reason) empty, too_long, not_a_number, no_country_code, not_in_use.
    """
    clean = line(text, "phone", maximum=40)
    if any(character.isalpha() for character in clean) or not any(character.isdigit() for character in clean):
        raise BadInput(field="phone", reason="not_a_number")
    if clean.startswith("00"):
        clean = f"+{clean[2:]}"
    readings = [_parsed(clean, country or language_country(language))]
    if not clean.startswith("+") and sum(map(str.isdigit, clean)) >= _INTERNATIONAL_DIGITS:
        readings.append(_parsed(f"+{clean}", None))  # Telegram's shared contacts often come without their plus
    for number in readings:
        if number is not None and phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise BadInput(field="phone", reason="not_in_use" if clean.startswith("+") else "no_country_code")


def _parsed(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def language_country(language: str) -> str | None:
    """The country a Telegram language code points at: "pt-br" → BR, "ru" → RU, "de" → DE; None for "en", which points nowhere."""
    base, _, rest = language.lower().replace("_", "-").partition("-")
    for candidate in (rest.upper(), _PHONE_REGION.get(base, ""), base.upper() if base not in {"en", "ar"} else ""):
        if candidate in phonenumbers.SUPPORTED_REGIONS:
            return candidate
    return None


def phone_country(number: str) -> str | None:
    """The country that an E.164 number is at home in."""
    parsed = _parsed(number, None)
    return phonenumbers.region_code_for_number(parsed) if parsed else None


def choice(text: str, names: Sequence[Iterable[str]]) -> int | None:
    """Which of several things is meant, as its place in the list: by its number, by one of its *names*, or by a part of one that no other has."""
    wanted = folded(text[:128])
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    known = [[folded(name) for name in each] for each in names]
    exact = [place for place, each in enumerate(known) if wanted in each]
    partial = [place for place, each in enumerate(known) if wanted and any(wanted in name for name in each)]
    found = exact or partial
    return found[0] if len(found) == 1 else None
