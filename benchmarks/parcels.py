"""What following 200,000 open parcels costs: how the due ones are found, a tick, the memory. `python -m benchmarks.parcels [PARCELS]`"""

import asyncio
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from store import migrate
from store.db import Database
from store.models import Order, Shipment
from store.parcels import poll
from store.parcels.carrier import CarrierCapabilities, ScanReport, Stage, Tracked, TrackingRequest
from store.parcels.office import Office, parcels
from tests.builders import NOW, a_confirmed_order, a_shop
from tests.store.parcels.obliging import Obliging

PARCELS, CHUNK, TICK, TICKS = 200_000, 5_000, 50, 20
# As many carriers as a busy shop has; the parcels of one of them are not asked for, because it is away.
CARRIERS = ("one", "two", "three", "away")


async def main(count: int = PARCELS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{Path(folder) / 'shop.sqlite3'}")
        await migrate.upgrade_database(db)
        await a_shop(db)
        await _fill(db, await a_confirmed_order(db), count)
        await _measure(db, count)
        await db.close()


async def _fill(db: Database, order_id: int, count: int) -> None:
    """Each parcel of an order of its own, asked for within the next four hours; those of the carrier that is away are all overdue."""
    async with db.read() as session:
        order = await session.get_one(Order, order_id)
        blank = {column.key: getattr(order, column.key) for column in Order.__table__.columns} | {"cart_id": None}
    chance = random.Random(1)
    for start in range(0, count, CHUNK):
        ids = range(10_000 + start, 10_000 + min(start + CHUNK, count))
        async with db.begin() as session:
            await session.execute(
                insert(Order), [blank | {"id": n, "number": f"B{n}", "secret": f"{n:032}"} for n in ids]
            )
            await session.execute(insert(Shipment), [_parcel(n, chance) for n in ids])
    async with db.begin() as session:
        await session.execute(text("ANALYZE"))


def _parcel(n: int, chance: random.Random) -> dict[str, Any]:
    carrier = CARRIERS[n % len(CARRIERS)]
    due = NOW - timedelta(days=1) if carrier == "away" else NOW + timedelta(minutes=chance.uniform(0, 240))
    return {
        "order_id": n,
        "kind": "courier",
        "carrier": carrier,
        "tracking_number": f"BE{n:010}",
        "status": "in_transit",
        "destination_country": "PT",
        "packed_at": NOW - timedelta(days=2),
        "shipped_at": NOW - timedelta(days=2),
        "next_poll_at": due,
        "public_key": f"{n:032}",
    }


async def _measure(db: Database, count: int) -> None:
    def answer(request: TrackingRequest) -> Tracked:
        return Tracked(request.number, (ScanReport(Stage.IN_TRANSIT, now, "sorted", "a hub", "30"),))

    now = NOW + timedelta(minutes=10)
    able = CarrierCapabilities(max_batch=10)
    carriers = {name: Obliging(name, capabilities=able, answer=answer) for name in CARRIERS if name != "away"}
    due_at = parcels().where(Shipment.carrier == "one", Shipment.next_poll_at <= now)
    find = due_at.order_by(Shipment.next_poll_at, Shipment.id).limit(TICK)
    async with db.read() as session:
        print(f"{count} open parcels")
        for line in await _plan(session, find):
            print(f"    {line}")
        print(f"find {TICK} due: {await _median(lambda: session.execute(find)):.2f} ms")
    before = _memory_mb()
    quiet = NOW - timedelta(hours=1)
    print(f"a tick with nothing due: {await _median(lambda: poll.poll_due(db, carriers, now=quiet)):.2f} ms")
    begin, asked = time.perf_counter(), 0
    for _ in range(TICKS):
        asked += await poll.poll_due(db, carriers, now=now, limit=TICK, office=Office())
    spent = time.perf_counter() - begin
    print(f"{TICKS} ticks: {asked} parcels asked for and written back, {1000 * spent / max(asked, 1):.2f} ms a parcel")
    print(f"memory: {before:.0f} MB before, {_memory_mb():.0f} MB at most")


async def _plan(session: AsyncSession, find: Any) -> list[str]:
    """How the database means to go about it."""
    written = str(find.compile(session.bind, compile_kwargs={"literal_binds": True}))
    return [row[-1] for row in (await session.execute(text(f"EXPLAIN QUERY PLAN {written}"))).all()]


async def _median(work: Callable[[], Awaitable[object]]) -> float:
    spent = []
    for _ in range(TICKS):
        begin = time.perf_counter()
        await work()
        spent.append(1000 * (time.perf_counter() - begin))
    return statistics.median(spent)


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
