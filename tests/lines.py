"""The line to a database server, and how it breaks."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, NullPool, event, text
from sqlalchemy.util import await_only

from store.db import Database
from tests.databases import SERVERS


async def cut(db: Database) -> None:
    """Nobody has a connection to this database any more."""
    kind = "postgres" if db.dialect == "postgresql" else "mariadb"
    other = Database(db.url, poolclass=NullPool)
    async with other.engine.connect() as connection:
        for statement in (await connection.execute(text(SERVERS[kind].disconnecting))).scalars().all():
            await connection.execute(text(statement))
    await other.close()


@contextlib.contextmanager
def cut_in_commit(db: Database, *, is_committed: bool) -> Iterator[None]:
    """The first commit loses its line, after the server has heard of it or before."""

    def act(connection: Connection) -> None:
        if is_committed:
            connection.exec_driver_sql("COMMIT")
        await_only(cut(db))

    with _once(db, "commit", act):
        yield


@contextlib.contextmanager
def cut_before(db: Database, beginning: str) -> Iterator[list[str]]:
    """The first statement that begins so finds its line broken. Yields how often such a one was tried."""
    tried: list[str] = []

    def act(_connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(beginning):
            tried.append(statement)
            if len(tried) == 1:
                await_only(cut(db))

    event.listen(db.engine.sync_engine, "before_cursor_execute", act)
    yield tried
    event.remove(db.engine.sync_engine, "before_cursor_execute", act)


@contextlib.contextmanager
def _once(db: Database, name: str, act: Callable[[Connection], None]) -> Iterator[None]:
    done: list[bool] = []

    def listener(connection: Connection) -> None:
        if not done:
            done.append(True)
            act(connection)

    event.listen(db.engine.sync_engine, name, listener)
    yield
    event.remove(db.engine.sync_engine, name, listener)
