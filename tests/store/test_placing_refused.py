"""What stands in the way of an order: nothing of it stays behind."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from store import catalog_edits, checkout, order_numbers, placing
from store.audit import SYSTEM
from store.db import Database
from store.errors import (
    CartChanged,
    CartEmpty,
    CheckoutIncomplete,
    NotForSale,
    NotFound,
    OutOfStock,
    PaymentUnavailable,
    TooManyUnpaidOrders,
)
from store.models import IdempotencyKey, Order, Price
from store.upsert import insert_ignoring
from tests.builders import COURIER_MINOR, NOW, a_customer, a_ready_checkout, a_variant
from tests.order_builders import (
    HOLD,
    ONLINE,
    Shelf,
    an_order,
    assert_books_balance,
    place,
    shelf,
)


async def test_too_late_the_customer_hears_what_is_left(db: Database) -> None:
    """Two carts with the last mug: the second finds nothing, and nothing of it stays."""
    mug = await a_variant(db, stock=1)
    ann, bob = await a_ready_checkout(db, mug), await a_ready_checkout(db, mug)
    await place(db, ann)
    with pytest.raises(OutOfStock) as refused:
        await place(db, bob)
    assert (refused.value.params["wanted"], refused.value.params["free"]) == (1, 0)
    async with db.read() as session:
        assert len((await session.scalars(select(Order.id))).all()) == 1
    await assert_books_balance(db)


async def test_one_missing_thing_places_nothing(db: Database) -> None:
    """All or nothing: the cup that was there is free again."""
    cup, mug = await a_variant(db, stock=1), await a_variant(db, stock=1)
    both, mug_alone = await a_ready_checkout(db, cup, mug), await a_ready_checkout(db, mug)
    await place(db, mug_alone)
    with pytest.raises(OutOfStock):
        await place(db, both)
    assert await shelf(db, cup) == Shelf(on_hand=1, reserved=0)


async def test_a_price_that_changed_is_shown_before_it_is_charged(db: Database) -> None:
    ready = await a_ready_checkout(db)
    async with db.begin() as session:
        await session.execute(update(Price).values(unit_minor=9900))
    with pytest.raises(CartChanged) as refused:
        await place(db, ready)
    assert refused.value.params == {
        "expected_minor": ready.total_minor,
        "total_minor": 9900 + COURIER_MINOR,
        "currency": "USD",
    }


async def test_a_cart_that_changed_is_not_placed_from_an_old_button(db: Database) -> None:
    """The same total is no excuse: something else may lie in it."""
    ready = await a_ready_checkout(db)
    with pytest.raises(CartChanged):
        await place(db, ready, version=ready.cart_version - 1)
    assert (await place(db, ready)).is_new


async def test_a_cart_that_changes_at_that_very_instant_is_not_placed(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read at version 7, changed by another device, claimed: the claim finds version 8."""
    ready = await a_ready_checkout(sqlite_db)
    claim = placing._claim
    monkeypatch.setattr(placing, "_claim", lambda customer, cart, version, now: claim(customer, cart, version - 1, now))
    with pytest.raises(CartChanged):
        await place(sqlite_db, ready)


async def test_what_was_withdrawn_is_not_sold(sqlite_db: Database) -> None:
    ready = await a_ready_checkout(sqlite_db)
    async with sqlite_db.begin() as session:
        await catalog_edits.archive_product(session, ready.variants[0].product_id, actor=SYSTEM, now=NOW)
    with pytest.raises(NotForSale):
        await place(sqlite_db, ready)


async def test_an_unanswered_question_is_asked_first(sqlite_db: Database) -> None:
    ready = await a_ready_checkout(sqlite_db)
    async with sqlite_db.begin() as session:
        await checkout.clear_step(session, ready.customer.id, checkout.Step.ADDRESS, now=NOW)
    with pytest.raises(CheckoutIncomplete) as refused:
        await place(sqlite_db, ready)
    assert refused.value.params["missing"] == checkout.Step.ADDRESS


async def test_the_payment_method_is_the_one_that_was_chosen(sqlite_db: Database) -> None:
    ready = await a_ready_checkout(sqlite_db)
    with pytest.raises(CheckoutIncomplete) as refused:
        await place(sqlite_db, dataclasses.replace(ready, payment_method="cash"))
    assert refused.value.params["missing"] == checkout.Step.PAYMENT


async def test_a_shop_out_of_numbers_places_nothing(sqlite_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, mug = (await an_order(sqlite_db)).number, await a_variant(sqlite_db, stock=5)
    monkeypatch.setattr(order_numbers, "new", lambda: taken)
    with pytest.raises(RuntimeError):
        await an_order(sqlite_db, mug)
    assert await shelf(sqlite_db, mug) == Shelf(on_hand=5, reserved=0)


@pytest.mark.parametrize(
    "limit",
    [
        {"currencies": frozenset({"EUR"})},
        {"kinds": frozenset({"digital"})},
        {"minimum_minor": {"USD": 2001}},
        {"maximum_minor": {"USD": 1999}},
    ],
)
async def test_a_gateway_that_does_not_take_this_order_is_refused(
    sqlite_db: Database, limit: dict[str, object]
) -> None:
    """The total is exactly 20.00."""
    ready = await a_ready_checkout(sqlite_db)
    with pytest.raises(PaymentUnavailable):
        await place(sqlite_db, ready, capabilities=dataclasses.replace(ONLINE, **limit))  # type: ignore[arg-type]  # the given values are of several types
    exact = dataclasses.replace(ONLINE, minimum_minor={"USD": 2000}, maximum_minor={"USD": 2000})
    assert (await place(sqlite_db, ready, capabilities=exact)).is_new


async def test_nobody_collects_unpaid_orders(db: Database) -> None:
    """Three at most hold goods; those whose time is up do not count."""
    mug, ann = await a_variant(db, stock=9), await a_customer(db)
    for _ in range(3):
        await place(db, await a_ready_checkout(db, mug, customer=ann))
    fourth = await a_ready_checkout(db, mug, customer=ann)
    with pytest.raises(TooManyUnpaidOrders) as refused:
        await place(db, fourth)
    assert refused.value.params["limit"] == 3
    assert (await place(db, fourth, now=NOW + HOLD + timedelta(seconds=1))).is_new


async def test_somebody_elses_cart_is_no_cart(sqlite_db: Database) -> None:
    """Neither before it is placed nor afterwards; a person without a cart of their own is told that it is empty."""
    mug = await a_variant(sqlite_db, stock=5)
    hers, his = await a_ready_checkout(sqlite_db, mug), await a_ready_checkout(sqlite_db, mug)
    stolen = dataclasses.replace(hers, customer=his.customer)
    with pytest.raises(NotFound):
        await place(sqlite_db, stolen)
    assert (await place(sqlite_db, hers)).is_new
    with pytest.raises(NotFound):
        await place(sqlite_db, stolen)
    with pytest.raises(CartEmpty):
        await place(sqlite_db, dataclasses.replace(hers, customer=await a_customer(sqlite_db), cart_id=999))


async def test_a_key_without_an_order_is_nobodys_order(sqlite_db: Database) -> None:
    """Somebody has tidied the orders away, but not the keys."""
    ready = await a_ready_checkout(sqlite_db)
    async with sqlite_db.begin() as session:
        key = {"scope": "place", "key": f"{ready.cart_id}:{ready.cart_version}", "created_at": NOW}
        assert await insert_ignoring(session, IdempotencyKey, **key)
    with pytest.raises(NotFound):
        await place(sqlite_db, ready)
