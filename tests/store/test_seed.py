import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from store import catalog, delivery
from store.db import Database
from store.models import DeliveryMethod, Product, Seller, StockLevel, StockMove, Variant
from store.seed import seed
from tests.builders import NOW, a_cart, a_customer

CATALOGUE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "bot" / "demo" / "seed" / "catalogue.json").read_text("utf-8")
)


async def seeded(db: Database, catalogue: dict[str, Any] = CATALOGUE) -> bool:
    async with db.begin() as session:
        return await seed(session, catalogue, now=NOW)


async def test_the_demo_catalogue_becomes_a_shop(db: Database) -> None:
    """Everything in the file can be browsed, in three languages."""
    assert await seeded(db)
    async with db.read() as session:
        found = await catalog.categories(session, "USD")
        assert [view.slug for view in found] == [row["slug"] for row in CATALOGUE["categories"]]
        pages = [await catalog.products_page(session, view.id, "USD", limit=100) for view in found]
        dress = await catalog.product(session, pages[0].cards[0].id, "USD")
    assert sum(len(page.cards) for page in pages) == len(CATALOGUE["products"])
    assert dress.title.keys() == {"en", "zh", "ru"}
    assert [variant.sku for variant in dress.variants] == ["DRESS-S", "DRESS-M", "DRESS-L", "DRESS-XL"]
    assert [variant.free for variant in dress.variants] == [8, 4, 6, 1]
    assert (dress.variants[0].price_minor, dress.variants[0].compare_at_minor) == (4500, 6000)


async def test_every_piece_on_the_shelf_came_in_by_a_move(db: Database) -> None:
    """Otherwise the first reconciliation would report the whole shop."""
    await seeded(db)
    sums = select(StockMove.variant_id, func.sum(StockMove.d_on_hand)).group_by(StockMove.variant_id)
    async with db.read() as session:
        moved = {variant_id: int(pieces) for variant_id, pieces in await session.execute(sums)}
        levels = list(await session.scalars(select(StockLevel)))
        assert len(levels) == await session.scalar(select(func.count()).select_from(Variant))
    assert all(moved.get(level.variant_id, 0) == level.on_hand for level in levels)


async def test_a_shop_is_seeded_once(db: Database) -> None:
    """Two processes that start at once included."""
    assert sorted(await asyncio.gather(seeded(db), seeded(db))) == [False, True]
    assert not await seeded(db)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Seller)) == 1
        assert await session.scalar(select(func.count()).select_from(Product)) == len(CATALOGUE["products"])


async def test_the_deliveries_of_the_demo_reach_the_whole_world(db: Database) -> None:
    """Four ways, and a price for the mainland, the islands and far away."""
    await seeded(db)
    async with db.read() as session:
        variant = (await session.scalars(select(Variant).where(Variant.sku == "DRESS-S"))).one()
        assert await session.scalar(select(func.count()).select_from(DeliveryMethod)) == 4
    cart = await a_cart(db, await a_customer(db), variant)
    prices = {}
    async with db.read() as session:
        for country, postcode in (("PT", "1100"), ("PT", "9500"), ("JP", "100")):
            found = await delivery.options(session, cart, country=country, postcode=postcode)
            prices[country, postcode] = [option.price_minor for option in found]
    assert prices == {("PT", "1100"): [390, 890, 0], ("PT", "9500"): [790, 890, 0], ("JP", "100"): [1490, 3490, 0]}


async def test_a_catalogue_with_no_real_currency_is_refused(sqlite_db: Database) -> None:
    """Every price in it would be a guess."""
    with pytest.raises(ValueError, match="unknown currency"):
        await seeded(sqlite_db, CATALOGUE | {"shop": CATALOGUE["shop"] | {"currency": "EURO"}})
    async with sqlite_db.read() as session:
        assert await session.scalar(select(Seller.id)) is None
