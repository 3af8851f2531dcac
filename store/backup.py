"""Copies of a SQLite shop that are known to be good, and the way back to one. For other databases their own tools do this better."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store import migrate


class BackupError(Exception):
    """Why there is no backup, or nothing was restored; in one line for the person who asked. What was there before is untouched."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that was checked after it was written. `rows` counts each table's."""

    path: Path
    revision: str | None
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Restored:
    """`aside` is where the file that stood there before is kept; None when there was none."""

    backup: Backup
    aside: Path | None


def backup(source: Path, folder: Path, *, now: datetime) -> Backup:
    """A checked copy of the database in *folder*, named after the moment. The shop may be running: the copy is of one moment.

    Raises: BackupError.
    """
    if not source.is_file():
        raise BackupError(f"there is no database at {source}")
    with _told():
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source.stem}-{now:%Y-%m-%dT%H%M%SZ}{source.suffix}"
    if path.exists():
        raise BackupError(f"{path} exists already")
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        counted = _copy(source, unfinished)
        copied = check(unfinished)
        if copied.rows != counted:
            raise BackupError(f"the copy of {source} has not the rows of the original")
        with _told():
            _settle(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return Backup(path, copied.revision, copied.rows)


def check(path: Path) -> Backup:
    """The file is a sound SQLite database, every foreign key in it leads somewhere. Raises: BackupError."""
    with _reading(path) as connection:
        told = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if told != "ok":
            raise BackupError(f"{path} is damaged: {told}")
        if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise BackupError(f"{path} is damaged: a foreign key leads nowhere")
        return Backup(path, _revision(connection), _count(connection))


def restore(source: Path, target: Path, *, now: datetime) -> Restored:
    """The backup stands where the shop expects its database; what stood there is kept beside it, under another name.

    Raises: BackupError when the shop is running, the backup is damaged, no shop, or made by a newer program.
    """
    found = check(source)
    if found.revision is None:
        raise BackupError(f"{source} is no backup of a shop")
    if not migrate.knows(found.revision):
        raise BackupError(f"{source} was made by a newer Dukkan: update this one first")
    if target.exists() and target.samefile(source):
        raise BackupError(f"{source} is the shop's own database")
    with _told():
        target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        _copy(source, unfinished)
        with _told():
            aside = _put_aside(target, now)
            _settle(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return Restored(found, aside)


@contextmanager
def _told() -> Iterator[None]:
    """A full disk, a folder that is none, a file that may not be written: for the person to mend. Raises: BackupError."""
    try:
        yield
    except OSError as error:
        raise BackupError(f"{error.filename}: {error.strerror}") from None


def _copy(source: Path, copy: Path) -> dict[str, int]:
    """Rows of each table at the moment of the copy: counting and copying read the same snapshot."""
    copy.unlink(missing_ok=True)
    with _reading(source) as connection, closing(sqlite3.connect(copy, isolation_level=None)) as written:
        connection.execute("BEGIN")
        counted = _count(connection)
        connection.backup(written)
        # A backup is one file, not three.
        written.execute("PRAGMA journal_mode = DELETE")
        return counted


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(
            sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True, isolation_level=None)
        ) as connection:
            yield connection
    except sqlite3.Error as error:
        raise BackupError(f"{path} cannot be read as a SQLite database: {error}") from None


def _count(connection: sqlite3.Connection) -> dict[str, int]:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {name: _rows(connection, name) for (name,) in sorted(tables.fetchall())}


def _rows(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    return int(connection.execute(f'SELECT COUNT(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608 - a name from the schema, quoted


def _revision(connection: sqlite3.Connection) -> str | None:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def _put_aside(target: Path, now: datetime) -> Path | None:
    """The old database under another name, complete in one file. Raises: BackupError when somebody has it open."""
    if not target.exists():
        return None
    aside = target.with_name(f"{target.stem}-before-restore-{now:%Y-%m-%dT%H%M%SZ}{target.suffix}")
    if aside.exists():
        raise BackupError(f"{aside} exists already")
    try:
        with closing(sqlite3.connect(target, timeout=0, isolation_level=None)) as connection:
            # Leaving WAL mode needs the file for oneself: it fails while a shop has it open, and empties the log into it otherwise.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        raise BackupError(f"{target} is in use: stop the shop first") from None
    except sqlite3.DatabaseError:
        pass  # what stands there is no database (any more): that is why somebody restores
    target.rename(aside)
    for left in ("-wal", "-shm"):
        target.with_name(target.name + left).unlink(missing_ok=True)
    return aside


def _settle(unfinished: Path, path: Path) -> None:
    """The finished file is on the disk under its name: a power cut leaves the whole of it or nothing."""
    with unfinished.open("rb+") as written:
        os.fsync(written.fileno())
    unfinished.replace(path)
