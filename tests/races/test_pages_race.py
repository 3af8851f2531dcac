"""Many people page through the catalogue in two processes while the merchant writes to it, as fast as he can.

Whoever pressed after a commit must see what it made. The control asks for the edition once, as a cache without a version in the database would.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from sqlalchemy import update

from bot.cache import PageCache, Pages
from store import arrivals, catalog
from store.db import Database
from store.models import Price, Product
from tests.builders import a_category, a_variant

WRITES, READERS = 25, 4


class Shelf:
    """One product, whose title and price are the number of the last write."""

    def __init__(self, db: Database, category_id: int) -> None:
        self.db, self.category_id = db, category_id
        self.committed, self.is_done = 0, False

    async def write_on(self) -> None:
        for number in range(1, WRITES + 1):
            async with self.db.begin() as session:
                await session.execute(update(Product).values(title={"en": str(number)}))
                await session.execute(update(Price).values(unit_minor=number))
            self.committed = number
            await asyncio.sleep(0)  # others go on
        self.is_done = True

    async def look_on(self, begin: Callable[[], Awaitable[Pages]]) -> set[str]:
        """What was older than what had been committed before the page was asked for."""
        stale, is_last = set[str](), False
        while not is_last:
            is_last, floor = self.is_done, self.committed
            (card,) = (await (await begin()).page(self.category_id)).cards
            shown = {"title": int(card.title["en"]), "price": card.price_minor}
            stale |= {what for what, number in shown.items() if number < floor}
        return stale


async def an_update(cache: PageCache) -> Pages:
    async with cache.db.read() as session:
        seen = await arrivals.look(session, telegram_id=None)
    assert seen is not None
    return cache.at(seen.edition, seen.currency)


@asynccontextmanager
async def two_processes(url: str) -> AsyncIterator[list[PageCache]]:
    databases = [Database(url), Database(url)]
    yield [PageCache(each) for each in databases]
    for each in databases:
        await each.close()


async def a_shelf(db: Database) -> Shelf:
    await a_variant(db, title="0", price_minor=0)
    return Shelf(db, (await a_category(db)).id)


async def read_in(caches: list[PageCache], shelf: Shelf, *, is_frozen: bool) -> set[str]:
    async def reader(cache: PageCache) -> set[str]:
        first = await an_update(cache)

        async def as_at_first() -> Pages:
            return first

        return await shelf.look_on(as_at_first if is_frozen else partial(an_update, cache))

    async with asyncio.TaskGroup() as together:
        readers = [together.create_task(reader(each)) for each in caches for _ in range(READERS)]
        together.create_task(shelf.write_on())
    return {what for each in readers for what in each.result()}


async def test_nobody_sees_what_was_over_when_he_pressed(db: Database) -> None:
    shelf = await a_shelf(db)
    async with two_processes(db.url) as caches:
        assert not await read_in(caches, shelf, is_frozen=False)


async def test_without_the_edition_people_see_titles_that_are_over(db: Database) -> None:
    """The control. Prices are asked for each time, and need no edition."""
    shelf = await a_shelf(db)
    async with two_processes(db.url) as caches:
        assert await read_in(caches, shelf, is_frozen=True) == {"title"}


async def test_people_who_write_to_different_goods_meet_only_at_the_edition(db: Database) -> None:
    """It is the last row of each, so nobody holds what another waits for: no transaction is given up."""
    ids = [(await a_variant(db)).product_id for _ in range(8)]

    async def write(product_id: int) -> None:
        for number in range(5):
            async with db.begin() as session:
                changed = update(Product).where(Product.id == product_id)
                await session.execute(changed.values(title={"en": str(number)}))

    await asyncio.gather(*map(write, ids))
    async with db.read() as session:
        page = await catalog.products_page(session, (await a_category(db)).id, "USD", limit=8)
    assert [card.title["en"] for card in page.cards] == ["4"] * 8
