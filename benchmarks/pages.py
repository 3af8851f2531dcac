"""A page of the catalogue that is kept against one that is read, and a tap with and without what is kept: `python -m benchmarks.pages`."""

import asyncio
import gc
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from unittest.mock import patch

from benchmarks import tap
from benchmarks.frame import Claim, Result, in_turns, keep
from bot.cache import Kept, PageCache
from store import catalog
from store.db import Database

TURNS, A_TURN = 15, 200
CATEGORY, CURSOR, CURRENCY = 1, 12, "USD"


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with tap._a_shop(Path(folder)) as (app, line):
            await _pages(app.db)
            await _taps(tap.Taps(app.feed, line.nowhere))


async def _pages(db: Database) -> None:
    pages = PageCache(db).at(1, CURRENCY)

    async def kept() -> None:
        await pages.page(CATEGORY, after=CURSOR)

    async def read() -> None:
        async with db.read() as session:
            await catalog.products_page(session, CATEGORY, CURRENCY, after=CURSOR)

    turns = await in_turns(lambda: _per_second(kept), lambda: _per_second(read), turns=TURNS)
    categories = await _per_second(pages.categories)
    numbers = turns.numbers("kept, pages/s", "read, pages/s") | {"kept categories, screens/s": categories}
    claims = [Claim("pages/s", turns.ratio, milestone=2, goal=4)]
    keep(Result("pages", "a page that is kept, with prices and stock asked for, SQLite", "read anew", claims, numbers))


async def _per_second(act: Callable[[], Awaitable[object]]) -> float:
    start = time.perf_counter()
    for _ in range(A_TURN):
        await act()
    return A_TURN / (time.perf_counter() - start)


async def _taps(taps: tap.Taps) -> None:
    async def without() -> float:
        with patch.object(Kept, "get", return_value=None):
            return await taps.per_second()

    await taps.check()
    gc.collect()
    gc.freeze()
    turns = await in_turns(taps.per_second, without, turns=TURNS)
    numbers = turns.numbers("with kept pages, taps/s", "without, taps/s")
    claims = [Claim("taps/s", turns.ratio, milestone=1.1, goal=1.2)]
    keep(Result("pages-tap", "the tap of `tap`, its page kept", "the same, with every page read anew", claims, numbers))


if __name__ == "__main__":
    asyncio.run(main())
