"""What all keyboards share: the way back, the way home, and labels that a phone can show."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from aiogram.filters.callback_data import CallbackData

from bot.ui.callbacks import ShowHome
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Rows

# A phone shows about this many columns of a button; a few more where it has its row for itself.
LABEL_MAX, ROW_MAX = 20, 24


def columns(text: str) -> int:
    """How wide *text* is: a Chinese letter and an emoji take two columns; what combines with the letter before it takes none."""
    return sum(_width(letter) for letter in text)


def _width(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def shortened(text: str, limit: int = LABEL_MAX) -> str:
    """*text* in at most *limit* columns, cut at a word where that costs little."""
    if columns(text) <= limit:
        return text
    ends = list(accumulate(map(_width, text[: 4 * limit])))
    cut = text[: bisect_right(ends, limit - 1)]
    at_word = cut.rpartition(" ")[0] if text[len(cut)].isalnum() else cut
    kept = at_word if columns(at_word) >= limit // 2 else cut
    return f"{kept.rstrip(' ,;:·-')}…"


def excerpt(text: str, limit: int) -> str:
    """*text* in at most *limit* letters, for what is read in a message."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip(' ,;:·-')}…"


def roomy(label: str, otherwise: str) -> str:
    """*label* if a row of its own holds it, else the shorter one: a price of eight digits stands in the text anyway."""
    return label if columns(label) <= ROW_MAX else otherwise


def back(to: CallbackData, t: Translator) -> Button:
    return Button(t.label("← Back"), to)


def home(t: Translator) -> Button:
    return Button(t.label("Home"), ShowHome())


def back_and_home(to: CallbackData, t: Translator) -> tuple[Button, Button]:
    return back(to, t), home(t)


def in_rows(buttons: Sequence[Button], width: int) -> Rows:
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))


def filled(rows: Iterable[Iterable[Button]]) -> Rows:
    """The rows that have a button in them."""
    return tuple(row for row in map(tuple, rows) if row)
