"""A cart becomes an order."""

from store.db import Database
from tests.builders import COURIER_MINOR, a_ready_checkout, a_variant
from tests.order_builders import Shelf, assert_books_balance, events, place, shelf, the_order


async def test_a_cart_becomes_an_unpaid_order_that_holds_its_goods(db: Database) -> None:
    """The lines, prices, address and delivery are those of the review screen."""
    mug = await a_variant(db, stock=5, price_minor=1500)
    ready = await a_ready_checkout(db, mug, quantity=2)
    placed = await place(db, ready)
    order = await the_order(db, placed.order_id)
    assert placed.is_new and order.awaits_payment and order.payment_status == "unpaid"
    assert (order.subtotal_minor, order.shipping_minor, order.total_minor) == (3000, COURIER_MINOR, 3500)
    assert await shelf(db, mug) == Shelf(on_hand=5, reserved=2)
    assert await events(db) == ["order.placed"]
    await assert_books_balance(db)
