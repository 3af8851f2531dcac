"""The product export of Shopify → goods: one row a variant or a further picture, rows of one product share their handle.

Real files differ: columns are missing, added or in another order. Whatever is not in this table is passed over.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from store.importing import cells
from store.importing.goods import (
    DESCRIPTION_MAX,
    GRAMS_MAX,
    NAME_MAX,
    PICTURE_MAX,
    PICTURES_MAX,
    PIECES_MAX,
    TITLE_MAX,
    VARIANTS_MAX,
    AboutProduct,
    AboutVariant,
    Goods,
    Home,
    Piece,
    Read,
    ShopFacts,
)
from store.importing.own import sku_of, together
from store.importing.plain import text_of
from store.importing.rows import Row
from store.importing.trouble import BadCell, Refused, Trouble, What
from store.typed import readable

# Further pictures have rows of their own: Shopify allows 250 beside 100 variants, and newer shops 2,000.
ROWS_MAX = 2_400
ELSEWHERE = "New goods"
_OPTIONS = ("option1 value", "option2 value", "option3 value")
_STATUSES = ("active", "draft", "archived")
_NO_OPTIONS = "default title"

Named = Mapping[str, str]


def is_header(header: Row) -> bool:
    """Handle, and one of the columns that nobody else names so."""
    names = set(_names(header))
    return "handle" in names and bool(names & {"variant price", "option1 name", "body (html)", "variant sku"})


def read(header: Row, rows: Iterator[Row], shop: ShopFacts) -> Iterator[Read]:
    """Raises: Refused without a column of handles."""
    names = _names(header)
    if "handle" not in names:
        raise Refused(What.MISSING_COLUMN, header.line, "Handle")
    for found in together(rows, names.index("handle"), ROWS_MAX):
        if isinstance(found, Trouble):
            yield found
        else:
            yield from _Product([(row.line, _named(names, row)) for row in found[1]], shop).read()


def _names(header: Row) -> list[str]:
    return [" ".join(cell.casefold().split()) for cell in header.cells]


def _named(names: list[str], row: Row) -> Named:
    return dict(zip(names, row.cells, strict=False))


class _Product:
    def __init__(self, rows: list[tuple[int, Named]], shop: ShopFacts) -> None:
        self.rows, self.shop = rows, shop
        self.line, self.first = rows[0]
        self.said: list[Trouble] = []

    def read(self) -> Iterator[Read]:
        handle = _short(readable(self.first.get("handle", ""), maximum=255))
        if not handle:
            yield Trouble(self.line, What.MISSING, "Handle")
            return
        if _is_true(self.first.get("gift card", "")):
            yield Trouble(self.line, What.GIFT_CARD, "", {"handle": handle})
            return
        about = self._about()
        pieces = tuple(self._pieces(handle))
        yield from self.said
        if all(each.is_remark for each in self.said):
            yield Goods(self.line, handle, about, pieces, is_lenient=True)

    def _about(self) -> AboutProduct:
        title = self._cut("title", self.first.get("title", ""), TITLE_MAX)
        if not title:
            self.said.append(Trouble(self.line, What.MISSING, "Title"))
        body = text_of(self.first.get("body (html)", "").replace("\0", ""))
        kind = "physical" if _is_true(self.first.get("variant requires shipping") or "true") else "digital"
        return AboutProduct(
            title={self.shop.language: title},
            description={self.shop.language: self._cut("body (html)", body, DESCRIPTION_MAX, is_one_line=False)},
            home=self._home(),
            kind=kind,
            status=self._status(),
            pictures=self._pictures(),
        )

    def _cut(self, column: str, text: str, maximum: int, *, is_one_line: bool = True) -> str:
        """What cannot be asked for again is made to fit; the merchant is told where."""
        lines = [
            readable(cells.plain(line) if n == 0 else line, maximum=100_000) for n, line in enumerate(text.split("\n"))
        ]
        whole = (" " if is_one_line else "\n").join(lines).strip()
        if len(whole) <= maximum:
            return whole
        self.said.append(Trouble(self.line, What.SHORTENED, column.title(), {"maximum": maximum}))
        return whole[: maximum - 1].rstrip() + "…"

    def _home(self) -> Home:
        """The type; else the end of the standard category's path; else the first tag."""
        category = (self.first.get("product category") or "").rpartition(">")[2]
        tag = (self.first.get("tags") or "").partition(",")[0]
        names = (self.first.get("type") or self.first.get("custom product type") or "", category, tag, ELSEWHERE)
        name = next(name for each in names if (name := readable(each, maximum=NAME_MAX)))
        return Home(name, {})

    def _status(self) -> str:
        stated = self.first.get("status", "").casefold()
        if stated in _STATUSES and stated != "active":
            return stated
        return "active" if _is_true(self.first.get("published") or "true") else "draft"

    def _pictures(self) -> list[str]:
        """In the order of their positions; those without one come last."""
        found: dict[str, float] = {}
        for line, row in self.rows:
            if not (address := row.get("image src", "").strip()):
                continue
            if not cells.is_link(address) or len(address) > PICTURE_MAX:
                self.said.append(Trouble(line, What.PICTURE_LEFT_OUT, "Image Src"))
                continue
            position = row.get("image position", "")
            found.setdefault(address, int(position) if position.isascii() and position.isdigit() else 10_000)
        return sorted(found, key=lambda address: found[address])[:PICTURES_MAX]

    def _pieces(self, handle: str) -> Iterator[Piece]:
        seen: dict[str, int] = {}
        rows = [(line, row) for line, row in self.rows if _is_variant(row)] or self.rows[:1]
        if len(rows) > VARIANTS_MAX:
            self.said.append(Trouble(self.line, What.TOO_MANY_VARIANTS, "", {"maximum": VARIANTS_MAX}))
            return
        for n, (line, row) in enumerate(rows, start=1):
            option = self._option(row)
            before = seen.setdefault(option, line)
            if before != line:
                self.said.append(Trouble(line, What.SAME_OPTION, "Option1 Value", {"line": before}))
            sku = self._understood(line, "Variant SKU", row.get("variant sku", "").lstrip("'"), _sku)
            yield Piece(line, sku or sku_of(handle, option, n), self._variant(line, row, option))

    def _option(self, row: Named) -> str:
        values = [readable(row.get(name, ""), maximum=TITLE_MAX) for name in _OPTIONS]
        told = [value for value in values if value and value.casefold() != _NO_OPTIONS]
        return " / ".join(told)[:TITLE_MAX]

    def _variant(self, line: int, row: Named, option: str) -> AboutVariant:
        currency = self.shop.currency
        about = AboutVariant(title={self.shop.language: option}, status="active", compare_at_minor=None)
        about["weight_g"] = self._understood(line, "Variant Grams", row.get("variant grams", ""), _grams)
        if not (price := row.get("variant price", "")):
            self.said.append(Trouble(line, What.MISSING, "Variant Price"))
            return about
        about["price_minor"] = self._understood(line, "Variant Price", price, lambda cell: _amount(cell, currency))
        if compare_at := row.get("variant compare at price", ""):
            about["compare_at_minor"] = self._understood(
                line, "Variant Compare At Price", compare_at, lambda cell: _amount(cell, currency) or None
            )
        about["allow_backorder"] = self._is_endless(row)
        if (stock := self._stock(line, row)) is not None:
            about["on_hand"] = stock
        return about

    def _is_endless(self, row: Named) -> bool:
        """`continue` sells what is not there; what nobody counts is sold always."""
        is_counted = bool(row.get("variant inventory tracker", "shopify")) or bool(row.get("variant inventory qty"))
        return row.get("variant inventory policy", "").casefold() == "continue" or not is_counted

    def _stock(self, line: int, row: Named) -> int | None:
        stated = row.get("variant inventory qty", "")
        if not stated:
            return None
        if stated.startswith("-"):
            self.said.append(Trouble(line, What.NEGATIVE_STOCK, "Variant Inventory Qty"))
            return 0
        found: int | None = self._understood(
            line, "Variant Inventory Qty", stated, lambda cell: cells.whole(cell, PIECES_MAX)
        )
        return found

    def _understood(self, line: int, column: str, cell: str, understand: Callable[[str], Any]) -> Any:
        try:
            return understand(cell)
        except BadCell as bad:
            self.said.append(Trouble(line, bad.what, column, bad.values))
            return None


