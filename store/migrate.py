"""Brings a database to the schema of this program, with Alembic; the scripts in `store/migrations` are the same on all databases."""

import asyncio
import functools
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


@functools.cache
def head() -> str:
    """The revision this program needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def knows(revision: str) -> bool:
    """Whether this program can work on, or bring up to date, a database at *revision*; a newer program's it cannot."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def upgrade_connection(connection: Connection) -> None:
    """Runs what is missing, inside the caller's connection."""
    command.upgrade(_config(connection), "head")


async def upgrade_database(db: Database) -> None:
    """Brings the schema to `head()`; a no-op when it is there already."""
    async with db.engine.connect() as connection:
        await connection.run_sync(upgrade_connection)
        await connection.commit()


def upgrade(url: str) -> None:
    """The same from synchronous code."""

    async def run() -> None:
        db = Database(url)
        try:
            await upgrade_database(db)
        finally:
            await db.close()

    asyncio.run(run())


async def current(db: Database) -> str | None:
    """The revision the database is at, None for an empty one. Asks as a reader: whoever looks after a shop keeps nobody from writing."""
    async with db.read() as session:
        return await revision(session)


async def revision(session: AsyncSession) -> str | None:
    return await session.run_sync(lambda sync: MigrationContext.configure(sync.connection()).get_current_revision())
