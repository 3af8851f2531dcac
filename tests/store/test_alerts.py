"""Who is told what, once, as time goes by."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from store import alerts, carts, customers, favourites, order_life, outbox, preferences, prices, stock
from store.audit import SYSTEM
from store.db import Database
from store.models import Customer, Delivery, OutboxEvent, Product, StockLevel, Variant
from tests.builders import CURRENCY, NOW, a_cart, a_confirmed_order, a_customer, a_product, a_variant

LATER = NOW + timedelta(hours=24)


async def _told(db: Database, kind: str) -> list[dict[str, Any]]:
    async with db.read() as session:
        found = select(OutboxEvent.payload).where(OutboxEvent.type == kind).order_by(OutboxEvent.id)
        return list(await session.scalars(found))


async def _waits(db: Database, variant: Variant, *people: Customer) -> None:
    async with db.begin() as session:
        for person in people:
            await favourites.set_watch(session, person.id, variant.id, wanted=True, now=NOW)


async def _likes(db: Database, variant: Variant, *people: Customer) -> None:
    async with db.begin() as session:
        for person in people:
            await favourites.set_favourite(session, person.id, variant.product_id, wanted=True, now=NOW)


async def _comes_in(db: Database, variant: Variant, pieces: int, *, source_id: int = 1000) -> None:
    async with db.begin() as session:
        await stock.receive(session, variant.id, pieces, reason="test", actor=SYSTEM, source_id=source_id, now=NOW)


async def _is_cancelled(db: Database, variant: Variant) -> None:
    order_id = await a_confirmed_order(db, variant)
    async with db.begin() as session:
        await order_life.cancel(session, order_id, actor=SYSTEM, reason="test", now=NOW)


async def _costs(db: Database, variant: Variant, unit_minor: int, *, at: datetime = NOW) -> None:
    async with db.begin() as session:
        await prices.set_price(session, variant.id, CURRENCY, unit_minor, actor=SYSTEM, now=at)


# ---- back in stock


async def test_whoever_waits_is_told_once_when_goods_come_in(db: Database) -> None:
    """Not before, and not again the next time."""
    ann, mug = await a_customer(db), await a_variant(db, stock=0)
    await _waits(db, mug, ann)
    assert await alerts.tell_back_in_stock(db, now=NOW) == 0
    await _comes_in(db, mug, 5)
    assert await alerts.tell_back_in_stock(db, now=NOW) == 1
    await _comes_in(db, mug, 5, source_id=1001)
    assert await alerts.tell_back_in_stock(db, now=NOW) == 0
    assert await _told(db, "stock.back") == [{"customer_id": ann.id, "variant_id": mug.id}]


@pytest.mark.parametrize("way", ["received", "counted", "cancelled", "ordered ahead", "listed again"])
async def test_it_does_not_matter_how_it_came_back(db: Database, way: str) -> None:
    """Goods came in, were found, were given back, may be ordered ahead of their arrival, or are sold again."""
    ann, mug = await a_customer(db), await a_variant(db, stock=int(way in ("cancelled", "listed again")))
    if way == "listed again":
        async with db.begin() as session:
            await session.execute(update(Product).values(status="archived"))
    if way != "cancelled":
        await _waits(db, mug, ann)
        assert await alerts.tell_back_in_stock(db, now=NOW) == 0
    if way == "received":
        await _comes_in(db, mug, 1)
    elif way == "counted":
        async with db.begin() as session:
            await stock.adjust(session, mug.id, 1, reason="found", actor=SYSTEM, source_id=1, now=NOW)
    elif way == "cancelled":
        await _waits(db, mug, ann)
        await _is_cancelled(db, mug)
    elif way == "ordered ahead":
        async with db.begin() as session:
            await session.execute(update(StockLevel).values(allow_backorder=True))
    else:
        async with db.begin() as session:
            await session.execute(update(Product).values(status="active"))
    assert await alerts.tell_back_in_stock(db, now=NOW) == 1


async def test_of_one_piece_those_who_asked_first_hear_first(sqlite_db: Database) -> None:
    """The others a run later, if it is still there; never more in one run than allowed."""
    db, mug = sqlite_db, await a_variant(sqlite_db, stock=0)
    people = [await a_customer(db) for _ in range(12)]
    await _waits(db, mug, *people)
    await _comes_in(db, mug, 1)
    assert await alerts.tell_back_in_stock(db, now=NOW) == 10
    assert [told["customer_id"] for told in await _told(db, "stock.back")] == [each.id for each in people[:10]]
    assert await alerts.tell_back_in_stock(db, now=NOW) == 2
    assert await alerts.tell_back_in_stock(db, now=NOW) == 0


async def test_many_who_wait_for_one_piece_hold_up_nobody_else(sqlite_db: Database) -> None:
    """Whoever waits for something else hears of it in the same run, though twelve have asked before."""
    db, mug, bowl = sqlite_db, await a_variant(sqlite_db, stock=0), await a_variant(sqlite_db, stock=0)
    await _waits(db, mug, *[await a_customer(db) for _ in range(12)])
    ann = await a_customer(db)
    await _waits(db, bowl, ann)
    for source_id, variant in enumerate((mug, bowl)):
        await _comes_in(db, variant, 1, source_id=source_id)
    assert await alerts.tell_back_in_stock(db, now=NOW, limit=11) == 11
    assert {"customer_id": ann.id, "variant_id": bowl.id} in await _told(db, "stock.back")


# ---- price drops


async def test_whoever_likes_it_hears_of_each_drop_once(db: Database) -> None:
    """A rise is no news, a like that came after the drop is too late, and Ben does not want such news."""
    ann, ben, zoe, mug = await a_customer(db), await a_customer(db), await a_customer(db), await a_variant(db)
    await _likes(db, mug, ann, ben)
    async with db.begin() as session:
        await preferences.stop_marketing(session, ben.id)
    for unit_minor, told in ((1200, 1), (1400, 1), (1300, 2)):
        await _costs(db, mug, unit_minor)
        while await alerts.tell_price_drops(db, now=NOW):
            pass
        assert len(await _told(db, "price.dropped")) == told
    async with db.begin() as session:
        await favourites.set_favourite(session, zoe.id, mug.product_id, wanted=True, now=LATER)
    assert {told["customer_id"] for told in await _told(db, "price.dropped")} == {ann.id}


async def test_a_thousand_admirers_are_told_a_few_at_a_time(sqlite_db: Database) -> None:
    """Each once, in no transaction with all of them; whoever has blocked the bot is left out."""
    db, mug = sqlite_db, await a_variant(sqlite_db)
    people = [await a_customer(db) for _ in range(25)]
    await _likes(db, mug, *people)
    async with db.begin() as session:
        await customers.mark_blocked(session, people[7].telegram_id, blocked=True, now=NOW)
    await _costs(db, mug, 1000)
    rounds = []
    while done := await alerts.tell_price_drops(db, now=NOW, limit=10):
        rounds.append(done)
    told = [each["customer_id"] for each in await _told(db, "price.dropped")]
    assert rounds == [11, 11, 5]
    assert told == sorted({each.id for each in people} - {people[7].id})


async def test_sizes_that_become_cheaper_together_are_one_piece_of_news(db: Database) -> None:
    """Five messages about one dress would be four too many."""
    ann, dress = await a_customer(db), await a_product(db)
    sizes = [await a_variant(db, product=dress) for _ in range(5)]
    await _likes(db, sizes[0], ann)
    for size in sizes:
        await _costs(db, size, 900)
    while await alerts.tell_price_drops(db, now=NOW):
        pass
    assert len(await _told(db, "price.dropped")) == 1


async def test_the_news_is_of_a_size_that_can_be_bought(db: Database) -> None:
    """Nobody would be told of the other one, and the whole news would be lost."""
    ann, dress = await a_customer(db), await a_product(db)
    gone, there = await a_variant(db, product=dress, stock=0), await a_variant(db, product=dress)
    await _likes(db, there, ann)
    for size in (gone, there):
        await _costs(db, size, 900)
    while await alerts.tell_price_drops(db, now=NOW):
        pass
    assert [told["variant_id"] for told in await _told(db, "price.dropped")] == [there.id]


async def test_offers_wait_while_the_queue_is_long(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A receipt stands behind a few of them, not behind ten thousand; what waits for the staff, or for later, counts for nothing."""
    monkeypatch.setattr(outbox, "LONG", 3)
    mug, people = await a_variant(db), [await a_customer(db) for _ in range(5)]
    await _likes(db, mug, *people)
    await _costs(db, mug, 900)
    assert await alerts.tell_price_drops(db, now=NOW, limit=3) == 4
    assert await alerts.tell_price_drops(db, now=NOW, limit=3) == 0
    await _are_routed(db, to=[1, 2, -3], at=NOW)
    await _are_routed(db, to=[4], at=LATER)
    assert await alerts.tell_price_drops(db, now=NOW, limit=3) == 3
    assert len(await _told(db, "price.dropped")) == len(people)


