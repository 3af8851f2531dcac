"""A choice of pieces of an order's lines, made with buttons. It stands in the buttons themselves: nothing is written before it is confirmed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from aiogram.filters.callback_data import CallbackData

from bot.ui.buttons import shortened
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Rows

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# A button has room for so many lines, one letter each.
LINES_MAX = 24
_OF_ONE_LINE = len(DIGITS) - 1
_SHOWN = 8

Press = Callable[["Choice"], CallbackData]


@dataclass(frozen=True, slots=True)
class Choice:
    """*most* of each line can be chosen, *counts* are. Lines of which nothing can be chosen are not shown."""

    titles: tuple[str, ...]
    most: tuple[int, ...]
    counts: tuple[int, ...]
    page: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def packed(self) -> str:
        """For a button."""
        return "".join(DIGITS[count] for count in self.counts).rstrip("0")

    @property
    def open_lines(self) -> list[int]:
        return [index for index, most in enumerate(self.most) if most]

    def with_count(self, index: int, count: int) -> "Choice":
        return replace(self, counts=(*self.counts[:index], count, *self.counts[index + 1 :]))


def choice(titles: Sequence[str], most: Sequence[int], chosen: str | None, *, page: int = 0) -> Choice:
    """What *chosen* says, as far as it is possible (still); None: everything."""
    bounds = [min(each, _OF_ONE_LINE) for each in most[:LINES_MAX]]
    wanted = bounds if chosen is None else [DIGITS.index(letter) for letter in chosen]
    wanted = [*wanted, *[0] * len(bounds)]
    counts = tuple(min(count, bound) for count, bound in zip(wanted, bounds, strict=False))
    return Choice(tuple(titles[:LINES_MAX]), tuple(bounds), counts, page)


def stepper_rows(choice: Choice, press: Press, t: Translator) -> Rows:
    """One row a line: fewer, all or none, more; then the other pages of a long order."""
    pages = [choice.open_lines[start : start + _SHOWN] for start in range(0, len(choice.open_lines), _SHOWN)]
    page = min(choice.page, max(len(pages) - 1, 0))
    rows = [tuple(_steps(choice, index, press)) for index in (pages[page] if pages else ())]
    if len(pages) > 1:
        turns = [replace(choice, page=(page + step) % len(pages)) for step in (-1, 1)]
        count = Button(f"{page + 1}/{len(pages)}", press(turns[1]))
        rows.append((Button("◀", press(turns[0])), count, Button("▶", press(turns[1]))))
    return tuple(rows)


def _steps(choice: Choice, index: int, press: Press) -> Iterator[Button]:
    count, most = choice.counts[index], choice.most[index]
    yield Button("➖", press(choice.with_count(index, max(count - 1, 0))))
    label = f"{count}/{most} {choice.titles[index]}"
    yield Button(shortened(label), press(choice.with_count(index, 0 if count == most else most)))
    yield Button("➕", press(choice.with_count(index, min(count + 1, most))))
