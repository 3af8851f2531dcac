"""What a merchant writes below a photo: the first line is the title, an amount of money the price, the rest the description. Everything here is pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from store import typed
from store.errors import BadInput
from store.money import PRICE_MAX_MINOR, exponent, to_minor

TITLE_MAX, DESCRIPTION_MAX = 128, 3000

# Among them all that the shop itself shows (`bot/ui/format.py`): what is read can be typed.
_SIGNS = {
    "AUD": ("A$", "AU$"),
    "BRL": ("R$",),
    "CAD": ("CA$", "C$"),
    "CNY": ("¥", "CN¥", "元", "块", "RMB"),
    "EUR": ("€", "euros", "euro", "евро", "欧元"),
    "GBP": ("£",),
    "HKD": ("HK$",),
    "ILS": ("₪",),
    "INR": ("₹", "Rs"),
    "JPY": ("¥", "JP¥", "円"),
    "KRW": ("₩", "원"),
    "KZT": ("₸", "тг"),
    "MXN": ("MX$",),
    "NZD": ("NZ$",),
    "PHP": ("₱",),
    "PLN": ("zł",),
    "RUB": ("₽", "рублей", "руб", "р"),
    "SGD": ("S$",),
    "THB": ("฿",),
    "TMT": ("ТМТ",),
    "TRY": ("₺", "TL"),
    "TWD": ("NT$",),
    "UAH": ("₴", "грн"),
    "USD": ("US$",),
    "VND": ("₫", "đ"),
    "XAF": ("FCFA",),
    "XCD": ("EC$",),
    "XOF": ("F CFA",),
    "XPF": ("CFPF",),
    "XTR": ("⭐", "Stars"),
}
# It has three decimals, and no coins for them: 5,000 are five thousand.
_WITHOUT_COINS = frozenset({"IQD"})
_DOLLARS = frozenset("AUD CAD CLP COP HKD MXN NZD SGD TWD USD ARS".split())
# Fifteen digits are more than any price has: what is longer is no number, and is not looked at for long.
_NUMBER = r"[0-9０-９](?:[0-9０-９.,'’\u00a0\u202f ]{0,15}[0-9０-９])?"
_LABELS = r"(?:price|цена|стоимость|价格|售价|价钱|定价)"
_EDGES = " \t-–—:：,，|/·•.;"


@dataclass(frozen=True, slots=True)
class Caption:
    title: str
    description: str
    price_minor: int | None


def read(text: str, currency: str) -> Caption:
    """Never fails: what cannot be read is left out, and asked for later."""
    clean = "".join(each for each in unicodedata.normalize("NFC", text) if each == "\n" or typed.is_readable(each))
    rows = [" ".join(row.split()) for row in clean.splitlines()]
    place, found = _price_in(rows, currency)
    if found is not None and found[1] > PRICE_MAX_MINOR:
        found = None
    if found is not None:
        rows[place] = _without(rows[place], found, is_title=not any(rows[:place]))
    title = next((row for row in rows if row), "")
    rest = rows[rows.index(title) + 1 :] if title else []
    description = "\n".join(rest).strip()
    return Caption(title[:TITLE_MAX].strip(), description[:DESCRIPTION_MAX], found and found[1])


def price(text: str, currency: str) -> int:
    """A typed price, with or without the currency's sign: "1 299,50 €". Raises: BadInput(field="price", reason) format, too_high."""
    clean = typed.line(unicodedata.normalize("NFKC", text), "price", maximum=40)
    match = re.fullmatch(rf"(?:{_sign(currency)})?\s*({_NUMBER})\s*(?:{_sign(currency)})?", clean, re.IGNORECASE)
    amount = match and _amount(match[1], currency)
    if amount is None:
        raise BadInput(field="price", reason="format")
    if amount > PRICE_MAX_MINOR:
        raise BadInput(field="price", reason="too_high")
    return amount


