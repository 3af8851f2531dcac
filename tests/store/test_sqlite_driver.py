"""What runs where it is called, and what must not keep others waiting."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from store import sqlite_driver
from store.db import Database

HERE = threading.current_thread().name
TIME_LIMIT_S = 30


async def where(db: Database, statement: str = "SELECT thread_name()") -> str:
    """The name of the thread in which SQLite worked."""
    async with db.read() as session:
        raw = (await (await session.connection()).get_raw_connection()).driver_connection
        assert raw is not None
        raw.create_function("thread_name", 0, lambda: threading.current_thread().name)
        return str(await session.scalar(text(statement)))


async def test_a_short_statement_runs_where_it_is_called(sqlite_file_db: Database) -> None:
    """A hop to a thread and back costs more than the answer."""
    assert await where(sqlite_file_db) == HERE


async def test_what_once_took_long_runs_in_a_thread_from_then_on(
    sqlite_file_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first time nobody knows; other statements stay."""
    monkeypatch.setattr(sqlite_driver, "LONG_S", -1)
    assert await where(sqlite_file_db) == HERE
    assert await where(sqlite_file_db) != HERE
    assert await where(sqlite_file_db, "SELECT 1, thread_name()") == "1"


async def test_whoever_waits_to_write_keeps_nobody_from_reading(sqlite_file_db: Database) -> None:
    """Another program, a backup say, holds the file's write lock."""
    async with asyncio.timeout(TIME_LIMIT_S):
        with somebody_else_writing(sqlite_file_db):
            writing = asyncio.create_task(written(sqlite_file_db))
            await asyncio.sleep(0)
            assert await where(sqlite_file_db) == HERE
            assert not writing.done()
        assert await writing == 1


async def test_a_writer_cancelled_while_it_waits_leaves_the_door_open(sqlite_file_db: Database) -> None:
    """The connection is not used twice at once, and the next one writes."""
    async with asyncio.timeout(TIME_LIMIT_S):
        with somebody_else_writing(sqlite_file_db):
            writing = asyncio.create_task(written(sqlite_file_db))
            await where(sqlite_file_db)
            writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert await written(sqlite_file_db) == 1


async def test_many_rows_at_once_are_written_in_a_thread(sqlite_file_db: Database) -> None:
    """A seed or an import; a reader sees them afterwards."""
    rows = [{"key": str(number)} for number in range(sqlite_driver.MANY_ROWS + 1)]
    insert = text("INSERT INTO idempotency_keys (scope, key, created_at) VALUES ('test', :key, '2026-03-02')")
    async with sqlite_file_db.begin() as session:
        await session.execute(insert, rows)
    async with sqlite_file_db.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM idempotency_keys")) == len(rows)


async def test_a_reader_cannot_write(sqlite_file_db: Database) -> None:
    """The second door has no handle on this side."""
    async with sqlite_file_db.read() as session:
        with pytest.raises(OperationalError):
            await session.execute(text("DELETE FROM idempotency_keys"))


async def written(db: Database) -> int:
    async with db.begin() as session:
        return await session.scalar(text("SELECT 1")) or 0


@contextlib.contextmanager
def somebody_else_writing(db: Database) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(str(make_url(db.url).database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_cursor_that_is_closed_leaves_nothing_to_the_garbage_collector(sqlite_file_url: str) -> None:
    """Its statement has ended: a collection at another time does not end the same statement in the middle of a thread's work."""
    connection = sqlite_driver.opener(sqlite_file_url)()
    cursor = connection.cursor()
    cursor.execute("SELECT 1")
    cursor.close()
    with pytest.raises(connection._connection.ProgrammingError, match="closed cursor"):
        cursor._raw.execute("SELECT 1")
    connection.close()
