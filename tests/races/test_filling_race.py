"""Somebody types a price while the very piece that it belongs to is filled from a rate: theirs stands, or they are told."""

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store import goods_edits, price_filling, price_lists, prices
from store.audit import SYSTEM
from store.db import Database
from store.errors import EditedMeanwhile
from store.models import Price, Product, Variant
from tests.builders import NOW, a_shop, a_variant

THEIRS = 999


async def types(db: Database, mug: Variant, version: int) -> bool:
    """Whether it was taken; otherwise they read that somebody has changed the product."""
    try:
        async with db.begin() as session:
            await goods_edits.set_variant_price(session, mug.id, version, ("EUR", THEIRS), actor=SYSTEM, now=NOW)
    except EditedMeanwhile:
        return False
    return True


async def typed_within(db: Database, monkeypatch: pytest.MonkeyPatch, *, patience_s: float) -> tuple[bool, int]:
    """Whether it was taken, and what the mug costs in the end. It is typed when the piece is chosen, and not written yet."""
    await a_shop(db)
    mug = await a_variant(db, price_minor=1500)
    async with db.begin() as session:
        version = (await session.get_one(Product, mug.product_id)).version
        await price_lists.offer(session, "EUR", actor=SYSTEM, now=NOW)
    write, is_chosen = prices.set_prices, asyncio.Event()

    async def types_then() -> bool:
        await is_chosen.wait()
        return await types(db, mug, version)

    typing = asyncio.create_task(types_then())

    async def meanwhile(session: AsyncSession, currency: str, tags: Mapping[int, prices.Tag], **who: Any) -> int:
        if not is_chosen.is_set():
            is_chosen.set()
            await asyncio.wait({typing}, timeout=patience_s)
        return await write(session, currency, tags, **who)

    monkeypatch.setattr(prices, "set_prices", meanwhile)
    await price_filling.fill(db, "EUR", Decimal("0.5"), anew=False, actor=SYSTEM, now=NOW)
    is_taken = await typing
    async with db.read() as session:
        minor = (await session.scalars(select(Price.unit_minor).where(Price.currency == "EUR"))).one()
    return is_taken, minor


async def test_a_price_that_was_typed_is_never_lost_without_a_word(
    served: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await typed_within(served, monkeypatch, patience_s=0.2) == (False, 750)


async def test_without_holding_the_product_it_is(served: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control. It was taken, and is gone."""

    async def hold(_session: AsyncSession, _variant_ids: list[int]) -> None:
        return

    monkeypatch.setattr(price_filling, "_hold", hold)
    assert await typed_within(served, monkeypatch, patience_s=10) == (True, 750)
