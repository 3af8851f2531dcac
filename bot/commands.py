"""What every command of `dukkan` needs: the settings, the database, and one line for what a person can mend. Imports nothing heavy by itself."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings
    from store.db import Database

WRONG = 2


def with_settings(work: Callable[["Settings"], int]) -> int:
    """Runs *work*; what a person can mend is one line on stderr and exit code 2, never a traceback."""
    from bot.settings import SettingsError, load
    from store.backup import BackupError

    try:
        return work(load())
    except (SettingsError, BackupError) as wrong:
        return complain(wrong)


def with_database(work: Callable[["Database", "Settings"], Awaitable[int]]) -> int:
    async def opened(settings: "Settings") -> int:
        from bot import database

        async with database.opened(settings) as db:
            return await work(db, settings)

    return with_settings(lambda settings: asyncio.run(opened(settings)))


def complain(wrong: Exception) -> int:
    """The exit code."""
    print(f"dukkan: {wrong}", file=sys.stderr)
    return WRONG


def utc_now() -> datetime:
    return datetime.now(UTC)
