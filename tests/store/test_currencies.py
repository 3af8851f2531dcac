"""A shop that sells in several currencies: each customer sees one, and nothing is converted when they buy."""

from decimal import Decimal

import pytest

from store import (
    carts,
    catalog,
    checkout,
    currencies,
    delivery,
    presentment,
    price_filling,
    price_lists,
    prices,
    search,
    shop,
)
from store.audit import SYSTEM
from store.carts import CartView
from store.db import Database
from store.delivery import DeliveryOption
from store.errors import BadInput, NotForSale
from store.models import Customer, Variant
from store.price_filling import Filled
from store.price_lists import ListView
from tests.builders import NOW, a_cart, a_category, a_customer, a_ready_checkout, a_shop, a_variant


async def offer(db: Database, currency: str = "EUR") -> None:
    await a_shop(db)
    async with db.begin() as session:
        await price_lists.offer(session, currency, actor=SYSTEM, now=NOW)


async def price(db: Database, variant: Variant, unit_minor: int, currency: str = "EUR") -> Variant:
    async with db.begin() as session:
        await prices.set_price(session, variant.id, currency, unit_minor, actor=SYSTEM, now=NOW)
    return variant


async def choose(db: Database, customer: Customer, currency: str = "EUR") -> None:
    async with db.begin() as session:
        await presentment.choose(session, customer.id, currency, now=NOW)


async def cart_of(db: Database, customer: Customer) -> CartView:
    async with db.read() as session:
        return await carts.cart(session, customer.id)


async def a_european(db: Database) -> Customer:
    ann = await a_customer(db)
    await choose(db, ann)
    return ann


async def fill(db: Database, rate: str, *, anew: bool = False) -> Filled:
    return await price_filling.fill(db, "EUR", Decimal(rate), anew=anew, actor=SYSTEM, now=NOW)


async def ways(db: Database, customer: Customer) -> list[DeliveryOption]:
    async with db.read() as session:
        cart = await carts.cart(session, customer.id)
        return await delivery.options(session, cart, country="DE")


async def test_only_what_is_offered_can_be_chosen(db: Database) -> None:
    """Who chose nothing sees the shop's own; who chose what is withdrawn later does again."""
    await offer(db)
    ann, ben = await a_european(db), await a_customer(db)
    with pytest.raises(BadInput):
        await choose(db, ben, "GBP")
    async with db.begin() as session:
        assert await currencies.offered(session) == ("USD", "EUR")
        assert [await currencies.of(session, each.id) for each in (ann, ben)] == ["EUR", "USD"]
        await price_lists.withdraw(session, "EUR", actor=SYSTEM, now=NOW)
        assert await currencies.of(session, ann.id) == "USD"


@pytest.mark.parametrize("currency", ["USD", "XTR", "EUX"])
async def test_what_is_no_further_currency_is_not_offered(db: Database, currency: str) -> None:
    """The shop's own is offered anyway, Stars have their own rules."""
    with pytest.raises(BadInput):
        await offer(db, currency)


async def test_the_shelf_shows_what_has_a_price_in_the_currency(db: Database) -> None:
    """Nothing is shown at a price that was made up; what is sold for other money says so."""
    await offer(db)
    mug = await price(db, await a_variant(db, price_minor=1500, title="Mug"), 1400)
    bowl, home = await a_variant(db, title="Bowl"), await a_category(db)
    async with db.begin() as session:
        page = await catalog.products_page(session, home.id, "EUR")
        found = await search.find(session, search.read(""), "EUR")
        assert [(card.price_minor, card.currency) for card in page.cards] == [(1400, "EUR")]
        assert found.cards == page.cards
        assert [each.price_minor for each in (await catalog.product(session, mug.product_id, "EUR")).variants] == [1400]
        unpriced = await catalog.product(session, bowl.product_id, "EUR")
        assert (unpriced.is_for_sale, unpriced.is_elsewhere) == (False, True)
        with pytest.raises(NotForSale):
            await catalog.variant(session, bowl.id, "EUR")


async def test_a_cart_is_in_the_currency_that_its_owner_sees(db: Database) -> None:
    """From its first line on."""
    await offer(db)
    mug, ann = await price(db, await a_variant(db), 1400), await a_european(db)
    cart = await a_cart(db, ann, mug)
    assert (cart.currency, cart.subtotal_minor) == ("EUR", 1400)
    bowl = await a_variant(db)
    with pytest.raises(NotForSale):
        await a_cart(db, ann, bowl)


async def test_another_currency_is_read_anew_before_anything_is_ordered(db: Database) -> None:
    """The total that was seen was another money's; what cannot be bought in the new one stands there and says why."""
    await offer(db)
    mug, bowl = await price(db, await a_variant(db, stock=3, price_minor=1500), 1400), await a_variant(db, stock=3)
    ready = await a_ready_checkout(db, mug, bowl, quantity=1)
    await choose(db, ready.customer)
    async with db.read() as session:
        view = await checkout.view(session, ready.customer.id)
    assert (view.cart.currency, view.cart.subtotal_minor) == ("EUR", 1400)
    assert (view.expected_total_minor, view.changes, view.is_seen) == (None, (), False)
    assert view.cart.version > ready.cart_version
    assert [(line.variant_id, line.is_unpriced) for line in view.cart.problems] == [(bowl.id, True)]


