"""The shop's own columns. `docs/importing.md` is their table for people; a test holds the two together."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from store.importing.rows import Row
from store.importing.trouble import Refused, What
from store.money import is_currency

# In the order of an exported file. Those in BY_LANGUAGE come once more for each further language: title, title:zh, title:ru; those in
# BY_CURRENCY for each further price list: price, price:eur, price:xtr (Stars).
PRODUCT_COLUMNS = (
    "handle",
    "title",
    "description",
    "category",
    "category_title",
    "category_emoji",
    "kind",
    "status",
    "pictures",
)
VARIANT_COLUMNS = (
    "sku",
    "option",
    "variant_status",
    "price",
    "compare_at",
    "currency",
    "stock",
    "backorder",
    "weight_g",
    "digital_content",
)
COLUMNS = PRODUCT_COLUMNS + VARIANT_COLUMNS
BY_LANGUAGE = frozenset({"title", "description", "category_title", "option"})
BY_CURRENCY = frozenset({"price", "compare_at"})
REQUIRED = ("handle",)
_LANGUAGE = re.compile(r"[a-z]{2,8}")
_ALIASES = {
    "slug": "handle",
    "compare_at_price": "compare_at",
    "picture": "pictures",
    "weight": "weight_g",
    "variant": "option",
    "quantity": "stock",
}


@dataclass(frozen=True, slots=True)
class Column:
    """*language* is empty for a column that has none, *currency* for what costs the shop's own money."""

    name: str
    language: str = ""
    currency: str = ""

    @property
    def header(self) -> str:
        return ":".join(filter(None, (self.name, self.language, self.currency.lower())))


def columns_of(header: Row, language: str, currency: str) -> tuple[Column | None, ...]:
    """What each cell of a row is; None where the header is blank. A text without a language is in the shop's, *language*, a price in its *currency*.

    Raises: Refused.
    """
    found = tuple(_column(cell, header.line, language, currency) for cell in header.cells)
    known = [each for each in found if each is not None]
    for each in known:
        if known.count(each) > 1:
            raise Refused(What.COLUMN_TWICE, header.line, each.header)
    for name in REQUIRED:
        if not any(each.name == name for each in known):
            raise Refused(What.MISSING_COLUMN, header.line, name)
    return found


def is_ours(header: Row) -> bool:
    """Whether it may be a header of ours, misspelt perhaps: two of its columns are."""
    return sum(_split(cell)[0] in COLUMNS for cell in header.cells) >= 2


def header(languages: Sequence[str], language: str, currencies: Sequence[str] = ()) -> list[Column]:
    """The columns of an exported file: the shop's *language* first, without its name; *currencies* are the further ones."""
    found = []
    for name in COLUMNS:
        found.append(Column(name, language if name in BY_LANGUAGE else ""))
        if name in BY_LANGUAGE:
            found.extend(Column(name, each) for each in languages if each != language)
        if name in BY_CURRENCY:
            found.extend(Column(name, currency=each) for each in currencies)
    return found


def _column(cell: str, line: int, language: str, currency: str) -> Column | None:
    if not cell:
        return None
    name, _, wanted = _split(cell)
    if name in BY_CURRENCY and is_currency(wanted.upper()):
        return Column(name, currency="" if wanted.upper() == currency else wanted.upper())
    if name not in COLUMNS or (wanted and (name not in BY_LANGUAGE or not _LANGUAGE.fullmatch(wanted))):
        close = difflib.get_close_matches(name, COLUMNS, n=1)
        raise Refused(What.UNKNOWN_COLUMN, line, cell[:40], suggestion=close[0] if close else "")
    return Column(name, (wanted or language) if name in BY_LANGUAGE else "")


def _split(cell: str) -> tuple[str, str, str]:
    name, colon, language = cell.strip().casefold().replace(" ", "_").replace("-", "_").partition(":")
    return _ALIASES.get(name, name), colon, language.strip("_")
