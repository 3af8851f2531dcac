"""What staff does with an order's goods: each step once, whoever else presses, and never with goods that are not there."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import orders, packing, shipments, shipping
from store.audit import Actor
from store.db import Database
from store.errors import BadInput, NotAllowedNow, NotFound
from store.models import AuditEntry, OutboxEvent, StockLevel
from store.order_status import OrderStatus, ShipmentStatus
from tests.builders import NOW, a_confirmed_order, a_customer, a_variant

MAX = Actor.staff(7, "Max")


async def shipped(db: Database, order_id: int, number: str | None = "AB123456789") -> int:
    async with db.begin() as session:
        return await shipping.ship(session, order_id, carrier="sandbox", tracking_number=number, actor=MAX, now=NOW)


async def the_shipment(db: Database, order_id: int) -> shipments.ShipmentView:
    async with db.read() as session:
        return (await shipments.shipments_of(session, order_id))[-1]


async def fulfilment(db: Database, order_id: int) -> str:
    async with db.read() as session:
        return (await orders.order(session, order_id)).fulfilment_status


async def told(session: AsyncSession, type_: str) -> int:
    return await session.scalar(select(func.count()).where(OutboxEvent.type == type_)) or 0


async def test_a_packed_order_waits_for_its_carrier(db: Database) -> None:
    order_id = await a_confirmed_order(db)
    async with db.begin() as session:
        await packing.pack(session, order_id, actor=MAX, now=NOW)
    assert (await the_shipment(db, order_id)).status is ShipmentStatus.PACKED
    assert await fulfilment(db, order_id) == "packed"


async def test_two_packers_make_one_parcel(db: Database) -> None:
    order_id = await a_confirmed_order(db)
    async with db.begin() as session:
        await packing.pack(session, order_id, actor=MAX, now=NOW)
    async with db.begin() as session:
        with pytest.raises(NotAllowedNow):
            await packing.pack(session, order_id, actor=Actor.staff(8, "Petra"), now=NOW)
    async with db.read() as session:
        assert len(await shipments.shipments_of(session, order_id)) == 1


async def test_shipping_takes_the_goods_from_the_shelf_and_freezes_the_promise(db: Database) -> None:
    variant = await a_variant(db, stock=5)
    order_id = await a_confirmed_order(db, variant, quantity=2)
    await shipped(db, order_id)
    parcel = await the_shipment(db, order_id)
    assert (parcel.status, parcel.promised) == (ShipmentStatus.HANDED_OVER, parcel.expected)
    async with db.read() as session:
        level = (await session.scalars(select(StockLevel).where(StockLevel.variant_id == variant.id))).one()
        assert (level.on_hand, level.reserved) == (3, 0)
        assert await told(session, "shipment.shipped") == 1
    assert await fulfilment(db, order_id) == "shipped"


async def test_a_shipped_order_cannot_be_shipped_again(db: Database) -> None:
    order_id = await a_confirmed_order(db)
    await shipped(db, order_id)
    with pytest.raises(NotAllowedNow):
        await shipped(db, order_id)
    async with db.read() as session:
        assert len(await shipments.shipments_of(session, order_id)) == 1


async def test_a_number_that_is_none_ships_nothing(db: Database) -> None:
    order_id = await a_confirmed_order(db)
    with pytest.raises(BadInput):
        await shipped(db, order_id, "is it there?")
    assert await fulfilment(db, order_id) == "unfulfilled"


async def test_a_pickup_order_is_not_given_to_a_carrier(db: Database) -> None:
    order_id = await a_confirmed_order(db, delivery="pickup")
    with pytest.raises(NotAllowedNow):
        await shipped(db, order_id)


async def test_a_pickup_order_waits_and_is_handed_over_once(db: Database) -> None:
    variant = await a_variant(db, stock=2)
    order_id = await a_confirmed_order(db, variant, delivery="pickup")
    async with db.begin() as session:
        await shipping.ready_for_pickup(session, order_id, actor=MAX, now=NOW)
    async with db.begin() as session:
        await shipping.hand_over(session, order_id, actor=MAX, now=NOW)
    async with db.begin() as session:
        with pytest.raises(NotAllowedNow):
            await shipping.hand_over(session, order_id, actor=MAX, now=NOW)
    async with db.read() as session:
        level = (await session.scalars(select(StockLevel).where(StockLevel.variant_id == variant.id))).one()
        assert (level.on_hand, level.reserved) == (1, 0)
    assert await fulfilment(db, order_id) == "delivered"


async def test_a_courier_order_never_waits_at_the_counter(db: Database) -> None:
    order_id = await a_confirmed_order(db)
    async with db.begin() as session:
        with pytest.raises(NotAllowedNow):
            await shipping.ready_for_pickup(session, order_id, actor=MAX, now=NOW)


async def test_staff_can_say_that_a_parcel_has_arrived_but_not_before_it_left(db: Database) -> None:
    order_id = await a_confirmed_order(db)
    async with db.begin() as session:
        shipment_id = await packing.pack(session, order_id, actor=MAX, now=NOW)
    async with db.begin() as session:
        with pytest.raises(NotAllowedNow):
            await shipping.mark_delivered(session, shipment_id, actor=MAX, now=NOW)
    await shipped(db, order_id)
    async with db.begin() as session:
        await shipping.mark_delivered(session, shipment_id, actor=MAX, now=NOW)
    assert (await the_shipment(db, order_id)).delivered_at == NOW


async def test_a_wrong_number_is_corrected_and_asked_for_at_once(db: Database) -> None:
    order_id = await a_confirmed_order(db)
    shipment_id = await shipped(db, order_id)
    async with db.begin() as session:
        await shipping.correct_number(
            session, shipment_id, carrier="other", tracking_number="zz 987654321", actor=MAX, now=NOW
        )
    parcel = await the_shipment(db, order_id)
    assert (parcel.carrier, parcel.tracking_number) == ("other", "ZZ987654321")


@pytest.mark.parametrize("number", ["?", ""])
async def test_a_correction_must_be_a_number(db: Database, number: str) -> None:
    shipment_id = await shipped(db, await a_confirmed_order(db))
    async with db.begin() as session:
        with pytest.raises(BadInput):
            await shipping.correct_number(
                session, shipment_id, carrier="other", tracking_number=number, actor=MAX, now=NOW
            )


async def test_a_parcel_that_has_not_left_has_no_number_to_correct(db: Database) -> None:
    order_id = await a_confirmed_order(db)
    async with db.begin() as session:
        shipment_id = await packing.pack(session, order_id, actor=MAX, now=NOW)
        with pytest.raises(NotAllowedNow):
            await shipping.correct_number(
                session, shipment_id, carrier="other", tracking_number="ZZ987654321", actor=MAX, now=NOW
            )


async def test_digital_goods_are_delivered_with_the_confirmation(db: Database) -> None:
    """A mixed order: the file is there at once, the mug is packed and shipped as usual."""
    mug, file = await a_variant(db, stock=3), await a_variant(db, stock=99, kind="digital", title="Pattern")
    order_id = await a_confirmed_order(db, mug, file, customer=await a_customer(db))
    async with db.read() as session:
        (digital,) = await shipments.shipments_of(session, order_id)
    assert (digital.kind, digital.status) == ("digital", ShipmentStatus.DELIVERED)
    assert await fulfilment(db, order_id) == "unfulfilled"
    await shipped(db, order_id)
    assert await fulfilment(db, order_id) == "shipped"


async def test_an_unknown_order_or_parcel_is_not_found(db: Database) -> None:
    calls: list[Any] = [
        lambda s: packing.pack(s, 999, actor=MAX, now=NOW),
        lambda s: shipping.mark_delivered(s, 999, actor=MAX, now=NOW),
        lambda s: shipping.hand_over(s, 999, actor=MAX, now=NOW),
    ]
    for call in calls:
        async with db.begin() as session:
            with pytest.raises(NotFound):
                await call(session)


async def test_an_order_is_completed_when_it_is_delivered_and_paid(db: Database) -> None:
    """Cash on delivery: the parcel has arrived, but the money has not; the order stays open."""
    order_id = await a_confirmed_order(db)
    shipment_id = await shipped(db, order_id)
    async with db.begin() as session:
        await shipping.mark_delivered(session, shipment_id, actor=MAX, now=NOW)
    async with db.read() as session:
        assert (await orders.order(session, order_id)).status is OrderStatus.CONFIRMED


async def test_who_did_what_is_written_down(db: Database) -> None:
    order_id = await a_confirmed_order(db)
    await shipped(db, order_id)
    async with db.read() as session:
        entries = await session.scalars(select(AuditEntry).where(AuditEntry.actor == MAX.key).order_by(AuditEntry.id))
        assert [(entry.action, entry.actor_name) for entry in entries] == [("packed", "Max"), ("shipped", "Max")]
