"""One cart, many presses of the button. No lock per person here: what counts is in the database.

Three guards stand behind each other: the idempotency key, the claim on the cart's version, and the unique `orders.cart_id`. In the tests that take them
out everybody has read everything before anybody writes, so that what remains must decide, on SQLite too, whose transactions come one by one.
"""

import asyncio
import json
from collections import Counter
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import Update

from store import placing
from store.db import Database
from store.models import Cart, Order
from store.placing import Placed
from tests.builders import NOW, Ready, a_ready_checkout, a_variant
from tests.order_builders import ONLINE, Shelf, assert_books_balance, events, place, shelf
from tests.races.conftest import Unguarded
from tests.races.crowd import all_at_once
from tests.races.processes import told_by

TIME_LIMIT_S = 120
KEY, CART_ONCE = "pk_idempotency_keys", "uq_orders_cart_id"


async def test_twenty_presses_at_once_make_one_order(db: Database) -> None:
    """All twenty learn of the same order, one that it is new; the goods are set aside once and the world hears once."""
    mug = await a_variant(db, stock=50)
    ready = await a_ready_checkout(db, mug)
    outcomes = await all_at_once(partial(place, db, ready) for _ in range(20))
    assert {type(outcome) for outcome in outcomes} == {Placed}
    assert Counter(placed.is_new for placed in outcomes if isinstance(placed, Placed)) == {True: 1, False: 19}
    assert len({placed.order_id for placed in outcomes if isinstance(placed, Placed)}) == 1
    assert await shelf(db, mug) == Shelf(on_hand=50, reserved=1)
    assert await events(db) == ["order.placed"]
    await assert_books_balance(db)


async def test_the_last_piece_pressed_twenty_times_is_one_order(db: Database) -> None:
    """Nineteen find the shelf empty, by their own order: they are shown that one, not "sold out"."""
    ready = await a_ready_checkout(db, await a_variant(db, stock=1))
    outcomes = await all_at_once(partial(place, db, ready) for _ in range(20))
    assert Counter(getattr(outcome, "is_new", outcome) for outcome in outcomes) == {True: 1, False: 19}


async def test_presses_from_two_processes_make_one_order(db: Database, db_url: str) -> None:
    """Two workers behind a load balancer, ten presses each: no lock of one process helps against the other."""
    mug = await a_variant(db, stock=50)
    ready = await a_ready_checkout(db, mug)
    async with asyncio.timeout(TIME_LIMIT_S):
        presses = await pressed_by_processes(db_url, ready, processes=2, times=10)
    assert len(presses) == 20
    assert Counter(is_new for _, is_new in presses) == {True: 1, False: 19}
    assert len({order_id for order_id, _ in presses}) == 1
    assert await shelf(db, mug) == Shelf(on_hand=50, reserved=1)
    await assert_books_balance(db)


async def test_without_the_guards_every_press_is_an_order(
    unguarded: Unguarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control. Twenty orders from one cart."""
    db = await unguarded(KEY, CART_ONCE)
    monkeypatch.setattr(placing, "_claim", claim_whatever)
    assert await orders_after_reading_first(db, monkeypatch) == 20


@pytest.mark.parametrize("guard", ["key", "claim", "unique"])
async def test_each_guard_alone_is_enough(unguarded: Unguarded, monkeypatch: pytest.MonkeyPatch, guard: str) -> None:
    """The same twenty, with one of the three in place."""
    db = await unguarded(*({KEY, CART_ONCE} - {{"key": KEY, "unique": CART_ONCE}.get(guard, "")}))
    if guard != "claim":
        monkeypatch.setattr(placing, "_claim", claim_whatever)
    assert await orders_after_reading_first(db, monkeypatch) == 1


async def orders_after_reading_first(db: Database, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many orders come of twenty presses that have all read the cart before one of them writes."""
    ready = await a_ready_checkout(db, await a_variant(db, stock=50))
    async with db.read() as session:
        decided = await placing._decided(
            session, ready.customer.id, ready.cart_id, ready.cart_version, ONLINE, ready.payment_method, now=NOW
        )
    monkeypatch.setattr(placing, "_decided", answering(decided))
    monkeypatch.setattr(placing, "_look", answering((None, [])))
    await all_at_once(partial(place, db, ready) for _ in range(20))
    return await count(db, Order)


def answering(value: Any) -> Any:
    async def read(_session: AsyncSession, *_args: object, **_kwargs: object) -> Any:
        return value

    return read


def claim_whatever(_customer_id: int, cart_id: int, _version: int, _now: object) -> tuple[Update, placing.Values]:
    claim = update(Cart).where(Cart.id == cart_id).values(status="placed")
    return claim.execution_options(synchronize_session=False), {}


async def count(db: Database, model: type[Order]) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def pressed_by_processes(url: str, ready: Ready, *, processes: int, times: int) -> list[Any]:
    """What each press of each process answered."""
    arguments = [url, ready.customer.id, ready.cart_id, ready.cart_version, times]
    return [json.loads(line) for line in await told_by("tests.races.press_place", arguments, processes=processes)]
