"""Everybody wants the last pieces.

The controls check first and act afterwards, as a shop without the guards would: everybody looks, then everybody acts. On SQLite, whose one writer lets
transactions in one by one, only this order of things shows what the guards are for; so it is the same on all three databases.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.sql.dml import Update

from store import placing, stock, stock_levels
from store.audit import SYSTEM
from store.db import Database, run_again
from store.models import Order, Reservation, StockLevel, StockMove
from tests.builders import NOW, Ready, a_variant
from tests.order_builders import Shelf, an_order, assert_books_balance, events, place, press, shelf
from tests.races.conftest import Unguarded
from tests.races.crowd import a_crowd, all_at_once

CHECKS = ("ck_stock_levels_not_oversold", "ck_stock_levels_reserved_not_negative")
ONE_MOVE = "uq_stock_moves_source_type_source_id_variant_id_location_id_kind"


async def test_two_hundred_buyers_get_exactly_the_ten_pieces_there_are(db: Database) -> None:
    """Ten orders, a hundred and ninety people who are told, and books that balance."""
    mug = await a_variant(db, stock=10, low_at=3)
    crowd = await a_crowd(db, 200, mug)
    outcomes = await all_at_once(partial(place, db, ready) for ready in crowd)
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Placed": 10, "OutOfStock": 190}
    assert await shelf(db, mug) == Shelf(on_hand=10, reserved=10)
    await assert_books_balance(db)
    async with db.read() as session:
        assert await session.scalar(select(func.count(Order.id))) == 10
        assert await session.scalar(select(func.count(StockMove.id)).where(StockMove.kind == "reserve")) == 10
    assert Counter(await events(db)) == {"order.placed": 10, "stock.low": 1}


async def test_without_the_guard_everybody_gets_one(unguarded: Unguarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control. The UPDATE has lost its WHERE and the table its CHECK; all looked at the shelf before anybody took: 40 of 10 are sold."""
    db = await unguarded(*CHECKS)
    mug = await a_variant(db, stock=10)
    crowd = await a_crowd(db, 40, mug)
    async with db.read() as session:
        assert await stock.free(session, [mug.id]) == {mug.id: 10}, "what each of them sees before anybody acts"
    monkeypatch.setattr(placing, "_look", _saw_enough)
    monkeypatch.setattr(stock_levels, "take", _take_whatever)
    outcomes = await all_at_once(partial(place, db, ready) for ready in crowd)
    assert sum(isinstance(outcome, placing.Placed) for outcome in outcomes) == 40
    assert await shelf(db, mug) == Shelf(on_hand=10, reserved=40)


async def test_the_guard_alone_is_enough(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same forty who all saw enough, with the WHERE in its place: ten get one. The look before is no guard, it only saves work."""
    mug = await a_variant(db, stock=10)
    crowd = await a_crowd(db, 40, mug)
    monkeypatch.setattr(placing, "_look", _saw_enough)
    outcomes = await all_at_once(partial(place, db, ready) for ready in crowd)
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Placed": 10, "OutOfStock": 30}
    await assert_books_balance(db)


async def test_the_check_on_the_table_is_the_last_line(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The WHERE is lost, by a slip in the program: the database refuses what would oversell."""
    mug = await a_variant(db, stock=10)
    crowd = await a_crowd(db, 20, mug)
    monkeypatch.setattr(placing, "_look", _saw_enough)
    monkeypatch.setattr(stock_levels, "take", _take_whatever)
    await all_at_once(partial(place, db, ready) for ready in crowd)
    assert await shelf(db, mug) == Shelf(on_hand=10, reserved=10)


async def test_carts_with_the_same_things_in_any_order_do_not_deadlock(db: Database) -> None:
    """Stock is taken sorted by variant, so nobody is asked to try again: no transaction here is begun a second time."""
    cup, mug = await a_variant(db, stock=40), await a_variant(db, stock=40)
    crowds = [*await a_crowd(db, 20, cup, mug), *await a_crowd(db, 20, mug, cup)]
    outcomes = await all_at_once(partial(_once, db, ready) for ready in crowds)
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Placed": 40}
    assert await shelf(db, cup) == await shelf(db, mug) == Shelf(on_hand=40, reserved=40)


async def test_goods_are_given_back_once(db: Database) -> None:
    """Twenty releases of one order: nineteen find that another was faster."""
    mug = await a_variant(db, stock=30)
    order = await an_order(db, mug)
    await an_order(db, mug, quantity=25)
    outcomes = await all_at_once(_release(db, order.id) for _ in range(20))
    assert Counter(outcomes) == {True: 1, False: 19}
    assert await shelf(db, mug) == Shelf(on_hand=30, reserved=25)
    await assert_books_balance(db)


async def test_without_the_guards_they_are_given_back_again_and_again(
    unguarded: Unguarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control. The reservation's compare-and-set has lost its WHERE and the moves their unique key: other people's goods become free."""
    db = await unguarded(ONE_MOVE)
    mug = await a_variant(db, stock=30)
    order = await an_order(db, mug)
    await an_order(db, mug, quantity=25)
    async with db.read() as session:
        seen = await stock._set_aside(session, order.id)
    monkeypatch.setattr(stock, "_set_aside", _remembering(seen))
    monkeypatch.setattr(stock, "_ended", _end_whatever)
    await all_at_once(_release(db, order.id) for _ in range(20))
    assert await shelf(db, mug) == Shelf(on_hand=30, reserved=26 - 20)


async def _once(db: Database, ready: Ready) -> placing.Placed:
    async with db.begin() as session:
        return await press(session, ready)


async def _saw_enough(*_asked: object) -> tuple[None, list[Any]]:
    return None, []


def _take_whatever(variant_id: int, quantity: int) -> tuple[Update, stock_levels.Values]:
    taken = update(StockLevel).where(*stock_levels.at(variant_id)).values(reserved=StockLevel.reserved + quantity)
    return taken.execution_options(synchronize_session=False), {}


def _end_whatever(row: Any, state: str, *, from_states: object) -> Update:
    return (
        update(Reservation)
        .where(Reservation.id == row.id)
        .values(state=state, expires_at=None)
        .execution_options(synchronize_session=False)
    )


def _remembering(seen: Any) -> Callable[..., Awaitable[Any]]:
    async def read(_session: object, _order_id: int) -> Any:
        return seen

    return read


def _release(db: Database, order_id: int) -> Callable[[], Awaitable[bool]]:
    return lambda: run_again(db, lambda session: stock.release(session, order_id, actor=SYSTEM, now=NOW))