async def test_a_withdrawn_currency_leaves_no_cart_behind(db: Database) -> None:
    """It costs what it does in the shop's own, and nothing that was seen in the other counts."""
    await offer(db)
    mug, ann = await price(db, await a_variant(db, price_minor=1500), 1400), await a_european(db)
    before = await a_cart(db, ann, mug)
    async with db.begin() as session:
        await price_lists.withdraw(session, "EUR", actor=SYSTEM, now=NOW)
    cart = await cart_of(db, ann)
    assert (cart.currency, cart.subtotal_minor, cart.lines[0].seen_minor) == ("USD", 1500, None)
    assert cart.version > before.version


async def test_each_currency_has_its_own_smallest_order(db: Database) -> None:
    """A sum of one currency says nothing about another."""
    await offer(db)
    mug, ann = await price(db, await a_variant(db), 1400), await a_european(db)
    async with db.begin() as session:
        await shop.set_minimum(session, 9900, actor=SYSTEM, now=NOW)
    assert (await a_cart(db, ann, mug)).minimum_minor == 0
    async with db.begin() as session:
        await price_lists.set_minimum(session, "EUR", 2000, actor=SYSTEM, now=NOW)
    assert (await cart_of(db, ann)).missing_minor == 600


async def test_who_delivers_for_no_price_in_the_currency_does_not_deliver(db: Database) -> None:
    """What is fetched for nothing costs nothing in any."""
    await offer(db)
    mug, ann = await price(db, await a_variant(db), 1400), await a_european(db)
    await a_cart(db, ann, mug)
    assert [each.code for each in await ways(db, ann)] == ["pickup"]
    await fill(db, "0.9")
    assert [(each.code, each.price_minor, each.currency) for each in await ways(db, ann)] == [
        ("courier", 450, "EUR"),
        ("pickup", 0, "EUR"),
    ]


async def test_a_rate_fills_what_is_missing_once(db: Database) -> None:
    """What somebody wrote stays, until all is to be written anew; the same again changes nothing."""
    await offer(db)
    mug, bowl = await price(db, await a_variant(db, price_minor=1500), 1400), await a_variant(db, price_minor=1995)
    assert await fill(db, "0.9") == Filled(prices=1, zones=3)
    assert await fill(db, "0.9") == Filled(prices=0, zones=0)
    async with db.read() as session:
        assert (await catalog.variant(session, bowl.id, "EUR"))[1].price_minor == 1796
        assert (await catalog.variant(session, mug.id, "EUR"))[1].price_minor == 1400
    assert await fill(db, "0.9", anew=True) == Filled(prices=1, zones=0)


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity", "0.00001", "1e30"])
async def test_a_rate_that_makes_no_price_is_refused(db: Database, rate: str) -> None:
    """Whole, before anything is written."""
    await offer(db)
    mug = await a_variant(db, price_minor=1500)
    with pytest.raises(BadInput):
        await fill(db, rate)
    async with db.read() as session:
        with pytest.raises(NotForSale):
            await catalog.variant(session, mug.id, "EUR")


async def test_a_list_says_what_it_lacks(db: Database) -> None:
    """Products that are sold, but not in it; whether anything is carried."""
    await offer(db)
    await price(db, await a_variant(db), 1400)
    await a_variant(db)
    async with db.read() as session:
        assert await price_lists.lists(session) == [ListView("EUR", 1, delivers=False, minimum_minor=None)]
    await fill(db, "1")
    async with db.read() as session:
        assert await price_lists.lists(session) == [ListView("EUR", 0, delivers=True, minimum_minor=None)]


async def test_a_list_may_become_the_shops_own(db: Database) -> None:
    """With what it says of deliveries; carts in a third currency stay in it."""
    await offer(db)
    await offer(db, "GBP")
    mug = await price(db, await price(db, await a_variant(db, price_minor=1500), 1400), 1200, "GBP")
    ann, ben, cid = await a_european(db), await a_customer(db), await a_customer(db)
    await choose(db, cid, "GBP")
    for each in (ann, ben, cid):
        await a_cart(db, each, mug)
    await fill(db, "0.8")
    async with db.begin() as session:
        await shop.set_currency(session, "EUR", actor=SYSTEM, now=NOW)
        assert await currencies.offered(session) == ("EUR", "GBP")
    assert [(await cart_of(db, each)).subtotal_minor for each in (ann, ben, cid)] == [1400, 1400, 1200]
    assert [(each.code, each.price_minor) for each in await ways(db, ben)] == [("courier", 400), ("pickup", 0)]
