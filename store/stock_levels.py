"""The guarded UPDATEs on the shelf's counters. Each checks and acts in one statement, on the row as it is after waiting for whoever came first.

A statement that matches no row has not happened: every caller looks at the row count. Tests take a guard out here to see the race go wrong.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, Update, bindparam, or_, true, update
from sqlalchemy.orm import InstrumentedAttribute

from store.models import MAIN_LOCATION, StockLevel
from store.models.base import table

Values = dict[str, Any]


def at(variant_id: int | InstrumentedAttribute[int]) -> Iterable[ColumnElement[bool]]:
    return StockLevel.variant_id == variant_id, StockLevel.location_id == MAIN_LOCATION


_LEVELS = table(StockLevel)
FREE = _LEVELS.c.on_hand - _LEVELS.c.safety - _LEVELS.c.reserved
_PIECES = bindparam("pieces", type_=Integer)
_TAKE = (
    update(_LEVELS)
    .where(_LEVELS.c.variant_id == bindparam("variant"), _LEVELS.c.location_id == MAIN_LOCATION)
    .where(or_(_LEVELS.c.allow_backorder, _PIECES <= FREE))
    .values(reserved=_LEVELS.c.reserved + _PIECES)
)


def take(variant_id: int, quantity: int) -> tuple[Update, Values]:
    """Sets pieces aside, if that many are free."""
    return _TAKE, {"variant": variant_id, "pieces": quantity}


def give_back(variant_id: int, quantity: int) -> Update:
    """Pieces that were set aside can be sold again."""
    return _change(variant_id, StockLevel.reserved >= quantity, reserved=StockLevel.reserved - quantity)


def leave(variant_id: int, quantity: int) -> Update:
    """Pieces that were set aside have left the house."""
    return _gone(variant_id, quantity, StockLevel.on_hand >= quantity)


def deliver(variant_id: int, quantity: int) -> Update:
    """Copies that were set aside are with their buyers. Where they are not counted, none needs to lie on the shelf."""
    return _gone(variant_id, quantity, or_(StockLevel.allow_backorder, StockLevel.on_hand >= quantity))


def _gone(variant_id: int, quantity: int, are_there: ColumnElement[bool]) -> Update:
    guard = (StockLevel.reserved >= quantity) & are_there
    return _change(variant_id, guard, reserved=StockLevel.reserved - quantity, on_hand=StockLevel.on_hand - quantity)


def count(variant_id: int, difference: int) -> Update:
    """More or fewer pieces lie here, if those that are promised stay covered. More is always possible, also where more went out than was counted."""
    stays_covered = or_(StockLevel.allow_backorder, StockLevel.free + difference >= 0)
    is_possible = (StockLevel.on_hand + difference >= 0) & stays_covered
    return _change(variant_id, true() if difference > 0 else is_possible, on_hand=StockLevel.on_hand + difference)


def _change(variant_id: int, guard: ColumnElement[bool], **values: Any) -> Update:
    return (
        update(StockLevel).where(*at(variant_id), guard).values(**values).execution_options(synchronize_session=False)
    )
