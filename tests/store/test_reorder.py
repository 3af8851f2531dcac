"""The same again, at today's prices, as far as it can be had."""

import pytest
from sqlalchemy import update

from store import carts, checkout, customers, reorder
from store.checkout import Step
from store.db import Database
from store.errors import NotFound
from store.models import Price, Product, StockLevel, Variant
from store.reorder import Missing, Reordered
from tests.builders import NOW, a_cart, a_confirmed_order, a_customer, a_variant


async def _again(db: Database, customer_id: int, order_id: int) -> Reordered:
    async with db.begin() as session:
        return await reorder.again(session, customer_id, order_id, now=NOW)


async def test_everything_is_in_the_cart_at_todays_price(db: Database) -> None:
    ann, mug = await a_customer(db), await a_variant(db, stock=9)
    order_id = await a_confirmed_order(db, mug, customer=ann, quantity=2)
    async with db.begin() as session:
        await session.execute(update(Price).values(unit_minor=1700))
    again = await _again(db, ann.id, order_id)
    assert [(line.variant_id, line.quantity, line.unit_minor) for line in again.cart.lines] == [(mug.id, 2, 1700)]
    assert again.missing == ()


async def test_twice_is_the_same_as_once_and_what_was_there_stays(db: Database) -> None:
    """A press may come twice; somebody who has more of it in the cart keeps that."""
    ann, mug, bowl = await a_customer(db), await a_variant(db, stock=9), await a_variant(db, stock=9)
    order_id = await a_confirmed_order(db, mug, customer=ann, quantity=2)
    await a_cart(db, ann, bowl, quantity=3)
    for _ in range(2):
        again = await _again(db, ann.id, order_id)
    assert {line.variant_id: line.quantity for line in again.cart.lines} == {mug.id: 2, bowl.id: 3}


async def test_what_cannot_be_had_is_named(db: Database) -> None:
    """Sold out, fewer than before, not sold any more: each in its own way."""
    ann = await a_customer(db)
    goods = [await a_variant(db, stock=9, title=title) for title in ("Mug", "Bowl", "Vase")]
    order_id = await a_confirmed_order(db, *goods, customer=ann, quantity=3)
    async with db.begin() as session:
        await session.execute(update(StockLevel).where(StockLevel.variant_id == goods[0].id).values(on_hand=3))
        await session.execute(update(StockLevel).where(StockLevel.variant_id == goods[1].id).values(on_hand=4))
        await session.execute(update(Variant).where(Variant.id == goods[2].id).values(status="archived"))
    again = await _again(db, ann.id, order_id)
    assert [(line.variant_id, line.quantity) for line in again.cart.lines] == [(goods[1].id, 1)]
    assert again.missing == (
        Missing({"en": "Mug"}, {}, 3, 0, is_withdrawn=False),
        Missing({"en": "Bowl"}, {}, 3, 1, is_withdrawn=False),
        Missing({"en": "Vase"}, {}, 3, 0, is_withdrawn=True),
    )


async def test_the_answers_are_those_of_that_order(db: Database) -> None:
    """Nothing is asked again but what is gone."""
    ann, mug = await a_customer(db), await a_variant(db, stock=9)
    order_id = await a_confirmed_order(db, mug, customer=ann)
    await _again(db, ann.id, order_id)
    async with db.begin() as session:
        view = await checkout.view(session, ann.id)
        assert (view.step, view.contact_name, view.payment_method) == (Step.REVIEW, "Ann Lee", "cash")
        saved = await customers.addresses(session, ann.id)
        await customers.archive_address(session, ann.id, saved[0].id, now=NOW)
        await carts.clear(session, ann.id, now=NOW)


async def test_an_address_that_was_removed_is_asked_for(db: Database) -> None:
    ann, mug = await a_customer(db), await a_variant(db, stock=9)
    order_id = await a_confirmed_order(db, mug, customer=ann)
    async with db.begin() as session:
        for saved in await customers.addresses(session, ann.id):
            await customers.archive_address(session, ann.id, saved.id, now=NOW)
    await _again(db, ann.id, order_id)
    async with db.read() as session:
        assert (await checkout.view(session, ann.id)).step == Step.ADDRESS


async def test_nobody_repeats_somebody_elses_order(db: Database) -> None:
    ann, bob = await a_customer(db), await a_customer(db)
    order_id = await a_confirmed_order(db, customer=ann)
    with pytest.raises(NotFound):
        await _again(db, bob.id, order_id)
    async with db.read() as session:
        assert (await carts.cart(session, bob.id)).is_empty


async def test_when_all_of_it_is_gone_the_cart_stays_as_it_was(db: Database) -> None:
    ann, mug = await a_customer(db), await a_variant(db, stock=9)
    order_id = await a_confirmed_order(db, mug, customer=ann)
    async with db.begin() as session:
        await session.execute(update(Product).values(status="archived"))
    again = await _again(db, ann.id, order_id)
    assert again.cart.is_empty
    assert again.missing[0].is_withdrawn
