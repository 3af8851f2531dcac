"""Who may cancel an order, until when, and what happens to goods and money."""

import pytest

from store import order_life, shipping
from store.audit import Actor
from store.db import Database
from store.errors import NotAllowedNow, NotFound
from store.order_status import OrderStatus
from tests.builders import NOW, a_customer, a_variant
from tests.order_builders import (
    STAFF,
    Shelf,
    a_paid_order,
    an_order,
    assert_books_balance,
    buyer,
    cancel,
    events,
    expire,
    pack,
    refunded,
    revive,
    shelf,
    ship,
    the_order,
)


async def test_a_buyer_can_take_an_unpaid_order_back(db: Database) -> None:
    mug = await a_variant(db, stock=5)
    order = await an_order(db, mug, quantity=2)
    await cancel(db, order, buyer(order))
    order = await the_order(db, order.id)
    assert (order.status, order.cancelled_at, order.cancel_reason) == ("cancelled", NOW, "changed my mind")
    assert await shelf(db, mug) == Shelf(on_hand=5, reserved=0)
    assert await events(db) == ["order.placed", "order.cancelled"]
    assert await refunded(db, order) == []
    await assert_books_balance(db)


async def test_a_paid_order_that_is_cancelled_gives_everything_back(db: Database) -> None:
    order = await a_paid_order(db)
    await cancel(db, order, buyer(order))
    assert await refunded(db, order) == [(order.total_minor, "cancelled")]
    assert (await events(db))[-2:] == ["order.cancelled", "refund.requested"]
    await assert_books_balance(db)


async def test_cancelled_is_cancelled(db: Database) -> None:
    """Pressed twice, or by buyer and staff: one cancels, the other is told so, and one refund is on its way."""
    order = await a_paid_order(db)
    await cancel(db, order, buyer(order))
    for actor in (buyer(order), STAFF):
        with pytest.raises(NotAllowedNow) as refused:
            await cancel(db, order, actor)
        assert refused.value.params["status"] == OrderStatus.CANCELLED
    assert len(await refunded(db, order)) == 1


async def test_a_packed_order_is_the_merchants_to_cancel(db: Database) -> None:
    """The buyer is too late; the merchant unpacks it again."""
    order = await a_paid_order(db)
    await pack(db, order)
    with pytest.raises(NotAllowedNow) as refused:
        await cancel(db, order, buyer(order))
    assert refused.value.params["status"] == "packed"
    await cancel(db, order, STAFF)
    order = await the_order(db, order.id)
    assert (order.status, order.fulfilment_status) == (OrderStatus.CANCELLED, "unfulfilled")
    assert [parcel.status for parcel in order.shipments] == ["cancelled"]
    await assert_books_balance(db)


async def test_a_bag_that_nobody_fetched_can_be_cancelled(db: Database) -> None:
    order = await a_paid_order(db, delivery="pickup")
    async with db.begin() as session:
        await shipping.ready_for_pickup(session, order.id, actor=STAFF, now=NOW)
    await cancel(db, order, STAFF)
    assert [parcel.status for parcel in (await the_order(db, order.id)).shipments] == ["cancelled"]
    await assert_books_balance(db)


async def test_what_has_left_the_house_is_not_cancelled(db: Database) -> None:
    order = await a_paid_order(db)
    await ship(db, order)
    for actor in (buyer(order), STAFF):
        with pytest.raises(NotAllowedNow) as refused:
            await cancel(db, order, actor)
        assert refused.value.params["status"] == "shipped"


async def test_a_cancelled_order_is_not_shipped(db: Database) -> None:
    order = await a_paid_order(db)
    await pack(db, order)
    await cancel(db, order, STAFF)
    with pytest.raises(NotAllowedNow):
        await ship(db, order)
    await assert_books_balance(db)


async def test_who_has_the_licence_key_cannot_take_the_order_back(db: Database) -> None:
    """Staff can: a mug that broke before it was packed should not bind the merchant."""
    mug, key = await a_variant(db, stock=5), await a_variant(db, stock=5, kind="digital")
    order = await a_paid_order(db, mug, key)
    with pytest.raises(NotAllowedNow):
        await cancel(db, order, buyer(order))
    await cancel(db, order, STAFF)
    assert await shelf(db, mug) == Shelf(on_hand=5, reserved=0)
    assert await shelf(db, key) == Shelf(on_hand=4, reserved=0)


async def test_nobody_cancels_somebody_elses_order(db: Database) -> None:
    order, stranger = await an_order(db), await a_customer(db)
    with pytest.raises(NotFound):
        await cancel(db, order, Actor.customer(stranger.id))
    async with db.begin() as session:
        with pytest.raises(NotFound):
            await order_life.cancel(session, order.id + 1, actor=STAFF, reason="x", now=NOW)
    assert (await the_order(db, order.id)).awaits_payment


async def test_a_revived_order_can_be_cancelled_too(db: Database) -> None:
    """Its second reservation is released by a move of its own."""
    mug = await a_variant(db, stock=1)
    order = await an_order(db, mug)
    await expire(db, order)
    await revive(db, order)
    await cancel(db, order, STAFF)
    assert await shelf(db, mug) == Shelf(on_hand=1, reserved=0)
    await assert_books_balance(db)
