"""A relay in a process of its own, as fast as it can, until nothing is due: `python -m benchmarks.relay_worker DATABASE_URL TELEGRAM_URL AHEAD_S`.

Its clock goes AHEAD_S seconds fast, so that what its predecessor had claimed is free.
"""

import asyncio
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiogram.client.telegram import TelegramAPIServer

from benchmarks.backlog import settings
from bot import outgoing
from bot.session import Line
from store.db import Database


async def main(url: str, telegram: str, ahead_s: float) -> None:
    db, session = Database(url), Line(api=TelegramAPIServer.from_base(telegram), timeout=30)
    with tempfile.TemporaryDirectory() as folder:
        speaking = outgoing.build(settings(url, Path(folder)), db, {}, session=session)
        while await speaking.relay.run_once(datetime.now(UTC) + timedelta(seconds=ahead_s)):
            pass
    await session.close()
    await db.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
