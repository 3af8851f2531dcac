"""Telegram's updates, as far as the shop must remember them: which have acted, and which are still to be handled."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database, affected, run_again
from store.models import BotUpdate
from store.upsert import insert_ignoring

# Telegram keeps an update for a day: twice as long no repetition can come any more.
REMEMBERED = timedelta(hours=48)
SWEPT_AT_ONCE = 500


class UpdateStatus(StrEnum):
    """KEPT: confirmed to Telegram and still to be handled. SET_ASIDE: failed too often, a person must look."""

    KEPT = "kept"
    DONE = "done"
    SET_ASIDE = "set_aside"


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
    unmarked = update(BotUpdate).filter_by(**key).where(BotUpdate.acted_at.is_(None))
    if not await affected(session, unmarked.values(acted_at=now).execution_options(synchronize_session=False)):
        raise AlreadyActed


async def has_acted(session: AsyncSession, bot_id: int, update_id: int) -> bool:
    key = {"bot_id": bot_id, "update_id": update_id}
    return await session.scalar(select(BotUpdate.acted_at).filter_by(**key)) is not None


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
