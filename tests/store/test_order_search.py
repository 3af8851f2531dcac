"""Finding an order by what the customer has in hand."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from store import order_search, orders, shipping
from store.audit import SYSTEM
from store.db import Database
from store.models import Customer, Order, Shipment
from tests.builders import NOW, a_confirmed_order, a_customer, a_variant


@pytest.fixture
async def ann(db: Database) -> Customer:
    return await a_customer(db)


async def _ship(db: Database, order_id: int, number: str = "AB12345678") -> None:
    async with db.begin() as session:
        await shipping.ship(session, order_id, carrier="other", tracking_number=number, actor=SYSTEM, now=NOW)


async def test_an_order_number_is_found_however_it_is_typed(db: Database, ann: Customer) -> None:
    order_id = await a_confirmed_order(db, customer=ann)
    async with db.read() as session:
        number = (await orders.order(session, order_id)).number
        for typed in (number, number.lower(), number.replace("-", " "), f" {number} "):
            assert await order_search.by_number(session, ann.id, typed) == order_id


async def test_a_tracking_number_leads_to_the_newest_order_that_has_it(db: Database, ann: Customer) -> None:
    """Carriers use their numbers again after some years."""
    first, second = [await a_confirmed_order(db, customer=ann) for _ in range(2)]
    await _ship(db, first)
    await _ship(db, second)
    async with db.read() as session:
        assert await order_search.by_number(session, ann.id, "ab 1234-5678") == second


async def test_nobody_finds_somebody_elses_order(db: Database, ann: Customer) -> None:
    order_id, ivan = await a_confirmed_order(db, customer=ann), await a_customer(db, name="Ivan")
    await _ship(db, order_id)
    async with db.read() as session:
        order = await orders.order(session, order_id)
        assert await order_search.by_number(session, ivan.id, order.number) is None
        assert await order_search.by_number(session, ivan.id, "AB12345678") is None
        assert await order_search.by_secret(session, ivan.id, order.secret) is None


async def test_a_secret_is_exact(db: Database, ann: Customer) -> None:
    order_id = await a_confirmed_order(db, customer=ann)
    async with db.begin() as session:
        await session.execute(update(Order).values(secret="AbCdEfGh"))
    async with db.read() as session:
        assert await order_search.by_secret(session, ann.id, "AbCdEfGh") == order_id
        assert await order_search.by_secret(session, ann.id, "abcdefgh") is None


@pytest.mark.parametrize("text", ["", "x", "7K2Q-M9XD4", "🙂", "1" * 500])
async def test_what_is_no_number_finds_nothing(db: Database, ann: Customer, text: str) -> None:
    async with db.read() as session:
        assert await order_search.by_number(session, ann.id, text) is None


async def test_what_is_still_to_come_is_awaited_newest_first(db: Database, ann: Customer) -> None:
    """Prepared, packed, shipped: yes. Delivered, digital, somebody else's: no."""
    prepared, shipped, delivered = [await a_confirmed_order(db, customer=ann) for _ in range(3)]
    await a_confirmed_order(db)
    for order_id in (shipped, delivered):
        await _ship(db, order_id)
    async with db.begin() as session:
        await session.execute(update(Shipment).where(Shipment.order_id == delivered).values(status="delivered"))
        await session.execute(update(Order).where(Order.id == delivered).values(fulfilment_status="delivered"))
    async with db.read() as session:
        assert [order.id for order in await order_search.awaited(session, ann.id)] == [shipped, prepared]


async def test_no_more_are_awaited_than_anybody_can_choose_from(db: Database, ann: Customer) -> None:
    variant = await a_variant(db, stock=20)
    for _ in range(order_search.CHOICE + 1):
        await a_confirmed_order(db, variant, customer=ann)
    async with db.read() as session:
        assert len(await order_search.awaited(session, ann.id)) == order_search.CHOICE


async def test_what_arrived_last_is_found_if_it_was_lately(db: Database, ann: Customer) -> None:
    """Ann's own, and no longer ago than she can have meant."""
    orders_of_ann = [await a_confirmed_order(db, customer=ann) for _ in range(2)]
    ivan = await a_customer(db, name="Ivan")
    for days_ago, order_id in zip((3, 1), orders_of_ann, strict=True):
        await _ship(db, order_id)
        arrived = {"status": "delivered", "delivered_at": NOW - timedelta(days=days_ago)}
        async with db.begin() as session:
            await session.execute(update(Shipment).where(Shipment.order_id == order_id).values(arrived))
    async with db.read() as session:
        found = await order_search.arrived(session, ann.id, since=NOW - timedelta(days=2))
        assert found is not None and (found.id, found.at) == (orders_of_ann[1], NOW - timedelta(days=1))
        assert await order_search.arrived(session, ann.id, since=NOW) is None
        assert await order_search.arrived(session, ivan.id, since=NOW - timedelta(days=9)) is None


async def test_orders_are_found_by_their_numbers_in_a_sentence(db: Database, ann: Customer) -> None:
    """Two in one message; the letter O where it says 0 or Q; a parcel's number; and none in a message that has none."""
    first, second = [await a_confirmed_order(db, customer=ann) for _ in range(2)]
    await _ship(db, first, "LX0045Q7810PT")
    async with db.read() as session:
        one, other = [(await orders.order(session, order_id)).number for order_id in (first, second)]
        for text, found in (
            (f"where are {one} and {other.lower().replace('-', '')}?", [second, first]),
            (f"{other}怎么还没到", [second]),
            (f"my number is {one.replace('Q', 'O').replace('D', '0').replace('8', 'B')}, where is it", [first]),
            ("is lxoo45 0781 opt on its way", [first]),
            ("where is my order", []),
            ("call me at 00351 912 345 678", []),
            ("x" * 5000 + one, []),
        ):
            assert [each.id for each in await order_search.named(session, ann.id, text)] == found, text


async def test_nobodys_order_is_found_in_somebody_elses_sentence(db: Database, ann: Customer) -> None:
    order_id, ivan = await a_confirmed_order(db, customer=ann), await a_customer(db, name="Ivan")
    async with db.read() as session:
        order = await orders.order(session, order_id)
        assert await order_search.named(session, ivan.id, f"where is {order.number}") == []
        assert await order_search.unsent(session, ivan.id) == []
        assert [each.id for each in await order_search.unsent(session, ann.id)] == [order_id]
        assert await order_search.refunded(session, ann.id) == []
