"""10,000 people want one of 1,000 pieces, 64 at once, against pgbench's conditional update of one hot row with 64 clients."""

import asyncio
import statistics
import sys
from collections import Counter

from sqlalchemy import func, select, text

from benchmarks import crowd
from benchmarks.filling import fill_carts, fill_shelves, open_shop
from benchmarks.frame import Claim, Result, keep
from benchmarks.postgres import NotHere, Postgres, postgres
from store import migrate
from store.db import Database
from store.models import Order, StockLevel

BUYERS, PIECES = 10_000, 1_000
PORTION = 2_000
PIECE = 1

PREPARE = (
    "CREATE TABLE hot (id integer PRIMARY KEY, on_hand integer NOT NULL, reserved integer NOT NULL)",
    "INSERT INTO hot VALUES (1, 1000000000, 0)",
)
# There is always enough: an update that finds nothing to take would not be hot.
SCRIPT = "UPDATE hot SET reserved = reserved + 1 WHERE id = 1 AND on_hand - reserved >= 1;"


async def run(server: Postgres) -> None:
    db = Database(server.url)
    await migrate.upgrade_database(db)
    await open_shop(db)
    await fill_shelves(db, [PIECE], stock=PIECES)
    async with db.begin() as session:
        for statement in PREPARE:
            await session.execute(text(statement))
    seconds, outcomes, hot = await _measure(db, server)
    oversold = await _oversold(db, outcomes)
    await db.close()
    decisions = BUYERS / seconds
    claims = [
        Claim("decisions/s", decisions / hot, milestone=1, goal=4),
        Claim("oversold", oversold, milestone=0, goal=0, unit="pieces", at_most=True),
    ]
    numbers = {"place, decisions/s": decisions, "pgbench, updates/s": hot, "sold, pieces": outcomes["sold"]}
    what = "flash sale: 10,000 buyers, 1,000 pieces of one variant, 64 at once, PostgreSQL"
    against = "pgbench's conditional update of one hot row, 64 clients"
    keep(Result("flash-sale", what, against, claims, numbers, {"PostgreSQL": server.version}))


async def _measure(db: Database, server: Postgres) -> tuple[float, Counter[str], float]:
    """Our seconds and what they brought; pgbench's rate, measured between our portions."""
    people = await fill_carts(db, [(PIECE,)] * BUYERS)
    seconds, outcomes, rates = 0.0, Counter[str](), list[float]()
    for portion in crowd.portions(people, PORTION):
        each = PORTION // crowd.AT_ONCE
        rates.append(await server.transactions_per_second(SCRIPT, clients=crowd.AT_ONCE, each=each))
        pressed = await crowd.press(db, portion)
        seconds, outcomes = seconds + pressed.seconds, outcomes + pressed.outcomes
    return seconds, outcomes, statistics.mean(rates)


async def _oversold(db: Database, outcomes: Counter[str]) -> int:
    """Pieces sold beyond those there were. The books agree with what people were told."""
    async with db.read() as session:
        reserved = await session.scalar(select(StockLevel.reserved).where(StockLevel.variant_id == PIECE)) or 0
        orders = await session.scalar(select(func.count()).select_from(Order)) or 0
    assert outcomes.total() == BUYERS and outcomes["sold"] == reserved == orders >= PIECES, (outcomes, reserved, orders)
    return reserved - PIECES


def main() -> None:
    try:
        with postgres() as server:
            asyncio.run(run(server))
    except NotHere as missing:
        print(f"SKIPPED flash-sale: {missing}", file=sys.stderr)


if __name__ == "__main__":
    main()
