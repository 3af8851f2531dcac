"""A month of many parcels whose carriers repeat, reorder, delay and fall silent. `make month PARCELS=10000`

What the shop wrote down to be told is compared with what happened: each milestone once, in its order, none lost; and every call with what its carrier allows.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from store import migrate
from store.db import Database
from store.models import CarrierAccount, Order, OrderGroup, OutboxEvent, Shipment
from store.order_status import ShipmentStatus
from store.parcels import poll, tracking
from store.parcels.carrier import (
    CarrierBusy,
    CarrierCapabilities,
    CarrierError,
    ScanReport,
    Stage,
    Tracked,
    TrackingRequest,
    Trouble,
)
from store.parcels.office import Office
from store.parcels.plain import PlainCarrier
from tests.builders import NOW, a_confirmed_order

HOUR = timedelta(hours=1)
TICK = timedelta(minutes=15)
# After the month nothing goes wrong any more, and everything that happened is heard of.
QUIET_DAYS = 4
_UNPOLLED_MAX = 1000


@dataclass(frozen=True, slots=True)
class Seen:
    """A scan, and when its carrier shows it."""

    scan: ScanReport
    shown_at: datetime


@dataclass
class Moody(PlainCarrier):
    """A carrier with all the habits that are known of carriers. It counts what it was asked."""

    name: str
    chance: random.Random
    capabilities: CarrierCapabilities
    title: str = "Moody Post"
    lives: dict[str, list[Seen]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)  # by day
    asked_at: dict[str, datetime] = field(default_factory=dict)
    too_soon: int = 0
    spoke_ill: Counter[str] = field(default_factory=Counter)
    silent_until: datetime | None = None
    temper: float = 1.0  # how many times as often as usual it answers badly
    is_kind: bool = False

    async def track(self, requests: list[TrackingRequest], *, now: datetime) -> list[Tracked]:
        self._count(requests, now)
        if not self.is_kind:
            self._be_moody(now)
        return [self._told(request, now) for request in requests]

    def _count(self, requests: list[TrackingRequest], now: datetime) -> None:
        self.calls[f"{now:%Y-%m-%d}"] += 1
        for request in requests:
            last = self.asked_at.get(request.number)
            self.too_soon += last is not None and now - last < self.capabilities.min_interval
            self.asked_at[request.number] = now

    def _be_moody(self, now: datetime) -> None:
        if self.silent_until is not None and now < self.silent_until:
            self.spoke_ill["silent"] += 1
            raise CarrierError("does not answer")
        mood = self.chance.random() / self.temper
        if mood < 0.001:
            self.silent_until = now + self.chance.uniform(1, 8) * HOUR
        if mood < 0.02:
            self.spoke_ill["down"] += 1
            raise CarrierError("answered 502")
        if mood < 0.03:
            self.spoke_ill["busy"] += 1
            raise CarrierBusy("asked too often", retry_after=timedelta(minutes=self.chance.randint(5, 90)))

    def _told(self, request: TrackingRequest, now: datetime) -> Tracked:
        """The whole history every time, twice over and in any order, or only a part of it."""
        shown = [each.scan for each in self.lives[request.number] if each.shown_at <= now]
        if not self.is_kind and shown and self.chance.random() < 0.05:
            shown = shown[: self.chance.randint(0, len(shown))]
        told = shown + ([] if self.is_kind else self.chance.choices(shown, k=len(shown)) if shown else [])
        self.chance.shuffle(told)
        return Tracked(request.number, tuple(told), trouble=None if told else Trouble.NOT_YET)

    def recognises(self, number: str) -> bool:
        return number in self.lives


def a_life(chance: random.Random, left_at: datetime, *, in_order: bool) -> list[Seen]:
    """From the counter to the door, a locker, back home, or nowhere. *in_order*: the carrier shows it as it happened."""
    stages = [Stage.INFO_RECEIVED, Stage.HANDED_OVER, *[Stage.IN_TRANSIT] * chance.randint(1, 5)]
    if chance.random() < 0.2:
        stages += [Stage.CUSTOMS, *([Stage.CUSTOMS_HOLD] if chance.random() < 0.2 else []), Stage.IN_TRANSIT]
    end = chance.random()
    if end < 0.03:
        stages += [Stage.LOST]
    elif end < 0.07:
        stages += [Stage.OUT_FOR_DELIVERY, Stage.FAILED_ATTEMPT, Stage.RETURNING, Stage.RETURNED]
    elif end < 0.97:
        stages += [Stage.OUT_FOR_DELIVERY]
        stages += [Stage.FAILED_ATTEMPT, Stage.OUT_FOR_DELIVERY] if chance.random() < 0.1 else []
        stages += [Stage.READY_FOR_PICKUP] if chance.random() < 0.15 else []
        stages += [Stage.DELIVERED]
    at, shown_at, life = left_at, left_at, []
    for n, stage in enumerate(stages):
        at += chance.uniform(2, 20) * HOUR
        late = at + chance.expovariate(1) * 4 * HOUR
        shown_at = max(shown_at, late) if in_order else late
        place = f"hub {n}"
        life.append(Seen(ScanReport(stage, at, f"step {n}", place, raw_code=stage.upper()), shown_at))
    return life


@dataclass(frozen=True, slots=True)
class Month:
    """What came of it. *lost* milestones were never told, *repeated* ones twice, *disordered* ones before what came before them."""

    parcels: int
    told: int
    lost: int
    repeated: int
    disordered: int
    wrong_end: int
    too_soon: int
    over_budget: int
    calls: int
    bad_answers: Mapping[str, int]
    most_in_memory_mb: float


async def lived(
    db: Database, *, parcels: int, days: int, seed: int, tick: timedelta = TICK, temper: float = 1.0
) -> Month:
    """A month is lived through. The workers are new ones every day: what they know stands in the database."""
    chance = random.Random(seed)
    can = CarrierCapabilities(max_batch=40, min_interval=timedelta(minutes=30), calls_per_day=20_000)
    carriers = {name: Moody(name, random.Random(f"{seed}{name}"), can, temper=temper) for name in ("moody", "moodier")}
    truth, ordered = await _send_off(db, carriers, parcels, days, chance)
    now = NOW
    while now < NOW + timedelta(days=days + QUIET_DAYS + 20):
        for carrier in carriers.values():
            carrier.is_kind = now >= NOW + timedelta(days=days + QUIET_DAYS)
        await poll.poll_due(db, carriers, now=now, limit=_UNPOLLED_MAX, office=Office(sleep=_no_sleep))
        now += tick if now < NOW + timedelta(days=days + QUIET_DAYS) else 4 * HOUR
    return await _reckoned(db, carriers, truth, ordered)


async def _no_sleep(_seconds: float) -> None:
    """What would be waited for has passed."""


async def _send_off(
    db: Database, carriers: Mapping[str, Moody], parcels: int, days: int, chance: random.Random
) -> tuple[dict[int, list[ScanReport]], set[int]]:
    """Parcels leave all through the first part of the month. What happens to each, and those whose carrier shows it in order."""
    template_id, truth, ordered = await a_confirmed_order(db), {}, set()
    names = list(carriers)
    for first in range(0, parcels, 500):
        rows, lives = [], []
        for n in range(first, min(first + 500, parcels)):
            left_at = NOW + timedelta(days=chance.uniform(0, days * 0.6))
            life = a_life(chance, left_at, in_order=(in_order := chance.random() < 0.8))
            number, name = f"MM{n:09}", names[n % len(names)]
            carriers[name].lives[number] = life
            rows.append({"carrier": name, "tracking_number": number, "shipped_at": left_at, "next_poll_at": left_at})
            lives.append((life, in_order))
        ids = await _insert(db, template_id, rows)
        for shipment_id, (life, in_order) in zip(ids, lives, strict=True):
            truth[shipment_id] = [each.scan for each in life]
            if in_order:
                ordered.add(shipment_id)
    return truth, ordered


async def _insert(db: Database, template_id: int, rows: list[dict[str, Any]]) -> list[int]:
    async with db.begin() as session:
        template = await session.get_one(Order, template_id)
        copied = {column.key: getattr(template, column.key) for column in Order.__table__.columns}
        taken = int(await session.scalar(select(func.max(Order.id))) or 0)
        group = {"customer_id": template.customer_id, "currency": template.currency, "total_minor": 0}
        groups = [group | {"id": taken + n + 1, "created_at": NOW} for n in range(len(rows))]
        await session.execute(insert(OrderGroup.__table__), groups)  # type: ignore[arg-type]  # a Table, typed as any FromClause
        orders = [
            copied | {"id": each["id"], "group_id": each["id"], "number": f"M{each['id']}", "cart_id": None}
            for each in groups
        ]
        await session.execute(insert(Order.__table__), orders)  # type: ignore[arg-type]  # as above
        same = {"kind": "courier", "status": ShipmentStatus.HANDED_OVER, "destination_country": "PT", "packed_at": NOW}
        parcels = [row | same | {"order_id": each["id"]} for row, each in zip(rows, groups, strict=True)]
        await session.execute(insert(Shipment), parcels)
        ids = select(Shipment.id).where(Shipment.order_id > taken).order_by(Shipment.id)
        return list(await session.scalars(ids))


async def _reckoned(
    db: Database, carriers: Mapping[str, Moody], truth: Mapping[int, list[ScanReport]], ordered: set[int]
) -> Month:
    told = await _told(db)
    lost = repeated = disordered = wrong_end = 0
    async with db.read() as session:
        ends = {row.id: row.status for row in await session.execute(select(Shipment.id, Shipment.status))}
        accounts = (await session.scalars(select(CarrierAccount))).all()
    for shipment_id, scans in truth.items():
        way = [str(step) for step in tracking.path(scan.stage for scan in scans) if step]
        said = told[shipment_id]
        wrong_end += ends[shipment_id] != (way[-1] if way else ShipmentStatus.HANDED_OVER)
        repeated += sum((Counter(said) - Counter(way)).values())
        disordered += not _is_within(said, way)
        # What is shown after what came later is no news: only where all was shown in order can anything be missing.
        lost += sum((Counter(way) - Counter(said)).values()) if shipment_id in ordered else 0
    moods: Counter[str] = Counter()
    for carrier in carriers.values():
        moods += carrier.spoke_ill
    budget = next(iter(carriers.values())).capabilities.calls_per_day or 0
    over = sum(count > budget for carrier in carriers.values() for count in carrier.calls.values())
    assert {account.carrier for account in accounts} == set(carriers)
    return Month(
        parcels=len(truth),
        told=sum(map(len, told.values())),
        lost=lost,
        repeated=repeated,
        disordered=disordered,
        wrong_end=wrong_end,
        too_soon=sum(carrier.too_soon for carrier in carriers.values()),
        over_budget=over,
        calls=sum(sum(carrier.calls.values()) for carrier in carriers.values()),
        bad_answers=moods,
        most_in_memory_mb=_memory_mb(),
    )


async def _told(db: Database) -> dict[int, list[str]]:
    """The statuses that the shop wrote down to be told, by parcel, oldest first."""
    found: dict[int, list[str]] = defaultdict(list)
    async with db.read() as session:
        rows = await session.scalars(
            select(OutboxEvent.payload).where(OutboxEvent.type == "shipment.moved").order_by(OutboxEvent.id)
        )
        for payload in rows:
            found[payload["shipment_id"]].append(payload["status"])
    return found


def _is_within(said: list[str], way: list[str]) -> bool:
    steps = iter(way)
    return all(any(step == each for step in steps) for each in said)


def _memory_mb() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def main(parcels: int, days: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{Path(folder) / 'shop.sqlite3'}")
        await migrate.upgrade_database(db)
        began = time.process_time()
        month = await lived(db, parcels=parcels, days=days, seed=seed)
        spent = time.process_time() - began
        await db.close()
    print(f"{month.parcels:,} parcels, {days} days, seed {seed}: {month.told:,} milestones told, {month.calls:,} calls")
    print(f"lost {month.lost}, repeated {month.repeated}, out of order {month.disordered}, wrong end {month.wrong_end}")
    print(f"numbers asked too soon {month.too_soon}, days over budget {month.over_budget}")
    print(f"bad answers: {dict(month.bad_answers)}; {spent:.0f} s of processor time, {month.most_in_memory_mb:.0f} MB")
    sys.exit(any((month.lost, month.repeated, month.disordered, month.wrong_end, month.too_soon, month.over_budget)))


if __name__ == "__main__":
    wanted = [int(each) for each in sys.argv[1:]]
    asyncio.run(main(*(wanted + [10_000, 30, 1][len(wanted) :])))
