"""A fresh database for a test, on each of the engines that Dukkan runs on.

SQLite: a copy of a file. The others: one database a worker, because making one takes longer than most tests; it is laid
back to what the migrations made after each test, and thrown away when a test has changed the schema itself.
"""

import asyncio
import contextlib
import functools
import itertools
import os
import shutil
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, column, delete, insert, make_url, select, table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from tests import servers

T = TypeVar("T")
Rows = dict[str, list[dict[str, Any]]]
Kinds = Mapping[str, Callable[[], AbstractContextManager[str]]]

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Server:
    """A database server, and what must be said differently to it."""

    url: Callable[[], str]
    create: str
    drop: str
    tables: str
    ignore_foreign_keys: str
    # Each row is a statement that disconnects somebody else.
    disconnecting: str
    # One value that is another one after a change of the schema.
    schema: str


SERVERS = {
    "postgres": Server(
        servers.postgres_url,
        "CREATE DATABASE {name}",
        "DROP DATABASE IF EXISTS {name} WITH (FORCE)",
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
        "SET session_replication_role = replica",
        "SELECT 'SELECT pg_terminate_backend(' || pid || ')' FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
        # A column, a key or an index that comes, goes or changes is a new version of a row in one of these.
        "SELECT SUM(xmin::text::bigint) || ' ' || COUNT(*) FROM ("
        "SELECT xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " UNION ALL SELECT xmin FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        " UNION ALL SELECT a.xmin FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = attrelid"
        " WHERE relnamespace = 'public'::regnamespace) AS versions",
    ),
    "mariadb": Server(
        servers.mariadb_url,
        "CREATE DATABASE {name} CHARACTER SET utf8mb4",
        "DROP DATABASE IF EXISTS {name}",
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
        "SET foreign_key_checks = 0",
        "SELECT CONCAT('KILL ', id) FROM information_schema.processlist"
        " WHERE db = DATABASE() AND id <> CONNECTION_ID()",
        # The moment of the last change has seconds, and a test can be quicker: what can be taken away is counted too.
        "SELECT CONCAT_WS(' ',"
        " (SELECT SUM(CRC32(CONCAT_WS(' ', table_name, create_time))) FROM information_schema.tables"
        " WHERE table_schema = DATABASE()),"
        " (SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE()),"
        " (SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE()))",
    ),
}


@contextlib.contextmanager
def sqlite() -> Iterator[str]:
    """URL of a new file with the full schema."""
    with empty_sqlite() as url:
        shutil.copy(servers.once("sqlite-template", _sqlite_template), str(sqlite_path(url)))
        yield url


@contextlib.contextmanager
def empty_sqlite() -> Iterator[str]:
    """URL of a file that does not exist yet."""
    folder = servers.run_dir() / _name()
    folder.mkdir()
    try:
        yield f"sqlite+aiosqlite:///{folder / 'shop.sqlite3'}"
    finally:
        shutil.rmtree(folder)


