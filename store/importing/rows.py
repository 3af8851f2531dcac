"""A file as rows of text, one at a time, each with the line that a person finds it at."""

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from store.importing.sniffing import Kind, kind_of
from store.importing.trouble import Refused, What

ROWS_MAX = 200_000
# A file may claim that its second row is row one thousand million: what lies in between would be looked at one by one.
GAP_MAX = 100_000
COLUMNS_MAX = 200
CELL_MAX = 32_767  # what a cell of a workbook holds
_DELIMITERS = (",", ";", "\t", "|")
_BROKEN = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    OSError,
    EOFError,
    RuntimeError,
    SyntaxError,  # what the XML parser raises
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        return not any(self.cells)


def rows_of(path: Path) -> Iterator[Row]:
    """Every row that is not blank. Raises: Refused, as soon as nothing more can be made of the file."""
    kind = kind_of(path)
    count = 0
    for row in _of_workbook(path) if kind.is_workbook else _of_text(path, kind):
        if row.is_blank:
            continue
        count += 1
        if count > ROWS_MAX:
            raise Refused(What.TOO_MANY_ROWS, row.line, maximum=ROWS_MAX)
        yield row


def _of_text(path: Path, kind: Kind) -> Iterator[Row]:
    with path.open("r", encoding=kind.encoding, newline="") as source:
        delimiter, skipped = _delimiter(source)
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        begins = skipped + 1
        try:
            for cells in reader:
                yield _row(begins, cells)
                begins = skipped + reader.line_num + 1
        except csv.Error as error:
            # A quote that is never closed swallows the rest of the file, to its end or to the longest cell there may be.
            is_quote = "unexpected end" in str(error) or "field larger" in str(error)
            raise Refused(What.UNCLOSED_QUOTE if is_quote else What.CELL_TOO_LONG, begins) from None


def _delimiter(source: io.TextIOWrapper) -> tuple[str, int]:
    """What parts the cells of the first line, and how many lines stand before the header: Excel may write `sep=;` there."""
    first = source.readline(CELL_MAX)
    stated = first.strip().lower()
    if stated.startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[-1], 1
    source.seek(0)
    bare = "".join(first.split('"')[::2])  # what stands outside the quotes
    return max(_DELIMITERS, key=bare.count), 0


def _of_workbook(path: Path) -> Iterator[Row]:
    """The first sheet. Formulas give the value that was last calculated; nothing is run."""
    with path.open("rb") as source:  # by its content: a name that does not end in .xlsx is no reason
        book = _book(source)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # a sheet may claim sixteen thousand columns
            filled = 0
            for line, values in enumerate(sheet.iter_rows(max_col=COLUMNS_MAX + 1, values_only=True), start=1):
                if values.count(None) < len(values):
                    filled = line
                    yield _row(line, map(_as_text, values))
                elif line - filled > GAP_MAX:
                    raise Refused(What.TOO_MANY_ROWS, line, maximum=ROWS_MAX)
        except _BROKEN:
            raise Refused(What.BROKEN_WORKBOOK) from None
        finally:
            book.close()


def _book(source: IO[bytes]) -> Any:
    import openpyxl  # a quarter of a second that reading CSV does without
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that nobody looks at
            return openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
    except (*_BROKEN, InvalidFileException):
        raise Refused(What.BROKEN_WORKBOOK) from None


def _row(line: int, cells: Iterable[str]) -> Row:
    row = Row(line, tuple(cell.strip() for cell in cells))
    if len(row.cells) > COLUMNS_MAX and any(row.cells[COLUMNS_MAX:]):
        raise Refused(What.TOO_MANY_COLUMNS, line, maximum=COLUMNS_MAX)
    if any(len(cell) > CELL_MAX for cell in row.cells):
        raise Refused(What.CELL_TOO_LONG, line)
    return row


def _as_text(value: Any) -> str:
    """As a person would have typed it: 19.9 and not 19.899999999999999."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 10**15 else format(value, ".15g")
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
