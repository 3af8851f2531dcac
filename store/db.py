"""The database: one writer door (`begin`) and one reader door (`read`), on SQLite, PostgreSQL and MariaDB/MySQL."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult, Executable, Insert, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from store import editions, sqlite_driver

# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available. MySQL: lock wait timeout, deadlock, record changed since read.
_TRANSIENT_SQLSTATES = {"40001", "40P01", "55P03"}
_TRANSIENT_MYSQL = {1205, 1213, 1020}

_TRIES = 5

T = TypeVar("T")

_writing: ContextVar["Writing | None"] = ContextVar("writing", default=None)
_commits: ContextVar["Commits | None"] = ContextVar("commits", default=None)
_first: ContextVar["FirstWrite | None"] = ContextVar("first_write", default=None)


class OutcomeUnknown(SQLAlchemyError):
    """The connection was lost while a commit was on its way: everything has happened, or nothing."""


class Writing:
    """What is known of the write transaction of this task."""

    def __init__(self) -> None:
        self.has_touched_catalogue = False


class Commits:
    """How many transactions were committed inside a `counting_commits()` block: a deadlocked handler is re-run only when it is 0."""

    def __init__(self) -> None:
        self.count = 0


@contextmanager
def counting_commits() -> Iterator[Commits]:
    commits = Commits()
    token = _commits.set(commits)
    try:
        yield commits
    finally:
        _commits.reset(token)


class FirstWrite:
    """What the first transaction of a piece of work that commits has written before everything else."""

    def __init__(self, write: Callable[[AsyncSession], Awaitable[None]]) -> None:
        self.write = write
        self.is_committed = False


@contextmanager
def writing_first(write: Callable[[AsyncSession], Awaitable[None]]) -> Iterator[FirstWrite]:
    """Every transaction begun in this block begins with *write*, until one has committed. What *write* raises, `begin()` raises."""
    first = FirstWrite(write)
    token = _first.set(first)
    try:
        yield first
    finally:
        _first.reset(token)


@contextmanager
def before_acting() -> Iterator[None]:
    """Transactions begun in this block are nobody's act yet: they bring the books up to what the world says, and come again with the update.

    A press that died after them has not acted: without this it would bear its mark, and be shown what stands instead of being carried out.
    """
    token = _first.set(None)
    try:
        yield
    finally:
        _first.reset(token)


class Database:
    """`async with db.begin() as session` commits at the end or rolls back on an exception; `async with db.read() as session` only reads.

    SQLite gets two engines: deferred writers that upgrade sold 30 of 10 pieces, so the writer takes BEGIN IMMEDIATE behind one process-wide lock
    (same throughput as racing on the file lock, a twentieth of its p99), and readers are `query_only`.
    """

    def __init__(self, url: str, *, echo: bool = False, **engine_options: Any) -> None:
        parsed = make_url(url)
        self.url = url
        self.dialect = "mysql" if parsed.get_backend_name() == "mariadb" else parsed.get_backend_name()
        # Called after each commit that wrote to the outbox; must not block.
        self.on_outbox: list[Callable[[], None]] = []
        self._write_lock: asyncio.Lock | None = None
        if self.dialect == "sqlite":
            self._write_lock = asyncio.Lock()
            self._writer = _sqlite_engine(url, echo, writer=True)
            self._reader = _sqlite_engine(url, echo, writer=False)
        else:
            options: dict[str, Any] = {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 20} | engine_options
            if "poolclass" in options:
                options.pop("pool_size"), options.pop("max_overflow")
            self._writer = self._reader = create_async_engine(
                url, echo=echo, isolation_level="READ COMMITTED", hide_parameters=True, **options
            )

        event.listen(self._writer.sync_engine, "before_cursor_execute", _notice)

    @property
    def engine(self) -> AsyncEngine:
        return self._writer

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A write transaction. Raises: OutcomeUnknown; RuntimeError inside another one: two transactions of one task would wait for each other."""
        if _writing.get() is not None:
            raise RuntimeError("begin() inside begin(): pass the session on instead")
        writing = Writing()
        token = _writing.set(writing)
        first, is_asked = _first.get(), False
        try:
            async with self._write_lock or nullcontext():
                session = AsyncSession(self._writer, expire_on_commit=False)
                async with session, session.begin():
                    if first is not None and not first.is_committed:
                        await first.write(session)
                    yield session
                    await _end(session, writing)
                    is_asked = True
        except DBAPIError as error:
            if is_asked and error.connection_invalidated:
                raise OutcomeUnknown("the connection was lost during a commit") from error
            raise
        finally:
            _writing.reset(token)
        self._committed(session, first)

    def _committed(self, session: AsyncSession, first: FirstWrite | None) -> None:
        if first is not None:
            first.is_committed = True
        if (commits := _commits.get()) is not None:
            commits.count += 1
        if session.info.get("outbox"):
            for wake in self.on_outbox:
                wake()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(self._reader, expire_on_commit=False) as session:
            yield session

    async def close(self) -> None:
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


