"""Asking the carriers: parcels that are due are claimed with a lease, asked for outside any transaction, written back one by one."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database, affected, run_again
from store.models import Shipment
from store.parcels import budget, hearing, intervals, same_number
from store.parcels.budget import For
from store.parcels.caller import Caller
from store.parcels.carrier import CarrierError, Subscription, Tracked
from store.parcels.office import Due, Office, due_of, parcels
from store.parcels.registry import Carriers

log = logging.getLogger(__name__)

# A worker that dies with claimed parcels leaves them to the next one after this time.
LEASE = timedelta(minutes=5)


async def poll_due(
    db: Database, carriers: Carriers, *, now: datetime, limit: int = 50, office: Office | None = None
) -> int:
    """Asks each carrier for up to *limit* parcels that are due; how many were claimed. Two workers never ask for the same one.

    A carrier that is slow or away holds up no other's parcels.
    """
    office = office or Office()
    async with db.read() as session:
        quiet = await budget.quiet(session, now=now)
    able = [carrier for carrier in carriers.values() if carrier.capabilities.poll and carrier.name not in quiet]
    rounds = [_Round(db, carrier, office, now, For.PARCELS) for carrier in able]
    await _leave_alone(db, [each.name for each in carriers.values() if not each.capabilities.poll], now=now)
    return sum(await asyncio.gather(*(each.ask_due(limit) for each in rounds)))


async def refresh(
    db: Database, carriers: Carriers, shipment_id: int, *, now: datetime, office: Office | None = None
) -> bool:
    """A person asks now: the carrier is asked again unless it was just asked, or is to be left alone; whether it was."""
    office = office or Office()
    async with db.read() as session:
        found = (await session.execute(parcels().where(Shipment.id == shipment_id))).one()
        shipment = found[0]
        carrier = carriers.get(shipment.carrier or "")
        if carrier is None or not carrier.capabilities.poll:
            return False
        asked_at = await _asked_at(session, shipment)
    if asked_at is not None and now - asked_at < carrier.capabilities.min_interval:
        return False
    due = due_of(found, carrier, office)
    return due is not None and await _Round(db, carrier, office, now, For.PEOPLE).ask([due])


async def follow_again(db: Database, carriers: Carriers, shipment_id: int, *, now: datetime, office: Office) -> bool:
    """A number that its carrier has given up is registered with it anew, as the carrier wants that done; whether it is."""
    async with db.read() as session:
        found = (await session.execute(parcels().where(Shipment.id == shipment_id))).one()
    carrier = carriers.get(found[0].carrier or "")
    if carrier is None or not carrier.capabilities.push:
        return False
    due = due_of(found, carrier, office)
    return due is not None and await _Round(db, carrier, office, now, For.PEOPLE).retrack(due)


class _Round(Caller):
    """For the parcels of orders."""

    async def ask_due(self, limit: int) -> int:
        due = await self._claim(limit)
        size = self.carrier.capabilities.max_batch
        for start in range(0, len(due), size):
            await self._ask_somehow(due[start : start + size])
        return len(due)

    async def _ask_somehow(self, batch: list[Due]) -> None:
        """One parcel whose news cannot be understood or kept must not hold up those behind it, every time anew."""
        try:
            await self.ask(batch)
        except Exception:
            log.exception("%s: parcels %s could not be followed", self.carrier.name, [due.id for due in batch])
            await self._back_off(batch, not_before=self.now)

    async def ask(self, batch: list[Due]) -> bool:
        """Whether the carrier was asked and has answered. What it pushes from now on is not asked for where that would cost."""
        try:
            to_track = await self._subscribe(batch)
            return not to_track or await self._track(to_track)
        except CarrierError as error:
            await self._back_off(batch, not_before=await self.failed(error))
            return False

    async def retrack(self, due: Due) -> bool:
        push_url = self.office.push_url(self.carrier.name)
        if push_url is None or not await self._has_turn([due]):
            return False
        try:
            told = await self.carrier.retrack(due.request, push_url=push_url, now=self.now)
        except CarrierError as error:
            await self.failed(error)
            return False
        await self.answered()
        await run_again(self.db, partial(self._subscribed, due=due, subscription=told))
        return told.trouble is None

    async def _track(self, batch: list[Due]) -> bool:
        if not await self._has_turn(batch):
            return False
        for tracked in (await self.track(due.request for due in batch)).values():
            await run_again(self.db, partial(self._write_back, tracked=tracked))
        return True

    async def _subscribe(self, batch: list[Due]) -> list[Due]:
        """Those that are still to be asked for."""
        wanting = [due for due in batch if due.wants_subscription]
        push_url = self.office.push_url(self.carrier.name)
        if not wanting or push_url is None or not await self._has_turn(wanting):
            return [due for due in batch if due not in wanting]
        told = await self.carrier.subscribe([due.request for due in wanting], push_url=push_url, now=self.now)
        await self.answered()
        for due, subscription in zip(wanting, told, strict=True):
            await run_again(self.db, partial(self._subscribed, due=due, subscription=subscription))
        is_free = not self.carrier.capabilities.cost_per_registration
        done = [due for due, each in zip(wanting, told, strict=True) if each.trouble or not is_free]
        return [due for due in batch if due not in done]

    async def _has_turn(self, batch: list[Due]) -> bool:
        not_before = await self.turn()
        if not_before is not None:
            await self._postpone(batch, not_before)
        return not_before is None

    async def _claim(self, limit: int) -> list[Due]:
        wanted = (
            parcels()
            .where(Shipment.carrier == self.carrier.name, Shipment.next_poll_at <= self.now)
            .order_by(Shipment.next_poll_at, Shipment.id)
            .limit(limit)
        )
        async with self.db.read() as session:
            rows = (await session.execute(wanted)).all()
            numbers = {row[0].tracking_number for row in rows if row[0].tracking_number}
            asked = await same_number.asked_for_followers(session, self.carrier.name, numbers)
        if not rows:
            return []
        async with self.db.begin() as session:
            ours = [row for row in rows if await self._is_ours(session, row[0], asked)]
            found = [due_of(row, self.carrier, self.office) for row in ours]
            for due in found:
                if due is not None and due.sealed is not None:
                    await session.execute(_change(due.id, phone_sealed=due.sealed))
        return [due for due in found if due is not None]

    async def _is_ours(self, session: AsyncSession, shipment: Shipment, asked: Mapping[str, datetime]) -> bool:
        """A carrier's lock on a number outlasts a person who corrects and corrects again: then the parcel comes when it is over."""
        known = (shipment.polled_at, asked.get(shipment.tracking_number or ""))
        asked_at = max((at for at in known if at is not None), default=None)
        free_at = (asked_at or self.now) + self.carrier.capabilities.min_interval
        is_locked = asked_at is not None and free_at > self.now
        later = free_at if is_locked else self.now + LEASE
        claim = _change(shipment.id, next_poll_at=later).where(Shipment.next_poll_at == shipment.next_poll_at)
        return await affected(session, claim) == 1 and not is_locked

    async def _write_back(self, session: AsyncSession, *, tracked: Tracked) -> None:
        """Every parcel with the number hears of it: it is asked for once."""
        for shipment_id in await hearing.parcels_of(session, self.carrier.name, tracked.number, now=self.now):
            shipment = await hearing.hear(session, shipment_id, tracked, now=self.now)
            shipment.polled_at, shipment.poll_failures = self.now, 0
            shipment.next_poll_at = intervals.next_poll(shipment, self.carrier, tracked, now=self.now)

    async def _subscribed(self, session: AsyncSession, *, due: Due, subscription: Subscription) -> None:
        tracked = Tracked(subscription.number, trouble=subscription.trouble, slug=subscription.slug)
        shipment = await hearing.hear(session, due.id, tracked, now=self.now)
        if subscription.trouble is None:
            shipment.subscribed_at, shipment.subscriptions = self.now, shipment.subscriptions + 1
        shipment.next_poll_at = intervals.next_poll(shipment, self.carrier, tracked, now=self.now)

    async def _postpone(self, batch: Sequence[Due], until: datetime) -> None:
        if self.whom is For.PEOPLE:
            return
        async with self.db.begin() as session:
            for due in batch:
                await session.execute(_change(due.id, next_poll_at=intervals.spread(until)))

    async def _back_off(self, batch: Sequence[Due], *, not_before: datetime) -> None:
        async with self.db.begin() as session:
            for due in batch:
                shipment = await session.get_one(Shipment, due.id)
                shipment.poll_failures += 1
                # What got no answer may have been counted all the same, and a number that is asked too often is locked.
                wait = max(intervals.after_failure(shipment.poll_failures), self.carrier.capabilities.min_interval)
                shipment.next_poll_at = max(not_before, self.now + wait)


async def _asked_at(session: AsyncSession, shipment: Shipment) -> datetime | None:
    """When its carrier was last asked for its number, for whomever."""
    number = shipment.tracking_number or ""
    asked = await same_number.asked_for_followers(session, shipment.carrier or "", [number])
    return max((at for at in (shipment.polled_at, asked.get(number)) if at is not None), default=None)


def _change(shipment_id: int, **values: object) -> Update:
    changed = update(Shipment).where(Shipment.id == shipment_id).values(**values)
    return changed.execution_options(synchronize_session=False)


async def _leave_alone(db: Database, names: Sequence[str], *, now: datetime) -> None:
    """Parcels of carriers that cannot be asked are never due again."""
    async with db.read() as session:
        wanted = select(Shipment.id).where(Shipment.carrier.in_(names), Shipment.next_poll_at <= now)
        ids = (await session.scalars(wanted.limit(500))).all()
    if ids:
        async with db.begin() as session:
            await session.execute(update(Shipment).where(Shipment.id.in_(ids)).values(next_poll_at=None))
