"""`place` on SQLite, 64 at once and durable, against a tight loop that writes the same rows without asking anything."""

import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from benchmarks import crowd, order_rows
from benchmarks.filling import Ready, baskets, fill_carts, fill_shelves, open_shop
from benchmarks.frame import Claim, Result, Turns, in_turns, keep
from store import migrate
from store.db import Database

TURNS, A_TURN = 5, 320
VARIANTS, LINES = 10_000, 3
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")


class Loop:
    """Order after order through the bare driver, one commit each."""

    def __init__(self, file: Path) -> None:
        self.connection = sys.modules["sqlite3"].connect(file, isolation_level=None)
        for pragma in PRAGMAS:
            self.connection.execute(f"PRAGMA {pragma}")

    def place(self, ready: Ready) -> None:
        first, second, third = sorted(ready.variant_ids)
        values = dict(zip(order_rows.VALUES, (ready.cart_id, ready.customer_id, first, second, third), strict=True))
        self.connection.execute("BEGIN IMMEDIATE")
        for statement in order_rows.STATEMENTS:
            self.connection.execute(statement, values)
        self.connection.execute("COMMIT")

    def rows(self) -> list[int]:
        counts = (f"SELECT count(*) FROM {table}" for table in order_rows.TABLES)
        return [self.connection.execute(count).fetchone()[0] for count in counts]


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        db, loop, people = await _two_shops(Path(folder))
        turns, waits = await _measure(db, loop, people)
        assert await _rows(db) == loop.rows(), "the two sides did not write the same rows"
        await db.close()
    claims = [Claim("orders/s", turns.ratio, milestone=0.2, goal=0.7)]
    numbers = turns.numbers("place, orders/s", "tight loop, orders/s") | waits
    what = "`place` of 3 lines, 64 at once, SQLite, synchronous=FULL"
    against = "the same rows as bare sqlite3 statements, one order a commit, in a tight loop"
    keep(Result("place-sqlite", what, against, claims, numbers))


async def _two_shops(folder: Path) -> tuple[Database, Loop, list[Ready]]:
    """The same file twice, so that both sides find the same."""
    file, copy = folder / "shop.sqlite3", folder / "loop.sqlite3"
    db = Database(f"sqlite+aiosqlite:///{file}")
    await migrate.upgrade_database(db)
    await open_shop(db)
    await fill_shelves(db, [VARIANTS], stock=1_000_000)
    people = await fill_carts(db, baskets(TURNS * A_TURN, lines=LINES, variants=VARIANTS))
    await db.close()
    shutil.copy(file, copy)
    return Database(f"sqlite+aiosqlite:///{file}"), Loop(copy), people


async def _measure(db: Database, loop: Loop, people: list[Ready]) -> tuple[Turns, dict[str, float]]:
    ours, theirs = crowd.portions(people, A_TURN), crowd.portions(people, A_TURN)
    waits: list[float] = []

    async def crowd_places() -> float:
        pressed = await crowd.press(db, next(ours))
        assert pressed.outcomes == {"sold": A_TURN}, pressed.outcomes
        waits.extend(pressed.waits)
        return pressed.per_second

    async def loop_places() -> float:
        portion, start = next(theirs), time.perf_counter()
        for ready in portion:
            loop.place(ready)
        return len(portion) / (time.perf_counter() - start)

    turns = await in_turns(crowd_places, loop_places, turns=TURNS)
    return turns, crowd.told(waits)


async def _rows(db: Database) -> list[int]:
    async with db.read() as session:
        counts = (text(f"SELECT count(*) FROM {table}") for table in order_rows.TABLES)
        return [(await session.execute(count)).scalar_one() for count in counts]


if __name__ == "__main__":
    asyncio.run(main())
