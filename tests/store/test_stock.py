"""What lies on the shelf and what is set aside."""

from typing import Any

import pytest
from sqlalchemy import select, update

from store import stock
from store.audit import SYSTEM
from store.db import Database
from store.errors import NotAllowedNow, OutOfStock
from store.models import Reservation, StockLevel, StockMove, Variant
from store.orders import OrderView
from tests.builders import NOW, a_variant
from tests.order_builders import Shelf, a_paid_order, an_order, assert_books_balance, events, shelf


async def free(db: Database, variant: Variant) -> int:
    async with db.read() as session:
        return (await stock.free(session, [variant.id]))[variant.id]


async def ship(db: Database, order: OrderView, quantity: int, *, source_id: int = 1) -> None:
    async with db.begin() as session:
        lines = {order.lines[0].id: quantity}
        await stock.ship(session, order.id, lines, source_id=source_id, actor=SYSTEM, now=NOW)


async def reservations(db: Database, order: OrderView) -> list[Any]:
    async with db.read() as session:
        rows = await session.execute(
            select(Reservation.state, Reservation.quantity, Reservation.expires_at)
            .where(Reservation.order_id == order.id)
            .order_by(Reservation.id)
        )
        return [tuple(row) for row in rows]


async def test_what_is_set_aside_is_not_free(db: Database) -> None:
    mug = await a_variant(db, stock=5)
    async with db.begin() as session:
        await stock.reserve(session, [(mug.id, 2)], now=NOW)
    assert await free(db, mug) == 3
    assert await shelf(db, mug) == Shelf(on_hand=5, reserved=2)


async def test_more_than_is_free_is_refused_with_what_is_left(db: Database) -> None:
    """The customer is told of which thing how many are left."""
    mug = await a_variant(db, stock=2, title="Blue mug")
    with pytest.raises(OutOfStock) as refused:
        async with db.begin() as session:
            await stock.reserve(session, [(mug.id, 3)], now=NOW)
    assert refused.value.params == {"variant_id": mug.id, "title": {"en": "Blue mug"}, "wanted": 3, "free": 2}
    assert await shelf(db, mug) == Shelf(on_hand=2, reserved=0)


async def test_a_variant_on_two_lines_counts_as_one_amount(db: Database) -> None:
    """2 + 2 of 3: each line alone would fit."""
    mug = await a_variant(db, stock=3)
    with pytest.raises(OutOfStock):
        async with db.begin() as session:
            await stock.reserve(session, [(mug.id, 2), (mug.id, 2)], now=NOW)


async def test_the_safety_stock_is_never_sold(db: Database) -> None:
    mug = await a_variant(db, stock=5)
    async with db.begin() as session:
        await session.execute(update(StockLevel).values(safety=4))
        await stock.reserve(session, [(mug.id, 1)], now=NOW)
        with pytest.raises(OutOfStock):
            await stock.reserve(session, [(mug.id, 1)], now=NOW)


async def test_a_backordered_variant_can_always_be_sold(db: Database) -> None:
    mug = await a_variant(db, stock=0)
    async with db.begin() as session:
        await session.execute(update(StockLevel).values(allow_backorder=True))
        await stock.reserve(session, [(mug.id, 7)], now=NOW)
    assert await free(db, mug) == stock.PLENTY
    assert await shelf(db, mug) == Shelf(on_hand=0, reserved=7)


async def test_nothing_is_free_of_what_was_never_counted(db: Database) -> None:
    async with db.begin() as session:
        assert await stock.free(session, [12345]) == {12345: 0}
        with pytest.raises(OutOfStock) as refused:
            await stock.reserve(session, [(12345, 1)], now=NOW)
    assert refused.value.params["title"] == {}


async def test_the_merchant_hears_once_that_a_variant_runs_low(db: Database) -> None:
    """At the reservation that crosses the level, not at those above or below it."""
    mug = await a_variant(db, stock=6, low_at=3)
    for told in ([], [], ["stock.low"], ["stock.low"]):
        async with db.begin() as session:
            await stock.reserve(session, [(mug.id, 1)], now=NOW)
        assert await events(db) == told


async def test_release_gives_everything_back_once(db: Database) -> None:
    mug = await a_variant(db, stock=5)
    order = await an_order(db, mug, quantity=2)
    for is_first in (True, False):
        async with db.begin() as session:
            assert await stock.release(session, order.id, actor=SYSTEM, now=NOW) is is_first
    assert await shelf(db, mug) == Shelf(on_hand=5, reserved=0)
    assert await reservations(db, order) == [("released", 2, None)]
    await assert_books_balance(db)


