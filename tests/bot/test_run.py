"""`dukkan run` as a process, against the Telegram in memory behind a real socket."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from bot.database import make_ready, seed_shop
from bot.demo import http
from bot.demo.faults import Fault
from bot.demo.people import Person
from bot.demo.world import World
from bot.running import listening
from bot.settings import SettingsError, load
from store import migrate
from store.db import Database

ROOT = Path(__file__).parents[2]
TOKEN = "4000000001:AAExampleExampleExampleExampleExample1"
# A cold start of aiogram on a busy machine.
PATIENCE_S = 90


@dataclass
class Telegram:
    world: World
    ann: Person
    url: str


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    world = World(lambda: datetime.now(UTC))
    ann = Person(world, world.add_user("Ann", language_code="en").id)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(Starlette(routes=http.routes(world, TOKEN)), log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve(sockets=[listener]))  # without uvicorn's own signal handlers
        yield Telegram(world, ann, f"http://127.0.0.1:{listener.getsockname()[1]}")
        server.force_exit = server.should_exit = True
        await serving


@dataclass
class Program:
    """A running `dukkan`, and what it has said so far."""

    process: asyncio.subprocess.Process
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
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while not is_so() and self.process.returncode is None:  # noqa: ASYNC110 - two processes share no event
                    await asyncio.sleep(0.05)
        assert is_so(), "\n".join(self.said)


@pytest.fixture
async def dukkan(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    started: list[Program] = []

    async def start(**settings: str) -> Program:
        environment = {
            key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "COVERAGE_PROCESS_CONFIG")
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            cwd=tmp_path,
            env=environment | {"PYTHONPATH": str(ROOT), "WEB_PORT": "0"} | settings,
            stderr=asyncio.subprocess.PIPE,
        )
        said: list[str] = []
        started.append(Program(process, said, asyncio.create_task(_read(process, said))))
        return started[-1]

    yield start
    for program in started:
        if program.process.returncode is None:
            program.process.kill()
        await program.ends()


async def _read(process: asyncio.subprocess.Process, said: list[str]) -> None:
    assert process.stderr is not None
    while line := await process.stderr.readline():
        said.append(line.decode().rstrip())


async def a_shop(folder: Path) -> None:
    (folder / "data").mkdir()
    db = Database(f"sqlite+aiosqlite:///{folder / 'data' / 'shop.sqlite3'}")
    await migrate.upgrade_database(db)
    await seed_shop(db, None, now=datetime.now(UTC))
    await db.close()


@pytest.mark.slow
async def test_a_shop_opens_answers_and_closes_cleanly(
    telegram: Telegram, dukkan: Callable[..., Any], tmp_path: Path
) -> None:
    """With nothing but a token: the database is made, people are answered, SIGTERM ends it with 0."""
    await a_shop(tmp_path)
    await telegram.ann.starts()
    program = await dukkan(BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url, OWNER_ID="77")
    await program.shows(lambda: "Harbor Goods" in telegram.ann.screen)
    await telegram.ann.taps("Browse")
    await program.shows(lambda: "What are you looking for?" in telegram.ann.screen)
    await program.shows(lambda: bool(telegram.world.state.profile.commands))
    await _is_healthy(program)
    assert await program.ends(by=signal.SIGTERM) == 0
    assert len(telegram.world.updates) == 0  # confirmed
    assert not telegram.world.unanswered
    assert TOKEN not in "\n".join(program.said)


async def _is_healthy(program: Program) -> None:
    [line] = [line for line in program.said if "web on " in line]
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{line.rpartition(' ')[2]}/health/ready")).status_code == 200


@pytest.mark.slow
async def test_a_shop_opens_empty_and_on_a_bad_line(telegram: Telegram, dukkan: Callable[..., Any]) -> None:
    """Says what to do, asks people to come back, and goes on asking Telegram until it answers."""
    telegram.world.faults.add("getMe", Fault.GATEWAY)
    telegram.world.faults.add("getUpdates", Fault.SERVER_ERROR)
    await telegram.ann.starts()
    program = await dukkan(BOT_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url)
    await program.shows(lambda: "The shop is not open yet" in telegram.ann.screen)
    told = "\n".join(program.said)
    assert "run `dukkan seed`" in told
    assert "nobody is told of orders" in told
    assert await program.ends(by=signal.SIGINT) == 0


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "dukkan: BOT_TOKEN is missing"),
        ({"BOT_TOKEN": "hunter2"}, "dukkan: BOT_TOKEN is no bot token"),
        ({"BOT_TOKEN": TOKEN, "OWNER_ID": "hunter2"}, "dukkan: OWNER_ID is no whole number"),
    ],
)
async def test_a_wrong_setting_is_one_line_and_exit_code_2(
    dukkan: Callable[..., Any], settings: dict[str, str], told: str
) -> None:
    """No traceback, no secret, and at once."""
    program = await dukkan(**settings)
    assert await program.ends() == 2
    [line] = program.said
    assert line.startswith(told)
    assert "hunter2" not in line


def test_a_port_that_is_taken_is_told_before_anything_is_opened() -> None:
    """A second shop started by accident must not touch the first one's database."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = load(web_port=taken.getsockname()[1])
        with pytest.raises(SettingsError, match="WEB_HOST, WEB_PORT cannot be listened on"), listening(wanted):
            pass


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine speaks no IPv6")
def test_the_web_may_have_an_address_of_the_new_kind() -> None:
    with listening(load(web_host="::1", web_port=0)) as listener:
        assert listener.family == socket.AF_INET6


async def test_a_database_that_is_not_up_to_date_is_told_with_the_command(empty_db_url: str) -> None:
    """SQLite has one program and is brought up to date; on others several may be running."""
    db = Database(empty_db_url)
    try:
        if db.dialect == "sqlite":
            await make_ready(db)
            assert await migrate.current(db) == migrate.head()
        else:
            with pytest.raises(SettingsError, match="the database is empty: run `dukkan db upgrade` first"):
                await make_ready(db)
    finally:
        await db.close()


@pytest.mark.slow
async def test_a_token_that_telegram_does_not_know_is_one_line(telegram: Telegram, dukkan: Callable[..., Any]) -> None:
    program = await dukkan(BOT_TOKEN="123456:AAwrongwrongwrongwrongwrongwrongwr", TELEGRAM_API_URL=telegram.url)
    assert await program.ends() == 2
    assert "dukkan: BOT_TOKEN is not accepted by Telegram: copy it once more from @BotFather" in program.said
