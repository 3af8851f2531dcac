"""A price list of 50,000 variants filled from a rate on SQLite: how long somebody who wants to write has to wait, in the shop's process and in another."""

import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from benchmarks.another_writer import writes_again_and_again
from benchmarks.filling import fill_shelves, open_shop
from benchmarks.frame import Claim, Result, keep
from store import migrate, price_filling
from store.audit import OPERATOR
from store.db import Database

VARIANTS = 50_000
WAIT_S = 1.0
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        told = asyncio.run(_measured(Path(folder)))
    waits = {key: value for key, value in told.items() if "wait" in key}
    claims = [Claim("longest wait of another writer", max(waits.values()), WAIT_S, 0.5, unit="s", at_most=True)]
    keep(Result("price_lists", f"{VARIANTS:,} prices from a rate, on SQLite", "nobody writes", claims, told))


async def _measured(folder: Path) -> dict[str, float]:
    db = _shop(folder)
    await migrate.upgrade_database(db)
    await open_shop(db)
    await fill_shelves(db, [VARIANTS // 50] * 50, stock=5)
    told: dict[str, float] = {}
    command = (sys.executable, "-m", "benchmarks.price_lists", str(folder))
    for name, rate, anew in (("filled", "0.9", False), ("again", "0.9", False), ("anew", "0.8", True)):
        other = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        waits: list[float] = []
        waiting = asyncio.create_task(writes_again_and_again(db, waits))
        assert other.stdout is not None
        await other.stdout.readline()  # it has begun
        begun = time.perf_counter()
        done = await price_filling.fill(db, "EUR", Decimal(rate), anew=anew, actor=OPERATOR, now=NOW)
        took = time.perf_counter() - begun
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        other.terminate()
        said = await other.stdout.read()
        await other.wait()
        told |= {f"{name}, prices": done.prices, f"{name}, s": took}
        told |= {
            f"{name}, longest wait, s": max(waits),
            f"{name}, longest wait in another process, s": json.loads(said),
        }
    await db.close()
    return told


def _shop(folder: Path) -> Database:
    return Database(f"sqlite+aiosqlite:///{folder / 'shop.sqlite3'}")


async def _in_another_process(folder: Path) -> None:
    """Until it is told to end."""
    db, waits = _shop(folder), list[float]()
    waiting = asyncio.create_task(writes_again_and_again(db, waits))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, waiting.cancel)
    print("begun", flush=True)
    with suppress(asyncio.CancelledError):
        await waiting
    await db.close()
    print(json.dumps(max(waits)))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(_in_another_process(Path(sys.argv[1])))
    else:
        main()
