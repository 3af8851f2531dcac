"""Every broken file is told in one sentence, with its line, within a bounded time and memory; none is half understood."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.ui.i18n import LANGUAGES, translator
from bot.ui.import_words import WORDS, sentence
from store.importing.trouble import Trouble, What
from tests.store.importing.files import GOOD, HEADER, a_file, a_workbook, everything, repacked, sheet, sheet_row

BOOK = a_workbook([HEADER.strip().split(","), ["mug", "Mug", "mugs", "MUG", 12.5, 3]])
SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
ROW = "mug,Mug,mugs,MUG,12.50,3\n"
PICTURES = HEADER.replace("stock", "pictures")
FAR = sheet(sheet_row(1, "handle") + sheet_row(1_000_000_000, "mug"))

BROKEN: dict[str, tuple[str | bytes, What, int]] = {
    "empty": (b"", What.EMPTY, 0),
    "blank lines only": ("\n\n\n", What.EMPTY, 0),
    "header only": (HEADER, What.EMPTY, 0),
    "windows-1251": (HEADER.encode() + "mug,Кружка,mugs,MUG,1,1\n".encode("cp1251"), What.NOT_UTF8, 2),
    "gb18030": ((HEADER + ROW).encode() + "cup,杯子,mugs,CUP,1,1\n".encode("gb18030"), What.NOT_UTF8, 3),
    "a zero byte": (HEADER + "mug,M\0ug,mugs,MUG,1,1\n", What.NUL, 2),
    "a line of prose": ("Dear shop,\nhere are my goods\n", What.NO_HEADER, 1),
    "an unknown delimiter": (GOOD.replace(",", "^"), What.NO_HEADER, 1),
    "no column of handles": ("title,price,stock\nMug,1,1\n", What.MISSING_COLUMN, 1),
    "a misspelt column": (GOOD.replace("price", "pirce"), What.UNKNOWN_COLUMN, 1),
    "a column twice": (GOOD.replace("stock", "price"), What.COLUMN_TWICE, 1),
    "a bad language": (GOOD.replace("title", "title:English!"), What.UNKNOWN_COLUMN, 1),
    "a quote that never ends": (HEADER + ROW + 'cup,"Cup,mugs,CUP,1,1\n' + ROW * 20, What.UNCLOSED_QUOTE, 3),
    "a quote that swallows a megabyte": (HEADER + '"' + ROW * 40_000, What.UNCLOSED_QUOTE, 2),
    "a comma outside quotes": (HEADER + "mug,Mug, blue,mugs,MUG,12.50,3\n", What.EXTRA_CELLS, 2),
    "a negative price": (HEADER + "mug,Mug,mugs,MUG,-12.50,3\n", What.NEGATIVE, 2),
    "a negative stock": (HEADER + "mug,Mug,mugs,MUG,12.50,-3\n", What.NEGATIVE, 2),
    "a price in words": (HEADER + "mug,Mug,mugs,MUG,cheap,3\n", What.NOT_AN_AMOUNT, 2),
    "a price with too many decimals": (HEADER + "mug,Mug,mugs,MUG,12.5050,3\n", What.NOT_AN_AMOUNT, 2),
    "a price that could be two": (HEADER + 'mug,Mug,mugs,MUG,"1,299",3\n', What.NOT_AN_AMOUNT, 2),
    "a huge price": (HEADER + "mug,Mug,mugs,MUG,99999999999999999999,3\n", What.TOO_BIG, 2),
    "a price in scientific notation": (HEADER + "mug,Mug,mugs,MUG,1e9,3\n", What.NOT_AN_AMOUNT, 2),
    "a huge stock": (HEADER + "mug,Mug,mugs,MUG,1,99999999999999\n", What.TOO_BIG, 2),
    "a stock that is no number": (HEADER + "mug,Mug,mugs,MUG,1,NaN\n", What.NOT_A_NUMBER, 2),
    "a title as long as a book": (HEADER + f"mug,{'M' * 5000},mugs,MUG,1,1\n", What.TOO_LONG, 2),
    "a cell longer than a cell": (HEADER + f"mug,{'M' * 40_000},mugs,MUG,1,1\n", What.CELL_TOO_LONG, 2),
    "a title that turns what follows": (HEADER + "mug,\u202eguM,mugs,MUG,1,1\n", What.UNREADABLE, 2),
    "the same SKU twice": (HEADER + ROW + "cup,Cup,mugs,mug,1,1\n", What.SKU_TWICE, 3),
    "a product in two places": (HEADER + ROW + "cup,Cup,mugs,CUP,1,1\nmug,,,MUG-2,1,1\n", What.HANDLE_APART, 4),
    "two titles of one product": (HEADER + ROW + "mug,Cup,,MUG-2,1,1\n", What.DIFFERS, 3),
    "a formula that failed": (HEADER + "mug,Mug,mugs,MUG,#REF!,3\n", What.FORMULA_ERROR, 2),
    "a picture from the disk": (PICTURES + "mug,Mug,mugs,M,1,file:///etc/passwd\n", What.BAD_PICTURE, 2),
    "a picture up the folders": (PICTURES + "mug,Mug,mugs,M,1,../../etc/passwd\n", What.BAD_PICTURE, 2),
    "another currency": (HEADER.replace("stock", "currency") + "mug,Mug,mugs,M,1,EUR\n", What.WRONG_CURRENCY, 2),
    "three hundred columns": (",".join(["handle", "title", *["x"] * 300]) + "\n" + ROW, What.TOO_MANY_COLUMNS, 1),
    "a web page": ("<!DOCTYPE html><html><body>404</body></html>", What.NOT_A_TABLE, 0),
    "a picture that is called .csv": (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, What.NOT_A_TABLE, 0),
    "a PDF": (b"%PDF-1.7 ...", What.NOT_A_TABLE, 0),
    "an old Excel file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, What.OLD_EXCEL, 0),
    "any zip": (BOOK.replace(b"xl/workbook.xml", b"xl/workbank.xml"), What.NOT_A_TABLE, 0),
    "half a workbook": (BOOK[: len(BOOK) // 2], What.BROKEN_WORKBOOK, 0),
    "a workbook of rubbish": (repacked(BOOK, {SHEET: b"<worksheet><sheetData><row"}), What.BROKEN_WORKBOOK, 0),
    "a workbook with macros": (repacked(BOOK, {"xl/vbaProject.bin": b"\0"}), What.MACROS, 0),
    "entities in a workbook": (repacked(BOOK, {SHEET: ENTITIES}), What.INFLATED_WORKBOOK, 0),
    "row one thousand million": (repacked(BOOK, {SHEET: FAR}), What.TOO_MANY_ROWS, 100_002),
    "an error in a workbook": (
        a_workbook([["handle", "title", "price"], ["mug", "Mug", "#N/A"]]),
        What.FORMULA_ERROR,
        2,
    ),
}
# What follows a mistake in one line is still read: the merchant hears of all of them at once.
IN_A_LINE = {What.SKU_TWICE, What.HANDLE_APART}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    """Nothing comes out of a line that is broken, and what is wrong is said in every language."""
    content, what, line = BROKEN[name]
    goods, troubles = everything(a_file(tmp_path, content))
    assert [(each.what, each.line) for each in troubles][:1] == [(what, line)]
    assert what in IN_A_LINE or all(each.line != line for each in goods)
    for language in LANGUAGES:
        told = sentence(troubles[0], translator(language))
        assert len(told) > 10 and "{" not in told


def _a_zip_bomb() -> bytes:
    return repacked(BOOK, {SHEET: b"<worksheet>" + b"0" * (501 * 2**20)})


def _a_bomb_of_strings() -> bytes:
    return repacked(BOOK, {"xl/sharedStrings.xml": b"0" * (65 * 2**20)})


@pytest.mark.parametrize("bomb", [_a_zip_bomb, _a_bomb_of_strings])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, bomb: Callable[[], bytes]) -> None:
    """Half a megabyte that would become half a gigabyte takes neither memory nor time."""
    path = a_file(tmp_path, bomb(), "goods.xlsx")
    tracemalloc.start()
    _, troubles = everything(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [each.what for each in troubles] == [What.INFLATED_WORKBOOK]
    assert peak < 5 * 2**20


def test_a_part_that_lies_about_its_size_gives_no_more(tmp_path: Path) -> None:
    """The stated sizes are what is checked; a part that states less than it holds is cut there, and the workbook is a damaged one."""
    honest = repacked(BOOK, {SHEET: b"<worksheet>" + b"0" * 2**20})
    size = (2**20 + len(b"<worksheet>")).to_bytes(4, "little")
    assert size in honest
    _, troubles = everything(a_file(tmp_path, honest.replace(size, (100).to_bytes(4, "little"))))
    assert [each.what for each in troubles] == [What.BROKEN_WORKBOOK]


@pytest.mark.parametrize("what", What)
def test_every_trouble_has_its_words(what: What) -> None:
    """In every language, without a hole."""
    names = (
        "kind",
        "megabytes",
        "maximum",
        "length",
        "text",
        "currency",
        "choices",
        "line",
        "handle",
        "sku",
        "minimum",
    )
    trouble = Trouble(3, what, "price", dict.fromkeys(names, "x") | {"suggestion": "price"})
    for language in LANGUAGES:
        assert "{" not in sentence(trouble, translator(language))
    assert set(WORDS) == set(What)


def test_a_misspelt_column_is_suggested(tmp_path: Path) -> None:
    _, troubles = everything(a_file(tmp_path, GOOD.replace("price", "pirce")))
    assert "Did you mean price?" in sentence(troubles[0], translator("en"))


SHEET_OF_GOODS = sheet("".join(sheet_row(n, *line.split(",")) for n, line in enumerate(GOOD.split(), start=1)))
ODD_BUT_FINE: dict[str, str | bytes] = {
    "a mark at the beginning": GOOD.encode("utf-8-sig"),
    "UTF-16 with its mark": GOOD.encode("utf-16"),
    "UTF-16 without one": GOOD.encode("utf-16-le"),
    "big-endian UTF-16 without one": GOOD.encode("utf-16-be"),
    "semicolons": GOOD.replace(",", ";"),
    "tabs": GOOD.replace(",", "\t"),
    "Excel's own first line": "sep=;\n" + GOOD.replace(",", ";"),
    "old line ends": GOOD.replace("\n", "\r\n"),
    "capital letters": GOOD.replace(HEADER, HEADER.title()),
    "blank lines between": GOOD.replace("\n", "\n\n,,,,,\n"),
    "a decimal comma": GOOD.replace("12.50", '"12,50"'),
    "a workbook": BOOK,
    "a workbook that claims sixteen thousand columns": repacked(BOOK, {SHEET: SHEET_OF_GOODS}),
}


@pytest.mark.parametrize("name", ODD_BUT_FINE)
def test_an_odd_file_is_understood(tmp_path: Path, name: str) -> None:
    """Whatever the name says: what counts is what is in it."""
    goods, troubles = everything(a_file(tmp_path, ODD_BUT_FINE[name], "goods.dat"))
    assert not troubles
    assert [(each.handle, each.pieces[0].about) for each in goods] == [("mug", {"price_minor": 1250, "on_hand": 3})]
