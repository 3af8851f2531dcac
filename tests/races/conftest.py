from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from store.db import Database
from tests.races.schema import create_without

Unguarded = Callable[..., Awaitable[Database]]
# Two hundred people queue for thirty connections, perhaps on a machine that has other things to do.
PATIENCE_S = 300


@pytest.fixture
async def db(db_url: str) -> AsyncIterator[Database]:
    database = Database(db_url, pool_timeout=PATIENCE_S)
    yield database
    await database.close()


@pytest.fixture
def served(db: Database) -> Database:
    """A server's: for controls that leave out a lock."""
    if db.dialect == "sqlite":
        pytest.skip("SQLite has one writer")
    return db


@pytest.fixture
async def unguarded(empty_db_url: str) -> AsyncIterator[Unguarded]:
    """Opens a database that lacks the constraints with the given names, once on every engine that is here."""
    database = Database(empty_db_url, pool_timeout=PATIENCE_S)

    async def without(*names: str) -> Database:
        await create_without(database, names)
        return database

    yield without
    await database.close()