async def test_committed_goods_expire_no_more(db: Database) -> None:
    order = await an_order(db)
    async with db.begin() as session:
        await stock.commit(session, order.id)
    assert await reservations(db, order) == [("committed", 1, None)]


async def test_books_that_do_not_balance_stop_the_work(db: Database) -> None:
    """A counter below its reservations is a broken world, not a customer's situation."""
    order = await an_order(db)
    async with db.begin() as session:
        await session.execute(update(StockLevel).values(reserved=0))
        with pytest.raises(RuntimeError):
            await stock.release(session, order.id, actor=SYSTEM, now=NOW)


async def test_shipped_goods_have_left_the_shelf(db: Database) -> None:
    mug = await a_variant(db, stock=5)
    order = await a_paid_order(db, mug, quantity=2)
    await ship(db, order, 2)
    assert await shelf(db, mug) == Shelf(on_hand=3, reserved=0)
    assert await reservations(db, order) == [("shipped", 2, None)]
    await assert_books_balance(db)


async def test_an_order_can_leave_in_parts(db: Database) -> None:
    mug = await a_variant(db, stock=5)
    order = await a_paid_order(db, mug, quantity=3)
    await ship(db, order, 1, source_id=1)
    assert await shelf(db, mug) == Shelf(on_hand=4, reserved=2)
    assert await reservations(db, order) == [("committed", 2, None)]
    await ship(db, order, 2, source_id=2)
    assert await shelf(db, mug) == Shelf(on_hand=2, reserved=0)
    await assert_books_balance(db)


@pytest.mark.parametrize("quantity", [1, 3, 4])
async def test_what_was_released_or_never_set_aside_does_not_ship(db: Database, quantity: int) -> None:
    order = await a_paid_order(db, await a_variant(db, stock=5), quantity=3)
    if quantity < 4:
        async with db.begin() as session:
            await stock.release(session, order.id, actor=SYSTEM, now=NOW)
    with pytest.raises(NotAllowedNow):
        await ship(db, order, quantity)
    await assert_books_balance(db)


async def test_unpaid_goods_do_not_ship(db: Database) -> None:
    order = await an_order(db)
    with pytest.raises(NotAllowedNow) as refused:
        await ship(db, order, 1)
    assert refused.value.params["status"] == "held"


async def test_what_is_not_on_the_shelf_does_not_ship(db: Database) -> None:
    """Sold before it arrived: first it must be received."""
    mug = await a_variant(db, stock=1)
    async with db.begin() as session:
        await session.execute(update(StockLevel).values(allow_backorder=True))
    first, second = await a_paid_order(db, mug), await a_paid_order(db, mug)
    await ship(db, first, 1)
    with pytest.raises(OutOfStock):
        await ship(db, second, 1, source_id=2)


async def test_received_goods_count_once(db: Database) -> None:
    """The same delivery note pressed twice."""
    mug = await a_variant(db, stock=1)
    for is_first in (True, False):
        async with db.begin() as session:
            done = await stock.receive(session, mug.id, 4, reason="note 7", actor=SYSTEM, source_id=7000, now=NOW)
            assert done is is_first
    assert await free(db, mug) == 5
    await assert_books_balance(db)


async def test_a_count_can_find_more_or_fewer(db: Database) -> None:
    mug = await a_variant(db, stock=5)
    for number, (difference, left) in enumerate([(-2, 3), (4, 7)], start=1):
        async with db.begin() as session:
            await stock.adjust(session, mug.id, difference, reason="count", actor=SYSTEM, source_id=number, now=NOW)
        assert await free(db, mug) == left
    await assert_books_balance(db)


async def test_what_orders_have_cannot_be_counted_away(db: Database) -> None:
    """The merchant is told how many are not promised to anybody."""
    mug = await a_variant(db, stock=5)
    await an_order(db, mug, quantity=4)
    with pytest.raises(OutOfStock) as refused:
        async with db.begin() as session:
            await stock.adjust(session, mug.id, -2, reason="broken", actor=SYSTEM, source_id=1, now=NOW)
    assert (refused.value.params["wanted"], refused.value.params["free"]) == (2, 1)
    await assert_books_balance(db)


async def test_every_move_says_who_and_why(db: Database) -> None:
    mug = await a_variant(db, stock=5)
    order = await an_order(db, mug)
    async with db.read() as session:
        moves = (
            await session.execute(select(StockMove.kind, StockMove.source_type, StockMove.actor).order_by(StockMove.id))
        ).all()
    assert [tuple(move) for move in moves] == [
        ("receive", "receipt", "system"),
        ("reserve", "order", f"customer:{order.customer_id}"),
    ]
