"""Orders as buyer and staff read them."""

import pytest

from store import orders
from store.db import Database
from store.errors import NotFound
from store.orders import OrdersPage
from tests.builders import a_customer, a_ready_checkout, a_variant
from tests.order_builders import ON_DELIVERY, a_paid_order, an_order, place, the_order


async def page(db: Database, customer_id: int, **cursor: int) -> OrdersPage:
    async with db.read() as session:
        return await orders.orders_page(session, customer_id, limit=2, **cursor)


async def test_the_buyer_reads_the_order_and_nobody_elses(db: Database) -> None:
    """Whose order it is, is not told apart from whether there is one."""
    order, stranger = await an_order(db), await a_customer(db)
    async with db.read() as session:
        assert await orders.order_of(session, order.customer_id, order.id) == order
        for customer_id, order_id in ((stranger.id, order.id), (order.customer_id, order.id + 1)):
            with pytest.raises(NotFound):
                await orders.order_of(session, customer_id, order_id)


async def test_staff_reads_any_order_that_exists(db: Database) -> None:
    order = await an_order(db)
    async with db.read() as session:
        assert (await orders.order(session, order.id)).number == order.number
        with pytest.raises(NotFound):
            await orders.order(session, order.id + 1)


async def test_digital_content_is_shown_once_it_is_delivered(db: Database) -> None:
    """An unpaid order does not give the licence key away."""
    key = await a_variant(db, stock=5, kind="digital")
    unpaid, paid = await an_order(db, key), await a_paid_order(db, key)
    assert unpaid.lines[0].digital_content is None
    assert paid.lines[0].digital_content == "Key: 1234"
    assert unpaid.is_digital and unpaid.lines[0].is_digital


async def test_an_order_tells_of_its_parcels(db: Database) -> None:
    order = await a_paid_order(db, await a_variant(db, stock=1, kind="digital"))
    assert [(parcel.kind, parcel.status) for parcel in order.shipments] == [("digital", "delivered")]


async def test_a_customer_pages_through_the_orders_newest_first(db: Database) -> None:
    """Five orders, two a page, there and back; nobody else's among them."""
    mug, ann = await a_variant(db, stock=9), await a_customer(db)
    placed = [
        (await place(db, await a_ready_checkout(db, mug, customer=ann), capabilities=ON_DELIVERY)).order_id
        for _ in range(5)
    ]
    await an_order(db, mug)
    e, d, c, b, a = (order_id for order_id in reversed(placed))
    first = await page(db, ann.id)
    assert ([card.id for card in first.orders], first.before, first.after) == ([e, d], d, None)
    second = await page(db, ann.id, before=d)
    assert ([card.id for card in second.orders], second.before, second.after) == ([c, b], b, c)
    last = await page(db, ann.id, before=b)
    assert ([card.id for card in last.orders], last.before, last.after) == ([a], None, a)
    back = await page(db, ann.id, after=a)
    assert ([card.id for card in back.orders], back.before, back.after) == ([c, b], b, c)
    top = await page(db, ann.id, after=c)
    assert ([card.id for card in top.orders], top.before, top.after) == ([e, d], d, None)


async def test_a_page_beyond_the_end_is_empty(db: Database) -> None:
    order = await an_order(db)
    nothing = OrdersPage((), None, None)
    assert await page(db, order.customer_id, before=order.id) == nothing
    assert await page(db, order.customer_id, after=order.id) == nothing
    assert await page(db, (await a_customer(db)).id) == nothing


async def test_a_card_says_what_a_list_needs(db: Database) -> None:
    order = await an_order(db, await a_variant(db, stock=5), await a_variant(db, stock=5), quantity=2)
    card = (await page(db, order.customer_id)).orders[0]
    assert (card.number, card.quantity, card.total_minor) == (order.number, 4, order.total_minor)
    assert (card.status, card.payment_status, card.fulfilment_status) == ("pending_payment", "unpaid", "unfulfilled")


async def test_the_buttons_follow_what_can_still_be_done(db: Database) -> None:
    """Unpaid: both may cancel. A delivered download: neither. Goods at rest: both."""
    mug, key = await a_variant(db, stock=5), await a_variant(db, stock=5, kind="digital")
    unpaid, paid, mixed = await an_order(db, key), await a_paid_order(db, mug), await a_paid_order(db, mug, key)
    done = await the_order(db, (await a_paid_order(db, key)).id)
    allowed = [(o.can_be_cancelled_by_buyer, o.can_be_cancelled_by_staff) for o in (unpaid, paid, mixed, done)]
    assert allowed == [(True, True), (True, True), (False, True), (False, False)]
