"""SQLite without a thread between question and answer: the connection that SQLAlchemy's aiosqlite dialect uses in place of aiosqlite's.

aiosqlite sends every cursor, execution, fetch and close through a thread: four hops of 50 to 100 µs around a statement of 20. Here a statement runs
where it is called. What may wait goes to a thread, so that nobody else waits with it: a lock that another program holds, the disk at a COMMIT, many
rows at once, and for good every statement that once took long.
"""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import make_url
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.util import await_only

T = TypeVar("T")

# Processor time, not a clock's: on a busy machine everything takes long.
LONG_S = 0.002
MANY_ROWS = 100
PATIENCE_MS = 10_000


class Connection:
    """One connection, as a DBAPI has it. Transactions are begun by hand: the driver's own BEGIN comes too late."""

    isolation_level = None

    def __init__(self, raw: sqlite3.Connection, long: set[str]) -> None:
        self._connection = raw  # the name by which the dialect gives it to others
        self._thread = ThreadPoolExecutor(1, "sqlite")
        self._long = long

    def cursor(self) -> "Cursor":
        return Cursor(self, self._connection.cursor())

    def run(self, statement: str, work: Callable[[], T]) -> T:
        """What *work* returns: here, or in a thread when the statement may keep everybody waiting."""
        if statement in self._long:
            return self.aside(work)
        start = time.thread_time()
        try:
            result = work()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            return self.aside(lambda: self._patiently(work))
        if time.thread_time() - start > LONG_S:
            self._long.add(statement)
        return result

    def _patiently(self, work: Callable[[], T]) -> T:
        """Waits while another program holds the file's lock."""
        self._connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            return work()
        finally:
            self._connection.execute("PRAGMA busy_timeout = 0")

    def aside(self, work: Callable[[], T]) -> T:
        """In a thread, while others go on."""
        return await_only(self._aside(work))

    async def _aside(self, work: Callable[[], T]) -> T:
        working = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            # Whoever is cancelled leaves when it has ended: the connection must not be used twice at once.
            await asyncio.wait({working})
            raise

    def create_function(self, *arguments: Any, **options: Any) -> None:
        self._connection.create_function(*arguments, **options)

    def commit(self) -> None:
        if self._connection.in_transaction:
            self.aside(self._connection.commit)

    def rollback(self) -> None:
        self._connection.rollback()

    def close(self) -> None:
        self._thread.shutdown(wait=False)
        self._connection.close()

    terminate = close


class Cursor:
    """All its rows are there when `execute` is done: SQLite looks for the next one only when it is asked for."""

    server_side = False
    arraysize = 1

    def __init__(self, connection: Connection, raw: sqlite3.Cursor) -> None:
        self._of = connection
        self._raw = raw
        self._rows: deque[Any] = deque()

    @property
    def description(self) -> Any:
        return self._raw.description

    @property
    def rowcount(self) -> int:
        return self._raw.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._raw.lastrowid

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._rows = deque(self._of.run(statement, lambda: self._raw.execute(statement, parameters).fetchall()))

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        def work() -> sqlite3.Cursor:
            return self._raw.executemany(statement, rows)

        _ = self._of.aside(work) if len(rows) > MANY_ROWS else self._of.run(statement, work)

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return [self._rows.popleft() for _ in range(min(size or self.arraysize, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        rows, self._rows = list(self._rows), deque()
        return rows

    def __iter__(self) -> Iterator[Any]:
        while self._rows:
            yield self._rows.popleft()

    def close(self) -> None:
        self._rows.clear()
        # Left to the garbage collector, it would end its statement some time later: perhaps while a thread is in the middle of the same one.
        self._raw.close()

    async def _async_soft_close(self) -> None:
        """The rows stay: they are here already."""


def opener(url: str) -> Callable[[], Connection]:
    """For `create_async_engine(creator=…)`: opens the file of a SQLAlchemy URL."""
    (file,), options = SQLiteDialect_aiosqlite().create_connect_args(make_url(url))
    options = {**options, "isolation_level": None, "check_same_thread": False, "timeout": 0}
    long = set[str]()
    return lambda: Connection(sqlite3.connect(file, **options), long)
