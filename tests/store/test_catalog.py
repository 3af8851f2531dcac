from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import catalog
from store.catalog import Page
from store.db import Database
from store.errors import NotForSale, NotFound
from store.models import Product, StockLevel, Variant
from tests.builders import a_category, a_product, a_shop, a_variant


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    engine = db._reader.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


async def shelf(db: Database, count: int) -> list[int]:
    """Products of one category, in the order in which they are listed: two share each position."""
    products = [await a_product(db, position=number // 2) for number in range(count)]
    for product in products:
        await a_variant(db, product=product)
    return [product.id for product in products]


async def page(db: Database, **cursor: int) -> Page:
    home = await a_category(db)
    async with db.read() as session:
        return await catalog.products_page(session, home.id, "USD", limit=3, **cursor)


def ids(page: Page) -> list[int]:
    return [card.id for card in page.cards]


async def test_paging_on_and_back_shows_each_product_once(db: Database) -> None:
    """Eight products, three a page, two of them at each position."""
    products = await shelf(db, 8)
    first = await page(db)
    second = await page(db, after=first.after or 0)
    third = await page(db, after=second.after or 0)
    assert [ids(first), ids(second), ids(third)] == [products[:3], products[3:6], products[6:]]
    assert (first.before, third.after) == (None, None)
    assert ids(await page(db, before=third.before or 0)) == products[3:6]
    assert ids(await page(db, before=second.before or 0)) == products[:3]


async def test_a_last_page_that_is_full_leads_no_further(db: Database) -> None:
    """No button to an empty page."""
    await shelf(db, 3)
    only = await page(db)
    assert (only.before, only.after, len(only.cards)) == (None, None, 3)


async def test_a_product_that_appears_meanwhile_moves_nobody_to_another_page(db: Database) -> None:
    """Keyset, not offset: what was behind the last card seen is still behind it."""
    products = await shelf(db, 6)
    first = await page(db)
    await a_variant(db, product=await a_product(db, position=-1))
    assert ids(await page(db, after=first.after or 0)) == products[3:]


async def test_a_cursor_that_is_archived_still_leads_on(db: Database) -> None:
    """The button was made before the product was withdrawn."""
    products = await shelf(db, 6)
    first = await page(db)
    async with db.begin() as session:
        await session.execute(update(Product).where(Product.id == first.after).values(status="archived"))
    second = await page(db, after=products[2])
    assert ids(second) == products[3:]
    assert second.before == products[3]


async def test_a_page_that_is_gone_shows_the_first_one(db: Database) -> None:
    """Everything behind the cursor was withdrawn, or fewer than a page stand in front of it."""
    products = await shelf(db, 4)
    assert ids(await page(db, after=products[3])) == products[:3]
    assert ids(await page(db, before=products[1])) == products[:3]
    assert ids(await page(db, after=10**9)) == products[:3]


async def test_a_category_that_does_not_exist_is_not_found(db: Database) -> None:
    """A button of a shop that was seeded anew."""
    await a_shop(db)
    async with db.read() as session:
        with pytest.raises(NotFound):
            await catalog.products_page(session, 999, "USD")


async def test_an_empty_category_has_an_empty_page_and_no_button(db: Database) -> None:
    """Nothing to show is no error."""
    await a_category(db)
    empty = await page(db)
    assert (empty.cards, empty.before, empty.after) == ((), None, None)
    async with db.read() as session:
        assert await catalog.categories(session, "USD") == []


async def test_only_what_can_be_sold_is_listed(db: Database) -> None:
    """Not drafts, not products without an active variant, nor without a price in the shop's currency. Sold out ones stay."""
    mug = await a_variant(db)
    sold_out = await a_variant(db, stock=0)
    draft, retired, foreign = await a_variant(db), await a_variant(db), await a_variant(db, currency="EUR")
    async with db.begin() as session:
        await session.execute(update(Product).where(Product.id == draft.product_id).values(status="draft"))
        await session.execute(update(Variant).where(Variant.id == retired.id).values(status="archived"))
    listed = await page(db)
    assert ids(listed) == [mug.product_id, sold_out.product_id]
    assert [card.is_sold_out for card in listed.cards] == [False, True]
    async with db.read() as session:
        assert [view.slug for view in await catalog.categories(session, "USD")] == ["goods"]
    assert foreign.product_id not in ids(listed)


async def test_a_card_shows_the_cheapest_variant(db: Database) -> None:
    """ "From", when they differ; a quantity tier is no variant."""
    dress = await a_product(db)
    await a_variant(db, product=dress, price_minor=4500, stock=0)
    await a_variant(db, product=dress, price_minor=3900, tiers={10: 100})
    await a_variant(db, tiers={10: 100})
    ranged, single = (await page(db)).cards
    assert (ranged.price_minor, ranged.has_price_range, ranged.is_sold_out) == (3900, True, False)
    assert (single.price_minor, single.has_price_range, single.currency) == (1500, False, "USD")


async def test_a_page_costs_the_same_few_statements_however_full_it_is(db: Database) -> None:
    """A statement per product would make a long category slow."""
    home = await a_category(db)
    counts = []
    for _ in range(2):
        products = await shelf(db, 3)
        async with db.read() as session:
            with counted(db) as statements:
                await catalog.products_page(session, home.id, "USD", after=products[0], limit=6)
        counts.append(len(statements))
    assert counts == [4, 4]


async def view(db: Database, product_id: int) -> catalog.ProductView:
    async with db.read() as session:
        return await catalog.product(session, product_id, "USD")


async def test_a_product_shows_what_is_free_of_each_variant(db: Database) -> None:
    """On hand, less the safety stock and what orders hold; never below nothing."""
    mug = await a_variant(db, stock=10)
    assert (await view(db, mug.product_id)).variants[0].free == 10
    async with db.begin() as session:
        await session.execute(update(StockLevel).values(safety=2, reserved=5))
    shown = await view(db, mug.product_id)
    assert (shown.variants[0].free, shown.is_for_sale, shown.is_sold_out) == (3, True, False)
    async with db.begin() as session:
        await session.execute(update(StockLevel).values(on_hand=6, allow_backorder=True, safety=5))
    assert (await view(db, mug.product_id)).variants[0].free > 99


async def test_a_variant_without_a_stock_level_is_sold_out(db: Database) -> None:
    """Nobody has counted it yet."""
    dress = await a_product(db)
    mug = await a_variant(db, product=dress)
    async with db.begin() as session:
        await session.delete(await session.get_one(StockLevel, (mug.id, 1)))
    shown = await view(db, dress.id)
    assert (shown.variants[0].free, shown.is_sold_out) == (0, True)


async def test_an_archived_product_still_has_its_page(db: Database) -> None:
    """Orders and old buttons point at it; its status tells."""
    mug = await a_variant(db)
    async with db.begin() as session:
        await session.execute(update(Product).values(status="archived"))
    shown = await view(db, mug.product_id)
    assert (shown.status, shown.is_for_sale) == ("archived", False)


async def test_a_variant_comes_with_its_product(db: Database) -> None:
    """A button carries the variant's id alone."""
    dress = await a_product(db, title="Dress")
    small, large = await a_variant(db, product=dress), await a_variant(db, product=dress)
    async with db.read() as session:
        product, variant = await catalog.variant(session, large.id, "USD")
    assert (product.title, variant.sku, [one.id for one in product.variants]) == (
        {"en": "Dress"},
        large.sku,
        [small.id, large.id],
    )


async def test_what_is_not_there_and_what_has_no_price_are_told_apart(db: Database) -> None:
    """A price in another currency is no price."""
    foreign = await a_variant(db, currency="EUR")
    async with db.read() as session:
        await fails(catalog.variant, session, foreign.id, NotForSale)
        await fails(catalog.variant, session, 999, NotFound)
        await fails(catalog.product, session, 999, NotFound)


async def fails(read: object, session: AsyncSession, row_id: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        await read(session, row_id, "USD")  # type: ignore[operator]  # readers of several signatures
