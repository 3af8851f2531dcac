"""What moves the edition of the catalogue, and what does not."""

import ast
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import (
    arrivals,
    catalog,
    catalog_edits,
    categories,
    editions,
    goods_drafts,
    goods_edits,
    goods_variants,
    pictures,
    prices,
    stock,
)
from store.audit import SYSTEM, Actor
from store.db import Database
from store.goods import Goods
from store.goods_variants import Size
from store.models import Category, Price, Product, Seller
from store.models.base import table
from tests.bot.test_statements import statements_of
from tests.builders import NOW, a_category, a_confirmed_order, a_shop, a_variant
from tests.sources import PACKAGES, named, parsed, sources
from tests.store.importing.test_applying import TEES
from tests.store.importing.working import imported
from tests.store.test_goods import a_published

Write = Callable[[AsyncSession], Awaitable[Any]]

BOSS = Actor.staff(1, "Max")
BY: dict[str, Any] = {"actor": BOSS, "now": NOW}


async def edition(db: Database) -> int:
    async with db.read() as session:
        seen = await arrivals.look(session, telegram_id=None)
    assert seen is not None and seen.edition is not None
    return seen.edition


async def moves(db: Database, write: Write) -> bool:
    """Whether the edition is another one after a transaction with *write*."""
    before = await edition(db)
    async with db.begin() as session:
        await write(session)
    return await edition(db) != before


async def a_row(session: AsyncSession, slug: str) -> dict[str, Any]:
    return {"seller_id": await session.scalar(select(Seller.id)), "slug": slug, "title": {"en": slug}}


async def add(session: AsyncSession) -> None:
    """Flushed by nobody but the commit."""
    session.add(Category(**await a_row(session, "new")))


async def change(session: AsyncSession) -> None:
    (await session.scalars(select(Product))).one().title = {"en": "Cup"}


async def add_row(session: AsyncSession) -> None:
    await session.execute(table(Category).insert(), await a_row(session, "new"))


async def add_rows(session: AsyncSession) -> None:
    await session.execute(insert(Category), [await a_row(session, slug) for slug in ("a", "b", "c")])


WAYS: dict[str, Write] = {
    "an object added": add,
    "an object changed": change,
    "a row": add_row,
    "many rows": add_rows,
    "entities": lambda session: session.execute(update(Price).values(unit_minor=7)),
    "rows taken out": lambda session: session.execute(delete(Price)),
    "plain text": lambda session: session.execute(text("update  variants set position = 3")),
}


@pytest.mark.parametrize("way", WAYS)
async def test_however_the_catalogue_is_written_to_it_is_another_edition(db: Database, way: str) -> None:
    """Nobody who writes to it needs to know that there are editions."""
    await a_variant(db)
    assert await moves(db, WAYS[way])


@pytest.mark.parametrize(
    ("statement", "is_touched"),
    [
        ("WITH old AS (SELECT id FROM carts) UPDATE products SET kind = ?", True),
        ("INSERT OR IGNORE INTO prices VALUES (?)", True),
        ("INSERT IGNORE INTO `prices` VALUES (%s)", True),
        ('DELETE FROM ONLY "categories"', True),
        ("SELECT id FROM products FOR UPDATE", False),
        ("WITH old AS (SELECT id FROM products) SELECT id FROM old", False),
        ("UPDATE stock_levels SET on_hand = ? WHERE variant_id IN (SELECT id FROM variants)", False),
        ("INSERT INTO price_changes SELECT id FROM prices", False),
    ],
)
def test_a_statement_is_known_by_what_it_writes_to(statement: str, is_touched: bool) -> None:
    """In each database's words."""
    assert editions.are_touched_by(statement) is is_touched


async def test_what_is_rolled_back_makes_no_edition(db: Database) -> None:
    await a_variant(db)
    before = await edition(db)
    with suppress(LookupError):
        async with db.begin() as session:
            await WAYS["entities"](session)
            raise LookupError
    assert await edition(db) == before


async def test_looking_and_selling_make_no_edition(db: Database) -> None:
    """Orders wait for no row that all orders write to."""
    variant = await a_variant(db, stock=5)

    async def look(session: AsyncSession) -> None:
        await session.execute(select(Product).with_for_update())

    async def receive(session: AsyncSession) -> None:
        await stock.receive(session, variant.id, 3, reason="test", actor=SYSTEM, source_id=77, now=NOW)

    assert not await moves(db, look)
    assert not await moves(db, receive)
    before = await edition(db)
    await a_confirmed_order(db, variant)
    assert await edition(db) == before


async def test_many_writes_of_one_transaction_draw_once_and_last(db: Database) -> None:
    """An import pays for one row more, which is locked for as short as can be."""
    await a_variant(db)
    with statements_of(db) as written:
        async with db.begin() as session:
            for unit_minor in range(20):
                await session.execute(update(Price).values(unit_minor=unit_minor))
    writes = [each for each in written if each.startswith("UPDATE")]
    assert len(writes) == 21
    assert writes[-1].startswith("UPDATE catalogue_editions")


