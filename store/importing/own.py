"""Rows in the shop's own columns → goods. The columns of a product stand in its first row; below it they are blank, or the same again."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any

from store.importing import cells
from store.importing.columns import BY_LANGUAGE, PRODUCT_COLUMNS, Column, columns_of
from store.importing.goods import (
    CONTENT_MAX,
    DESCRIPTION_MAX,
    EMOJI_MAX,
    GRAMS_MAX,
    NAME_MAX,
    PIECES_MAX,
    TITLE_MAX,
    VARIANTS_MAX,
    AboutProduct,
    AboutVariant,
    Goods,
    Home,
    Piece,
    Read,
    Said,
    ShopFacts,
)
from store.importing.rows import Row
from store.importing.trouble import BadCell, Trouble, What
from store.models.base import Texts
from store.payments.takers import Taken, taken

KINDS = ("physical", "digital")
STATUSES = ("active", "draft", "hidden", "archived")
VARIANT_STATUSES = ("active", "archived")
_CAUTIONS = {Taken.BY_NOBODY: What.NOT_TAKEN, Taken.IN_CASH: What.IN_CASH_ONLY}
_NO_SKU = re.compile(r"[^\w]+")

Cells = Mapping[Column, str]


def read(header: Row, rows: Iterator[Row], shop: ShopFacts) -> Iterator[Read]:
    """Rows of one product stand together. Raises: Refused for a header that cannot be."""
    columns = columns_of(header, shop.language, shop.currency)
    yield from _cautions(header.line, columns, shop)
    for found in together(rows, columns.index(Column("handle")), VARIANTS_MAX + 1):
        if isinstance(found, Trouble):
            yield found
        else:
            yield from _product(found[0], found[1], columns, shop)


def _cautions(line: int, columns: Sequence[Column | None], shop: ShopFacts) -> Iterator[Trouble]:
    """Further prices that nobody could pay. They are kept: a way to pay may be set up later."""
    for column in columns:
        if column is not None and column.name == "price" and column.currency:
            what = _CAUTIONS.get(taken(shop.gateways, column.currency))
            if what is not None:
                yield Trouble(line, what, column.header, {"currency": column.currency})


def together(rows: Iterator[Row], at: int, most: int) -> Iterator[tuple[str, list[Row]] | Trouble]:
    """The rows of each product by its handle, which stands in the cell *at*; a trouble for one that comes again further down.

    A file may claim that everything is one product: no more than *most* rows of it are held.
    """
    seen: dict[str, int] = {}
    for handle, group in groupby(rows, key=handles(at)):
        some = list(islice(group, most))
        before = seen.setdefault(handle.casefold(), some[0].line)
        if handle and before != some[0].line:
            yield Trouble(some[0].line, What.HANDLE_APART, "handle", {"handle": handle[:NAME_MAX], "line": before})
        else:
            yield handle, some


def handles(at: int) -> Callable[[Row], str]:
    """The handle of each row in turn; where the cell is blank, that of the row above."""
    above = ""

    def handle(row: Row) -> str:
        nonlocal above
        above = (row.cells[at] if at < len(row.cells) else "") or above
        return above

    return handle


def _product(handle: str, rows: list[Row], columns: Sequence[Column | None], shop: ShopFacts) -> Iterator[Read]:
    found = _Found(shop)
    first = rows[0]
    if len(rows) > VARIANTS_MAX:
        yield Trouble(first.line, What.TOO_MANY_VARIANTS, "", {"maximum": VARIANTS_MAX})
        return
    name = found.cell(first.line, "handle", handle, lambda cell: _needed(cells.line(cell, NAME_MAX)))
    lines = [(row.line, found.row(row, columns)) for row in rows]
    about = found.product(lines)
    pieces = tuple(found.piece(line, each, name or "", n) for n, (line, each) in enumerate(lines, start=1))
    found.compare(pieces)
    yield from found.troubles
    if name and not found.troubles:
        yield Goods(first.line, name, about, pieces)


def _needed(text: str) -> str:
    if not text:
        raise BadCell(What.MISSING)
    return text


class _Found:
    """One product as far as it is understood, and what is not."""

    def __init__(self, shop: ShopFacts) -> None:
        self.shop = shop
        self.troubles: list[Trouble] = []

    def row(self, row: Row, columns: Sequence[Column | None]) -> Cells:
        if any(row.cells[len(columns) :]) or any(
            cell for cell, column in zip(row.cells, columns, strict=False) if column is None
        ):
            self.troubles.append(Trouble(row.line, What.EXTRA_CELLS, "", {"columns": len(columns)}))
        padded = (*row.cells, *[""] * len(columns))
        return {column: cell for column, cell in zip(columns, padded, strict=False) if column is not None}

    def cell(self, line: int, header: str, cell: str, understand: Callable[[str], Any]) -> Any:
        """None, and a trouble, where the cell cannot be understood."""
        try:
            return understand(cell)
        except BadCell as bad:
            self.troubles.append(Trouble(line, bad.what, header, bad.values))
            return None

    def product(self, lines: list[tuple[int, Cells]]) -> AboutProduct:
        line, first = lines[0]
        self._repeated(lines)
        about = AboutProduct()
        titles = self._texts(line, first, "title", lambda cell: cells.line(cell, TITLE_MAX))
        # A product has a title in the shop's own language: a blank there keeps the one it has.
        if told := {language: title for language, title in titles.items() if title or language != self.shop.language}:
            about["title"] = told
        if texts := self._texts(line, first, "description", lambda cell: cells.text(cell, DESCRIPTION_MAX)):
            about["description"] = texts
        if (home := self._home(line, first)) is not None:
            about["home"] = home
        if kind := self._choice(line, first, "kind", KINDS):
            about["kind"] = kind
        if status := self._choice(line, first, "status", STATUSES):
            about["status"] = status
        if (cell := first.get(Column("pictures"))) is not None:
            about["pictures"] = self.cell(line, "pictures", cell, cells.pictures)
        return about

    def _repeated(self, lines: list[tuple[int, Cells]]) -> None:
        line, first = lines[0]
        for below, each in lines[1:]:
            for column, cell in each.items():
                if column.name in PRODUCT_COLUMNS and cell and cell != first[column]:
                    self.troubles.append(Trouble(below, What.DIFFERS, _shown(column, self.shop), {"line": line}))

    def _choice(self, line: int, found: Cells, name: str, choices: tuple[str, ...]) -> str | None:
        cell = found.get(Column(name))
        return self.cell(line, name, cell, lambda cell: cells.one_of(cell, choices)) if cell else None

    def _home(self, line: int, first: Cells) -> Home | None:
        name = self.cell(line, "category", first.get(Column("category"), ""), lambda cell: cells.line(cell, NAME_MAX))
        titles = self._texts(line, first, "category_title", lambda cell: cells.line(cell, TITLE_MAX))
        emoji = self.cell(
            line, "category_emoji", first.get(Column("category_emoji"), ""), lambda cell: cells.line(cell, EMOJI_MAX)
        )
        return Home(name, {key: title for key, title in titles.items() if title}, emoji or "") if name else None

    def _texts(self, line: int, found: Cells, name: str, understand: Callable[[str], str]) -> Texts:
        return {
            column.language: self.cell(line, _shown(column, self.shop), cell, understand) or ""
            for column, cell in found.items()
            if column.name == name
        }

    def piece(self, line: int, found: Cells, handle: str, n: int) -> Piece:
        about = AboutVariant()
        if titles := self._texts(line, found, "option", lambda cell: cells.line(cell, TITLE_MAX)):
            about["title"] = titles
        sku = self.cell(line, "sku", found.get(Column("sku"), ""), lambda cell: cells.line(cell, NAME_MAX))
        self._money(line, found, about)
        self._numbers(line, found, about)
        if cell := found.get(Column("variant_status")):
            about["status"] = self.cell(line, "variant_status", cell, lambda cell: cells.one_of(cell, VARIANT_STATUSES))
        if (cell := found.get(Column("digital_content"))) is not None:
            about["digital_content"] = (
                self.cell(line, "digital_content", cell, lambda cell: cells.text(cell, CONTENT_MAX)) or None
            )
        return Piece(line, sku or sku_of(handle, next(iter(titles.values()), ""), n), about)

    def _money(self, line: int, found: Cells, about: AboutVariant) -> None:
        currency = self.shop.currency
        if (stated := found.get(Column("currency"))) and stated.upper() != currency:
            self.troubles.append(
                Trouble(line, What.WRONG_CURRENCY, "currency", {"text": stated[:10], "currency": currency})
            )
        if cell := found.get(Column("price")):
            about["price_minor"] = self.cell(line, "price", cell, lambda cell: cells.amount_minor(cell, currency))
        if (cell := found.get(Column("compare_at"))) is not None:
            about["compare_at_minor"] = (
                self.cell(line, "compare_at", cell, lambda cell: cells.amount_minor(cell, currency)) if cell else None
            )

        listed: dict[str, Said] = {}
        for column, cell in found.items():
            if column.currency:
                self._listed(line, column, cell, listed.setdefault(column.currency, Said()))
        if any(listed.values()):
            about["listed"] = listed

    def _listed(self, line: int, column: Column, cell: str, said: Said) -> None:
        """A price of a further list, which a blank cell leaves as it is; what is not understood is told, and counts as blank."""

        def understand(cell: str) -> int:
            return cells.amount_minor(cell, column.currency)

        minor = self.cell(line, column.header, cell, understand) if cell else None
        if column.name == "compare_at":
            said["compare_at_minor"] = minor
        elif minor is not None:
            said["price_minor"] = minor

    def _numbers(self, line: int, found: Cells, about: AboutVariant) -> None:
        if cell := found.get(Column("stock")):
            about["on_hand"] = self.cell(line, "stock", cell, lambda cell: cells.whole(cell, PIECES_MAX))
        if cell := found.get(Column("weight_g")):
            about["weight_g"] = self.cell(line, "weight_g", cell, lambda cell: cells.whole(cell, GRAMS_MAX))
        if cell := found.get(Column("backorder")):
            about["allow_backorder"] = self.cell(line, "backorder", cell, cells.is_yes)

    def compare(self, pieces: Sequence[Piece]) -> None:
        """Two variants that look the same cannot be told apart when they are chosen."""
        seen: dict[tuple[tuple[str, str], ...], int] = {}
        for piece in pieces:
            options = tuple(sorted((piece.about.get("title") or {}).items()))
            before = seen.setdefault(options, piece.line)
            if before != piece.line and "title" in piece.about:
                self.troubles.append(Trouble(piece.line, What.SAME_OPTION, "option", {"line": before}))


def sku_of(handle: str, option: str, n: int) -> str:
    """A name for a variant that has none, the same each time the file comes: by what it is, or else by its place."""
    tail = _NO_SKU.sub("-", option.casefold()).strip("-")
    if not tail:
        return handle if n == 1 else f"{handle[: NAME_MAX - 4]}-{n}"
    return f"{handle}-{tail}" if len(handle) + len(tail) < NAME_MAX else f"{handle[: NAME_MAX - 4]}-{n}"


def _shown(column: Column, shop: ShopFacts) -> str:
    """As it probably stands in the header."""
    is_bare = column.name in BY_LANGUAGE and column.language == shop.language
    return column.name if is_bare else column.header
