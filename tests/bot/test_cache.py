"""What a process keeps of the catalogue, while others write to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cache import KEPT_S, PageCache, Pages
from store import arrivals, catalog, editions, prices, shop
from store.audit import Actor
from store.catalog import Page
from store.db import Database
from store.errors import NotFound
from store.models import Category, Price, Product, StockLevel, Variant
from store.sellers import the_seller
from tests.apps import a_stage
from tests.bot.test_statements import statements_of
from tests.builders import NOW, a_category, a_confirmed_order, a_product, a_shop, a_variant

BY: dict[str, Any] = {"actor": Actor.staff(1, "Max"), "now": NOW}
Write = Callable[[AsyncSession], Awaitable[Any]]


class Process:
    """One `dukkan run` as far as it shows the catalogue. Each update begins with the question that tells the edition."""

    def __init__(self, url: str, *, most: int = 100) -> None:
        self.db, self.now = Database(url), 0.0
        self.cache = PageCache(self.db, most=most, seconds=lambda: self.now)

    async def update(self) -> Pages:
        async with self.db.read() as session:
            seen = await arrivals.look(session, telegram_id=None)
        assert seen is not None
        return self.cache.at(seen.edition, seen.currency)

    async def page(self, category_id: int, **cursor: int) -> Page:
        return await (await self.update()).page(category_id, **cursor)

    async def shows(self) -> Any:
        """All that its people see of the catalogue."""
        pages = await self.update()
        return [(each, await pages.page(each.id)) for each in await pages.categories()]


@pytest.fixture
async def here(db_url: str) -> AsyncIterator[Process]:
    process = Process(db_url)
    yield process
    await process.db.close()


@pytest.fixture
async def other(db_url: str) -> AsyncIterator[Process]:
    """A second process on the same database."""
    process = Process(db_url)
    yield process
    await process.db.close()


async def stocked(db: Database) -> Category:
    """Two products in one category, one in another, in stock and with prices in two currencies."""
    for position, (title, category) in enumerate([("Mug", "goods"), ("Cup", "goods"), ("Bowl", "bowls")]):
        product = await a_product(db, title=title, category=category, position=position)
        variant = await a_variant(db, product=product, stock=3)
        async with db.begin() as session:
            await prices.set_price(session, variant.id, "EUR", 1400, **BY)
    return await a_category(db)


async def stands(db: Database) -> Any:
    """What the database says, asked without a cache."""
    async with db.read() as session:
        currency = (await the_seller(session)).currency
        return [
            (each, await catalog.products_page(session, each.id, currency))
            for each in await catalog.categories(session, currency)
        ]


MUG, GOODS = Product.position == 0, Category.slug == "goods"
CUPS = select(Variant.id).where(Variant.product_id.in_(select(Product.id).where(Product.position == 1)))
BOWLS = select(Category.id).where(Category.slug == "bowls").scalar_subquery()
CHANGES: dict[str, Write] = {
    "a title": lambda session: session.execute(update(Product).where(MUG).values(title={"en": "Jug"})),
    "a price": lambda session: session.execute(update(Price).where(Price.variant_id.in_(CUPS)).values(unit_minor=1600)),
    "no price": lambda session: session.execute(delete(Price).where(Price.variant_id.in_(CUPS))),
    "a picture": lambda session: session.execute(update(Product).where(MUG).values(picture="new.jpg")),
    "a place": lambda session: session.execute(update(Product).where(MUG).values(position=9)),
    "another category": lambda session: session.execute(update(Product).where(MUG).values(category_id=BOWLS)),
    "a hidden product": lambda session: session.execute(update(Product).where(MUG).values(status="hidden")),
    "a category's name": lambda session: session.execute(update(Category).where(GOODS).values(title={"en": "Cups"})),
    "a category's place": lambda session: session.execute(update(Category).where(GOODS).values(position=9)),
    "a hidden category": lambda session: session.execute(update(Category).where(GOODS).values(hidden_at=NOW)),
    "the shop's currency": lambda session: shop.set_currency(session, "EUR", **BY),
    "what is left": lambda session: session.execute(update(StockLevel).values(on_hand=0)),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_another_process_changes_is_on_the_next_page(here: Process, other: Process, change: str) -> None:
    """Nobody tells this process; the next update finds out."""
    await stocked(other.db)
    before = await here.shows()
    assert before == await here.shows() == await stands(other.db)
    async with other.db.begin() as session:
        await CHANGES[change](session)
    assert await here.shows() == await stands(other.db) != before


async def test_without_the_edition_the_old_page_would_be_shown(here: Process, other: Process) -> None:
    """The control: what the test above sees is the edition's doing. What is sold out needs none."""
    goods = await stocked(other.db)
    before = await here.update()
    first = await before.page(goods.id)
    async with other.db.begin() as session:
        await CHANGES["a title"](session)
        await CHANGES["what is left"](session)
    stale = await before.page(goods.id)
    assert [card.title for card in stale.cards] == [card.title for card in first.cards]
    assert [card.is_sold_out for card in (*first.cards, *stale.cards)] == [False, False, True, True]
    assert [card.title["en"] for card in (await here.page(goods.id)).cards] == ["Jug", "Cup"]