def _is_variant(row: Named) -> bool:
    """A row with neither a price nor an option is one more picture."""
    return bool(row.get("variant price") or row.get("option1 value"))


def _sku(cell: str) -> str:
    return cells.line(cell, NAME_MAX)


def _grams(cell: str) -> int:
    """Grams of other units have decimals: 453.592 is a pound."""
    if not cell:
        return 0
    try:
        return cells.whole(cell, GRAMS_MAX)
    except BadCell:
        before, point, after = cell.partition(".")
        if not (point and before.isascii() and before.isdigit() and after.isascii() and after.isdigit()):
            raise
        return cells.whole(str(round(float(cell))), GRAMS_MAX)


def _amount(cell: str, currency: str) -> int:
    """Prices are decimals with a point, whatever the currency: 1200.00 is a price in yen too."""
    whole, point, decimals = cell.partition(".")
    return cells.amount_minor(whole if point and not decimals.strip("0") else cell, currency)


def _is_true(cell: str) -> bool:
    return cell.strip().casefold() in {"true", "yes", "1"}


def _short(handle: str) -> str:
    """Shopify's handles may be longer than ours: what is cut off is told apart by a hash of the whole."""
    if len(handle) <= NAME_MAX:
        return handle
    return f"{handle[: NAME_MAX - 9]}-{hashlib.sha256(handle.encode()).hexdigest()[:8]}"
