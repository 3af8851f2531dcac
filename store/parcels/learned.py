"""What the shop has learned of how long parcels take: once a day, from its own history, for everybody to read."""

import asyncio
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database, run_again
from store.errors import NotFound
from store.models import ArrivalFit
from store.parcels import history
from store.parcels.duration import Fit, Spread
from store.parcels.duration_fit import FEWEST, Recipe, Trip, Trips, fit
from store.parcels.legs import HANDOVER, SILENCE, TRANSIT, Sending, handover_factors, transit_factors
from store.sellers import the_seller
from store.upsert import insert_ignoring

# To a country where fewer have arrived the shop has no window of its own: it is not like the others.
FEWEST_THERE = 10
# Yesterday's is there when today's is wrong.
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of the two legs, and of how long a parcel on its way is silent; None where too little has happened yet."""

    handover: Fit | None = None
    transit: Fit | None = None
    silence: Fit | None = None
    zone: str = "UTC"  # of the sender's weekdays

    def transit_of(self, sending: Sending, shipped_at: datetime | None) -> Spread | None:
        """How long the carrier takes; None for a country to which too little has arrived yet."""
        if self.transit is None or self.transit.seen_of("country", sending.destination.country) < FEWEST_THERE:
            return None
        return self.transit.spread(transit_factors(sending, self._here(shipped_at) if shipped_at else None))

    def whole_way_of(self, sending: Sending, paid_at: datetime) -> Spread | None:
        """From the payment to the door."""
        transit = self.transit_of(sending, None)
        if self.handover is None or transit is None:
            return None
        return self.handover.spread(handover_factors(sending, self._here(paid_at))).then(transit)

    def silence_after(self, stage: str, carrier: str | None) -> timedelta | None:
        """Of a hundred parcels five are silent for longer after such a scan; *stage* is empty before the first one."""
        if self.silence is None:
            return None
        return timedelta(days=self.silence.spread(history.silence_factors(stage, carrier)).at(0.95))

    def _here(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))


async def learn(db: Database, *, now: datetime) -> int:
    """Once a day, what the history says by now is written down. Returns whether it was now.

    A shop with fewer arrivals than teach anything reads nothing, and does not load numpy.
    """
    day = now.astimezone(UTC).date().isoformat()
    async with db.read() as session:
        if await session.scalar(select(ArrivalFit.id).where(ArrivalFit.day == day)) is not None:
            return 0
        if not await history.has_arrivals(session, FEWEST):
            return 0
        parcels, scans = await history.parcels(session, now=now), await history.scans(session, now=now)
        zone = await _zone(session)
    found = await asyncio.to_thread(_learned, parcels, scans, zone, now)

    async def keep(session: AsyncSession) -> int:
        await session.execute(delete(ArrivalFit).where(ArrivalFit.learned_at < now - KEPT))
        return int(await insert_ignoring(session, ArrivalFit, day=day, learned_at=now, **_row(found)))

    return await run_again(db, keep)


async def newest(session: AsyncSession) -> Learned:
    """What was learned last. A process reads each day's once."""
    digest = await session.scalar(select(ArrivalFit.digest).order_by(ArrivalFit.id.desc()).limit(1))
    if digest is None:
        return Learned()
    if digest not in _READ:
        row = await session.scalar(select(ArrivalFit).where(ArrivalFit.digest == digest).limit(1))
        if row is None:
            return Learned()
        _READ.clear()
        fits = (Fit.from_json(row.handover), Fit.from_json(row.transit), Fit.from_json(row.silence))
        _READ[digest] = Learned(*fits, zone=row.zone)
    return _READ[digest]


# By what was learned, not by where: the same digest is the same fit in every database.
_READ: dict[str, Learned] = {}


def _row(learned: Learned) -> dict[str, Any]:
    fits = {"handover": learned.handover, "transit": learned.transit, "silence": learned.silence}
    told = {name: found.to_json() if found else None for name, found in fits.items()} | {"zone": learned.zone}
    return told | {"digest": hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()}


async def _zone(session: AsyncSession) -> str:
    try:
        return (await the_seller(session)).timezone
    except NotFound:
        return "UTC"


def _learned(parcels: list[Row[Any]], scans: list[Row[Any]], zone: str, now: datetime) -> Learned:
    at, here = history.days(now), ZoneInfo(zone)
    return Learned(
        _of(history.handovers(parcels, here), HANDOVER, at),
        _of(history.transits(parcels, here), TRANSIT, at),
        _of(history.silences(scans), SILENCE, at),
        zone,
    )


def _of(trips: Iterable[Trip], recipe: Recipe, at: float) -> Fit | None:
    found = fit(Trips.of(trips, recipe.factors), at, recipe)
    return found.without_rare() if found else None