async def test_the_last_piece_sold_is_sold_out_on_the_next_page(here: Process, other: Process) -> None:
    """Without another edition: an order writes to no row that all orders write to."""
    variant = await a_variant(other.db, stock=1)
    goods = await a_category(other.db)
    assert [card.is_sold_out for card in (await here.page(goods.id)).cards] == [False]
    edition = (await here.update()).edition
    await a_confirmed_order(other.db, variant)
    assert [card.is_sold_out for card in (await here.page(goods.id)).cards] == [True]
    assert (await here.update()).edition == edition


async def test_an_edit_that_is_rolled_back_was_never_seen(here: Process) -> None:
    """While its transaction is open, pages are read in transactions of their own."""
    goods = await stocked(here.db)
    with suppress(LookupError):
        async with here.db.begin() as session:
            await CHANGES["a title"](session)
            assert [card.title["en"] for card in (await here.page(goods.id)).cards] == ["Mug", "Cup"]
            raise LookupError
    assert [card.title["en"] for card in (await here.page(goods.id)).cards] == ["Mug", "Cup"]


async def test_a_page_that_is_kept_costs_one_statement_and_the_categories_none(here: Process) -> None:
    goods = await stocked(here.db)
    await here.shows()
    pages = await here.update()
    with statements_of(here.db) as asked:
        await pages.categories()
        assert not asked
        await pages.page(goods.id)
    assert len([each for each in asked if each.startswith("SELECT")]) == 1


async def test_whatever_is_asked_for_no_more_than_so_much_is_kept(db_url: str) -> None:
    """A button's cursor is anybody's to make up."""
    process = Process(db_url, most=5)
    goods = await stocked(process.db)
    pages = await process.update()
    for cursor in range(1, 20):
        await pages.page(goods.id, after=cursor)
    with statements_of(process.db) as asked:
        await pages.page(goods.id, after=19)
    assert len(process.cache.listings) == 5
    assert len([each for each in asked if each.startswith("SELECT")]) == 1
    await process.db.close()


async def test_what_was_written_past_the_program_is_seen_after_a_minute(
    here: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand, or by an older program that still runs beside this one and knows no editions."""
    goods = await stocked(here.db)
    await here.page(goods.id)
    monkeypatch.setattr(editions, "are_touched_by", lambda _statement: False)
    async with here.db.begin() as session:
        await CHANGES["a hidden product"](session)
    assert len((await here.page(goods.id)).cards) == 2
    here.now += KEPT_S
    assert len((await here.page(goods.id)).cards) == 1


async def test_a_category_that_is_not_there_is_looked_for_again(here: Process, other: Process) -> None:
    await a_shop(here.db)
    with pytest.raises(NotFound):
        await here.page(1)
    home = await stocked(other.db)
    assert len((await here.page(home.id)).cards) == 2


async def test_what_one_program_writes_is_on_the_next_screen_of_the_other(sqlite_url: str, tmp_path: Path) -> None:
    """Two whole shops on one database, each with people of its own."""
    async with a_stage(sqlite_url, tmp_path / "here") as here, a_stage(sqlite_url, tmp_path / "there") as there:
        await stocked(here.app.db)
        await there.ann.sends("/catalog")
        await there.ann.taps("Goods")
        assert there.ann.sees("Mug")
        async with here.app.db.begin() as session:
            await CHANGES["a title"](session)
            await CHANGES["what is left"](session)
        await there.ann.taps("Back")
        await there.ann.taps("Goods")
        assert there.ann.sees("Jug: sold out")
