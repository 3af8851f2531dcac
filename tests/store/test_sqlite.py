"""What only SQLite has: one writer, readers that cannot write, and versions that lose what they were given."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from store.db import Database
from store.sqlite_version import sqlite_is_safe


@pytest.mark.parametrize("version", ["3.51.3", "3.52.0", "4.0.0", "3.44.6", "3.44.9", "3.50.7"])
def test_repaired_versions_are_safe(version: str) -> None:
    """The repair, and its backports."""
    assert sqlite_is_safe(tuple(map(int, version.split("."))))


@pytest.mark.parametrize("version", ["3.7.0", "3.40.1", "3.44.5", "3.45.0", "3.49.9", "3.50.6", "3.51.0", "3.51.2"])
def test_older_versions_are_not(version: str) -> None:
    """Nor are newer ones that the repair was not brought to."""
    assert not sqlite_is_safe(tuple(map(int, version.split("."))))


async def test_the_shop_runs_on_a_safe_one(sqlite_file_url: str) -> None:
    """Where Python's own is not, the wheel is there."""
    db = Database(sqlite_file_url)
    async with db.read() as session:
        version = str(await session.scalar(text("SELECT sqlite_version()")))
    await db.close()
    assert sqlite_is_safe(tuple(map(int, version.split("."))))


async def test_a_reader_cannot_write(sqlite_file_url: str) -> None:
    """A handler that took the wrong door learns it in its first test."""
    db = Database(sqlite_file_url)
    async with db.read() as session:
        for change in ("DELETE FROM customers", "UPDATE orders SET status = 'paid'", "DROP TABLE orders"):
            with pytest.raises(OperationalError, match="readonly"):
                await session.execute(text(change))
    await db.close()


async def test_a_reader_is_not_kept_waiting_by_a_writer(sqlite_file_url: str) -> None:
    """And sees nothing of what is not committed."""
    db = Database(sqlite_file_url)
    async with db.begin() as writing, db.read() as reading:
        await writing.execute(text("DELETE FROM alembic_version"))
        assert await reading.scalar(text("SELECT COUNT(*) FROM alembic_version")) == 1
    await db.close()
