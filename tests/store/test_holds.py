"""Whoever has not paid is reminded once, in good time."""

import asyncio
from datetime import timedelta

import pytest

from store import holds, order_life
from store.db import Database
from store.orders import OrderView
from tests.builders import NOW
from tests.order_builders import HOLD, ON_DELIVERY, an_order, buyer, cancel, events

SOON = NOW + HOLD - timedelta(minutes=9)


async def _told(db: Database) -> int:
    return (await events(db, "order")).count("order.hold_ending")


@pytest.mark.parametrize(
    ("held_for", "before"),
    [(timedelta(minutes=30), timedelta(minutes=10)), (timedelta(minutes=6), timedelta(minutes=2)), (timedelta(days=9), timedelta(days=1))],
)  # fmt: skip
def test_the_last_third_of_a_hold_is_time_to_remind(held_for: timedelta, before: timedelta) -> None:
    """But nobody is reminded days ahead."""
    assert holds.remind_at(NOW, NOW + held_for) == NOW + held_for - before


def test_what_is_not_held_is_not_reminded_of() -> None:
    """Cash on delivery."""
    assert holds.remind_at(NOW, None) is None


async def test_an_unpaid_order_is_reminded_of_once(db: Database) -> None:
    """Not before its time, and not again with every turn of the job."""
    await an_order(db)
    assert await holds.remind(db, now=NOW + timedelta(minutes=19)) == 0
    assert await holds.remind(db, now=SOON) == 1
    assert await holds.remind(db, now=SOON + timedelta(minutes=1)) == 0
    assert await _told(db) == 1


async def test_two_programs_remind_once(db: Database) -> None:
    """The column is emptied by whoever comes first."""
    await an_order(db)
    assert sum(await asyncio.gather(*(holds.remind(db, now=SOON) for _ in range(4)))) == 1
    assert await _told(db) == 1


async def _pays(db: Database, order: OrderView) -> None:
    async with db.begin() as session:
        await order_life.confirm(session, order.id, now=NOW)


async def test_who_has_paid_or_given_up_is_left_alone(db: Database) -> None:
    await _pays(db, await an_order(db))
    called_off = await an_order(db)
    await cancel(db, called_off, buyer(called_off))
    await an_order(db, capabilities=ON_DELIVERY)
    assert await holds.remind(db, now=SOON) == 0


async def test_an_order_whose_time_is_up_is_not_reminded_of(db: Database) -> None:
    """The program was down: it expires, and a reminder would only mock."""
    await an_order(db)
    assert await holds.remind(db, now=NOW + HOLD) == 0
