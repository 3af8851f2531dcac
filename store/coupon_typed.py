"""A coupon in one line, as a merchant types it: "WELCOME10 10% from 30 x100 until 24.12". Pure."""

import re
import unicodedata
from datetime import datetime
from typing import Any

from store import hours
from store.captions import price
from store.coupon_edits import Wanted
from store.coupons import code_of
from store.errors import BadInput

# With them or without: the sign, the digits and the dots say which is which.
_FROM = frozenset({"from", "over", "от", "с", "满", "滿"})
_UNTIL = frozenset({"until", "till", "to", "до", "по", "至", "到"})
_PERCENT = re.compile(r"[-−]?(\d{1,3})%")
_USES = re.compile(r"[x×хX*](\d{1,9})|(\d{1,9})[x×х]")
_MINIMUM = re.compile(r"(?:>=?|≥)(.+)")
_DATE = re.compile(r"\d{1,4}(?:[./-]\d{1,2}){1,2}\.?|\d.*[月日]")


def read(text: str, *, currency: str, zone: str, now: datetime) -> Wanted:
    """What is to be made. Raises: BadInput(field="coupon", reason="words") where it cannot be understood; "format" for the code; BadInput(field="price" or "date")."""
    words = re.sub(r"\s+%", "%", unicodedata.normalize("NFKC", text)).split()
    if len(words) < 2:
        raise BadInput(field="coupon", reason="words")
    code, worth, *others = words
    percent = _PERCENT.fullmatch(worth)
    found: dict[str, Any] = {}
    before = ""
    for word in others:
        if word.casefold() in _FROM | _UNTIL:
            before = word.casefold()
            continue
        name, value = _option(word, before, currency=currency, zone=zone, now=now)
        if name in found:
            raise BadInput(field="coupon", reason="words")
        found[name], before = value, ""
    if before:
        raise BadInput(field="coupon", reason="words")
    return Wanted(
        code_of(code),
        percent=int(percent[1]) if percent else None,
        amount_minor=None if percent else price(worth.lstrip("-−"), currency),
        **found,
    )


def _option(word: str, before: str, *, currency: str, zone: str, now: datetime) -> tuple[str, Any]:
    if uses := _USES.fullmatch(word):
        return "max_uses", int(uses[1] or uses[2])
    if minimum := _MINIMUM.fullmatch(word):
        return "minimum_minor", price(minimum[1], currency)
    if before in _FROM:
        return "minimum_minor", price(word, currency)
    if before in _UNTIL or _DATE.fullmatch(word):
        return "ends_at", _after(word, zone, now)
    raise BadInput(field="coupon", reason="words")


def _after(day: str, zone: str, now: datetime) -> datetime:
    """The day that is named is the last one, however long it is: clocks may be put back in it."""
    try:
        return hours.days_from(hours.read_day(day, zone, now, or_today=True), 1, zone)
    except OverflowError:
        raise BadInput(field="date", reason="format") from None
