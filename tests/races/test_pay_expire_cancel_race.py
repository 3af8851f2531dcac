"""The money arrives, the time is up, and the customer cancels: all in the same instant, for many orders at once."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import order_life
from store.audit import Actor
from store.db import Database, run_again
from store.errors import NotAllowedNow
from store.models import AuditEntry, Order, Variant
from store.order_status import OrderStatus
from tests.builders import Ready, a_variant
from tests.order_builders import LATER, Shelf, assert_books_balance, place, shelf
from tests.races.crowd import a_crowd, all_at_once

ORDERS = 50
Act = Callable[[AsyncSession], Awaitable[bool]]


async def unpaid_orders(db: Database, variant: Variant) -> list[tuple[int, Ready]]:
    crowd = await a_crowd(db, ORDERS, variant)
    return [((await place(db, ready)).order_id, ready) for ready in crowd]


def contestants(order_id: int, ready: Ready) -> list[Act]:
    """Whether each has won."""

    async def pay(session: AsyncSession) -> bool:
        return await order_life.confirm(session, order_id, now=LATER)

    async def expire(session: AsyncSession) -> bool:
        return await order_life.expire(session, order_id, now=LATER)

    async def cancel(session: AsyncSession) -> bool:
        try:
            await order_life.cancel(session, order_id, actor=Actor.customer(ready.customer.id), reason="x", now=LATER)
        except NotAllowedNow:
            return False
        return True

    return [pay, expire, cancel]


async def statuses(db: Database) -> dict[int, str]:
    async with db.read() as session:
        return {row.id: row.status for row in await session.execute(select(Order.id, Order.status))}


async def stories(db: Database) -> Counter[tuple[str, ...]]:
    """What happened to the orders after they were placed."""
    told: dict[int, tuple[str, ...]] = {}
    async with db.read() as session:
        entries = await session.execute(
            select(AuditEntry.subject_id, AuditEntry.action)
            .where(AuditEntry.subject_type == "order", AuditEntry.action != "placed")
            .order_by(AuditEntry.id)
        )
        for order_id, action in entries:
            told[order_id] = (*told.get(order_id, ()), action)
    return Counter(told.values())


def shuffled(db: Database, orders: list[tuple[int, Ready]]) -> list[Callable[[], Awaitable[bool]]]:
    acts: list[Callable[[], Awaitable[bool]]] = [
        partial(run_again, db, act) for order_id, ready in orders for act in contestants(order_id, ready)
    ]
    random.Random(7).shuffle(acts)
    return acts


async def test_each_order_has_one_winner_and_the_counters_are_exact(db: Database) -> None:
    """Paid orders keep their goods; the others give them back, once. A customer may still cancel what was paid a moment ago."""
    mug = await a_variant(db, stock=60)
    outcomes = await all_at_once(shuffled(db, await unpaid_orders(db, mug)))
    assert set(map(type, outcomes)) == {bool}
    assert set(await stories(db)) <= {("confirmed",), ("expired",), ("cancelled",), ("confirmed", "cancelled")}
    assert sum((await stories(db)).values()) == ORDERS
    paid = Counter((await statuses(db)).values())[OrderStatus.CONFIRMED]
    assert await shelf(db, mug) == Shelf(on_hand=60, reserved=paid)
    await assert_books_balance(db)


async def test_of_a_download_there_is_exactly_one_winner(db: Database) -> None:
    """Nobody cancels what has been delivered: of the three one wins, and what was delivered has left the shelf."""
    key = await a_variant(db, stock=60, kind="digital")
    outcomes = await all_at_once(shuffled(db, await unpaid_orders(db, key)))
    assert Counter(outcomes) == {True: ORDERS, False: 2 * ORDERS}
    delivered = (await stories(db))[("confirmed",)]
    assert await shelf(db, key) == Shelf(on_hand=60 - delivered, reserved=0)
    await assert_books_balance(db)


async def test_without_the_compare_and_set_there_are_several_winners(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control. The UPDATE of the status has lost its WHERE; each of the three looked first, and all saw an order that waits for its money.

    The look comes before anybody acts, so that SQLite's one writer does not turn the three into a queue by itself.
    """
    orders = await unpaid_orders(db, await a_variant(db, stock=60))
    seen = await statuses(db)
    monkeypatch.setattr(order_life, "moved", partial(move_what_was_seen, seen))
    outcomes = await all_at_once(shuffled(db, orders))
    assert Counter(outcomes)[True] > ORDERS, "somebody must have won what another had won"
    assert any(len(story) > 1 and "expired" in story for story in await stories(db)), (
        "paid and expired, or cancelled twice"
    )


async def move_what_was_seen(
    seen: dict[int, str], session: AsyncSession, model: Any, row_id: int, to: OrderStatus, **kwargs: Any
) -> bool:
    """Check, then act: what `moved` would be without its WHERE."""
    if seen[row_id] != OrderStatus.PENDING_PAYMENT:
        return False
    await session.execute(
        update(model).where(model.id == row_id).values(status=to).execution_options(synchronize_session=False)
    )
    return True
