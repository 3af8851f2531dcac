"""What is wrong with a file, and where: a name and its values. `bot/ui/import_words.py` puts them into sentences."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class What(StrEnum):
    # the file as a whole
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_TABLE = "not_a_table"
    OLD_EXCEL = "old_excel"
    MACROS = "macros"
    BROKEN_WORKBOOK = "broken_workbook"
    INFLATED_WORKBOOK = "inflated_workbook"
    NOT_UTF8 = "not_utf8"
    NUL = "nul"
    UNCLOSED_QUOTE = "unclosed_quote"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    CELL_TOO_LONG = "cell_too_long"
    NO_HEADER = "no_header"
    MISSING_COLUMN = "missing_column"
    UNKNOWN_COLUMN = "unknown_column"
    COLUMN_TWICE = "column_twice"
    # a row
    EXTRA_CELLS = "extra_cells"
    MISSING = "missing"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    NOT_AN_AMOUNT = "not_an_amount"
    NOT_A_NUMBER = "not_a_number"
    NEGATIVE = "negative"
    TOO_BIG = "too_big"
    WRONG_CURRENCY = "wrong_currency"
    NOT_ONE_OF = "not_one_of"
    FORMULA_ERROR = "formula_error"
    BAD_PICTURE = "bad_picture"
    DIFFERS = "differs"
    HANDLE_APART = "handle_apart"
    SKU_TWICE = "sku_twice"
    SAME_OPTION = "same_option"
    TOO_MANY_VARIANTS = "too_many_variants"
    NO_CONTENT = "no_content"
    STARS_FOR_PARCELS = "stars_for_parcels"
    # a row against the shop
    SKU_ELSEWHERE = "sku_elsewhere"
    KIND_CHANGED = "kind_changed"
    PROMISED = "promised"
    TOO_MANY_CATEGORIES = "too_many_categories"
    # remarks: the import goes on
    GIFT_CARD = "gift_card"
    NEGATIVE_STOCK = "negative_stock"
    SHORTENED = "shortened"
    PICTURE_LEFT_OUT = "picture_left_out"
    DRAFT_WITHOUT_CONTENT = "draft_without_content"
    NOT_TAKEN = "not_taken"
    IN_CASH_ONLY = "in_cash_only"


REMARKS = frozenset(
    {
        What.GIFT_CARD,
        What.NEGATIVE_STOCK,
        What.SHORTENED,
        What.PICTURE_LEFT_OUT,
        What.DRAFT_WITHOUT_CONTENT,
        What.NOT_TAKEN,
        What.IN_CASH_ONLY,
    }
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """*line* is the line of the file, or the row of the sheet, that a person looks at; 0 where it is the whole file."""

    line: int
    what: What
    column: str = ""
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def is_remark(self) -> bool:
        return self.what in REMARKS

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Trouble":
        return cls(stored["line"], What(stored["what"]), stored["column"], stored["values"])


class Refused(Exception):
    """Nothing can be made of the file from this place on."""

    def __init__(self, what: What, line: int = 0, column: str = "", **values: str | int) -> None:
        super().__init__(f"{what} at line {line}")
        self.trouble = Trouble(line, what, column, values)


class BadCell(Exception):
    """A cell that cannot be understood; whoever knows the line makes a Trouble of it."""

    def __init__(self, what: What, **values: str | int) -> None:
        super().__init__(what)
        self.what, self.values = what, values
