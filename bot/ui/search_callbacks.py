"""The buttons of a search. The words stand in the database: a button carries the id of its person's search."""

from aiogram.filters.callback_data import CallbackData

from bot.ui.callbacks import Cursor, RowId

# A cursor from here on is no place in a category: the product was found by the search of this number.
_FOUND = 2**62


class AskSearch(CallbackData, prefix="q"):
    pass


class ShowResults(CallbackData, prefix="qr"):
    """*cursor* as in a category: n is behind product n, -n in front of it, 0 the best."""

    search_id: RowId
    cursor: Cursor = 0


class ShowResultsFrom(CallbackData, prefix="qb"):
    """The way back from a product: the page of results that begins with it."""

    search_id: RowId
    product_id: RowId


def found_by(search_id: int) -> int:
    """The cursor of a product that a search has found."""
    return _FOUND + search_id


def search_of(cursor: int) -> int | None:
    """The search that found the product; None when it was found in its category."""
    return cursor - _FOUND if cursor > _FOUND else None
