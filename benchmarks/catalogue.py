"""A page of the catalogue in the middle of 30,000 products against the first one: 100,000 products in all."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.filling import fill_shelves, open_shop
from benchmarks.frame import Claim, Result, keep, percentile
from store import catalog, migrate
from store.db import Database

SIZES = (30_000, *[10_000] * 7)
CATEGORY = 1
# Ids on the way through the category; its products stand in the order of their ids.
DEPTHS = (600, 6_000, 15_000, 29_900)
TURNS = 400


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{Path(folder) / 'shop.sqlite3'}")
        await migrate.upgrade_database(db)
        await open_shop(db)
        await fill_shelves(db, SIZES, stock=10)
        times = await _measure(db)
        await db.close()
    _keep(times)


async def _measure(db: Database) -> dict[int | None, list[float]]:
    """Milliseconds by depth; None is the first page."""
    times: dict[int | None, list[float]] = {depth: [] for depth in (None, *DEPTHS)}
    for _ in range(TURNS):
        for depth, own in times.items():
            start = time.perf_counter()
            async with db.read() as session:
                page = await catalog.products_page(session, CATEGORY, "USD", after=depth)
            own.append(1000 * (time.perf_counter() - start))
            assert len(page.cards) == catalog.PAGE and page.cards[0].id == (depth or 0) + 1
    return times


def _keep(times: dict[int | None, list[float]]) -> None:
    first = times.pop(None)
    worst = max(times.values(), key=statistics.median)
    claims = [
        Claim("deepest against first, p50", statistics.median(worst) / statistics.median(first), 2, 1.2, at_most=True),
        Claim("p99", max(percentile(each, 0.99) for each in times.values()), 5, 5, unit="ms", at_most=True),
    ]
    numbers = {"first page p50, ms": statistics.median(first), "first page p99, ms": percentile(first, 0.99)}
    numbers |= {f"after product {depth} p50, ms": statistics.median(own) for depth, own in times.items()}
    what = "catalogue page at any depth of a category of 30,000, of 100,000 products, SQLite"
    keep(Result("catalogue", what, "the first page", claims, numbers))


if __name__ == "__main__":
    asyncio.run(main())