def _notice(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    """Every statement passes here on its way to the database, a flush of the session's and one of plain text too."""
    writing = _writing.get()
    if writing is not None and not writing.has_touched_catalogue:
        writing.has_touched_catalogue = editions.are_touched_by(statement)


async def _end(session: AsyncSession, writing: Writing) -> None:
    """The last statements of a transaction that is about to commit."""
    if session.new or session.dirty or session.deleted:
        await session.flush()
    if writing.has_touched_catalogue:
        await editions.draw(session)


def _sqlite_engine(url: str, echo: bool, *, writer: bool) -> AsyncEngine:
    pool: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if writer else {"pool_size": 4, "max_overflow": 4}
    # An error that names its parameters would put names and addresses into the log.
    begin = "BEGIN IMMEDIATE" if writer else "BEGIN"
    engine = create_async_engine(url, creator=sqlite_driver.opener(url), echo=echo, hide_parameters=True, **pool)
    pragmas = ["foreign_keys = ON", "synchronous = FULL"]
    pragmas.append("journal_mode = WAL" if writer else "query_only = ON")

    def on_connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
    return engine


def sqlite_is_safe(version: tuple[int, ...]) -> bool:
    """False for those that can lose committed writes when two connections write, or check-point, at the same moment in WAL mode.

    Source: SQLite's release notes of 3.51.3 and of its backports.
    """
    if not (3, 7) <= version < (3, 51, 3):
        return True
    return any(version[:2] == mended[:2] and version >= mended for mended in ((3, 44, 6), (3, 50, 7)))


def is_transient(error: BaseException) -> bool:
    """Whether nothing has happened, and running the same again may succeed: deadlock, serialization failure, lock timeout, a lost connection, SQLite busy."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    if error.connection_invalidated:
        return True
    original: Any = error.orig
    state = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    if state in _TRANSIENT_SQLSTATES or "database is locked" in str(original):
        return True
    return bool(original.args) and original.args[0] in _TRANSIENT_MYSQL


def may_pass(error: BaseException) -> bool:
    """Whether the database may take the very same later: it is away, starting, full or busy. Not when the statement is wrong."""
    if isinstance(error, (IntegrityError, ProgrammingError, DataError)):
        return False
    return isinstance(error, (OutcomeUnknown, DBAPIError, PoolTimeout, OSError, TimeoutError))


async def affected(session: AsyncSession, statement: Executable, values: Mapping[str, Any] | None = None) -> int:
    """How many rows an UPDATE or DELETE matched: who checks and acts in one statement learns from it whether it acted."""
    return cast("CursorResult[Any]", await session.execute(statement, values)).rowcount


async def new_id(session: AsyncSession, statement: Insert, values: Mapping[str, Any] | None = None) -> int:
    """The primary key that the database gave to the one row inserted into a table (not an entity)."""
    key = cast("CursorResult[Any]", await session.execute(statement, values)).inserted_primary_key
    assert key is not None
    return int(key[0])


async def run_again(db: Database, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """What *work* returns, from one transaction; begun anew, five times at most, when the database gave up one of two that stood in each other's way.

    *work* must do nothing but speak to the database: it may run more than once.
    """
    for remaining in reversed(range(_TRIES)):
        try:
            async with db.begin() as session:
                return await work(session)
        except DBAPIError as error:
            if not remaining or not is_transient(error):
                raise
        await asyncio.sleep(random.uniform(0.005, 0.05))
    raise AssertionError("the last try returns or raises")
