"""What the staff makes of the catalogue and the shop, on every database."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from store import (
    catalog,
    categories,
    delivery_edits,
    doors,
    first_hour,
    goods,
    goods_drafts,
    goods_edits,
    goods_variants,
    hours,
    placing,
    shelf,
    shop,
)
from store.audit import Actor
from store.db import Database
from store.errors import BadInput, BelowMinimum, CurrencyInUse, EditedMeanwhile, NotFound, OutOfStock, ShopClosed
from store.goods import Goods
from store.models import Category, Seller
from tests.builders import CASH, NOW, Ready, a_category, a_confirmed_order, a_ready_checkout, a_shop, a_variant

BOSS = Actor.staff(1, "Max")


async def a_draft(db: Database, caption: str = "Blue mug\n$15\nHolds a lot.") -> Goods:
    await a_shop(db)
    async with db.begin() as session:
        product_id = await goods_drafts.begin(
            session, caption, language="en", picture="kept/a.jpg", actor=BOSS, now=NOW
        )
    return await found(db, product_id)


async def found(db: Database, product_id: int) -> Goods:
    async with db.read() as session:
        return await goods.goods(session, product_id)


async def a_published(db: Database) -> Goods:
    draft = await a_draft(db)
    async with db.begin() as session:
        await goods_edits.set_status(session, draft.id, draft.version, "active", actor=BOSS, now=NOW)
    return await found(db, draft.id)


async def test_a_draft_has_what_its_caption_tells_and_no_customer_sees_it(db: Database) -> None:
    draft = await a_draft(db)
    assert (draft.title, draft.description, draft.pictures) == (
        {"en": "Blue mug"},
        {"en": "Holds a lot."},
        ("kept/a.jpg",),
    )
    assert (draft.status, draft.sold[0].price_minor, draft.missing) == ("draft", 1500, ())
    async with db.read() as session:
        assert await catalog.categories(session, "USD") == []
        with pytest.raises(NotFound):
            await catalog.product(session, draft.id, "USD")
        with pytest.raises(NotFound):
            await catalog.variant(session, draft.sold[0].id, "USD")


async def test_an_incomplete_draft_is_not_published(db: Database) -> None:
    draft = await a_draft(db, "Blue mug")
    assert draft.missing == ("price",)
    with pytest.raises(BadInput):
        async with db.begin() as session:
            await goods_edits.set_status(session, draft.id, draft.version, "active", actor=BOSS, now=NOW)


async def test_sizes_take_the_place_of_the_nameless_variant(db: Database) -> None:
    """They cost what it cost; written again, they are counted again."""
    draft = await a_draft(db)
    for text in ("S 10, M 5", "m 7; L 1"):
        async with db.begin() as session:
            version = (await goods.goods(session, draft.id)).version
            sizes = goods_variants.read_sizes(text)
            await goods_variants.set_sizes(session, draft.id, version, sizes, language="en", actor=BOSS, now=NOW)
    after = await found(db, draft.id)
    assert {each.title["en"]: (each.on_hand, each.price_minor) for each in after.sold} == {
        "S": (10, 1500),
        "M": (7, 1500),
        "L": (1, 1500),
    }
    assert after.sold[0].id == draft.sold[0].id


async def test_every_edit_is_of_the_version_that_was_seen(db: Database) -> None:
    product = await a_published(db)
    variant_id, old = product.sold[0].id, product.version
    async with db.begin() as session:
        await goods_edits.set_title(session, product.id, old, "ru", "Кружка", actor=BOSS, now=NOW)
    edits: list[tuple[Callable[..., Awaitable[None]], tuple[object, ...]]] = [
        (goods_edits.set_title, (product.id, old, "en", "Mug")),
        (goods_edits.set_description, (product.id, old, "en", "Good")),
        (goods_edits.set_price, (product.id, old, ("USD", 1))),
        (goods_edits.set_status, (product.id, old, "hidden")),
        (goods_edits.remove_picture, (product.id, old, 0)),
        (goods_variants.set_sku, (variant_id, old, "X")),
        (goods_variants.set_weight, (variant_id, old, 5)),
        (goods_variants.set_sold, (variant_id, old, False)),
    ]
    for edit, at in edits:
        with pytest.raises(EditedMeanwhile):
            async with db.begin() as session:
                await edit(session, *at, actor=BOSS, now=NOW)
    assert (await found(db, product.id)).title == {"en": "Blue mug", "ru": "Кружка"}


async def test_a_sku_belongs_to_one_variant(db: Database) -> None:
    other, product = await a_variant(db), await a_published(db)
    at = product.sold[0].id, product.version, other.sku.lower()
    with pytest.raises(BadInput):
        async with db.begin() as session:
            await goods_variants.set_sku(session, *at, actor=BOSS, now=NOW)


async def test_products_are_found_by_any_word_and_listed_newest_first(db: Database) -> None:
    first, second = await a_draft(db, "Кружка синяя\n$5"), await a_draft(db, "Red teapot\n$9")
    async with db.read() as session:
        assert [card.id for card in (await goods.listed(session)).cards] == [second.id, first.id]
        for words, wanted in (("КРУЖ", first), (second.sold[0].sku.lower(), second), ("pot red", second)):
            assert [card.id for card in (await goods.named(session, words)).cards] == [wanted.id], words
        assert (await goods.named(session, "nothing")).cards == ()


async def test_the_history_tells_who_did_what(db: Database) -> None:
    product = await a_published(db)
    async with db.begin() as session:
        await shelf.move(session, product.sold[0].id, 4, reason="from the cellar", actor=BOSS, now=NOW)
    async with db.read() as session:
        entries = await goods.history(session, product.id)
    assert [each.action for each in entries] == ["priced", "drafted", "status_changed", "stock_receive"]
    assert {each.actor_name for each in entries} == {"Max"}


async def test_what_is_promised_cannot_be_counted_away(db: Database) -> None:
    """Two of five are for an order: three can go, four cannot; and goods that are not counted cannot be counted below it."""
    variant = await a_variant(db, stock=5)
    await a_confirmed_order(db, variant, quantity=2)
    async with db.begin() as session:
        await shelf.set_on_hand(session, variant.id, 2, reason="", actor=BOSS, now=NOW)
    with pytest.raises(OutOfStock):
        async with db.begin() as session:
            await shelf.move(session, variant.id, -1, reason="", actor=BOSS, now=NOW)


async def place(db: Database, ready: Ready) -> placing.Placed:
    async with db.begin() as session:
        at = ready.customer.id, ready.cart_id, ready.cart_version
        return await placing.place(session, *at, capabilities=CASH, payment_method="cash", now=NOW)


async def test_nothing_is_placed_in_a_shop_that_is_closed(db: Database) -> None:
    """Hours, then a holiday; when it is over, the same press goes through."""
    ready = await a_ready_checkout(db, payment_method="cash")
    async with db.begin() as session:
        await shop.set_hours(session, ["0"], [["12:00", "18:00"]], actor=BOSS, now=NOW)
    with pytest.raises(ShopClosed) as shut:
        await place(db, ready)
    assert shut.value.params["opens_at"] == NOW.replace(hour=12)
    async with db.begin() as session:
        await shop.open_always(session, actor=BOSS, now=NOW)
        await shop.close_until(session, NOW + timedelta(days=3), actor=BOSS, now=NOW)
        await shop.set_closed_message(session, "en", "At the sea", actor=BOSS, now=NOW)
    with pytest.raises(ShopClosed):
        await place(db, ready)
    async with db.begin() as session:
        await shop.reopen(session, actor=BOSS, now=NOW)
    assert (await place(db, ready)).is_new


async def test_nothing_is_placed_below_the_smallest_order(db: Database) -> None:
    ready = await a_ready_checkout(db, payment_method="cash")
    async with db.begin() as session:
        await shop.set_minimum(session, 100_000, actor=BOSS, now=NOW)
    with pytest.raises(BelowMinimum):
        await place(db, ready)


async def test_another_currency_waits_for_open_orders_and_prices(db: Database) -> None:
    variant = await a_variant(db, stock=5)
    await a_confirmed_order(db, variant)
    with pytest.raises(CurrencyInUse) as blocked:
        async with db.begin() as session:
            await shop.set_currency(session, "EUR", actor=BOSS, now=NOW)
    assert (blocked.value.params["orders"], blocked.value.params["products"]) == (1, 1)


async def test_an_empty_shop_sells_in_another_currency_at_once(db: Database) -> None:
    """5.00 stays 5.00, also where there is no smaller coin."""
    await a_shop(db)
    async with db.begin() as session:
        await shop.set_currency(session, "JPY", actor=BOSS, now=NOW)
        zones = [zone for each in await delivery_edits.methods(session) for zone in each.zones]
    assert {(zone.currency, zone.price_minor) for zone in zones} == {("JPY", 5), ("JPY", 0)}


async def test_the_smallest_order_keeps_its_number_however_often_the_currency_is_set(db: Database) -> None:
    """The button of an old question is pressed again: it has nothing left to change."""
    await a_shop(db)
    async with db.begin() as session:
        await shop.set_minimum(session, 2500, actor=BOSS, now=NOW)
        for _ in range(2):
            await shop.set_currency(session, "JPY", actor=BOSS, now=NOW)
    async with db.read() as session:
        assert (await session.scalars(select(Seller.minimum_minor))).one() == 25


async def test_a_category_is_removed_when_nothing_stands_in_it(db: Database) -> None:
    product, other = await a_published(db), await a_category(db, slug="other")
    home = product.category.id
    with pytest.raises(BadInput):
        async with db.begin() as session:
            await categories.remove(session, home, actor=BOSS, now=NOW)
    async with db.begin() as session:
        assert await categories.empty_into(session, home, other.id, actor=BOSS, now=NOW) == 1
        await categories.remove(session, home, actor=BOSS, now=NOW)
    async with db.read() as session:
        assert list(await session.scalars(select(Category.id))) == [other.id]
        assert [each.id for each in await catalog.categories(session, "USD")] == [other.id]


async def test_a_zone_is_made_changed_and_removed(db: Database) -> None:
    await a_shop(db)
    async with db.begin() as session:
        method_id = await delivery_edits.add(session, "courier", {"en": "Rider"}, actor=BOSS, now=NOW)
        zone_id = await delivery_edits.add_zone(session, method_id, "PT", ("USD", 500), actor=BOSS, now=NOW)
        await delivery_edits.set_zone(session, zone_id, free_over_minor=10_000, min_days=2, actor=BOSS, now=NOW)
        _, zone = await delivery_edits.zone(session, zone_id)
        assert (zone.price_minor, zone.free_over_minor, zone.min_days) == (500, 10_000, 2)
        assert await delivery_edits.remove_zone(session, zone_id, actor=BOSS, now=NOW) == method_id
        assert (await delivery_edits.method(session, method_id)).zones == ()


async def test_a_new_shop_knows_what_it_needs(db: Database) -> None:
    async with db.begin() as session:
        for _ in range(2):
            await shop.found(session, name="Max", language="en", actor=BOSS, now=NOW)
        assert not (await first_hour.progress(session)).can_sell
        await delivery_edits.add(session, "pickup", {"en": "Here"}, actor=BOSS, now=NOW)
    await a_published(db)
    async with db.read() as session:
        assert (await first_hour.progress(session)).can_sell
        seller = (await session.scalars(select(Seller))).one()
    assert doors.closed(seller, NOW) is None
    assert hours.opens_at(seller.opening_hours, seller.timezone, NOW) is None
