"""A first piece is put into a cart while the merchant takes its currency back: no cart stays in a currency that nobody sells in."""

import asyncio
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import carts, currencies, price_lists, prices
from store.audit import SYSTEM
from store.db import Database
from store.models import Cart, Customer, Variant
from tests.builders import NOW, a_customer, a_shop, a_variant
from tests.races.crowd import all_at_once

BUYERS = 10


async def a_list(db: Database) -> Variant:
    """Of one mug, in euros."""
    await a_shop(db)
    mug = await a_variant(db, stock=BUYERS)
    async with db.begin() as session:
        await price_lists.offer(session, "EUR", actor=SYSTEM, now=NOW)
        await prices.set_price(session, mug.id, "EUR", 1400, actor=SYSTEM, now=NOW)
    return mug


async def a_european(db: Database) -> Customer:
    ann = await a_customer(db)
    async with db.begin() as session:
        (await session.get_one(Customer, ann.id)).currency = "EUR"
    return ann


async def puts(db: Database, customer: Customer, variant: Variant) -> None:
    async with db.begin() as session:
        await carts.add(session, customer.id, variant.id, now=NOW)


async def withdraws(db: Database) -> None:
    async with db.begin() as session:
        await price_lists.withdraw(session, "EUR", actor=SYSTEM, now=NOW)


async def left_behind(db: Database) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count(Cart.id)).where(Cart.currency == "EUR")) or 0


async def test_no_cart_stays_in_a_currency_that_is_taken_back(db: Database) -> None:
    mug = await a_list(db)
    buyers = [await a_european(db) for _ in range(BUYERS)]
    first, then = ([partial(puts, db, each, mug) for each in some] for some in (buyers[::2], buyers[1::2]))
    await all_at_once([*first, partial(withdraws, db), *then])
    assert await left_behind(db) == 0


async def test_without_the_lock_a_cart_stays(served: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control. It was offered when the buyer looked, and taken back before there was a cart."""
    mug, ann, is_taken = await a_list(served), await a_european(served), asyncio.Event()

    async def is_held(_session: AsyncSession, _currency: str) -> bool:
        await is_taken.wait()
        return True

    async def then_tells() -> None:
        await withdraws(served)
        is_taken.set()

    monkeypatch.setattr(currencies, "is_held", is_held)
    await asyncio.gather(puts(served, ann, mug), then_tells())
    assert await left_behind(served) == 1
