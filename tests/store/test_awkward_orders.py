"""Orders in the corners: none stays open for ever, none tells about another."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from store import order_life, shipping, stock
from store.db import Database
from store.errors import NotFound
from store.models import PaymentAttempt
from store.order_status import OrderStatus
from store.parcels import tracking
from store.parcels.carrier import ScanReport, Stage, Tracked
from tests.builders import NOW, a_ready_checkout, a_variant
from tests.order_builders import (
    ON_DELIVERY,
    STAFF,
    Shelf,
    a_paid_order,
    an_order,
    assert_books_balance,
    cancel,
    place,
    refunded,
    shelf,
    the_order,
)


async def travels(db: Database, order_id: int, *stages: Stage) -> None:
    """The whole order is shipped, and the carrier reports these stages."""
    async with db.begin() as session:
        shipment_id = await shipping.ship(
            session, order_id, carrier="sandbox", tracking_number="SB12345678", actor=STAFF, now=NOW
        )
        scans = tuple(ScanReport(stage, NOW) for stage in stages)
        await tracking.apply(session, shipment_id, Tracked("SB12345678", scans), now=NOW)


async def test_a_parcel_that_was_refused_at_the_door_ends_its_order(sqlite_db: Database) -> None:
    """Cash was never paid and the mug is back: staff cancels; that the mug can be sold again is counted by hand."""
    mug = await a_variant(sqlite_db, stock=1)
    order = await an_order(sqlite_db, mug, capabilities=ON_DELIVERY)
    await travels(sqlite_db, order.id, Stage.RETURNING, Stage.RETURNED)
    assert (await the_order(sqlite_db, order.id)).can_be_cancelled_by_staff
    await cancel(sqlite_db, order, STAFF)
    assert (await the_order(sqlite_db, order.id)).status == OrderStatus.CANCELLED
    async with sqlite_db.begin() as session:
        await stock.receive(session, mug.id, 1, reason="came back", actor=STAFF, source_id=10_000, now=NOW)
    assert await shelf(sqlite_db, mug) == Shelf(on_hand=1, reserved=0)
    await assert_books_balance(sqlite_db)


async def test_what_was_paid_for_goods_that_came_back_is_refunded_with_the_cancel(sqlite_db: Database) -> None:
    order = await a_paid_order(sqlite_db)
    await travels(sqlite_db, order.id, Stage.RETURNING, Stage.RETURNED)
    await cancel(sqlite_db, order, STAFF)
    assert await refunded(sqlite_db, order) == [(order.total_minor, "cancelled")]


async def test_a_parcel_that_arrives_after_everything_was_refunded_completes_its_order(sqlite_db: Database) -> None:
    """A present of the house is delivered too."""
    order = await a_paid_order(sqlite_db)
    async with sqlite_db.begin() as session:
        await session.execute(
            update(PaymentAttempt).values(
                refund_reserved_minor=order.total_minor, refunded_minor=PaymentAttempt.captured_minor
            )
        )
        await order_life.derive(session, order.id)
    await travels(sqlite_db, order.id, Stage.DELIVERED)
    assert (await the_order(sqlite_db, order.id)).status == OrderStatus.COMPLETED


async def test_somebody_elses_cart_says_nothing(sqlite_db: Database) -> None:
    """Not even that what lies in it is sold out: a button can be forged."""
    theirs = await a_ready_checkout(sqlite_db, await a_variant(sqlite_db, stock=1))
    mine = await a_ready_checkout(sqlite_db)
    await an_order(sqlite_db, theirs.variants[0])
    with pytest.raises(NotFound):
        await place(sqlite_db, replace(mine, cart_id=theirs.cart_id))
