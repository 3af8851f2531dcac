"""The databases that tests get are what they say: complete, and nobody else's."""

import contextlib
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Connection, delete, func, insert, inspect, select, table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from store import migrate
from store.db import Database
from store.models import Base, Customer
from tests import databases, servers

A_CUSTOMER = insert(Customer).values(
    telegram_id=7, name="Ann", language="en", created_at=datetime(2026, 1, 1, tzinfo=UTC)
)


async def test_a_fresh_database_has_every_table(db: Database) -> None:
    """The schema is the one that the program needs."""
    assert await migrate.current(db) == migrate.head()
    async with db.read() as session:
        for each in Base.metadata.sorted_tables:
            await session.execute(select(func.count()).select_from(each))


async def test_an_error_of_the_database_does_not_tell_what_somebody_wrote(db: Database) -> None:
    """It ends up in the log."""
    async with db.begin() as session:
        await session.execute(A_CUSTOMER)
        with pytest.raises(DBAPIError) as error:
            await session.execute(A_CUSTOMER)
        await session.rollback()
    assert "Ann" not in str(error.value)


@pytest.mark.parametrize("turn", [1, 2])
async def test_no_test_sees_what_another_wrote(db: Database, turn: int) -> None:
    """Each starts where the migrations end."""
    async with db.begin() as session:
        assert (await session.execute(select(func.count()).select_from(Customer))).scalar_one() == 0
        assert (await session.execute(delete(table("alembic_version")))).rowcount == 1  # type: ignore[attr-defined]  # a cursor's, which the general result does not name
        await session.execute(A_CUSTOMER)


@pytest.mark.parametrize("kind", ["postgres", "mariadb"])
async def test_a_transaction_left_open_stops_nobody(kind: str) -> None:
    """A test that killed a process leaves no lock to the next."""
    if why := servers.WHY_MISSING[kind]():
        pytest.skip(f"no {kind}: {why}")
    with databases.FRESH[kind]() as url:
        left = await create_async_engine(url, poolclass=NullPool).connect()
        await left.execute(A_CUSTOMER)
    with contextlib.suppress(DBAPIError):
        await left.close()


@pytest.mark.parametrize("kind", ["postgres", "mariadb"])
@pytest.mark.parametrize("turn", [1, 2])
async def test_a_changed_schema_is_thrown_away(kind: str, turn: int) -> None:
    """A test may take a guard out of the database and does not have to put it back."""
    if why := servers.WHY_MISSING[kind]():
        pytest.skip(f"no {kind}: {why}")
    with databases.FRESH[kind]() as url:
        db = Database(url)
        async with db.begin() as session:
            await session.execute(text("ALTER TABLE customers DROP COLUMN username"))
        await db.close()


async def test_an_empty_database_can_be_brought_up(empty_db_url: str) -> None:
    """The migrations run from nothing, and once more without effect."""
    db = Database(empty_db_url)
    await migrate.upgrade_database(db)
    await migrate.upgrade_database(db)
    assert await migrate.current(db) == migrate.head()
    await db.close()


async def test_every_migration_can_be_taken_back(empty_db_url: str) -> None:
    """Down to nothing, and up again to the schema that was there."""
    db = Database(empty_db_url)
    await migrate.upgrade_database(db)
    async with db.engine.connect() as connection:
        before = await connection.run_sync(_columns)
        await connection.run_sync(lambda sync: command.downgrade(migrate._config(sync), "base"))
        assert set(await connection.run_sync(_columns)) == {"alembic_version"}
        await connection.run_sync(migrate.upgrade_connection)
        assert await connection.run_sync(_columns) == before
        await connection.commit()
    await db.close()


def _columns(connection: Connection) -> dict[str, dict[str, str]]:
    """What is in each table, by name: columns with their types, indexes with their columns."""
    schema = inspect(connection)
    return {
        name: {
            **{column["name"]: str(column["type"]) for column in schema.get_columns(name)},
            **{str(index["name"]): str(index["column_names"]) for index in schema.get_indexes(name)},
        }
        for name in schema.get_table_names()
    }
