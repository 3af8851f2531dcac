"""Ten people edit one product, and count one shelf, at the same instant.

The controls look first and write afterwards, as a shop without the version in its UPDATE would: everybody looked, then everybody wrote.
"""

from collections import Counter
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import goods_edits, shelf
from store.audit import Actor
from store.db import Database, run_again
from store.models import AuditEntry, Price, Product, StockLevel, Variant
from store.shelf import Count
from tests.builders import NOW, a_variant
from tests.races.crowd import all_at_once

EDITORS = 10


async def sets_price(db: Database, product_id: int, version: int, price_minor: int) -> str:
    async def work(session: AsyncSession) -> str:
        at = product_id, version, ("USD", price_minor)
        await goods_edits.set_price(session, *at, actor=Actor.staff(price_minor), now=NOW)
        return "written"

    return await run_again(db, work)


async def written(db: Database, variant: Variant) -> tuple[int | None, int | None]:
    """The price that stands, and how many changes were written down."""
    async with db.read() as session:
        price = await session.scalar(select(Price.unit_minor).where(Price.variant_id == variant.id))
        changes = await session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "priced"))
    return price, changes


async def edit(db: Database, variant: Variant) -> Counter[str]:
    """Everybody saw the same version, and each wants another price."""
    async with db.read() as session:
        version = (await session.get_one(Product, variant.product_id)).version
    prices = range(2001, 2001 + EDITORS)
    outcomes = await all_at_once(partial(sets_price, db, variant.product_id, version, price) for price in prices)
    return Counter(each if isinstance(each, str) else type(each).__name__ for each in outcomes)


async def test_of_ten_editors_one_writes_and_nine_are_told(db: Database) -> None:
    variant = await a_variant(db)
    assert await edit(db, variant) == {"written": 1, "EditedMeanwhile": EDITORS - 1}
    price, changes = await written(db, variant)
    assert price in range(2001, 2001 + EDITORS)
    assert changes == 1


async def test_without_the_version_everybody_writes_over_the_one_before(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control. Nine people's prices are gone, and nobody was told."""

    async def claim(session: AsyncSession, product_id: int, _version: int, **values: Any) -> None:
        changed = update(Product).where(Product.id == product_id)
        await session.execute(changed.values(version=Product.version + 1, **values))

    monkeypatch.setattr(goods_edits, "claim", claim)
    variant = await a_variant(db)
    assert await edit(db, variant) == {"written": EDITORS}
    assert (await written(db, variant))[1] == EDITORS


async def counts(db: Database, variant_id: int, counted: Count, seen: int) -> str:
    async def work(session: AsyncSession) -> str:
        await shelf.count(session, variant_id, counted, seen=seen, actor=Actor.staff(1), now=NOW)
        return "counted"

    return await run_again(db, work)


async def on_hand(db: Database, variant: Variant) -> int:
    async with db.read() as session:
        return (await session.scalars(select(StockLevel.on_hand).where(StockLevel.variant_id == variant.id))).one()


async def test_of_ten_who_counted_what_they_saw_one_is_right(db: Database) -> None:
    """Each saw 5 and counted another number: whoever comes second has seen a shelf that is not there any more."""
    variant = await a_variant(db, stock=5)
    numbers = [Count(pieces, is_difference=False) for pieces in range(10, 10 + EDITORS)]
    outcomes = await all_at_once(partial(counts, db, variant.id, each, 5) for each in numbers)
    told = Counter(each if isinstance(each, str) else type(each).__name__ for each in outcomes)
    assert told == {"counted": 1, "EditedMeanwhile": EDITORS - 1}
    assert await on_hand(db, variant) in range(10, 10 + EDITORS)


async def test_without_the_look_a_count_swallows_what_came_in(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control. Five were counted; three that came in meanwhile are gone."""
    variant = await a_variant(db, stock=5)
    await counts(db, variant.id, Count(3, is_difference=True), 5)

    async def as_seen(session: AsyncSession, variant_id: int, counted: Count, **given: Any) -> None:
        given.pop("seen")
        await shelf.set_on_hand(session, variant_id, counted.pieces, reason="", **given)

    monkeypatch.setattr(shelf, "count", as_seen)
    await counts(db, variant.id, Count(5, is_difference=False), 5)
    assert await on_hand(db, variant) == 5


async def test_ten_deliveries_at_once_are_ten_deliveries(db: Database) -> None:
    variant = await a_variant(db, stock=5)
    outcomes = await all_at_once(
        partial(counts, db, variant.id, Count(2, is_difference=True), 5) for _ in range(EDITORS)
    )
    assert set(outcomes) == {"counted"}
    assert await on_hand(db, variant) == 5 + 2 * EDITORS
