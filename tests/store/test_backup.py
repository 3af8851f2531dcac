import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from store import backup, migrate
from store.backup import BackupError
from store.db import Database

NOW = datetime(2026, 11, 25, 14, 6, tzinfo=UTC)


@pytest.fixture
def shop(sqlite_file_url: str) -> Path:
    """A shop's database file with two sellers in it."""
    path = Path(str(make_url(sqlite_file_url).database))
    with closing(sqlite3.connect(path)) as connection:
        for slug in ("harbor", "corner"):
            connection.execute(
                "INSERT INTO sellers (slug, name, about, currency, language, timezone, created_at)"
                " VALUES (?, '{}', '{}', 'USD', 'en', 'UTC', '2026-11-25 14:00:00')",
                (slug,),
            )
        connection.commit()
    return path


def slugs(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {slug for (slug,) in connection.execute("SELECT slug FROM sellers")}


def close_shop_of(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM sellers")
        connection.commit()


def test_a_backup_has_every_row_and_the_moment_in_its_name(shop: Path, tmp_path: Path) -> None:
    """What was in the shop is in the backup."""
    made = backup.backup(shop, tmp_path / "backups", now=NOW)
    assert made.path.name == f"{shop.stem}-2026-11-25T140600Z.sqlite3"
    assert (made.rows["sellers"], made.revision) == (2, migrate.head())
    assert slugs(made.path) == {"harbor", "corner"}


def test_a_backup_leaves_one_file_and_nothing_unfinished(shop: Path, tmp_path: Path) -> None:
    """What is copied elsewhere afterwards is complete."""
    made = backup.backup(shop, tmp_path / "backups", now=NOW)
    assert list((tmp_path / "backups").iterdir()) == [made.path]


def test_a_backup_of_the_same_second_does_not_overwrite_the_first(shop: Path, tmp_path: Path) -> None:
    """A backup is never lost to another one."""
    backup.backup(shop, tmp_path, now=NOW)
    with pytest.raises(BackupError, match="exists already"):
        backup.backup(shop, tmp_path, now=NOW)


async def test_a_backup_holds_what_a_running_shop_has_committed_and_no_more(
    sqlite_file_url: str, tmp_path: Path
) -> None:
    """The log that SQLite has not yet written into the file counts; an open transaction does not."""
    path = Path(str(make_url(sqlite_file_url).database))
    db = Database(sqlite_file_url)
    try:
        async with db.begin() as session:
            await session.execute(text("INSERT INTO idempotency_keys VALUES ('test', 'committed', '2026-11-25')"))
        async with db.begin() as session:
            await session.execute(text("INSERT INTO idempotency_keys VALUES ('test', 'open', '2026-11-25')"))
            made = await asyncio.to_thread(backup.backup, path, tmp_path / "backups", now=NOW)
    finally:
        await db.close()
    assert made.rows["idempotency_keys"] == 1


def test_a_restored_shop_has_what_the_backup_had(shop: Path, tmp_path: Path) -> None:
    """The way back works, and what was there is kept beside it."""
    made = backup.backup(shop, tmp_path / "backups", now=NOW)
    close_shop_of(shop)
    restored = backup.restore(made.path, shop, now=NOW + timedelta(hours=1))
    assert slugs(shop) == {"harbor", "corner"}
    assert restored.aside is not None
    assert slugs(restored.aside) == set()


def test_a_backup_is_restored_where_nothing_is(shop: Path, tmp_path: Path) -> None:
    """A new machine has no database yet."""
    made = backup.backup(shop, tmp_path, now=NOW)
    target = tmp_path / "new" / "shop.sqlite3"
    assert backup.restore(made.path, target, now=NOW).aside is None
    assert slugs(target) == {"harbor", "corner"}


async def test_a_running_shop_is_not_replaced(shop: Path, sqlite_file_url: str, tmp_path: Path) -> None:
    """Two databases under one running program would be the end of both."""
    made = backup.backup(shop, tmp_path, now=NOW)
    db = Database(sqlite_file_url)
    try:
        async with db.begin() as session:
            await session.execute(text("UPDATE sellers SET language = 'ru'"))
        with pytest.raises(BackupError, match="is in use: stop the shop first"):
            backup.restore(made.path, shop, now=NOW)
    finally:
        await db.close()
    assert slugs(shop) == {"harbor", "corner"}


def test_a_backup_of_a_newer_program_is_refused(shop: Path, tmp_path: Path) -> None:
    """This program would not understand its tables."""
    made = backup.backup(shop, tmp_path, now=NOW)
    with closing(sqlite3.connect(made.path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
        connection.commit()
    with pytest.raises(BackupError, match="made by a newer Dukkan"):
        backup.restore(made.path, shop, now=NOW)


@pytest.mark.parametrize("damage", ["not a database", "no shop", "torn"])
def test_what_is_no_sound_backup_is_refused(shop: Path, tmp_path: Path, damage: str) -> None:
    """The shop that stands is worth more than a broken copy."""
    broken = tmp_path / "broken.sqlite3"
    if damage == "not a database":
        broken.write_bytes(b"lorem ipsum" * 1000)
    elif damage == "no shop":
        with closing(sqlite3.connect(broken)) as connection:
            connection.execute("CREATE TABLE t (x)")
    else:
        content = backup.backup(shop, tmp_path, now=NOW).path.read_bytes()
        broken.write_bytes(content[: len(content) // 2])
    with pytest.raises(BackupError):
        backup.restore(broken, shop, now=NOW)
    assert slugs(shop) == {"harbor", "corner"}


def test_a_shop_whose_file_is_broken_can_be_restored(shop: Path, tmp_path: Path) -> None:
    """That is what backups are for."""
    made = backup.backup(shop, tmp_path, now=NOW)
    shop.write_bytes(b"the disk had a bad day" * 100)
    restored = backup.restore(made.path, shop, now=NOW)
    assert slugs(shop) == {"harbor", "corner"}
    assert restored.aside is not None


def test_there_is_no_backup_of_nothing(tmp_path: Path) -> None:
    """A wrong path is said, not backed up."""
    with pytest.raises(BackupError, match="there is no database at"):
        backup.backup(tmp_path / "none.sqlite3", tmp_path, now=NOW)