def sqlite_path(url: str) -> Path | None:
    """Where the file is; None of a server's database."""
    parsed = make_url(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


def filled_file(name: str, fill: Callable[[str], Coroutine[Any, Any, None]]) -> str:
    """Path of a file with the full schema and what *fill* has written; it is written once a run and *name*, and only to be copied.

    Waits: from a coroutine it is called in a thread.
    """

    def make() -> str:
        path = servers.run_dir() / f"{name}.sqlite3"
        shutil.copy(servers.once("sqlite-template", _sqlite_template), path)
        asyncio.run(fill(f"sqlite+aiosqlite:///{path}"))
        return str(path)

    return servers.once(name, make)


@contextlib.contextmanager
def complete(kind: str) -> Iterator[str]:
    """URL of this worker's database on a server: it has the full schema, and what the migrations wrote."""
    prepared = _prepared(kind)
    try:
        yield _text(prepared.url)
    finally:
        if not _on(prepared.url, lambda connection: _lay_back(connection, SERVERS[kind], prepared)):
            _prepared.cache_clear()


@contextlib.contextmanager
def empty(kind: str) -> Iterator[str]:
    """URL of a new database on a server, without a table."""
    url = _create(kind)
    try:
        yield _text(url)
    finally:
        _run_sql(kind, SERVERS[kind].drop.format(name=url.database))


FRESH: Kinds = {"sqlite": sqlite, **{kind: functools.partial(complete, kind) for kind in SERVERS}}
EMPTY: Kinds = {"sqlite": empty_sqlite, **{kind: functools.partial(empty, kind) for kind in SERVERS}}


def drop_leftovers() -> None:
    """Remove what this run made on servers that outlive it."""
    for kind, server in SERVERS.items():
        if f"DUKKAN_TEST_{kind.upper()}_URL" in os.environ:
            made = (servers.run_dir() / f"{kind}.databases").read_text().split()
            _run_sql(kind, *(server.drop.format(name=name) for name in made))


@dataclass(frozen=True)
class Prepared:
    url: URL
    schema: str
    rows: Rows


@functools.cache
def _prepared(kind: str) -> Prepared:
    url = _create(kind)
    _upgrade(_text(url))

    async def look(connection: AsyncConnection) -> Prepared:
        server = SERVERS[kind]
        rows = {name: await _rows(connection, name) for name in await _filled_tables(connection, server)}
        return Prepared(url, await _schema(connection, server), rows)

    return _on(url, look)


def _create(kind: str) -> URL:
    name = _name()
    with (servers.run_dir() / f"{kind}.databases").open("a") as made:
        made.write(f"{name}\n")
    _run_sql(kind, SERVERS[kind].create.format(name=name))
    return make_url(SERVERS[kind].url()).set(database=name)


def _sqlite_template() -> str:
    path = servers.run_dir() / "template.sqlite3"
    _upgrade(f"sqlite+aiosqlite:///{path}")
    assert not path.with_name(f"{path.name}-wal").exists(), "the migration left a connection open"
    return str(path)


async def _lay_back(connection: AsyncConnection, server: Server, prepared: Prepared) -> bool:
    """All rows are again what the migrations made, whatever a test or a killed process has left open.

    False when a test has changed the schema: no row can mend that.
    """
    for statement in (await connection.execute(text(server.disconnecting))).scalars().all():
        with contextlib.suppress(DBAPIError):  # it has gone by itself
            await connection.execute(text(statement))
    if await _schema(connection, server) != prepared.schema:
        return False
    await connection.execute(text(server.ignore_foreign_keys))
    for name in await _filled_tables(connection, server):
        await connection.execute(delete(table(name)))
    for name, rows in prepared.rows.items():
        await connection.execute(insert(table(name, *map(column, rows[0]))), rows)
    return True


async def _schema(connection: AsyncConnection, server: Server) -> str:
    return str((await connection.execute(text(server.schema))).scalar_one())


async def _filled_tables(connection: AsyncConnection, server: Server) -> list[str]:
    quote = connection.dialect.identifier_preparer.quote
    names = (await connection.execute(text(server.tables))).scalars().all()
    has_rows = (f"SELECT '{name}' FROM (SELECT 1) AS one WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in names)
    return list((await connection.exec_driver_sql(" UNION ALL ".join(has_rows))).scalars())


async def _rows(connection: AsyncConnection, name: str) -> list[dict[str, Any]]:
    found = await connection.execute(select(text("*")).select_from(table(name)))
    return [dict(row._mapping) for row in found]


def _upgrade(url: str) -> None:
    from store import migrate

    with ThreadPoolExecutor(1) as thread:
        thread.submit(migrate.upgrade, url).result()


def _run_sql(kind: str, *statements: str) -> None:
    async def run(connection: AsyncConnection) -> None:
        for statement in statements:
            await connection.execute(text(statement))

    _on(make_url(SERVERS[kind].url()), run)


def _on(url: URL, act: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """What *act* returns, on a connection where every statement is a transaction."""

    async def run() -> T:
        async with _engine(url).connect() as connection:
            return await act(connection)

    return asyncio.run_coroutine_threadsafe(run(), _loop()).result()


@functools.cache
def _engine(url: URL) -> AsyncEngine:
    # A test may have cut everybody's connection.
    return create_async_engine(url, isolation_level="AUTOCOMMIT", pool_size=1, pool_pre_ping=True)


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    """An event loop in a thread of its own, which the tests' loops never meet."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _name() -> str:
    run = servers.run_dir().name.replace("-", "_")
    return f"{run}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_numbers)}"
