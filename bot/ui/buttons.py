"""What all keyboards share: the way back, the way home, and labels that a phone can show."""

from collections.abc import Iterable, Sequence

from aiogram.filters.callback_data import CallbackData

from bot.ui.callbacks import ShowHome
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Rows

# A phone shows about this many letters of a button that has its row for itself or shares it with one other.
LABEL_MAX = 20


def shortened(text: str, limit: int = LABEL_MAX) -> str:
    """*text* in at most *limit* letters, cut at a word where that costs little."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    at_word = cut.rpartition(" ")[0] if text[limit - 1].isalnum() else cut
    kept = at_word if len(at_word) >= limit // 2 else cut
    return f"{kept.rstrip(' ,;:·-')}…"


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
