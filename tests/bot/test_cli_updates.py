"""`dukkan updates`."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import cli
from store import updates
from store.db import Database
from store.models import BotUpdate
from tests.builders import NOW


@pytest.fixture
def dukkan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> Callable[..., int]:
    """The command, on a database in which update 41 is set aside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", sqlite_url.replace("sqlite+aiosqlite", "sqlite"))
    asyncio.run(_set_aside(sqlite_url))

    def run(*arguments: str) -> int:
        return int(cli.app(arguments, result_action="return_value") or 0)

    return run


async def _set_aside(url: str) -> None:
    db = Database(url)
    payload = {"update_id": 41, "message": {"text": "my street"}}
    failed = {"tries": 3, "reference": "a1b2c3", "error": "ZeroDivisionError"}
    async with db.begin() as session:
        await updates.set_aside(session, 7, payload, now=NOW, **failed)  # type: ignore[arg-type]  # the given values are of several types
    await db.close()


def status(url: str) -> str:
    async def read() -> str:
        db = Database(url)
        async with db.read() as session:
            row = await session.get_one(BotUpdate, (7, 41))
        await db.close()
        return f"{row.status} {row.tries} {row.payload is None}"

    return asyncio.run(read())


def test_what_is_set_aside_is_listed(dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """Without what anybody wrote."""
    assert dukkan("updates", "list") == 0
    told = capsys.readouterr().out
    assert told == "41  2026-03-02 10:00:00 UTC  message  3 tries  ZeroDivisionError  a1b2c3\n"


def test_it_can_be_handled_again(dukkan: Callable[..., int], sqlite_url: str) -> None:
    assert dukkan("updates", "replay", "41") == 0
    assert status(sqlite_url) == "kept 0 False"


def test_it_can_be_dropped(dukkan: Callable[..., int], sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert dukkan("updates", "drop", "41") == 0
    assert status(sqlite_url) == "done 3 True"
    dukkan("updates", "list")
    assert "Nothing is set aside." in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["replay", "drop"])
def test_what_is_not_set_aside_is_told_in_one_line(
    dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    assert dukkan("updates", verb, "42") == 2
    error = capsys.readouterr().err
    assert "42 is not set aside" in error and error.count("\n") == 1
