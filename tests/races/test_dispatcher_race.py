"""The same race as in `test_place_race.py`, from the outside: whole workers, each with its dispatcher, and no lock per person."""

import asyncio
import json
from pathlib import Path

from sqlalchemy import func, select

from store.db import Database
from store.models import Order, PaymentAttempt
from tests.builders import Ready, a_ready_checkout, a_variant
from tests.order_builders import Shelf, assert_books_balance, shelf
from tests.races.processes import told_by
from tests.races.test_place_race import TIME_LIMIT_S


async def pressed_in_workers(
    url: str, ready: Ready, folder: Path, *, processes: int, times: int
) -> list[tuple[int, list[str]]]:
    arguments = [url, folder, ready.customer.telegram_id, ready.cart_id, ready.cart_version, ready.total_minor, times]
    async with asyncio.timeout(TIME_LIMIT_S):
        lines = await told_by("tests.races.press_dispatcher", arguments, processes=processes)
    return [tuple(json.loads(line)) for line in lines]


async def test_twenty_presses_through_two_dispatchers_make_one_order(db: Database, db_url: str, tmp_path: Path) -> None:
    """Two workers, ten presses each: one order, one attempt to pay it, and every press is answered."""
    mug = await a_variant(db, stock=50)
    ready = await a_ready_checkout(db, mug)
    processes = 1 if db.dialect == "sqlite" else 2  # SQLite has one process on its file
    told = await pressed_in_workers(db_url, ready, tmp_path, processes=processes, times=20 // processes)

    assert sum(answered for answered, _ in told) == 20
    assert len({number for _, numbers in told for number in numbers}) == 1
    assert await shelf(db, mug) == Shelf(on_hand=50, reserved=1)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Order)) == 1
        assert await session.scalar(select(func.count()).select_from(PaymentAttempt)) == 1
    await assert_books_balance(db)
