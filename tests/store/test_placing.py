"""A cart becomes an order, once, and exactly the one that the customer saw."""

import dataclasses

import pytest
from sqlalchemy import select, update

from store import carts, order_numbers
from store.db import Database
from store.errors import (
    OutOfStock,
)
from store.models import Order, Reservation
from store.order_status import OrderStatus
from store.payments.gateway import Capabilities
from tests.builders import COURIER_MINOR, NOW, a_ready_checkout, a_variant
from tests.order_builders import (
    HOLD,
    LATER,
    ON_DELIVERY,
    ONLINE,
    Shelf,
    an_attempt,
    an_order,
    assert_books_balance,
    events,
    place,
    shelf,
    the_order,
)


async def test_a_cart_becomes_an_unpaid_order_that_holds_its_goods(db: Database) -> None:
    mug = await a_variant(db, stock=5, price_minor=1500)
    placed = await place(db, await a_ready_checkout(db, mug, quantity=2))
    order = await the_order(db, placed.order_id)
    assert placed.is_new and order.awaits_payment and order.payment_status == "unpaid"
    assert (order.subtotal_minor, order.shipping_minor, order.total_minor) == (3000, COURIER_MINOR, 3500)
    assert order.expires_at == NOW + HOLD
    assert await shelf(db, mug) == Shelf(on_hand=5, reserved=2)
    assert await events(db, "order") == ["order.placed"]
    await assert_books_balance(db)


async def test_the_order_remembers_everything_that_was_seen(db: Database) -> None:
    """Nothing on an order is read from the catalogue or the address book later."""
    mug = await a_variant(db, stock=5, title="Blue mug", weight_g=310)
    ready = await a_ready_checkout(db, mug)
    order = await the_order(db, (await place(db, ready)).order_id)
    line = order.lines[0]
    assert (line.title, line.sku, line.unit_minor, line.weight_g) == ({"en": "Blue mug"}, mug.sku, 1500, 310)
    assert order.address == {
        "country": "PT",
        "region": "",
        "city": "Lisbon",
        "postcode": "1100-148",
        "street": "Rua Augusta 1",
        "area": "",
    }
    assert (order.contact_name, order.contact_phone, order.language) == ("Ann Lee", "+351912345678", "en")
    assert (order.delivery_kind, order.delivery_carrier, order.delivery_max_days) == ("courier", "sandbox", 4)


async def test_a_number_is_for_people_and_a_secret_for_links(sqlite_db: Database) -> None:
    order = await an_order(sqlite_db)
    assert order_numbers.normalise(order.number) == order.number
    assert len(order.secret) == 32


async def test_a_picked_up_order_has_no_address(sqlite_db: Database) -> None:
    """SQL's NULL, not JSON's: a query for orders without an address finds it."""
    order = await an_order(sqlite_db, delivery="pickup")
    async with sqlite_db.read() as session:
        assert await session.scalar(select(Order.id).where(Order.address.is_(None))) == order.id


async def test_pressed_again_it_is_the_same_order(db: Database) -> None:
    ready = await a_ready_checkout(db)
    first, second = await place(db, ready), await place(db, ready)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.order_id == second.order_id
    assert await shelf(db, ready.variants[0]) == Shelf(on_hand=1, reserved=1)
    assert await events(db, "order") == ["order.placed"]


async def test_an_older_button_of_the_same_cart_shows_the_order_it_became(db: Database) -> None:
    ready = await a_ready_checkout(db)
    placed = await place(db, ready)
    again = await place(db, ready, version=ready.cart_version - 1)
    assert (again.order_id, again.is_new) == (placed.order_id, False)


async def test_the_next_thing_that_is_bought_lies_in_a_new_cart(sqlite_db: Database) -> None:
    mug = await a_variant(sqlite_db, stock=5)
    ready = await a_ready_checkout(sqlite_db, mug)
    await place(sqlite_db, ready)
    async with sqlite_db.begin() as session:
        assert (await carts.cart(session, ready.customer.id)).is_empty
    again = await a_ready_checkout(sqlite_db, mug, customer=ready.customer)
    assert again.cart_id != ready.cart_id and (await place(sqlite_db, again)).is_new


