"""Asking the carriers for parcels from elsewhere: after those of orders, with what these leave of a day's calls, and never so that an order's parcel suffers."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Select, Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database, affected, run_again
from store.models import Customer, FollowedParcel
from store.parcels import budget, followed_hearing, intervals, same_number
from store.parcels.budget import For
from store.parcels.caller import Caller
from store.parcels.carrier import (
    ASK_MERCHANT,
    Carrier,
    CarrierBusy,
    CarrierError,
    CarrierRefused,
    Stage,
    Tracked,
    TrackingRequest,
    Trouble,
)
from store.parcels.office import Office
from store.parcels.poll import LEASE
from store.parcels.registry import Carriers

log = logging.getLogger(__name__)

# Between two questions for a number that somebody follows an order's parcel with the same number finds its turn.
_TURNS = 2
# A subscription that ended, or could not be made, is tried once more: it may cost a unit, and what is not pushed is asked for all the same.
_MOST_SUBSCRIPTIONS = 2


async def ask_due(
    db: Database, carriers: Carriers, *, now: datetime, office: Office | None = None, limit: int = 20
) -> int:
    """Each of *carriers* (`following.able`) is asked for up to *limit* parcels that are due; how many were claimed. Who follows them is told."""
    async with db.read() as session:
        quiet = await budget.quiet(session, now=now)
    rounds = [
        _Round(db, each, office or Office(), now, For.FOLLOWERS, tells=True)
        for each in carriers.values()
        if each.name not in quiet
    ]
    return sum([await each.ask_due(limit) for each in rounds])


async def ask_now(db: Database, carriers: Carriers, parcel_id: int, *, now: datetime, office: Office) -> bool:
    """A person looks at the parcel: its carrier is asked unless somebody just did, or it is to be left alone; whether there is an answer."""
    async with db.read() as session:
        found = (await session.execute(_parcels().where(FollowedParcel.id == parcel_id))).one_or_none()
    carrier = carriers.get(found[0].carrier) if found is not None else None
    if found is None or carrier is None:
        return False
    return await _Round(db, carrier, office, now, For.FOLLOWERS, tells=False).ask([_asking(*found, carrier, office)])


@dataclass(frozen=True, slots=True)
class _Asking:
    id: int
    request: TrackingRequest
    wants_subscription: bool


def _parcels() -> Select[FollowedParcel, str]:
    followed = select(FollowedParcel, Customer.language).join(Customer, Customer.id == FollowedParcel.customer_id)
    return followed.where(FollowedParcel.removed_at.is_(None))


def _asking(parcel: FollowedParcel, language: str, carrier: Carrier, office: Office) -> _Asking:
    sealed, seal = parcel.phone_sealed, office.seal
    digits = seal.read(sealed) if sealed is not None and seal is not None else None
    request = TrackingRequest(
        parcel.tracking_number,
        parcel.created_at,
        phone_last4=digits,
        slug=parcel.carrier_slug,
        language=language,
    )
    is_tried_enough = parcel.subscriptions >= _MOST_SUBSCRIPTIONS
    return _Asking(
        parcel.id, request, carrier.capabilities.push and parcel.subscribed_at is None and not is_tried_enough
    )


@dataclass(frozen=True, slots=True)
class _Round(Caller):
    """For parcels from elsewhere. *tells*: who follows a parcel hears that it has moved; who looks at it sees it."""

    tells: bool

    async def ask_due(self, limit: int) -> int:
        due = await self._claim(limit)
        can = self.carrier.capabilities
        # Some take the digits of a whole question for each of its numbers: nobody may learn of a parcel by the digits of somebody else.
        size = 1 if can.needs_phone else can.max_batch
        for start in range(0, len(due), size):
            batch = due[start : start + size]
            try:
                await self.ask(batch)
            except Exception:
                log.exception(
                    "%s: followed parcels %s could not be asked for", self.carrier.name, [each.id for each in batch]
                )
                await self._back_off(batch)
        return len(due)

    async def ask(self, batch: Sequence[_Asking]) -> bool:
        """Whether there is an answer for one of them at least."""
        fresh, known = await self._sorted(batch)
        for each, tracked in known:
            await run_again(self.db, partial(self._write_back, parcel_id=each.id, tracked=tracked))
        return await self._track(fresh) or bool(known) if fresh else bool(known)

    async def _sorted(self, batch: Sequence[_Asking]) -> tuple[list[_Asking], list[tuple[_Asking, Tracked]]]:
        """Those to be asked for, and those that the carrier has just told an order of. Whatever is locked for now comes again later."""
        numbers, wait = {each.request.number for each in batch}, _TURNS * self.carrier.capabilities.min_interval
        fresh, known, later = [], [], []
        async with self.db.read() as session:
            ours = await same_number.asked_for_orders(session, self.carrier.name, numbers)
            theirs = await same_number.asked_for_followers(session, self.carrier.name, numbers)
            for each in batch:
                number = each.request.number
                free_at = max(
                    (at + wait for at in (ours.get(number), theirs.get(number)) if at is not None), default=self.now
                )
                if free_at <= self.now:
                    fresh.append(each)
                elif number in ours and not self.carrier.capabilities.needs_phone:
                    known.append((each, await same_number.known_of(session, self.carrier.name, number)))
                else:
                    later.append((each, free_at))
        await self._postpone(later)
        return fresh, known

    async def _track(self, batch: Sequence[_Asking]) -> bool:
        not_before = await self.turn()
        if not_before is not None:
            await self._postpone([(each, not_before) for each in batch])
            return False
        try:
            answers = await self.track(each.request for each in batch)
        except (CarrierBusy, CarrierRefused) as error:
            await self.failed(error)
            await self._back_off(batch)
            return False
        except (
            CarrierError
        ) as error:  # it may be a stranger's number, which must not keep the carrier from our own parcels
            log.warning("carrier %s did not answer for a followed parcel: %s", self.carrier.name, error)
            await self._back_off(batch)
            return False
        for each in batch:
            written = partial(self._write_back, parcel_id=each.id, tracked=answers[each.request.number])
            await run_again(self.db, written)
        await self._subscribe([each for each in batch if _may_be_pushed(each, answers)])
        return True

    async def _subscribe(self, batch: Sequence[_Asking]) -> None:
        """Their carrier pushes their news from now on, if it likes. A stranger's number that it does not push is no mark against it."""
        push_url = self.office.push_url(self.carrier.name)
        if not batch or push_url is None or await self.turn() is not None:
            return
        distinct = {each.request.number: each.request for each in batch}
        try:
            told = await self.carrier.subscribe(list(distinct.values()), push_url=push_url, now=self.now)
        except CarrierBusy as error:
            await self.failed(error)
            return
        except CarrierError as error:
            log.warning("carrier %s does not push a followed parcel: %s", self.carrier.name, error)
            told = []
        stands = {each.number for each in told if each.trouble is None}
        for each in batch:
            written = partial(self._subscribed, parcel_id=each.id, stands=each.request.number in stands)
            await run_again(self.db, written)

    async def _subscribed(self, session: AsyncSession, *, parcel_id: int, stands: bool) -> None:
        parcel = await followed_hearing.held(session, parcel_id)
        if parcel is not None:
            parcel.subscriptions += 1
            parcel.subscribed_at = self.now if stands else None

    async def _claim(self, limit: int) -> list[_Asking]:
        due = (
            _parcels()
            .where(FollowedParcel.carrier == self.carrier.name, FollowedParcel.next_poll_at <= self.now)
            .order_by(FollowedParcel.next_poll_at, FollowedParcel.id)
            .limit(limit)
        )
        async with self.db.read() as session:
            rows = (await session.execute(due)).all()
        if not rows:
            return []
        async with self.db.begin() as session:
            return [_asking(*row, self.carrier, self.office) for row in rows if await self._is_ours(session, row[0])]

    async def _is_ours(self, session: AsyncSession, parcel: FollowedParcel) -> bool:
        claim = _change(parcel.id, next_poll_at=self.now + LEASE)
        return await affected(session, claim.where(FollowedParcel.next_poll_at == parcel.next_poll_at)) == 1

    async def _write_back(self, session: AsyncSession, *, parcel_id: int, tracked: Tracked) -> None:
        parcel = await followed_hearing.held(session, parcel_id)
        if parcel is None:
            return
        await followed_hearing.hear(session, parcel, tracked, now=self.now, tells=self.tells)
        parcel.polled_at, parcel.poll_failures = self.now, 0
        is_at_rest = parcel.delivered_at is not None or parcel.trouble == Trouble.NEEDS_PHONE
        next_at = intervals.next_poll(parcel, self.carrier, tracked, now=self.now)
        parcel.next_poll_at = None if is_at_rest else next_at

    async def _postpone(self, later: Sequence[tuple[_Asking, datetime]]) -> None:
        if not later:
            return
        async with self.db.begin() as session:
            for each, until in later:
                await session.execute(_change(each.id, next_poll_at=intervals.spread(until)))

    async def _back_off(self, batch: Sequence[_Asking]) -> None:
        async with self.db.begin() as session:
            for each in batch:
                parcel = await session.get(FollowedParcel, each.id)
                if parcel is None:  # its person was forgotten meanwhile
                    continue
                parcel.poll_failures += 1
                wait = max(intervals.after_failure(parcel.poll_failures), self.carrier.capabilities.min_interval)
                parcel.next_poll_at = self.now + wait


def _may_be_pushed(asking: _Asking, answers: Mapping[str, Tracked]) -> bool:
    """Only of whom the carrier has answered, and what is still on its way: a subscription may cost a unit."""
    told = answers[asking.request.number]
    has_arrived = any(scan.stage is Stage.DELIVERED for scan in told.scans)
    return asking.wants_subscription and not has_arrived and told.trouble not in ASK_MERCHANT


def _change(parcel_id: int, **values: object) -> Update:
    changed = update(FollowedParcel).where(FollowedParcel.id == parcel_id).values(**values)
    return changed.execution_options(synchronize_session=False)
