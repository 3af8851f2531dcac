"""What a customer has seen, and what has changed since without their doing."""

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from store import carts, checkout
from store.checkout import CheckoutView
from store.consent import Change, What
from store.db import Database
from store.errors import CartChanged
from store.models import DeliveryMethod, DeliveryZone, Price
from tests.builders import NOW, Ready, a_cart, a_customer, a_ready_checkout, a_variant
from tests.order_builders import ONLINE, place


async def _view(db: Database, ready: Ready) -> CheckoutView:
    async with db.read() as session:
        return await checkout.view(session, ready.customer.id)


async def _prices(session: AsyncSession, variant_id: int, unit_minor: int) -> None:
    await session.execute(update(Price).where(Price.variant_id == variant_id).values(unit_minor=unit_minor))


async def test_what_was_just_seen_has_not_changed(db: Database) -> None:
    """On every database the snapshot comes back as it was written."""
    view = await _view(db, await a_ready_checkout(db))
    assert view.is_seen
    assert view.changes == ()


async def test_another_price_is_named_with_what_it_was(db: Database) -> None:
    ready = await a_ready_checkout(db)
    async with db.begin() as session:
        await _prices(session, ready.variants[0].id, 1700)
    view = await _view(db, ready)
    assert view.changes == (Change(What.PRICE, {"en": "Mug"}, 1500, 1700, {}),)
    assert not view.is_seen


async def test_two_prices_that_cancel_out_are_two_changes_and_no_order(db: Database) -> None:
    """The total is the same; what it buys is not what was seen."""
    one, other = await a_variant(db), await a_variant(db)
    ready = await a_ready_checkout(db, one, other)
    async with db.begin() as session:
        await _prices(session, one.id, 1600)
        await _prices(session, other.id, 1400)
    with pytest.raises(CartChanged):
        await place(db, ready, capabilities=ONLINE)
    view = await _view(db, ready)
    assert view.quote is not None and view.quote.total_minor == ready.total_minor
    assert [(change.was_minor, change.is_minor) for change in view.changes] == [(1500, 1600), (1500, 1400)]


async def test_dearer_delivery_is_named_and_the_order_waits_for_consent(db: Database) -> None:
    ready = await a_ready_checkout(db)
    async with db.begin() as session:
        await session.execute(update(DeliveryZone).values(price_minor=900))
    view = await _view(db, ready)
    assert view.changes == (Change(What.DELIVERY, {"en": "Courier"}, 500, 900),)
    with pytest.raises(CartChanged):
        await place(db, ready, capabilities=ONLINE)


async def test_a_way_that_is_offered_no_more_is_called_by_its_name(db: Database) -> None:
    ready = await a_ready_checkout(db)
    async with db.begin() as session:
        await session.execute(update(DeliveryMethod).where(DeliveryMethod.code == "courier").values(is_active=False))
    view = await _view(db, ready)
    assert view.is_delivery_dropped
    assert view.dropped_delivery == {"en": "Courier"}


async def test_a_quantity_of_ones_own_is_no_news(db: Database) -> None:
    """Whoever takes two has read the price of two, and what two cost to send."""
    variant = await a_variant(db, stock=5, tiers={2: 1200})
    ready = await a_ready_checkout(db, variant)
    async with db.begin() as session:
        await carts.set_quantity(session, ready.customer.id, variant.id, 2, now=NOW)
        await session.execute(update(DeliveryZone).values(price_minor=900))
    assert (await _view(db, ready)).changes == ()


async def test_the_first_review_is_compared_with_the_cart(db: Database) -> None:
    """Prices rise between the cart and the checkout's last page, also before its first question is answered."""
    variant, ann = await a_variant(db), await a_customer(db)
    await a_cart(db, ann, variant)
    async with db.begin() as session:
        await _prices(session, variant.id, 1700)
        await checkout.set_contact(session, ann.id, name="Ann", now=NOW)
        view = await checkout.view(session, ann.id)
    assert [(change.was_minor, change.is_minor) for change in view.changes] == [(1500, 1700)]


async def test_whoever_chooses_another_quantity_has_read_its_price(db: Database) -> None:
    """Also of a tier, and of more of what was there before."""
    variant, ann = await a_variant(db, stock=5, tiers={3: 1200}), await a_customer(db)
    await a_cart(db, ann, variant)
    async with db.begin() as session:
        await carts.set_quantity(session, ann.id, variant.id, 3, now=NOW)
        assert (await checkout.view(session, ann.id)).changes == ()
        await _prices(session, variant.id, 1700)
        await carts.add(session, ann.id, variant.id, now=NOW)
        assert (await checkout.view(session, ann.id)).changes == ()
        await _prices(session, variant.id, 1300)
        view = await checkout.view(session, ann.id)
    assert [(change.was_minor, change.is_minor) for change in view.changes] == [(1700, 1300)]