async def test_paid_on_delivery_it_is_confirmed_at_once(db: Database) -> None:
    order = await an_order(db, capabilities=ON_DELIVERY)
    assert (order.status, order.confirmed_at, order.expires_at) == (OrderStatus.CONFIRMED, NOW, None)
    assert order.payment_status == "unpaid"
    async with db.read() as session:
        assert await session.scalar(select(Reservation.state)) == "committed"
    assert await events(db, "order") == ["order.placed", "order.confirmed"]


async def test_what_costs_nothing_needs_no_payment(db: Database) -> None:
    """A free download is confirmed, delivered and completed in one go, whatever the gateway's least amount."""
    leaflet = await a_variant(db, stock=9, kind="digital", price_minor=0)
    order = await an_order(db, leaflet, capabilities=dataclasses.replace(ONLINE, minimum_minor={"USD": 50}))
    assert (order.status, order.payment_status, order.fulfilment_status) == ("completed", "paid", "delivered")
    assert order.lines[0].digital_content == "Key: 1234"
    assert await events(db, "order") == ["order.placed", "order.confirmed", "order.completed"]


async def test_a_hold_without_a_limit_never_ends(sqlite_db: Database) -> None:
    order = await an_order(sqlite_db, capabilities=Capabilities(currencies=None, hold=None))
    assert order.awaits_payment and order.expires_at is None


async def test_an_overdue_order_makes_room_without_any_sweep(db: Database) -> None:
    """Nobody pays it and its time is up: whoever wants the last mug now gets it."""
    mug = await a_variant(db, stock=1)
    ann, bob = await a_ready_checkout(db, mug), await a_ready_checkout(db, mug)
    forgotten = await place(db, ann)
    assert (await place(db, bob, now=LATER)).is_new
    assert (await the_order(db, forgotten.order_id)).status == OrderStatus.EXPIRED
    assert await shelf(db, mug) == Shelf(on_hand=1, reserved=1)
    assert await events(db, "order") == ["order.placed", "order.expired", "order.placed"]
    await assert_books_balance(db)


async def test_an_overdue_order_gives_back_all_that_it_held(db: Database) -> None:
    """Bob wants the mug alone; the cup beside it is free again too."""
    cup, mug = await a_variant(db, stock=1), await a_variant(db, stock=1)
    bob = await a_ready_checkout(db, mug)
    await an_order(db, cup, mug)
    assert (await place(db, bob, now=LATER)).is_new
    assert await shelf(db, cup) == Shelf(on_hand=1, reserved=0)
    assert await shelf(db, mug) == Shelf(on_hand=1, reserved=1)
    await assert_books_balance(db)


@pytest.mark.parametrize("status", ["created", "pending", "succeeded"])
async def test_an_overdue_order_that_may_be_paid_keeps_its_goods(db: Database, status: str) -> None:
    """Only its provider can tell; asking it is not the next customer's business."""
    mug = await a_variant(db, stock=1)
    await an_attempt(db, await an_order(db, mug), status=status)
    async with db.begin() as session:
        await session.execute(update(Order).values(expires_at=NOW - HOLD))
    with pytest.raises(OutOfStock):
        await an_order(db, mug)


async def test_overdue_orders_that_do_not_free_enough_stay_as_they_are(db: Database) -> None:
    mug = await a_variant(db, stock=3)
    ready = await a_ready_checkout(db, mug, quantity=3)
    overdue, fresh = await an_order(db, mug), await an_order(db, mug, quantity=2)
    async with db.begin() as session:
        await session.execute(update(Order).where(Order.id == fresh.id).values(expires_at=LATER + HOLD))
    with pytest.raises(OutOfStock):
        await place(db, ready, now=LATER)
    assert (await the_order(db, overdue.id)).awaits_payment
    await assert_books_balance(db)


async def test_a_number_that_somebody_has_is_drawn_again(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The unique key decides, and the transaction lives on."""
    taken = (await an_order(db)).number
    drawn = iter([taken, taken, "2345-67899"])
    monkeypatch.setattr(order_numbers, "new", lambda: next(drawn))
    assert (await an_order(db)).number == "2345-67899"
