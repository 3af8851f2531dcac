"""An update that ends the process, whoever starts it again."""

import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.demo.people import Person
from bot.errands import MOST_TRIES
from store.db import Database
from store.models import BotUpdate
from store.updates import UpdateStatus
from tests.process.poisoned import EXIT_CODE
from tests.programs import TOKEN, Starts, Telegram, a_seeded_file, a_telegram, programs

pytestmark = pytest.mark.slow


@pytest.fixture
async def poisoned(tmp_path: Path) -> AsyncIterator[Starts]:
    async with programs(tmp_path, command=("tests.process.poisoned",), is_warm=True) as start:
        yield start


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.mark.parametrize("intake", ["polling", "webhook"])
async def test_an_update_that_ends_the_process_is_set_aside_and_the_others_are_answered(
    poisoned: Starts, tmp_path: Path, intake: str
) -> None:
    """Three processes die of it; it ends no fourth one."""
    await a_seeded_file(tmp_path)
    port = a_free_port()
    async with a_telegram(web_port=port) as telegram:
        await _dies_three_times(telegram, poisoned, intake, port)
    assert await _set_aside(tmp_path) == ["the process ended"]


async def _dies_three_times(telegram: Telegram, poisoned: Starts, intake: str, port: int) -> None:
    others = [Person(telegram.world, telegram.world.add_user("B", language_code="en").id) for _ in range(5)]
    where = {"WEB_PORT": str(port), "PUBLIC_URL": "https://shop.example", "CLOSING_NOTICE_S": "0"}
    settings = where | {"TELEGRAM_INTAKE": intake, "BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url}
    await telegram.ann.sends("die")
    for other in others:
        await other.starts()
    for _ in range(MOST_TRIES):
        assert await (await poisoned(**settings)).ends() == EXIT_CODE
    program = await poisoned(**settings)
    await program.shows(lambda: all("Harbor Goods" in other.screen for other in others))
    await program.shows(lambda: not telegram.world.updates)
    assert await program.ends(by=signal.SIGTERM) == 0


async def _set_aside(folder: Path) -> list[str | None]:
    db = Database(f"sqlite+aiosqlite:///{folder / 'data' / 'shop.sqlite3'}")
    async with db.read() as session:
        rows = await session.scalars(select(BotUpdate).where(BotUpdate.status == UpdateStatus.SET_ASIDE))
        told = [row.last_error for row in rows]
    await db.close()
    return told
