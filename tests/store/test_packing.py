"""Pieces of an order go into several parcels: each piece into one, whoever else packs, and none that is not there."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from store import order_life, packing, shipments, shipping
from store.audit import Actor
from store.db import Database
from store.errors import NotAllowedNow, NotFound
from store.models import Variant
from store.order_status import OrderStatus, ShipmentStatus
from store.orders import OrderView
from tests.builders import NOW, a_variant
from tests.order_builders import a_paid_order, assert_books_balance, shelf, the_order

MAX = Actor.staff(7, "Max")


async def an_order(db: Database, *, stock: int = 9, quantity: int = 3) -> tuple[OrderView, Variant, Variant]:
    mug, dress = await a_variant(db, stock=stock), await a_variant(db, stock=stock, title="Dress")
    return await a_paid_order(db, mug, dress, quantity=quantity), mug, dress


async def packs(db: Database, order: OrderView, *quantities: int) -> int:
    """So many of each line, from the order as it is now."""
    now = await the_order(db, order.id)
    pieces = {line.id: quantity for line, quantity in zip(order.lines, quantities, strict=False)}
    async with db.begin() as session:
        return await packing.pack_pieces(session, order.id, pieces, version=now.version, actor=MAX, now=NOW)


async def ships(db: Database, shipment_id: int, number: str) -> None:
    async with db.begin() as session:
        await shipping.ship_parcel(session, shipment_id, carrier="sandbox", tracking_number=number, actor=MAX, now=NOW)


async def arrives(db: Database, shipment_id: int) -> None:
    async with db.begin() as session:
        await shipping.mark_delivered(session, shipment_id, actor=MAX, now=NOW)


async def left(db: Database, order: OrderView) -> list[int]:
    async with db.read() as session:
        return list((await packing.to_pack(session, order.id)).values())


async def test_an_order_is_shipped_when_its_last_parcel_is(db: Database) -> None:
    """And delivered when the last one is; each has a carrier's number of its own."""
    order, mug, _ = await an_order(db)
    first = await packs(db, order, 2)
    await ships(db, first, "AA111111111")
    assert (await the_order(db, order.id)).fulfilment_status == "partially_shipped"
    assert (await shelf(db, mug)).on_hand == 7
    second = await packs(db, order, 1, 3)
    await ships(db, second, "BB222222222")
    assert (await the_order(db, order.id)).fulfilment_status == "shipped"
    await arrives(db, first)
    assert (await the_order(db, order.id)).fulfilment_status == "shipped"
    await arrives(db, second)
    done = await the_order(db, order.id)
    assert (done.fulfilment_status, done.status) == ("delivered", OrderStatus.COMPLETED)
    await assert_books_balance(db)


async def test_what_lies_in_a_parcel_is_not_packed_again(db: Database) -> None:
    order, *_ = await an_order(db)
    await packs(db, order, 2, 0)
    assert await left(db, order) == [1, 3]
    with pytest.raises(NotAllowedNow):
        await packs(db, order, 2, 0)
    assert await left(db, order) == [1, 3]


async def test_a_choice_from_an_older_order_packs_nothing(db: Database) -> None:
    """Somebody else has packed since: whoever chose looks again. It also keeps a double press from packing twice."""
    order, *_ = await an_order(db, quantity=4)
    seen = (await the_order(db, order.id)).version
    for _ in range(2):
        async with db.begin() as session:
            pieces = {order.lines[0].id: 2}
            work = packing.pack_pieces(session, order.id, pieces, version=seen, actor=MAX, now=NOW)
            if await left(db, order) == [4, 4]:
                await work
                continue
            with pytest.raises(NotAllowedNow):
                await work
    assert await left(db, order) == [2, 4]


@pytest.mark.parametrize("quantities", [(0, 0), (4, 0)])
async def test_no_empty_parcel_and_none_with_more_than_was_ordered(db: Database, quantities: tuple[int, int]) -> None:
    order, *_ = await an_order(db)
    with pytest.raises(NotAllowedNow):
        await packs(db, order, *quantities)


async def test_pieces_of_another_order_do_not_come_in(db: Database) -> None:
    """A changed client can choose any line."""
    order, *_ = await an_order(db)
    other, *_ = await an_order(db)
    pieces, version = {other.lines[0].id: 1}, order.version
    async with db.begin() as session:
        with pytest.raises(NotAllowedNow):
            await packing.pack_pieces(session, order.id, pieces, version=version, actor=MAX, now=NOW)


async def test_a_parcel_is_taken_apart_before_it_leaves(db: Database) -> None:
    order, *_ = await an_order(db)
    parcel = await packs(db, order, 3, 3)
    async with db.begin() as session:
        await packing.unpack(session, parcel, actor=MAX, now=NOW)
    assert await left(db, order) == [3, 3]
    assert (await the_order(db, order.id)).fulfilment_status == "unfulfilled"
    sent = await packs(db, order, 3, 3)
    await ships(db, sent, "AA111111111")
    async with db.begin() as session:
        with pytest.raises(NotAllowedNow):
            await packing.unpack(session, sent, actor=MAX, now=NOW)
    with pytest.raises(NotFound):
        async with db.begin() as session:
            await packing.unpack(session, 999, actor=MAX, now=NOW)


async def test_of_several_parcels_each_is_shipped_by_name(db: Database) -> None:
    """A press made for "the parcel" must not send one of two."""
    order, *_ = await an_order(db)
    await packs(db, order, 1, 0)
    await packs(db, order, 2, 3)
    async with db.begin() as session:
        with pytest.raises(NotAllowedNow):
            await shipping.ship(session, order.id, carrier="sandbox", tracking_number=None, actor=MAX, now=NOW)
    async with db.read() as session:
        found = await shipments.shipments_of(session, order.id)
    assert {each.status for each in found} == {ShipmentStatus.PACKED}


async def test_a_pickup_order_lies_in_one_bag(db: Database) -> None:
    order = await a_paid_order(db, await a_variant(db, stock=3), quantity=2, delivery="pickup")
    with pytest.raises(NotAllowedNow):
        await packs(db, order, 1)


async def both_pack_two(db: Database, order: OrderView) -> list[object]:
    """Two people confirm the same choice, 2 of 4, at the same instant."""
    pieces, version = {order.lines[0].id: 2}, (await the_order(db, order.id)).version

    async def packing_two() -> int:
        async with db.begin() as session:
            return await packing.pack_pieces(session, order.id, pieces, version=version, actor=MAX, now=NOW)

    outcomes = await asyncio.gather(packing_two(), packing_two(), return_exceptions=True)
    return [type(outcome) for outcome in outcomes]


async def test_of_two_who_confirm_the_same_choice_one_packs(db: Database) -> None:
    order, *_ = await an_order(db, quantity=4)
    assert sorted(map(str, await both_pack_two(db, order))) == sorted(map(str, [int, NotAllowedNow]))
    assert await left(db, order) == [2, 4]


async def test_without_the_orders_version_both_would_pack(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: there are enough pieces for both, so nothing else would stop the second."""

    async def any_version(session: AsyncSession, order_id: int, version: int) -> None:
        await order_life.work_on(session, order_id)

    monkeypatch.setattr(packing, "take_turn", any_version)
    order, *_ = await an_order(db, quantity=4)
    assert await both_pack_two(db, order) == [int, int]
    assert await left(db, order) == [4]
