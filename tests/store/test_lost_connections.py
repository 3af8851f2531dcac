"""The line to the database breaks. SQLite has none."""

import asyncio

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database, OutcomeUnknown, is_transient, run_again
from store.models import IdempotencyKey
from store.upsert import insert_ignoring
from tests.builders import NOW
from tests.lines import cut, cut_in_commit


@pytest.fixture
def served(db: Database) -> Database:
    if db.dialect == "sqlite":
        pytest.skip("SQLite is no server")
    return db


async def note(session: AsyncSession, key: str) -> None:
    await insert_ignoring(session, IdempotencyKey, scope="test", key=key, created_at=NOW)


async def noted(db: Database) -> list[str]:
    async with db.read() as session:
        keys = select(IdempotencyKey.key).where(IdempotencyKey.scope == "test").order_by(IdempotencyKey.key)
        return list(await session.scalars(keys))


async def test_connections_that_broke_while_nobody_used_them_are_not_noticed(served: Database) -> None:
    """All of them: the pool is full of dead ones."""
    await asyncio.gather(*(noted(served) for _ in range(5)))
    await cut(served)
    async with served.begin() as session:
        await note(session, "a")
    assert await noted(served) == ["a"]


async def test_work_whose_line_broke_is_done_again_and_once(served: Database) -> None:
    runs = 0

    async def work(session: AsyncSession) -> None:
        nonlocal runs
        runs += 1
        await note(session, f"before, run {runs}")
        if runs == 1:
            await cut(served)
        await note(session, "after")

    await run_again(served, work)
    assert (runs, await noted(served)) == (2, ["after", "before, run 2"])


async def test_a_statement_on_its_way_may_be_tried_again(served: Database) -> None:
    """The server was asked, and does not answer any more."""
    sleep = func.pg_sleep if served.dialect == "postgresql" else func.sleep

    async def asks() -> None:
        async with served.begin() as session:
            asking.set()
            await session.execute(select(sleep(30)))

    asking = asyncio.Event()
    waiting = asyncio.create_task(asks())
    await asking.wait()
    async with served.read() as session:  # the statement has arrived
        await session.execute(select(sleep(0.1)))
    await cut(served)
    with pytest.raises(DBAPIError) as lost:
        await waiting
    assert is_transient(lost.value)


@pytest.mark.parametrize("is_committed", [True, False])
async def test_whether_a_commit_went_through_is_not_known(served: Database, is_committed: bool) -> None:
    """The line broke before the answer came: the work is not done again by those who do not know either."""
    runs = 0

    async def work(session: AsyncSession) -> None:
        nonlocal runs
        runs += 1
        await note(session, "a")

    with cut_in_commit(served, is_committed=is_committed), pytest.raises(OutcomeUnknown):
        await run_again(served, work)
    assert (runs, await noted(served)) == (1, ["a"] if is_committed else [])
