"""Telegram's updates, as far as the shop must remember them: which have acted, and which are still to be handled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import Update

from store import outbox
from store.db import Database, affected, run_again
from store.events import UpdateSetAside
from store.models import BotUpdate, OutboxEvent
from store.upsert import insert_ignoring

# Telegram keeps an update for a day: twice as long no repetition can come any more.
REMEMBERED = timedelta(hours=48)
SWEPT_AT_ONCE = 500
CLAIMED_AT_ONCE = 100
TOLD_EVERY = timedelta(hours=1)

Payload = Mapping[str, Any]


class UpdateStatus(StrEnum):
    """KEPT: confirmed to Telegram and still to be handled. SET_ASIDE: failed too often, a person must look."""

    KEPT = "kept"
    DONE = "done"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Lease:
    """Who handles an update, as of when, and until when nobody else does."""

    holder: str
    now: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Noted:
    """How often the update has been begun, this time included."""

    status: str
    tries: int
    reference: str | None = None


class AlreadyActed(Exception):
    """The update came before, and what it asked for is done: whoever handles it again shows what stands now."""


async def mark(session: AsyncSession, bot_id: int, update_id: int, *, now: datetime) -> None:
    """The update has acted, if and only if the caller's transaction commits. Of two that handle it at once the second waits here.

    Raises: AlreadyActed.
    """
    key = {"bot_id": bot_id, "update_id": update_id}
    marked = {"status": UpdateStatus.DONE, "received_at": now, "acted_at": now}
    if await insert_ignoring(session, BotUpdate, **key, **marked):
        return
    if not await affected(session, _of(key).where(BotUpdate.acted_at.is_(None)).values(acted_at=now)):
        raise AlreadyActed


async def has_acted(session: AsyncSession, bot_id: int, update_id: int) -> bool:
    key = {"bot_id": bot_id, "update_id": update_id}
    return await session.scalar(select(BotUpdate.acted_at).filter_by(**key)) is not None


async def begin_try(session: AsyncSession, bot_id: int, payload: Payload, *, lease: Lease) -> Noted:
    """The update is kept, with one more try, unless it is done or set aside: then the row says so and stays."""
    key = {"bot_id": bot_id, "update_id": payload["update_id"]}
    held = {"claimed_by": lease.holder, "claimed_until": lease.until}
    kept = {"status": UpdateStatus.KEPT, "payload": payload, "received_at": lease.now, **held}
    if await insert_ignoring(session, BotUpdate, **key, tries=1, **kept):
        return Noted(UpdateStatus.KEPT, 1)
    row = await session.get_one(BotUpdate, (bot_id, payload["update_id"]), with_for_update=True)
    is_unfinished = row.status == UpdateStatus.KEPT or (row.status == UpdateStatus.DONE and row.tries == 0)
    if is_unfinished:  # a mark without tries: its handling may have died after the act
        row.status, row.payload, row.tries = UpdateStatus.KEPT, dict(payload), row.tries + 1
        row.claimed_by, row.claimed_until = lease.holder, lease.until
    return Noted(row.status, row.tries, row.reference)


async def was_tried(session: AsyncSession, bot_id: int, update_id: int) -> bool:
    """Whether somebody has begun to handle it and has not finished."""
    row = await session.get(BotUpdate, (bot_id, update_id))
    return row is not None and row.status == UpdateStatus.KEPT and row.tries > 0


async def keep(session: AsyncSession, bot_id: int, payload: Payload, *, tries: int, lease: Lease) -> None:
    """Whoever holds the lease, or comes when it has run out, can handle the update; Telegram need not bring it again."""
    key = {"bot_id": bot_id, "update_id": payload["update_id"]}
    held = {"claimed_by": lease.holder, "claimed_until": lease.until}
    kept = {"status": UpdateStatus.KEPT, "payload": payload, "tries": tries, **held}
    if not await insert_ignoring(session, BotUpdate, **key, received_at=lease.now, **kept):
        await session.execute(_of(key).values(**kept))


async def finish(session: AsyncSession, bot_id: int, update_id: int) -> None:
    """The update was handled to its end; what it said is forgotten."""
    key = {"bot_id": bot_id, "update_id": update_id}
    done = {"status": UpdateStatus.DONE, "payload": None, "claimed_by": None, "claimed_until": None}
    await session.execute(_of(key).where(BotUpdate.status == UpdateStatus.KEPT).values(**done))


async def has_kept(session: AsyncSession, bot_id: int) -> bool:
    kept = select(BotUpdate.update_id).where(BotUpdate.status == UpdateStatus.KEPT, BotUpdate.bot_id == bot_id)
    return await session.scalar(kept.limit(1)) is not None


async def claim(session: AsyncSession, bot_id: int, *, lease: Lease, everybodys: bool = False) -> list[dict[str, Any]]:
    """What the holder has it goes on having; the kept updates that it did not have are its own now, and returned, the oldest first."""
    kept = update(BotUpdate).where(BotUpdate.bot_id == bot_id, BotUpdate.status == UpdateStatus.KEPT)
    kept = kept.execution_options(synchronize_session=False)
    await session.execute(kept.where(BotUpdate.claimed_by == lease.holder).values(claimed_until=lease.until))
    free = or_(BotUpdate.claimed_until.is_(None), BotUpdate.claimed_until < lease.now)
    others = or_(BotUpdate.claimed_by.is_(None), BotUpdate.claimed_by != lease.holder)
    is_free = others if everybodys else and_(others, free)
    ids = list(
        await session.scalars(
            select(BotUpdate.update_id)
            .where(BotUpdate.bot_id == bot_id, BotUpdate.status == UpdateStatus.KEPT, is_free)
            .order_by(BotUpdate.update_id)
            .limit(CLAIMED_AT_ONCE)
        )
    )
    token = f"{lease.holder}:new"
    await session.execute(
        kept.where(BotUpdate.update_id.in_(ids), is_free).values(claimed_by=token, claimed_until=lease.until)
    )
    mine = and_(BotUpdate.bot_id == bot_id, BotUpdate.claimed_by == token)
    found = await session.scalars(select(BotUpdate.payload).where(mine).order_by(BotUpdate.update_id))
    claimed = [payload for payload in found if payload is not None]
    await session.execute(kept.where(mine).values(claimed_by=lease.holder))
    return claimed


async def release(session: AsyncSession, *, lease: Lease) -> None:
    """Whoever comes next may take what the holder has not finished."""
    mine = update(BotUpdate).where(BotUpdate.claimed_by == lease.holder, BotUpdate.status == UpdateStatus.KEPT)
    await session.execute(mine.values(claimed_by=None, claimed_until=None).execution_options(synchronize_session=False))


async def set_aside(
    session: AsyncSession, bot_id: int, payload: Payload, *, tries: int, reference: str, error: str, now: datetime
) -> bool:
    """Nobody tries it any more, until somebody says so. The merchant is told, at most once an hour."""
    key = {"bot_id": bot_id, "update_id": payload["update_id"]}
    aside = {"status": UpdateStatus.SET_ASIDE, "payload": payload, "tries": tries, "reference": reference}
    aside |= {"last_error": error[:255], "claimed_by": None, "claimed_until": None}
    if not await insert_ignoring(session, BotUpdate, **key, received_at=now, **aside):
        await session.execute(_of(key).values(**aside))
    told = select(OutboxEvent.id).where(
        OutboxEvent.subject == UpdateSetAside.about, OutboxEvent.created_at > now - TOLD_EVERY
    )
    if await session.scalar(told.limit(1)) is None:
        await outbox.write(session, UpdateSetAside(reference=reference), now=now)
    return True


async def count(session: AsyncSession, status: UpdateStatus) -> int:
    return await session.scalar(select(func.count()).select_from(BotUpdate).where(BotUpdate.status == status)) or 0


async def aside(session: AsyncSession) -> list[BotUpdate]:
    """What is set aside, the oldest first."""
    rows = select(BotUpdate).where(BotUpdate.status == UpdateStatus.SET_ASIDE).order_by(BotUpdate.received_at)
    return list(await session.scalars(rows))


async def replay(session: AsyncSession, update_id: int) -> bool:
    """Whether it was set aside. It will be handled once more by a running shop, from its first try on."""
    again = {"status": UpdateStatus.KEPT, "tries": 0, "claimed_by": None, "claimed_until": None}
    return await affected(session, _aside(update_id).values(**again)) > 0


async def drop(session: AsyncSession, update_id: int) -> bool:
    """Whether it was set aside. Nobody will handle it, and what it said is forgotten."""
    return await affected(session, _aside(update_id).values(status=UpdateStatus.DONE, payload=None)) > 0


def _aside(update_id: int) -> Update:
    return _of({"update_id": update_id}).where(BotUpdate.status == UpdateStatus.SET_ASIDE)


def _of(key: Mapping[str, int]) -> Update:
    return update(BotUpdate).filter_by(**key).execution_options(synchronize_session=False)


async def sweep(db: Database, *, now: datetime) -> int:
    """Marks that no repetition can meet any more are gone, a number of them at a time; returns how many."""
    old = (
        select(BotUpdate.bot_id, BotUpdate.update_id)
        .where(BotUpdate.status == UpdateStatus.DONE, BotUpdate.received_at < now - REMEMBERED)
        .order_by(BotUpdate.received_at)
        .limit(SWEPT_AT_ONCE)
    )
    async with db.read() as session:
        keys = (await session.execute(old)).all()
    if keys:
        await run_again(db, partial(_forget, keys=[(key.bot_id, key.update_id) for key in keys]))
    return len(keys)


async def _forget(session: AsyncSession, keys: list[tuple[int, int]]) -> None:
    for bot_id in {bot_id for bot_id, _ in keys}:
        ids = [update_id for owner, update_id in keys if owner == bot_id]
        await session.execute(delete(BotUpdate).where(BotUpdate.bot_id == bot_id, BotUpdate.update_id.in_(ids)))
