"""What arrival windows cost a shop with 200,000 parcels on the road, on SQLite: `python -m benchmarks.arrivals`.

Learning once a day from 250,000 parcels, following one carrier's answer, looking for parcels that are late.
"""

import asyncio
import itertools
import random
import resource
import tempfile
import time
from collections.abc import Awaitable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from store import migrate
from store.db import Database
from store.models import Order, Shipment
from store.models.base import table
from store.parcels import lateness, learned, tracking
from store.parcels.carrier import Tracked
from tests.builders import NOW, a_confirmed_order

DAY = timedelta(days=1)
ON_THE_ROAD, ARRIVED = 200_000, 50_000
LOT = 10_000
ANSWERS = 300
_COUNTRIES, _REGIONS = ("PT", "ES", "FR", "DE", "US"), "abcdefghij"


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{Path(folder) / 'shop.sqlite3'}")
        await migrate.upgrade_database(db)
        await _fill(db)
        print(f"{ON_THE_ROAD:,} parcels on the road, {ARRIVED:,} arrived; SQLite")
        before_mb = _peak_mb()
        still = asyncio.create_task(_longest_pause())
        await _timed("learning, once a day", learned.learn(db, now=NOW + DAY))
        still.cancel()
        print(f"  the longest that everybody else waited meanwhile: {1000 * await still:.0f} ms")
        print(f"  memory on top, at most: {_peak_mb() - before_mb:.0f} MB")
        ids = await _some(db)
        await _timed(f"the first {ANSWERS} answers, each with a revision", _follow(db, ids))
        await _timed(f"{ANSWERS} more, which say nothing new", _follow(db, ids))
        await _timed("noticing 50 late parcels", lateness.notice_due(db, now=NOW + DAY))
        await db.close()


async def _timed(what: str, work: Awaitable[object]) -> None:
    start, processor = time.perf_counter(), time.process_time()
    await work
    print(f"  {what}: {time.perf_counter() - start:.2f} s, {time.process_time() - processor:.2f} s of the processor")


async def _longest_pause() -> float:
    """Until it is cancelled: the longest the loop was not back after a rest."""
    longest, rest_s = 0.0, 0.005
    while True:
        start = time.perf_counter()
        try:
            await asyncio.sleep(rest_s)
        except asyncio.CancelledError:
            return longest
        longest = max(longest, time.perf_counter() - start - rest_s)


async def _follow(db: Database, ids: list[int]) -> None:
    for shipment_id in ids:
        async with db.begin() as session:
            await tracking.apply(session, shipment_id, Tracked(f"{shipment_id}"), now=NOW + DAY)


async def _some(db: Database) -> list[int]:
    async with db.read() as session:
        asked = select(Shipment.id).where(Shipment.next_poll_at.is_not(None)).limit(ANSWERS)
        return list(await session.scalars(asked))


async def _fill(db: Database) -> None:
    example = await a_confirmed_order(db)
    async with db.begin() as session:
        row = (await session.execute(select(table(Order)).where(table(Order).c.id == example))).mappings().one()
    chance = random.Random(1)
    rows = _parcels(dict(row), chance)
    while lot := list(itertools.islice(rows, LOT)):
        async with db.begin() as session:
            await session.execute(insert(table(Order)), [order for order, _ in lot])
            await session.execute(insert(table(Shipment)), [parcel for _, parcel in lot])


def _parcels(order: dict[str, Any], chance: random.Random) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for n in range(ON_THE_ROAD + ARRIVED):
        order_id, is_open = order["id"] + 1 + n, n < ON_THE_ROAD
        paid_at = NOW - chance.uniform(*((0.1, 12) if is_open else (5, 200))) * DAY
        shipped_at = paid_at + chance.expovariate(1) * DAY
        place = {"country": chance.choice(_COUNTRIES), "region": chance.choice(_REGIONS)}
        address = {**order["address"], **place, "postcode": f"{chance.randint(10_000, 99_999)}"}
        new = {"id": order_id, "number": f"P{order_id}", "cart_id": None, "confirmed_at": paid_at, "address": address}
        yield (
            order | new,
            {
                "order_id": order_id,
                "kind": "courier",
                "carrier": "sandbox",
                "tracking_number": f"AB{order_id}",
                "status": "in_transit" if is_open else "delivered",
                "packed_at": shipped_at,
                "shipped_at": shipped_at,
                "delivered_at": None if is_open else shipped_at + chance.lognormvariate(1.3, 0.5) * DAY,
                "promised_until": shipped_at + 5 * DAY,
                "late_at": shipped_at + 6 * DAY,
                "next_poll_at": None if n % 20 == 0 else NOW,
                "eta_has_time": False,
                "poll_failures": 0,
                "delay_level": 0,
                "version": 0,
            },
        )


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    asyncio.run(main())
