"""A file → what it says about the goods, product by product, with what is wrong in between."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import chain
from pathlib import Path

from store.importing import columns, own, shopify
from store.importing.goods import Goods, Read, ShopFacts
from store.importing.rows import Row, rows_of
from store.importing.trouble import Refused, Trouble, What


class Format(StrEnum):
    AUTO = "auto"
    DUKKAN = "dukkan"
    SHOPIFY = "shopify"


Reader = Callable[[Row, Iterator[Row], ShopFacts], Iterator[Read]]
READERS: dict[Format, Reader] = {Format.DUKKAN: own.read, Format.SHOPIFY: shopify.read}


def read(path: Path, shop: ShopFacts, *, form: Format = Format.AUTO) -> Iterator[Read]:
    """Lazily, in the order of the file. Never raises for what is in it: the last thing that comes may be why it ends there."""
    skus = _Skus()
    try:
        rows = rows_of(path)
        header = next(rows, None)
        if header is None:
            raise Refused(What.EMPTY)
        first = next(rows, None)
        reader = READERS[form_of(header) if form is Format.AUTO else form]
        if first is None:
            raise Refused(What.EMPTY)
        for each in reader(header, chain([first], rows), shop):
            yield each
            if isinstance(each, Goods):
                yield from skus.repeated(each)
    except Refused as refused:
        yield refused.trouble


def form_of(header: Row) -> Format:
    """Raises: Refused when no column is known."""
    if shopify.is_header(header):
        return Format.SHOPIFY
    if columns.is_ours(header):
        return Format.DUKKAN
    raise Refused(What.NO_HEADER, header.line, text=" ".join(header.cells)[:60])


class _Skus:
    """No SKU comes twice in a file. Databases that compare without case take "Mug" and "MUG" for the same."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def repeated(self, goods: Goods) -> Iterator[Trouble]:
        for piece in goods.pieces:
            before = self._seen.setdefault(piece.sku.casefold(), piece.line)
            if before != piece.line:
                yield Trouble(piece.line, What.SKU_TWICE, "sku", {"sku": piece.sku, "line": before})
