"""A fresh database for a test, on each of the engines that Dukkan runs on."""

import asyncio
import contextlib
import functools
import itertools
import os
import shutil
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Row, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from tests import servers

T = TypeVar("T")
Rows = dict[str, list[dict[str, Any]]]

_numbers = itertools.count(1)


@contextlib.contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """URL of a new file with the full schema."""
    with empty_sqlite(folder) as url:
        shutil.copy(servers.once("sqlite-template", _sqlite_template), str(make_url(url).database))
        yield url


@contextlib.contextmanager
def empty_sqlite(folder: Path) -> Iterator[str]:
    """URL of a file that does not exist yet."""
    yield f"sqlite+aiosqlite:///{folder / f'shop-{next(_numbers)}.sqlite3'}"


@contextlib.contextmanager
def postgres(_folder: Path) -> Iterator[str]:
    """URL of a new database with the full schema."""
    template = servers.once("postgres-template", _postgres_template)
    with _new_postgres(f"TEMPLATE {template}") as url:
        yield url


@contextlib.contextmanager
def empty_postgres(_folder: Path) -> Iterator[str]:
    """URL of a new database without a table."""
    with _new_postgres("") as url:
        yield url


@contextlib.contextmanager
def mariadb(_folder: Path) -> Iterator[str]:
    """URL of this worker's database, which has the full schema and is emptied after each test."""
    url, first_rows = _mariadb_of_this_worker()
    try:
        yield _text(url)
    finally:
        _in_a_thread(_on(url, lambda connection: _reset_mariadb(connection, first_rows)))


@contextlib.contextmanager
def empty_mariadb(_folder: Path) -> Iterator[str]:
    """URL of a new database without a table."""
    server, name = make_url(servers.mariadb_url()), _name()
    _run_sql(server, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    try:
        yield _text(server.set(database=name))
    finally:
        _run_sql(server, f"DROP DATABASE {name}")


Kinds = dict[str, Callable[[Path], AbstractContextManager[str]]]

FRESH: Kinds = {
    "sqlite": sqlite,
    "postgres": postgres,
    "mariadb": mariadb,
}
EMPTY: Kinds = {
    "sqlite": empty_sqlite,
    "postgres": empty_postgres,
    "mariadb": empty_mariadb,
}


def drop_leftovers() -> None:
    """Remove what this run made on servers that outlive it."""
    for variable, listing in _DATABASES.items():
        if variable in os.environ:
            server = make_url(os.environ[variable])
            made = _run_sql(server, f"{listing} LIKE '{_run()}%'")
            _run_sql(server, *(f"DROP DATABASE {name}" for (name,) in made))


_DATABASES = {
    "DUKKAN_TEST_POSTGRES_URL": "SELECT datname FROM pg_database WHERE datname",
    "DUKKAN_TEST_MARIADB_URL": "SELECT schema_name FROM information_schema.schemata WHERE schema_name",
}


def _sqlite_template() -> str:
    path = servers.run_dir() / "template.sqlite3"
    _upgrade(f"sqlite+aiosqlite:///{path}")
    assert not path.with_name(f"{path.name}-wal").exists(), "the migration left a connection open"
    return str(path)


def _postgres_template() -> str:
    server, name = make_url(servers.postgres_url()), _name()
    _run_sql(server, f"CREATE DATABASE {name}")
    _upgrade(_text(server.set(database=name)))
    return name


@contextlib.contextmanager
def _new_postgres(options: str) -> Iterator[str]:
    server, name = make_url(servers.postgres_url()), _name()
    _run_sql(server, f"CREATE DATABASE {name} {options}")
    try:
        yield _text(server.set(database=name))
    finally:
        _run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


@functools.cache
def _mariadb_of_this_worker() -> tuple[URL, Rows]:
    """MariaDB has no templates, and thirty tables take a while to make: one database a worker, emptied between tests."""
    server, name = make_url(servers.mariadb_url()), _name()
    _run_sql(server, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    url = server.set(database=name)
    _upgrade(_text(url))
    return url, _in_a_thread(_on(url, _all_rows))


async def _reset_mariadb(connection: AsyncConnection, first_rows: Rows) -> None:
    """Back to what the migrations made, whatever a test or a killed process of it has left open."""
    await _disconnect_others(connection)
    await connection.execute(text("SET foreign_key_checks = 0"))
    for table in await _filled_tables(connection):
        await connection.execute(text(f"DELETE FROM `{table}`"))
    for table, rows in first_rows.items():
        columns, values = ", ".join(f"`{key}`" for key in rows[0]), ", ".join(f":{key}" for key in rows[0])
        await connection.execute(text(f"INSERT INTO `{table}` ({columns}) VALUES ({values})"), rows)


async def _disconnect_others(connection: AsyncConnection) -> None:
    others = text("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()")
    for number in (await connection.execute(others)).scalars():
        with contextlib.suppress(OperationalError):  # it has gone by itself
            await connection.execute(text(f"KILL {number}"))


async def _all_rows(connection: AsyncConnection) -> Rows:
    rows = {}
    for table in await _filled_tables(connection):
        columns = ", ".join(f"`{name}`" for name in await _stored_columns(connection, table))
        found = await connection.execute(text(f"SELECT {columns} FROM `{table}`"))
        rows[table] = [dict(row._mapping) for row in found]
    return rows


async def _filled_tables(connection: AsyncConnection) -> list[str]:
    listing = text("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
    tables = (await connection.execute(listing)).scalars().all()
    questions = (f"SELECT '{table}' FROM DUAL WHERE EXISTS (SELECT 1 FROM `{table}`)" for table in tables)
    return list((await connection.execute(text(" UNION ALL ".join(questions)))).scalars())


async def _stored_columns(connection: AsyncConnection, table: str) -> list[str]:
    listing = text(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND table_name = :name AND extra NOT LIKE '%GENERATED%'"
    )
    return list((await connection.execute(listing, {"name": table})).scalars())


def _upgrade(url: str) -> None:
    from store import migrate

    with ThreadPoolExecutor(1) as thread:
        thread.submit(migrate.upgrade, url).result()


def _run_sql(server: URL, *statements: str) -> Sequence[Row[Any]]:
    """Run the statements one after another, each in a transaction of its own. Returns the rows of the last."""

    async def run(connection: AsyncConnection) -> Sequence[Row[Any]]:
        rows: Sequence[Row[Any]] = []
        for statement in statements:
            result = await connection.execute(text(statement))
            rows = result.all() if result.returns_rows else []
        return rows

    return _in_a_thread(_on(server, run))


async def _on(url: URL, act: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            return await act(connection)
    finally:
        await engine.dispose()


def _in_a_thread(work: Coroutine[Any, Any, T]) -> T:
    """Run *work* in an event loop that the test's own loop never meets."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _run() -> str:
    return servers.run_dir().name.replace("-", "_")


def _name() -> str:
    return f"{_run()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_numbers)}"
