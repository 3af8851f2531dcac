"""A transaction that the database gave up is begun anew."""

import asyncio

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database, affected, run_again
from store.models import ChatMessage, IdempotencyKey
from store.upsert import insert_ignoring
from tests.builders import NOW


class Deadlocked:
    """Work that the database gives up a number of times before it lets it through."""

    def __init__(self, times: int, message: str = "database is locked") -> None:
        self.left, self.runs, self.message = times, 0, message

    async def __call__(self, session: AsyncSession) -> int:
        self.runs += 1
        await insert_ignoring(session, IdempotencyKey, scope="test", key=str(self.runs), created_at=NOW)
        if self.left:
            self.left -= 1
            raise OperationalError("UPDATE", {}, Exception(self.message))
        return self.runs


async def test_it_is_begun_anew_and_only_the_last_run_stays(sqlite_db: Database) -> None:
    assert await run_again(sqlite_db, Deadlocked(times=2)) == 3
    async with sqlite_db.read() as session:
        assert list(await session.scalars(select(IdempotencyKey.key))) == ["3"]


async def test_five_times_are_enough(sqlite_db: Database) -> None:
    work = Deadlocked(times=9)
    with pytest.raises(DBAPIError):
        await run_again(sqlite_db, work)
    assert work.runs == 5


async def test_a_mistake_is_not_repeated(sqlite_db: Database) -> None:
    work = Deadlocked(times=1, message="no such column")
    with pytest.raises(DBAPIError):
        await run_again(sqlite_db, work)
    assert work.runs == 1


class Crossing:
    """Takes rows in an order; in its first run it waits, holding the first row, until the other one holds its own."""

    def __init__(self, meeting: asyncio.Barrier | None, *keys: str) -> None:
        self.meeting, self.keys = meeting, keys

    async def __call__(self, session: AsyncSession) -> None:
        counted = ChatMessage.message_id + 1
        for key in self.keys:
            await affected(session, update(ChatMessage).where(ChatMessage.slot == key).values(message_id=counted))
            meeting, self.meeting = self.meeting, None
            if meeting:
                await meeting.wait()


async def test_of_two_that_deadlock_both_come_through(db: Database) -> None:
    """Each has a row that the other wants. The database ends one of them; SQLite lets them in one by one."""
    async with db.begin() as session:
        for key in ("a", "b"):
            session.add(ChatMessage(chat_id=1, slot=key, message_id=0, updated_at=NOW))
    meeting = asyncio.Barrier(2) if db.dialect != "sqlite" else None
    await asyncio.gather(run_again(db, Crossing(meeting, "a", "b")), run_again(db, Crossing(meeting, "b", "a")))
    async with db.read() as session:
        assert list(await session.scalars(select(ChatMessage.message_id))) == [2, 2]
