"""Files as merchants and their enemies make them."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl

from store.importing.goods import Goods, ShopFacts
from store.importing.reading import Format, read
from store.importing.trouble import Trouble

SHOP = ShopFacts("USD", "en")
HEADER = "handle,title,category,sku,price,stock\n"
GOOD = HEADER + "mug,Mug,mugs,MUG,12.50,3\n"


def a_file(folder: Path, content: str | bytes, name: str = "goods.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def everything(path: Path, *, shop: ShopFacts = SHOP, form: Format = Format.AUTO) -> tuple[list[Goods], list[Trouble]]:
    found = list(read(path, shop, form=form))
    return [each for each in found if isinstance(each, Goods)], [each for each in found if isinstance(each, Trouble)]


def a_workbook(rows: Iterable[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(workbook: bytes, changes: dict[str, bytes]) -> bytes:
    """The workbook with some of its parts exchanged or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *changes}:
            new.writestr(name, changes[name] if name in changes else old.read(name))
    return file.getvalue()


def sheet(rows: str) -> bytes:
    """A sheet's XML around *rows*."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<worksheet xmlns="{space}"><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>'.encode()
    )


def sheet_row(number: int, *cells: str) -> str:
    """At most twenty-six cells."""
    inside = "".join(
        f'<c r="{chr(65 + n)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' for n, cell in enumerate(cells)
    )
    return f'<row r="{number}">{inside}</row>'
