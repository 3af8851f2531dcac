"""SQLite without a thread between question and answer. SQLAlchemy's aiosqlite dialect speaks with this connection instead of aiosqlite's.

aiosqlite sends every cursor, execution, fetch and close through a thread: four hops of 50 to 100 µs around a statement of 20. Here a statement runs
where it is called. What may wait goes to a thread, so that nobody else waits with it: a lock that another program holds, the disk at a COMMIT, many
rows at once, and for good every statement that once took long.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import make_url
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite

T = TypeVar("T")

# Processor time, not a clock's: on a busy machine everything takes long.
LONG_S = 0.002
MANY_ROWS = 100
PATIENCE_MS = 10_000


class Connection:
    """One connection. Its statements come one after another: the dialect sees to that."""

    def __init__(self, raw: sqlite3.Connection, long: set[str]) -> None:
        # The names that the dialect knows from aiosqlite.
        self._conn = self._connection = raw
        self._thread = ThreadPoolExecutor(1, "sqlite")
        self._long = long

    def cursor(self) -> "Cursor":
        return Cursor(self, self._conn.cursor())

    async def run(self, statement: str, work: Callable[[], T]) -> T:
        """What *work* returns: here, or in a thread when the statement may keep everybody waiting."""
        if statement in self._long:
            return await self.aside(work)
        start = time.thread_time()
        try:
            result = work()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            return await self.aside(lambda: self._patiently(work))
        if time.thread_time() - start > LONG_S:
            self._long.add(statement)
        return result

    def _patiently(self, work: Callable[[], T]) -> T:
        """Waits while another program holds the file's lock."""
        self._conn.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            return work()
        finally:
            self._conn.execute("PRAGMA busy_timeout = 0")

    async def aside(self, work: Callable[[], T]) -> T:
        """In a thread. Whoever is cancelled meanwhile leaves when it has ended: the connection must not be used twice at once."""
        working = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            await asyncio.wait({working})
            raise

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        self._conn.create_function(*arguments, **options)

    async def commit(self) -> None:
        if self._conn.in_transaction:
            await self.aside(self._conn.commit)

    async def rollback(self) -> None:
        self._conn.rollback()

    async def close(self) -> None:
        self.stop()

    def stop(self) -> None:
        self._thread.shutdown(wait=False)
        self._conn.close()


class Cursor:
    def __init__(self, connection: Connection, raw: sqlite3.Cursor) -> None:
        self._of = connection
        self._raw = raw
        self._rows: list[Any] = []

    async def __aenter__(self) -> "Cursor":
        return self

    @property
    def description(self) -> Any:
        return self._raw.description

    @property
    def rowcount(self) -> int:
        return self._raw.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._raw.lastrowid

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        def work() -> list[Any]:
            # All rows at once: SQLite looks for the next one only when it is asked for.
            return self._raw.execute(statement, parameters).fetchall()

        self._rows = await self._of.run(statement, work)

    async def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        if len(rows) > MANY_ROWS:
            await self._of.aside(lambda: self._raw.executemany(statement, rows))
        else:
            await self._of.run(statement, lambda: self._raw.executemany(statement, rows))

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._raw.close()


def opener(url: str) -> Callable[[], Any]:
    """For `create_async_engine(async_creator=…)`: opens the file of a SQLAlchemy URL. Transactions are begun by hand: the driver's own BEGIN comes too late."""
    (file,), options = SQLiteDialect_aiosqlite().create_connect_args(make_url(url))
    options = {**options, "isolation_level": None, "check_same_thread": False, "timeout": 0}
    long = set[str]()

    async def open_one() -> Connection:
        return Connection(await asyncio.to_thread(lambda: sqlite3.connect(file, **options)), long)

    return open_one
