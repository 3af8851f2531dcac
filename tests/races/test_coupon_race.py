"""Everybody wants the coupon that was made for ten orders, and one customer wants it on every order.

In the controls the guard is taken out, and everybody has looked before anybody acts: so it is the same on all three databases.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import pytest
from sqlalchemy import false, func, select, true, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from store import coupon_edits, coupon_uses, coupons, order_life
from store.coupon_edits import Wanted
from store.coupons import Applied
from store.db import Database, run_again
from store.models import Checkout, Coupon, CouponUse, Order
from tests.builders import NOW, Ready, a_customer, a_ready_checkout, a_shop, a_variant
from tests.coupon_builders import with_coupon
from tests.order_builders import LATER, STAFF, assert_books_balance, place, press
from tests.races.conftest import Unguarded
from tests.races.crowd import PRICE_MINOR, a_crowd, all_at_once

ONCE_A_CUSTOMER = "uq_coupon_uses_coupon_id_customer_id_slot"
OFF_MINOR = PRICE_MINOR // 10


async def a_coupon(db: Database, max_uses: int | None = 10, *, code: str = "WELCOME10") -> Coupon:
    await a_shop(db)
    async with db.begin() as session:
        wanted = Wanted(code, percent=10, max_uses=max_uses)
        return await coupon_edits.create(session, wanted, actor=STAFF, now=NOW)


async def a_crowd_with_coupon(db: Database, count: int) -> tuple[Coupon, list[Ready]]:
    """*count* people at the review screen of one mug less ten percent, and enough mugs."""
    mug = await a_variant(db, stock=count)
    crowd, ten = await a_crowd(db, count, mug), await a_coupon(db)
    async with db.begin() as session:
        await session.execute(update(Checkout).values(coupon_id=ten.id, expected_total_minor=PRICE_MINOR - OFF_MINOR))
    return ten, crowd


async def standing(db: Database, coupon: Coupon) -> tuple[int, int, int]:
    """How often the coupon was counted, how many orders have it, and how many cost less."""
    async with db.read() as session:
        row = await coupon_edits.coupon(session, coupon.id)
        have = await session.scalar(select(func.count(CouponUse.id)).where(CouponUse.given_back_at.is_(None)))
        cheaper = await session.scalar(select(func.count(Order.id)).where(Order.discount_minor > 0))
        return row.used, have or 0, cheaper or 0


async def test_a_coupon_for_ten_orders_is_on_ten(db: Database) -> None:
    """The others are told, and nothing of theirs is placed."""
    ten, crowd = await a_crowd_with_coupon(db, 80)
    outcomes = await all_at_once(partial(place, db, ready) for ready in crowd)
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Placed": 10, "CouponGone": 70}
    assert await standing(db, ten) == (10, 10, 10)
    await assert_books_balance(db)


async def test_without_the_guard_everybody_has_it(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control. The UPDATE has lost its WHERE: forty orders have the coupon for ten."""
    ten, crowd = await a_crowd_with_coupon(db, 40)
    monkeypatch.setattr(coupons, "is_open", lambda _now: true())
    outcomes = await all_at_once(partial(place, db, ready) for ready in crowd)
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Placed": 40}
    assert await standing(db, ten) == (40, 40, 40)


async def test_orders_that_end_give_back_what_others_take(db: Database) -> None:
    """Ten expire while thirty others press: never more than ten have it, and what is counted is what there is."""
    ten, crowd = await a_crowd_with_coupon(db, 40)
    first, others = crowd[:10], crowd[10:]
    placed = [await place(db, ready) for ready in first]

    async def ends(order_id: int) -> bool:
        async def expire(session: AsyncSession) -> bool:
            return await order_life.expire(session, order_id, now=LATER)

        return await run_again(db, expire)

    acts: list[Callable[[], Awaitable[object]]] = [
        *(partial(ends, each.order_id) for each in placed),
        *(partial(place, db, ready) for ready in others),
    ]
    await all_at_once(acts)
    used, have, _ = await standing(db, ten)
    assert used == have <= 10
    await assert_books_balance(db)


async def spent_at_once(db: Database, times: int) -> Counter[str]:
    """One customer's *times* orders, all wanting the coupon in the same instant."""
    mug, ann = await a_variant(db, stock=times), await a_customer(db)
    placed = [await place(db, await a_ready_checkout(db, mug, customer=ann), now=NOW) for _ in range(times)]
    ten = await a_coupon(db, max_uses=None)
    applied = Applied(ten.id, ten.code, OFF_MINOR)

    async def spend(order_id: int) -> str:
        async def act(session: AsyncSession) -> str:
            await coupon_uses.spend(session, applied, ann.id, order_id, freed={}, now=NOW)
            return "spent"

        return await run_again(db, act)

    outcomes = await all_at_once(partial(spend, each.order_id) for each in placed)
    return Counter(outcome if isinstance(outcome, str) else type(outcome).__name__ for outcome in outcomes)


async def test_a_customer_has_it_on_one_order(db: Database) -> None:
    assert await spent_at_once(db, 3) == {"spent": 1, "CouponGone": 2}


async def test_the_key_alone_is_enough(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has looked before the others have acted saw nothing."""
    monkeypatch.setattr(coupons, "is_used", lambda _customer_id: false())
    assert await spent_at_once(db, 3) == {"spent": 1, "CouponGone": 2}


async def test_without_the_key_a_customer_has_it_on_all(unguarded: Unguarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control."""
    monkeypatch.setattr(coupons, "is_used", lambda _customer_id: false())
    assert await spent_at_once(await unguarded(ONCE_A_CUSTOMER), 3) == {"spent": 3}


async def crossing(db: Database) -> list[object]:
    """Two who want the goods of two forgotten orders: each frees the coupon that the other one spends. Nobody tries again."""
    ones, others = [], []
    coupons_of = [await a_coupon(db, max_uses=None, code=code) for code in ("LEFT", "RIGHT")]
    for own, other in (coupons_of, coupons_of[::-1]):
        mug = await a_variant(db, stock=1)
        ones.append(await with_coupon(db, await a_ready_checkout(db, mug), own))
        others.append(await with_coupon(db, await a_ready_checkout(db, mug), other))
    for forgotten in ones:
        await place(db, forgotten)

    async def once(ready: Ready) -> object:
        async with db.begin() as session:
            return await press(session, ready, now=LATER)

    return list(await all_at_once(partial(once, ready) for ready in others))


async def test_who_frees_one_and_spends_another_crosses_nobody(db: Database) -> None:
    assert [type(outcome).__name__ for outcome in await crossing(db)] == ["Placed", "Placed"]


async def test_freed_first_and_spent_afterwards_they_stop_each_other(
    served: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control. Both have freed one before either spends: the database ends one of them."""
    both = asyncio.Barrier(2)

    async def freed_first(
        session: AsyncSession, applied: Applied, customer_id: int, order_id: int, *, freed: Mapping[int, int], now: Any
    ) -> None:
        await coupon_uses.count(session, freed)
        if freed:
            await both.wait()
        await coupon_uses._take(session, applied, customer_id, order_id, now=now)

    monkeypatch.setattr(coupon_uses, "spend", freed_first)
    outcomes = await crossing(served)
    assert sum(isinstance(outcome, DBAPIError) for outcome in outcomes) == 1
