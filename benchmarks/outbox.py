"""The relay: how fast it is without Telegram's limit, how close it keeps to 30 a second with one and with four processes, and what a kill −9 costs."""

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiogram import Bot
from aiohttp import web
from markupsafe import escape
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks import backlog, bot_api, postgres
from benchmarks.frame import Claim, Result, keep
from bot.pictures import Pictures
from bot.speaker import Speaker
from bot.ui.screen import Screen
from notifications.relay import Relay
from notifications.routes import REVIVED
from notifications.sender import IN_FLIGHT
from notifications.telling import Route, Telling
from store.db import Database
from store.events import OrderEvent, OrderRevived
from store.models import Customer

TELEGRAMS_PER_S = 30
PEOPLE, TURNS = 1500, 3
AT_PACE, WORKERS = 450, (1, 4)
KILLS = 5
ROOT = Path(__file__).parents[1]


@dataclass
class Ledger(bot_api.BotApi):
    """Who has got how many messages, and when."""

    heard: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    grew: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, request: web.Request) -> web.Response:
        if request.match_info["method"].startswith("send"):
            self.heard[int((await request.json())["chat_id"])] += 1
            self.times.append(time.perf_counter())
            self.grew.set()
        return await super().call(request)

    async def has_sent(self, messages: int) -> None:
        while len(self.times) < messages:
            self.grew.clear()
            await self.grew.wait()


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        await _measure(f"sqlite+aiosqlite:///{folder}/shop.sqlite3", "sqlite", (1,))
    try:
        with postgres.postgres() as server:
            await _measure(server.url, "postgres", WORKERS)
    except postgres.NotHere as missing:
        print(f"skipped on PostgreSQL: {missing}")


async def _measure(url: str, engine: str, workers: tuple[int, ...]) -> None:
    db = Database(url)
    await backlog.a_shop_with_orders(db, PEOPLE)
    await _without_limit(db, url, engine)
    await _at_pace(db, url, engine, workers)
    await _killed(db, url, engine)
    await db.close()


async def _without_limit(db: Database, url: str, engine: str) -> None:
    """The relay's own work: from the event to the row that says that it was sent; and the same with a receipt, read from the order."""
    rates: dict[str, list[float]] = {"event alone": [], "receipt": []}
    for _ in range(TURNS):
        for name, route in (("event alone", Route("news", REVIVED.recipients, _news)), ("receipt", REVIVED)):
            rates[name].append(await _rate(db, url, route))
    short, receipt = (statistics.median(each) for each in rates.values())
    claims = [Claim("messages/s", short / TELEGRAMS_PER_S, milestone=60, goal=100)]
    numbers = {"event to message, messages/s": short, "with a receipt read from the order, messages/s": receipt}
    what = f"outbox, one process on {engine}, no Telegram limit: event → delivery → claimed → sent → done"
    keep(Result(f"outbox-{engine}", what, "Telegram's 30 a second", claims, numbers))


async def _news(_session: AsyncSession, event: OrderEvent, _tell: Telling) -> Screen:
    return Screen(escape(f"Order {event.order_id} is back."))


async def _rate(db: Database, url: str, route: Route) -> float:
    session = backlog.Nowhere()
    options = backlog.settings(url, Path(tempfile.gettempdir()))
    speaker, routes = Speaker(Bot(bot_api.TOKEN, session=session)), {OrderRevived: (route,)}
    relay = Relay(db, speaker, pictures=Pictures(), settings=options, carriers={}, routes=dict[Any, Any](routes))
    await backlog.something_happens(db, PEOPLE)
    start = time.perf_counter()
    while await relay.run_once(datetime.now(UTC)):
        pass
    seconds = time.perf_counter() - start
    assert session.taken == await backlog.delivered(db) == PEOPLE
    await backlog.forget(db)
    return PEOPLE / seconds


async def _at_pace(db: Database, url: str, engine: str, workers: tuple[int, ...]) -> None:
    claims, numbers = [], {}
    for count in workers:
        async with _telegram() as ledger, _programs(url, ledger.url, count):
            await backlog.something_happens(db, AT_PACE)
            await ledger.has_sent(AT_PACE)
        assert set(ledger.heard.values()) == {1}
        # The first burst was saved up.
        rate = (AT_PACE - IN_FLIGHT) / (ledger.times[-1] - ledger.times[IN_FLIGHT - 1])
        claims.append(Claim(f"with {count} processes", rate / TELEGRAMS_PER_S, milestone=0.97, goal=0.99))
        numbers[f"most in one second with {count} processes, messages"] = _most_in_a_second(ledger.times)
        await backlog.forget(db)
    what = f"outbox at Telegram's pace, {engine}, `dukkan run --roles relay`"
    keep(Result(f"outbox-pace-{engine}", what, "30 a second", claims, numbers))


def _most_in_a_second(times: list[float]) -> float:
    return max(sum(start <= each < start + 1 for each in times) for start in times)


async def _killed(db: Database, url: str, engine: str) -> None:
    """One relay after another is killed in the middle of its work, and the next goes on."""
    await backlog.something_happens(db, PEOPLE)
    async with _telegram() as ledger:
        for kill in range(KILLS):
            await _works(url, ledger, kill, until=len(ledger.times) + PEOPLE // (KILLS + 1))
        await _works(url, ledger, KILLS, until=None)
    async with db.read() as session:
        people = set(await session.scalars(select(Customer.telegram_id)))
    lost = len(people - ledger.heard.keys())
    twice = ledger.heard.total() - len(ledger.heard)
    claims = [
        Claim("lost", lost, milestone=0, goal=0, unit="messages", at_most=True),
        Claim("repeated, a kill", twice / KILLS, milestone=IN_FLIGHT, goal=1, unit="messages", at_most=True),
    ]
    what = f"kill −9 in the outbox, {engine}, {KILLS} times in {PEOPLE} messages"
    keep(Result(f"outbox-killed-{engine}", what, "rows in flight", claims, {"kills": KILLS}))
    await backlog.forget(db)


async def _works(url: str, ledger: Ledger, number: int, *, until: int | None) -> None:
    command = (sys.executable, "-m", "benchmarks.relay_worker", url, ledger.url, str(200 * number))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    if until is not None:
        await ledger.has_sent(until)
        process.kill()
    await process.wait()


@contextlib.asynccontextmanager
async def _telegram() -> AsyncIterator[Ledger]:
    ledger = Ledger()
    async with bot_api.serving(ledger):
        yield ledger


@contextlib.asynccontextmanager
async def _programs(url: str, telegram: str, count: int) -> AsyncIterator[None]:
    """So many `dukkan run --roles relay` that have begun."""
    with tempfile.TemporaryDirectory() as folder:
        known = {"DATABASE_URL": url, "TELEGRAM_API_URL": telegram, "BOT_TOKEN": bot_api.TOKEN, "WEB_PORT": "0"}
        environment = {**_path(), **known, "DATA_DIR": folder, "PYTHONPATH": str(ROOT)}
        command = (sys.executable, "-m", "bot", "run", "--roles", "relay")
        pipe = asyncio.subprocess.PIPE
        started = [
            await asyncio.create_subprocess_exec(*command, cwd=folder, env=environment, stderr=pipe)
            for _ in range(count)
        ]
        try:
            await asyncio.gather(*map(_begun, started))
            yield
        finally:
            for process in started:
                process.terminate()
            await asyncio.gather(*(process.communicate() for process in started))


async def _begun(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    while line := await process.stderr.readline():
        if b"this process does" in line:
            return
    raise RuntimeError("dukkan run ended")


def _path() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


if __name__ == "__main__":
    asyncio.run(main())
