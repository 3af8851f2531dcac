"""Staff and buyers press at the same instant: one wins, the other is told, and neither waits for the other in a circle."""

import asyncio

import pytest

from store import order_life, shipping
from store.db import Database
from store.errors import NotAllowedNow
from tests import builders
from tests.builders import NOW
from tests.order_builders import ON_DELIVERY, STAFF, an_order, assert_books_balance, pack, the_order


@pytest.mark.parametrize("delivery", ["courier", "pickup"])
async def test_goods_leave_or_their_order_is_cancelled(db: Database, delivery: str) -> None:
    """Both lock the order first: the database has no deadlock to break, so nothing is run again here."""
    variant = await builders.a_variant(db, stock=12)
    placed = [await an_order(db, variant, capabilities=ON_DELIVERY, delivery=delivery) for _ in range(12)]
    for order in placed:
        await (pack(db, order) if delivery == "courier" else ready(db, order.id))

    async def leave(order_id: int) -> None:
        async with db.begin() as session:
            if delivery == "courier":
                await shipping.ship(session, order_id, carrier="sandbox", tracking_number=None, actor=STAFF, now=NOW)
            else:
                await shipping.hand_over(session, order_id, actor=STAFF, now=NOW)

    async def cancel(order_id: int) -> None:
        async with db.begin() as session:
            await order_life.cancel(session, order_id, actor=STAFF, reason="staff", now=NOW)

    at_once = [act(order.id) for order in placed for act in (leave, cancel)]
    outcomes = await asyncio.gather(*at_once, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [NotAllowedNow] * len(placed)
    for order in placed:
        after = await the_order(db, order.id)
        assert (after.status == "cancelled") == (after.fulfilment_status == "unfulfilled")
    await assert_books_balance(db)


async def ready(db: Database, order_id: int) -> None:
    async with db.begin() as session:
        await shipping.ready_for_pickup(session, order_id, actor=STAFF, now=NOW)
