"""A file of 50,000 rows into the shop and out again: how much memory it takes, and how long somebody who wants to write has to wait."""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from benchmarks.another_writer import writes_again_and_again
from benchmarks.filling import open_shop
from benchmarks.frame import Claim, Result, keep
from store import migrate
from store.audit import OPERATOR
from store.db import Database
from store.importing import exporting, imports
from store.importing.work import carry_out, examine

ROWS = 50_000
BOUND_MB = 150
WAIT_S = 60
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
STEPS = ("nothing", "look", "new", "again", "repriced", "to_csv", "to_xlsx", "look_xlsx")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        told = {step: _in_a_process_of_its_own(step, folder) for step in STEPS}
    bare = told["nothing"]["mb"]
    most = max(each["mb"] - bare for each in told.values())
    waits = max(told[step]["wait_s"] for step in ("new", "again", "repriced"))
    claims = [
        Claim("memory above an idle process", most, BOUND_MB, 100, unit="MB", at_most=True),
        Claim("longest wait of another writer", waits, WAIT_S, 10, unit="s", at_most=True),
    ]
    numbers = {"idle process, MB": bare}
    for step, each in told.items():
        numbers |= {f"{step}, MB above idle": each["mb"] - bare, f"{step}, s": each["s"]}
        numbers |= {f"{step}, longest wait of another writer, s": each["wait_s"]}
    keep(Result("importing", f"a file of {ROWS:,} rows, in and out, on SQLite", "an idle process", claims, numbers))


def _in_a_process_of_its_own(step: str, folder: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.importing", step, folder]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    found: dict[str, float] = json.loads(told)
    return found


async def _step(step: str, folder: Path) -> None:
    db = Database(f"sqlite+aiosqlite:///{folder / 'shop.sqlite3'}")
    if step == "nothing":
        await migrate.upgrade_database(db)
        await open_shop(db)
        _write(folder / "goods.csv", price="12.50")
        _write(folder / "dearer.csv", price="13.50")
    waiting = asyncio.create_task(writes_again_and_again(db, _waits))
    begun = time.perf_counter()
    await _DO[step](db, folder)
    took = time.perf_counter() - begun
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    await db.close()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"mb": peak_mb, "s": took, "wait_s": max(_waits, default=0.0)}))


_waits: list[float] = []


async def _nothing(db: Database, _folder: Path) -> None:
    async with db.read() as session:
        await session.execute(text("SELECT 1"))


async def _look(db: Database, folder: Path) -> None:
    assert (await examine(db, folder / "goods.csv")).variants.new == ROWS


async def _new(db: Database, folder: Path) -> None:
    assert (await _carried_out(db, folder / "goods.csv"))[0] == ROWS


async def _again(db: Database, folder: Path) -> None:
    assert (await _carried_out(db, folder / "goods.csv")) == (0, 0)


async def _repriced(db: Database, folder: Path) -> None:
    assert (await _carried_out(db, folder / "dearer.csv")) == (0, ROWS)


async def _carried_out(db: Database, path: Path) -> tuple[int, int]:
    async with db.begin() as session:
        import_id = await imports.open_at_once(session, path.name, actor=OPERATOR, now=NOW)
    report = await carry_out(db, path, imports.order(import_id, OPERATOR, now=NOW))
    assert report.is_fine, report.troubles
    return report.variants.new, report.variants.changed


async def _to_csv(db: Database, folder: Path) -> None:
    await exporting.write(db, folder / "out.csv")


async def _to_xlsx(db: Database, folder: Path) -> None:
    await exporting.write(db, folder / "out.xlsx")


async def _look_xlsx(db: Database, folder: Path) -> None:
    assert (await examine(db, folder / "out.xlsx")).variants.same == ROWS


_DO: dict[str, Callable[[Database, Path], Awaitable[None]]] = {
    "nothing": _nothing,
    "look": _look,
    "new": _new,
    "again": _again,
    "repriced": _repriced,
    "to_csv": _to_csv,
    "to_xlsx": _to_xlsx,
    "look_xlsx": _look_xlsx,
}


def _write(path: Path, *, price: str) -> None:
    """Two variants a product, texts in two languages, as a real shop's are."""
    with path.open("w", encoding="utf-8") as file:
        file.write("handle,title,title:zh,description,category,sku,option,price,stock,weight_g,pictures\n")
        for n in range(0, ROWS, 2):
            about = f"Mug {n},马克杯 {n},{'A good mug for every day. ' * 8},mugs-{n % 40}"
            file.write(f"mug-{n},{about},MUG-{n},Small,{price},10,300,mug-{n}.jpg\n")
            file.write(f"mug-{n},,,,,MUG-{n + 1},Large,{price},10,400,\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(_step(sys.argv[1], Path(sys.argv[2])))
    else:
        main()
