"""Somebody else who wants to write while a benchmark does: how long they wait."""

import asyncio
import time

from sqlalchemy import text

from store.db import Database

PAUSE_S = 0.02


async def writes_again_and_again(db: Database, waits_s: list[float]) -> None:
    """Until it is cancelled. Each write's wait is kept, that of the one under way too."""
    begun = time.perf_counter()
    try:
        while True:
            begun = time.perf_counter()
            async with db.begin() as session:
                await session.execute(text("UPDATE sellers SET timezone = 'UTC'"))
            waits_s.append(time.perf_counter() - begun)
            await asyncio.sleep(PAUSE_S)
    finally:
        waits_s.append(time.perf_counter() - begun)