async def _are_routed(db: Database, *, to: list[int], at: datetime) -> None:
    """All that was to be told waits to be sent *to* these chats, not before *at*."""
    async with db.begin() as session:
        event_id = await session.scalar(select(OutboxEvent.id).limit(1))
        await session.execute(update(OutboxEvent).values(routed_at=NOW))
        for chat_id in to:
            session.add(Delivery(event_id=event_id, route="x", chat_id=chat_id, status="waiting", available_at=at))


# ---- carts


async def _reminded(db: Database, at: datetime) -> int:
    return await alerts.remind_of_carts(db, now=at)


async def test_a_cart_that_was_left_is_told_of_once(db: Database) -> None:
    """Not while it may still be thought over, and not after a week."""
    ann, zoe = await a_customer(db), await a_customer(db)
    await a_cart(db, ann, await a_variant(db))
    assert await _reminded(db, NOW + timedelta(hours=19)) == 0
    assert await _reminded(db, LATER) == 1
    assert await _reminded(db, LATER + timedelta(days=2)) == 0
    await a_cart(db, zoe, await a_variant(db))
    assert await _reminded(db, NOW + timedelta(days=8)) == 0
    assert [told["customer_id"] for told in await _told(db, "cart.left")] == [ann.id]


async def test_who_does_not_want_it_has_blocked_or_has_ordered_is_not_reminded(db: Database) -> None:
    """Nor somebody whose cart is empty."""
    mugs = [await a_variant(db, stock=5) for _ in range(2)]
    no, gone, done, empty = [await a_customer(db) for _ in range(4)]
    for person in (no, gone, empty):
        await a_cart(db, person, mugs[0])
    await a_confirmed_order(db, mugs[0], customer=done)
    async with db.begin() as session:
        await preferences.stop_marketing(session, no.id)
        await customers.mark_blocked(session, gone.telegram_id, blocked=True, now=NOW)
        await carts.set_quantity(session, empty.id, mugs[0].id, 0, now=NOW)
    assert await _reminded(db, LATER) == 0


async def test_nobody_is_reminded_more_than_once_a_week(db: Database) -> None:
    """Whatever becomes of the first cart."""
    ann, mug = await a_customer(db), await a_variant(db, stock=9)
    await a_cart(db, ann, mug)
    assert await _reminded(db, LATER) == 1
    await a_confirmed_order(db, mug, customer=ann)
    async with db.begin() as session:
        await carts.add(session, ann.id, mug.id, now=LATER)
    assert await _reminded(db, LATER + timedelta(days=1)) == 0
    assert await _reminded(db, LATER + timedelta(days=6, hours=23)) == 0