Verb = Callable[[AsyncSession, Goods], Awaitable[Any]]
SEVERAL: dict[str, Verb] = {
    "a draft": lambda s, g: goods_drafts.begin(s, "Cup\n$9", language="en", picture=None, **BY),
    "a title": lambda s, g: goods_edits.set_title(s, g.id, g.version, "ru", "Кружка", **BY),
    "a description": lambda s, g: goods_edits.set_description(s, g.id, g.version, "en", "Good", **BY),
    "a price": lambda s, g: goods_edits.set_price(s, g.id, g.version, ("USD", 99), **BY),
    "a price of a variant": lambda s, g: goods_edits.set_variant_price(
        s, g.variants[0].id, g.version, ("USD", 99), **BY
    ),
    "a price of the list": lambda s, g: prices.set_price(s, g.variants[0].id, "EUR", 99, **BY),
    "hidden": lambda s, g: goods_edits.set_status(s, g.id, g.version, "hidden", **BY),
    "archived": lambda s, g: catalog_edits.archive_product(s, g.id, **BY),
    "another picture": lambda s, g: goods_edits.add_picture(s, g.id, "b.jpg", **BY),
    "another cover": lambda s, g: goods_edits.make_cover(s, g.id, g.version, 0, **BY),
    "no picture": lambda s, g: goods_edits.remove_picture(s, g.id, g.version, 0, **BY),
    "a gallery": lambda s, g: pictures.set_gallery(s, g.id, [], now=NOW),
    "sizes": lambda s, g: goods_variants.set_sizes(s, g.id, g.version, [Size("M", 3)], language="en", **BY),
    "a variant's name": lambda s, g: goods_variants.set_title(s, g.variants[0].id, g.version, "en", "L", **BY),
    "a variant withdrawn": lambda s, g: goods_variants.set_sold(s, g.variants[0].id, g.version, False, **BY),
    "a new category": lambda s, g: categories.create(s, "Cups", language="en", **BY),
    "a category's name": lambda s, g: categories.rename(s, g.category.id, "en", "Cups", **BY),
    "a category's sign": lambda s, g: categories.set_emoji(s, g.category.id, "☕", **BY),
    "a category's place": lambda s, g: categories.move(s, g.category.id, 1, **BY),
    "a hidden category": lambda s, g: categories.set_hidden(s, g.category.id, True, **BY),
}


@pytest.mark.parametrize("verb", SEVERAL)
async def test_whatever_the_merchant_changes_is_another_edition(sqlite_db: Database, verb: str) -> None:
    """Each verb of the desk that changes what customers are shown."""
    known = await a_published(sqlite_db)
    assert await moves(sqlite_db, lambda session: SEVERAL[verb](session, known))


async def test_a_price_in_stars_is_another_edition(sqlite_db: Database) -> None:
    variant = await a_variant(sqlite_db, kind="digital")
    assert await moves(sqlite_db, lambda session: goods_edits.set_stars(session, variant.id, 0, 99, **BY))


async def test_an_imported_file_is_one_edition(sqlite_db: Database, tmp_path: Path) -> None:
    await a_shop(sqlite_db)
    before = await edition(sqlite_db)
    with statements_of(sqlite_db) as written:
        await imported(sqlite_db, tmp_path, TEES)
    assert await edition(sqlite_db) != before
    assert len([each for each in written if each.startswith("UPDATE catalogue_editions")]) == 1


async def test_no_page_is_read_from_a_table_that_moves_no_edition(sqlite_db: Database) -> None:
    """But from the stock, which is never kept."""
    await a_variant(sqlite_db)
    home = await a_category(sqlite_db)
    with statements_of(sqlite_db) as asked:
        async with sqlite_db.read() as session:
            await catalog.categories(session, "USD")
            first = await catalog.products_page(session, home.id, "USD")
            await catalog.products_page(session, home.id, "USD", after=first.cards[0].id)
            await catalog.products_page(session, home.id, "USD", before=first.cards[0].id)
    read = {name for each in asked for name in re.findall(r"(?:FROM|JOIN)\s+(\w+)", each)}
    assert set(editions.TABLES) - {"product_pictures"} <= read
    assert read - editions.TABLES == {"stock_levels"}


def test_nobody_writes_past_the_door() -> None:
    """Only what goes through `Database.begin()` is seen; the migrations run while no shop does."""
    makers = {"AsyncSession", "async_sessionmaker", "create_async_engine", "create_engine", "AsyncConnection"}
    made = {
        named(path)
        for path in sources(*PACKAGES)
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in makers)
        or (isinstance(node, ast.Attribute) and node.attr in {"engine", "sync_engine"})
    }
    assert made == {"store/db.py", "store/migrate.py"}
