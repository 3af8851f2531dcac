"""Taps over HTTP: `dukkan run` as a webhook on SQLite against a stock aiogram webhook with its stock session, 16 people at once.

The Bot API they both call, and the people, are in this process.
"""

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp

from benchmarks import bot_api, stock
from benchmarks.filling import FIRST_TELEGRAM_ID, fill_carts, fill_shelves, open_shop
from benchmarks.frame import Claim, Result, in_turns, keep, percentile
from bot.hook import PATH, secret_of
from store import migrate
from store.db import Database

TURNS, A_TURN, AT_ONCE, PRODUCTS = 7, 320, 16, 60
ROOT = Path(__file__).parents[1]
PATIENCE_S = 120
PEOPLE = [stock.PERSON | {"id": FIRST_TELEGRAM_ID + number} for number in range(1, AT_ONCE + 1)]


async def main() -> None:
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        api = await stack.enter_async_context(bot_api.serving())
        http = await stack.enter_async_context(aiohttp.ClientSession())
        await _fill(folder)
        ours = Webhook(http, api, await stack.enter_async_context(_dukkan(folder, api)))
        theirs = Webhook(http, api, await stack.enter_async_context(_stock(api)))
        for side in (ours, theirs):
            await side.warm_up()
        turns = await in_turns(ours.per_second, theirs.per_second, turns=TURNS)
    waits = ours.told("Dukkan") | theirs.told("stock")
    tail = waits["Dukkan p99, ms"] / waits["Dukkan p50, ms"]
    claims = [Claim("taps/s", turns.ratio, 1, 3), Claim("p99 against p50", tail, 3, 1.5, at_most=True)]
    numbers = turns.numbers("Dukkan, taps/s", "stock aiogram, taps/s") | waits
    what = "the same tap as a webhook over HTTP, 16 people at once, with a Bot API on the same machine"
    keep(Result("webhook", what, "a stock aiogram webhook with its stock session", claims, numbers))


class Webhook:
    def __init__(self, http: aiohttp.ClientSession, api: bot_api.BotApi, url: str) -> None:
        self._http, self._api, self._url = http, api, url
        self._numbers = itertools.count(1)
        self._waits: list[float] = []

    async def warm_up(self) -> None:
        """Everybody is met, and the picture has its file id."""
        await self.per_second()
        self._waits.clear()

    async def per_second(self) -> float:
        self._api.called.clear()
        start = time.perf_counter()
        await asyncio.gather(*(self._taps(person) for person in PEOPLE))
        seconds = time.perf_counter() - start
        assert self._api.called["editMessageMedia"] == A_TURN, self._api.called
        return A_TURN / seconds

    async def _taps(self, person: dict[str, object]) -> None:
        for _ in range(A_TURN // AT_ONCE):
            start = time.perf_counter()
            secret = {"X-Telegram-Bot-Api-Secret-Token": secret_of(bot_api.TOKEN)}
            async with self._http.post(self._url, json=stock.tap(next(self._numbers), person), headers=secret) as done:
                assert done.status == 200, await done.text()
            self._waits.append(time.perf_counter() - start)

    def told(self, name: str) -> dict[str, float]:
        return {f"{name} p{n}, ms": 1000 * percentile(self._waits, n / 100) for n in (50, 99)}


async def _fill(folder: Path) -> None:
    db = Database(f"sqlite+aiosqlite:///{folder / 'shop.sqlite3'}")
    await migrate.upgrade_database(db)
    await open_shop(db)
    await fill_shelves(db, [PRODUCTS], stock=10)
    await fill_carts(db, [(1,)] * AT_ONCE)
    await db.close()


@contextlib.asynccontextmanager
async def _dukkan(folder: Path, api: bot_api.BotApi) -> AsyncIterator[str]:
    port = _free_port()
    own = {"DATA_DIR": str(folder), "WEB_PORT": str(port), "LOG_LEVEL": "ERROR", "PYTHONPATH": str(ROOT)}
    telegram = {"BOT_TOKEN": bot_api.TOKEN, "TELEGRAM_API_URL": api.url, "TELEGRAM_INTAKE": "webhook"}
    # Nobody here is a stuck key.
    reachable = {"PUBLIC_URL": "https://shop.example", "THROTTLE_PER_S": "1000"}
    async with _process("bot", "run", folder=folder, settings=own | telegram | reachable):
        await asyncio.wait_for(api.hooked.wait(), PATIENCE_S)
        yield f"http://127.0.0.1:{port}{PATH}"


@contextlib.asynccontextmanager
async def _stock(api: bot_api.BotApi) -> AsyncIterator[str]:
    port = _free_port()
    arguments, settings = ("benchmarks.stock", str(port), api.url), {"PYTHONPATH": str(ROOT)}
    async with _process(*arguments, folder=ROOT, settings=settings):
        await asyncio.wait_for(_answering(port), PATIENCE_S)
        yield f"http://127.0.0.1:{port}{PATH}"


@contextlib.asynccontextmanager
async def _process(*command: str, folder: Path, settings: dict[str, str]) -> AsyncIterator[None]:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | settings
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *command, cwd=folder, env=environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def _answering(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


if __name__ == "__main__":
    asyncio.run(main())
