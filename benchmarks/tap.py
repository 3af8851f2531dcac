"""From a tap to its screen, without a network: a page of the catalogue from the database against the same screen from constants in a stock aiogram bot."""

import asyncio
import contextlib
import gc
import itertools
import json
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from aiogram.client.session.aiohttp import AiohttpSession

from benchmarks import stock
from benchmarks.bot_api import TOKEN, answer
from benchmarks.filling import fill_carts, fill_shelves, open_shop
from benchmarks.frame import Claim, Result, in_turns, keep, percentile
from bot.app import App, build
from bot.session import Line
from bot.settings import load
from store import migrate
from store.db import Database

TURNS, A_TURN = 15, 200
PRODUCTS = 60


class Nowhere:
    """In place of aiohttp's client session: everything but the socket."""

    closed = False

    def __init__(self) -> None:
        self.called: list[tuple[str, Any]] = []

    @contextlib.asynccontextmanager
    async def post(self, url: str, *, data: Any, **_options: Any) -> AsyncIterator["Answer"]:
        method = url.rpartition("/")[2]
        self.called.append((method, data))
        yield Answer(answer(method))

    async def close(self) -> None: ...


class Answer:
    status = 200

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self) -> bytes:
        return self._body

    async def text(self) -> str:
        return self._body.decode()


class OurLine(Line):
    def __init__(self) -> None:
        super().__init__()
        self.nowhere = Nowhere()

    def _opened(self) -> Any:
        return self.nowhere


class StockSession(AiohttpSession):
    def __init__(self) -> None:
        super().__init__()
        self.nowhere = Nowhere()

    async def create_session(self) -> Any:
        return self.nowhere


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with _a_shop(Path(folder)) as (app, line):
            session = StockSession()
            dp, bot = stock.dispatcher(), stock.bot(session)

            async def by_stock(update: dict[str, Any]) -> None:
                await dp.feed_raw_update(bot, update)

            ours, theirs = Taps(app.feed, line.nowhere), Taps(by_stock, session.nowhere)
            for side in (ours, theirs):
                await side.check()
            gc.collect()
            gc.freeze()
            turns = await in_turns(ours.per_second, theirs.per_second, turns=TURNS)
    numbers = turns.numbers("Dukkan, taps/s", "stock aiogram, taps/s") | ours.told("Dukkan") | theirs.told("stock")
    what = "tap → screen in one process: a catalogue page from the database, 10 buttons, two calls to a null server"
    against = "a stock aiogram handler that answers the same screen from constants"
    keep(Result("tap", what, against, [Claim("taps/s", turns.ratio, milestone=1, goal=3)], numbers))


class Taps:
    """One side's taps, from the bytes that come to the bytes that leave."""

    def __init__(self, feed: Callable[[dict[str, Any]], Awaitable[None]], nowhere: Nowhere) -> None:
        self._feed = feed
        self._nowhere = nowhere
        self._numbers = itertools.count(1)
        self._waits: list[float] = []

    async def check(self) -> None:
        """The first taps: the person is met, the picture gets its file id. Then a tap is two calls, and the screen is the one we mean."""
        for _ in range(5):
            await self._feed(stock.tap(next(self._numbers)))
        assert [method for method, _ in self._nowhere.called[-2:]] == ["answerCallbackQuery", "editMessageMedia"]
        screen = _readable(self._nowhere.called[-1][1])
        assert "Stoneware mug 18" in screen and "Previous" in screen and "p:13:12" in screen, screen

    async def per_second(self) -> float:
        raw = [json.dumps(stock.tap(next(self._numbers))).encode() for _ in range(A_TURN)]
        self._nowhere.called.clear()
        start = before = time.perf_counter()
        for body in raw:
            await self._feed(json.loads(body))
            now = time.perf_counter()
            self._waits.append(now - before)
            before = now
        assert len(self._nowhere.called) == 2 * A_TURN
        return A_TURN / (before - start)

    def told(self, name: str) -> dict[str, float]:
        return {f"{name} p{n}, ms": 1000 * percentile(self._waits, n / 100) for n in (50, 99)}


def _readable(data: Any) -> str:
    if isinstance(data, bytes):
        return json.dumps(json.loads(data), ensure_ascii=False)
    return " ".join(str(field[-1]) for field in data._fields)


@contextlib.asynccontextmanager
async def _a_shop(folder: Path) -> AsyncIterator[tuple[App, OurLine]]:
    url, line = f"sqlite+aiosqlite:///{folder / 'shop.sqlite3'}", OurLine()
    db = Database(url)
    await migrate.upgrade_database(db)
    await open_shop(db)
    await fill_shelves(db, [PRODUCTS], stock=10)
    await fill_carts(db, [(1,)])
    await db.close()
    app = build(load(bot_token=TOKEN, data_dir=folder, database_url=url, throttle_per_s=1000), session=line)
    try:
        yield app, line
    finally:
        await app.stop()


if __name__ == "__main__":
    asyncio.run(main())
