"""`dukkan run` as a process, against the Telegram in memory behind a real socket."""

import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.database import make_ready
from bot.demo.faults import Fault
from bot.running import listening
from bot.settings import SettingsError, load
from store import migrate
from store.db import Database
from tests.programs import TOKEN, Program, Starts, Telegram, a_seeded_file, a_telegram, asked, programs


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with a_telegram() as telegram:
        yield telegram


@pytest.fixture
async def dukkan(tmp_path: Path) -> AsyncIterator[Starts]:
    async with programs(tmp_path) as start:
        yield start


@pytest.mark.slow
async def test_a_shop_opens_answers_and_closes_cleanly(telegram: Telegram, dukkan: Starts, tmp_path: Path) -> None:
    """With nothing but a token: the database is made, people are answered, SIGTERM ends it with 0."""
    await a_seeded_file(tmp_path)
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
    answer = await asked(f"{await program.web()}/health/ready")
    assert answer is not None and answer.status_code == 200


@pytest.mark.slow
async def test_a_shop_opens_empty_and_on_a_bad_line(telegram: Telegram, dukkan: Starts) -> None:
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
async def test_a_wrong_setting_is_one_line_and_exit_code_2(dukkan: Starts, settings: dict[str, str], told: str) -> None:
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
async def test_a_token_that_telegram_does_not_know_is_one_line(telegram: Telegram, dukkan: Starts) -> None:
    program = await dukkan(BOT_TOKEN="123456:AAwrongwrongwrongwrongwrongwrongwr", TELEGRAM_API_URL=telegram.url)
    assert await program.ends() == 2
    assert "dukkan: BOT_TOKEN is not accepted by Telegram: copy it once more from @BotFather" in program.said
