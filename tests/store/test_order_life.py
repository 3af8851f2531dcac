"""What becomes of an order, and who may make it so."""

import pytest
from sqlalchemy import func, select

from store import audit, order_life, shipping
from store.audit import SYSTEM, Actor
from store.db import Database
from store.errors import NotAllowedNow, NotFound
from store.models import Refund
from store.order_status import OrderStatus
from tests.builders import NOW, a_variant
from tests.order_builders import (
    LATER,
    ON_DELIVERY,
    STAFF,
    Shelf,
    a_paid_order,
    an_attempt,
    an_order,
    assert_books_balance,
    events,
    expire,
    refunded,
    revive,
    shelf,
    ship,
    the_order,
)


async def test_a_confirmed_order_keeps_its_goods_and_gets_a_receipt(db: Database) -> None:
    order = await an_order(db)
    async with db.begin() as session:
        assert await order_life.confirm(session, order.id, now=NOW)
        assert not await order_life.confirm(session, order.id, now=NOW)
    order = await the_order(db, order.id)
    assert (order.status, order.confirmed_at, order.expires_at) == (OrderStatus.CONFIRMED, NOW, None)
    assert await events(db, "order") == ["order.placed", "order.confirmed"]
    assert not await expire(db, order)


async def test_digital_goods_arrive_with_the_confirmation(db: Database) -> None:
    """The mug of the same order is still to be packed, so the order is not fulfilled yet."""
    mug, key = await a_variant(db, stock=5), await a_variant(db, stock=5, kind="digital")
    order = await a_paid_order(db, mug, key)
    assert [line.digital_content for line in order.lines] == [None, "Key: 1234"]
    assert (order.status, order.fulfilment_status) == (OrderStatus.CONFIRMED, "unfulfilled")
    assert await shelf(db, key) == Shelf(on_hand=4, reserved=0)
    await assert_books_balance(db)


async def test_a_download_that_is_paid_is_done(db: Database) -> None:
    order = await a_paid_order(db, await a_variant(db, stock=5, kind="digital"))
    assert (order.status, order.completed_at) == (OrderStatus.COMPLETED, NOW)
    assert await events(db, "order") == ["order.placed", "order.confirmed", "order.completed"]


async def test_an_unpaid_order_ends_when_its_time_is_up(db: Database) -> None:
    mug = await a_variant(db, stock=5)
    order = await an_order(db, mug)
    assert not await expire(db, order, now=order.expires_at or NOW)
    assert await expire(db, order)
    assert not await expire(db, order)
    assert (await the_order(db, order.id)).status == OrderStatus.EXPIRED
    assert await shelf(db, mug) == Shelf(on_hand=5, reserved=0)
    assert await events(db) == ["order.placed", "order.expired"]
    await assert_books_balance(db)


async def test_a_part_that_was_paid_goes_back_when_the_order_ends(db: Database) -> None:
    order = await an_order(db)
    await an_attempt(db, order, status="succeeded", captured_minor=700)
    await expire(db, order)
    assert await refunded(db, order) == [(700, "short")]


async def test_late_money_revives_an_order_whose_goods_are_there(db: Database) -> None:
    mug = await a_variant(db, stock=1)
    order = await an_order(db, mug)
    await expire(db, order)
    assert await revive(db, order)
    assert not await revive(db, order)
    assert (await the_order(db, order.id)).status == OrderStatus.CONFIRMED
    assert await shelf(db, mug) == Shelf(on_hand=1, reserved=1)
    assert await events(db, "order") == ["order.placed", "order.expired", "order.revived"]
    await assert_books_balance(db)
    await ship(db, order)
    await assert_books_balance(db)


async def test_late_money_finds_the_goods_gone(db: Database) -> None:
    """The order stays expired, and not even the cup that was there is set aside."""
    cup, mug = await a_variant(db, stock=1), await a_variant(db, stock=1)
    order = await an_order(db, cup, mug)
    await expire(db, order)
    await an_order(db, mug)
    assert not await revive(db, order)
    assert (await the_order(db, order.id)).status == OrderStatus.EXPIRED
    assert await shelf(db, cup) == Shelf(on_hand=1, reserved=0)
    await assert_books_balance(db)


async def test_the_first_of_the_staff_takes_the_order_on(db: Database) -> None:
    order = await a_paid_order(db)
    async with db.begin() as session:
        await order_life.accept(session, order.id, actor=STAFF, now=NOW)
        with pytest.raises(NotAllowedNow) as refused:
            await order_life.accept(session, order.id, actor=Actor.staff(78), now=LATER)
    assert refused.value.params["status"] == "accepted"
    assert (await the_order(db, order.id)).accepted_at == NOW
    async with db.read() as session:
        story = [(entry.action, entry.actor) for entry in await audit.history(session, "order", order.id)]
    assert story[-1] == ("accepted", "staff:77")


async def test_an_unpaid_order_is_not_taken_on(db: Database) -> None:
    order = await an_order(db)
    async with db.begin() as session:
        for order_id, error in ((order.id, NotAllowedNow), (order.id + 1, NotFound)):
            with pytest.raises(error):
                await order_life.accept(session, order_id, actor=STAFF, now=NOW)


async def test_staff_works_on_confirmed_orders_only(db: Database) -> None:
    confirmed, unpaid = await a_paid_order(db), await an_order(db)
    async with db.begin() as session:
        await order_life.work_on(session, confirmed.id)
        with pytest.raises(NotAllowedNow) as refused:
            await order_life.work_on(session, unpaid.id)
        with pytest.raises(NotFound):
            await order_life.work_on(session, 999)
    assert refused.value.params["status"] == OrderStatus.PENDING_PAYMENT


async def test_an_order_is_complete_when_it_is_paid_and_has_arrived(db: Database) -> None:
    """Paid and shipped is not enough."""
    order = await a_paid_order(db)
    await ship(db, order)
    async with db.begin() as session:
        await order_life.complete_if_done(session, order.id, now=NOW)
    parcel = (await the_order(db, order.id)).shipments[0]
    async with db.begin() as session:
        await shipping.mark_delivered(session, parcel.id, actor=STAFF, now=LATER)
        await order_life.complete_if_done(session, order.id, now=LATER)
    order = await the_order(db, order.id)
    assert (order.status, order.completed_at) == (OrderStatus.COMPLETED, LATER)
    assert (await events(db)).count("order.completed") == 1


async def test_an_order_paid_on_delivery_waits_for_its_money(db: Database) -> None:
    order = await an_order(db, capabilities=ON_DELIVERY)
    await ship(db, order)
    parcel = (await the_order(db, order.id)).shipments[0]
    async with db.begin() as session:
        await shipping.mark_delivered(session, parcel.id, actor=SYSTEM, now=NOW)
    assert (await the_order(db, order.id)).status == OrderStatus.CONFIRMED
    await an_attempt(db, order, status="succeeded", captured_minor=order.total_minor)
    async with db.begin() as session:
        await order_life.derive(session, order.id)
        await order_life.complete_if_done(session, order.id, now=LATER)
        assert await session.scalar(select(func.count(Refund.id))) == 0
    assert (await the_order(db, order.id)).status == OrderStatus.COMPLETED