def price_in(text: str, currencies: Sequence[str]) -> tuple[str, int]:
    """A typed price with its currency: the first of *currencies*, or another one that stands beside it ("18 EUR"). Raises: as `price`."""
    own, *others = currencies
    try:
        return own, price(text, own)
    except BadInput:
        clean = unicodedata.normalize("NFKC", text)
        for each in others:
            # A bare number that the shop's own currency does not have is a mistake, no price in another one.
            if re.search(_sign(each), clean, re.IGNORECASE):
                return each, price(text, each)
        raise


def language_of(text: str, usual: str) -> str:
    """In which of the shop's languages a text is, by its letters; *usual* where they leave the choice."""
    names = [unicodedata.name(each, "") for each in text if each.isalpha()]
    if any(name.startswith("CJK UNIFIED") for name in names):
        return "zh"
    if any(name.startswith("CYRILLIC") for name in names):
        return "ru"
    return "en" if names and usual in ("zh", "ru") else usual


_Found = tuple[re.Match[str], int]


def _price_in(rows: list[str], currency: str) -> tuple[int, _Found | None]:
    """The first amount with the shop's currency beside it; else the first line that is nothing but a number, or says that it is the price."""
    sign = _sign(currency)
    beside = rf"(?<![\w.,])(?:(?:{sign})\s?({_NUMBER})(?!\w)|({_NUMBER})\s?(?:{sign})(?!\w))"
    alone = rf"^(?:{_LABELS}\s*[:：]?\s*)?({_NUMBER})$"
    for pattern in (beside, alone):
        for place, row in enumerate(rows):
            match = re.search(pattern, row, re.IGNORECASE)
            amount = match and _amount(next(group for group in match.groups() if group), currency)
            # The first line names the thing: a number alone there may be its name.
            if match and amount is not None and (pattern is beside or any(rows[:place])):
                return place, (match, amount)
    return 0, None


def _without(row: str, found: _Found, *, is_title: bool) -> str:
    """A line that says nothing but the price is not needed any more; in the title the price is none of the words."""
    match = found[0]
    left = f"{row[: match.start()].rstrip(_EDGES)} {row[match.end() :].lstrip(_EDGES)}".strip(_EDGES)
    says_more = re.sub(_LABELS, "", left, flags=re.IGNORECASE).strip(_EDGES)
    return left if is_title else row if says_more else ""


def _sign(currency: str) -> str:
    signs = [*_SIGNS.get(currency, ()), *(["$"] if currency in _DOLLARS else []), currency]
    return "|".join(re.escape(sign) + (r"\.?" if sign[-1].isalpha() else "") for sign in signs)


def _amount(text: str, currency: str) -> int | None:
    """ "1,299.50", "1.299,50", "1 299,5" in minor units; None for what is no amount of this currency."""
    written = unicodedata.normalize("NFKC", text)
    if re.search(r"[\s'’](?!\d{3}(?!\d))", written):  # "12 13" are two numbers
        return None
    plain = re.sub(r"[\s'’]", "", written)
    whole, fraction = _parts(plain, 0 if currency in _WITHOUT_COINS else exponent(currency))
    if not _GROUPED.fullmatch(whole) or (fraction and not fraction.isdecimal()):
        return None
    try:
        return to_minor(Decimal(f"{re.sub('[.,]', '', whole)}.{fraction or 0}"), currency)
    except ValueError:
        return None


_GROUPED = re.compile(r"[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:\.[0-9]{3})+")


def _parts(plain: str, decimals: int) -> tuple[str, str]:
    """The last sign of two kinds parts the fraction; a single one does, unless a group of three follows that the currency has no place for."""
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return plain, ""
    whole, fraction, sign = plain[:last], plain[last + 1 :], plain[last]
    is_single = len(whole) <= 3 and not whole.startswith("0") and not set(whole) & {",", "."}
    is_group = len(fraction) == 3 and decimals != 3 and is_single
    return (plain, "") if is_group or sign in whole else (whole, fraction.rstrip("0"))
