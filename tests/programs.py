"""`dukkan run` as a process, and the Telegram in memory behind a real socket."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import httpx

from bot.database import seed_shop
from bot.demo.people import Person
from bot.demo.server import Detour, serving
from bot.demo.world import World
from store import migrate
from store.db import Database
from tests import warm
from tests.warm import Process

ROOT = Path(__file__).parents[1]
TOKEN = "4000000001:AAExampleExampleExampleExampleExample1"
# Under this name its webhook is known to Telegram; `Detour` leads it to the program's own port.
INTAKES = {
    "polling": {"TELEGRAM_INTAKE": "polling"},
    "webhook": {"TELEGRAM_INTAKE": "webhook", "PUBLIC_URL": "https://shop.example", "CLOSING_NOTICE_S": "0"},
}
# A cold start of aiogram on a busy machine.
PATIENCE_S = 90


@dataclass
class Telegram:
    world: World
    ann: Person
    url: str
    web_port: int = 0


async def impatient(seconds: float) -> None:
    """A tenth of the time: what Telegram waits for would be most of a test."""
    await asyncio.sleep(seconds / 10)


@contextlib.asynccontextmanager
async def a_telegram(port: int = 0, *, web_port: int = 0) -> AsyncIterator[Telegram]:
    """On *port*; whichever webhook is set, it is reached at *web_port*, and again soon after it was not."""
    world = World(lambda: datetime.now(UTC))
    ann = Person(world, world.add_user("Ann", language_code="en").id)
    async with serving(world, TOKEN, port=port, sleep=impatient, way=Detour(web_port)) as url:
        yield Telegram(world, ann, url, web_port)


@dataclass
class Program:
    """A running `dukkan`, and what it has said so far."""

    process: Process
    said: list[str]
    reading: "asyncio.Task[None]"

    async def ends(self, *, by: signal.Signals | None = None) -> int:
        if by is not None:
            self.process.send_signal(by)
        async with asyncio.timeout(PATIENCE_S):
            code = await self.process.wait()
            await self.reading
        return code

    async def shows(self, is_so: Callable[[], bool]) -> None:
        """*is_so* has become true. Raises: AssertionError with what the program said, when it ended or took too long."""

        async def so() -> bool:
            return is_so()

        await self.comes_to(so)

    async def comes_to(self, is_so: Callable[[], Awaitable[bool]]) -> None:
        """The same for what has to be asked for."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while not await is_so() and self.process.returncode is None:  # noqa: ASYNC110 - two processes share no event
                    await asyncio.sleep(0.05)
        assert await is_so(), "\n".join(self.said)

    async def says(self, words: str) -> str:
        """The line with these words, as soon as it is there."""
        await self.shows(lambda: any(words in line for line in self.said))
        return next(line for line in self.said if words in line)

    async def web(self) -> str:
        return (await self.says("web on ")).rpartition(" ")[2]


class Starts(Protocol):
    async def __call__(self, *arguments: str, **settings: str) -> Program: ...


@contextlib.asynccontextmanager
async def programs(
    folder: Path, *, command: tuple[str, ...] = ("bot", "run"), is_warm: bool = False
) -> AsyncIterator[Starts]:
    """Starts `dukkan run` (`python -m`, *command*) in *folder*; what still runs at the end is killed."""
    started: list[Program] = []

    async def start(*arguments: str, **settings: str) -> Program:
        kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "COVERAGE_PROCESS_CONFIG")}
        env = kept | {"PYTHONPATH": str(ROOT), "WEB_PORT": "0"} | settings
        begin = warm.started if is_warm else _cold
        process = await begin(*command, *arguments, cwd=folder, env=env)
        said: list[str] = []
        assert process.stderr is not None
        started.append(Program(process, said, asyncio.create_task(_read(process.stderr, said))))
        return started[-1]

    try:
        yield start
    finally:
        for program in started:
            if program.process.returncode is None:
                program.process.kill()
            await program.ends()


async def _cold(*command: str, cwd: Path, env: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command), cwd=cwd, env=env, stderr=asyncio.subprocess.PIPE
    )


async def _read(stderr: asyncio.StreamReader, said: list[str]) -> None:
    while line := await stderr.readline():
        said.append(line.decode().rstrip())


async def a_seeded_file(folder: Path) -> None:
    """The shop that `dukkan run` finds in *folder* without further settings."""
    (folder / "data").mkdir()
    await a_seeded_shop(f"sqlite+aiosqlite:///{folder / 'data' / 'shop.sqlite3'}")


async def a_seeded_shop(url: str) -> None:
    db = Database(url)
    await migrate.upgrade_database(db)
    await seed_shop(db, None, now=datetime.now(UTC))
    await db.close()


async def asked(url: str) -> httpx.Response | None:
    """The answer; None when nobody takes the connection any more."""
    async with httpx.AsyncClient(timeout=10) as client:
        try:
            return await client.get(url)
        except httpx.TransportError:
            return None
