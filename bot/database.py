"""The shop's database as the settings name it, with the schema that this program needs. Imports no aiogram: commands start at once."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic.util import CommandError
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings, SettingsError
from store import migrate, seed, sellers, staff
from store.catalogue_file import BadCatalogue
from store.db import Database
from store.errors import NotFound
from store.staff import Role

SAMPLE = Path(__file__).parent / "demo" / "seed" / "catalogue.json"
CATALOGUE_MAX = 20 * 2**20


def sqlite_file(settings: Settings) -> Path | None:
    """The file of a SQLite shop; None for other databases. Raises: SettingsError."""
    url = _url(settings)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def _url(settings: Settings) -> URL:
    """Raises: SettingsError."""
    try:
        url = make_url(settings.database)
    except (ArgumentError, ValueError):
        raise SettingsError(
            "DATABASE_URL is no address of a database, such as postgresql://user:password@host:5432/shop"
        ) from None
    if url.get_backend_name() == "sqlite" and (url.host or url.database in (None, "", ":memory:")):
        raise SettingsError(
            "DATABASE_URL names no file: sqlite:///shop.sqlite3 lies in this folder, sqlite:////srv/shop.sqlite3 anywhere"
        )
    return url


def open_database(settings: Settings) -> Database:
    if (file := sqlite_file(settings)) is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"DATA_DIR cannot be used: {file.parent}: {error.strerror}") from None
    return Database(settings.database)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database for as long as a command needs it. Raises: SettingsError when it does not answer."""
    db = open_database(settings)
    try:
        async with explained():
            yield db
    finally:
        await db.close()


@asynccontextmanager
async def explained() -> AsyncIterator[None]:
    """A database that does not answer is the merchant's to mend. Raises: SettingsError."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise SettingsError(f"DATABASE_URL: {why(error)}") from None


async def make_ready(db: Database) -> None:
    """The schema is this program's. SQLite is brought up to date here: it has one program. Others are not: several may be running.

    Raises: SettingsError with the command to use.
    """
    revision = await migrate.current(db)
    if revision == migrate.head():
        return
    if revision is not None and not migrate.knows(revision):
        raise SettingsError(f"the database was made by a newer Dukkan (schema {revision}): update this program")
    if db.dialect != "sqlite":
        state = f"at schema {revision}, this program needs {migrate.head()}" if revision else "empty"
        raise SettingsError(f"the database is {state}: run `dukkan db upgrade` first")
    await migrate.upgrade_database(db)


async def upgrade(db: Database) -> str:
    """The schema is this program's, on every database; returns it. Raises: SettingsError."""
    try:
        await migrate.upgrade_database(db)
    except CommandError as error:
        raise SettingsError(f"the database cannot be brought up to date: {error}") from None
    return migrate.head()


async def grant_owner(db: Database, settings: Settings, *, now: datetime) -> bool:
    """Whether there is a shop. If so, OWNER_ID is its owner."""
    async with db.begin() as session:
        try:
            await sellers.the_seller(session)
        except NotFound:
            return False
        if settings.owner_id is not None:
            await staff.grant(session, settings.owner_id, Role.OWNER, now=now)
        return True


async def require_shop(session: AsyncSession) -> None:
    """Raises: SettingsError."""
    try:
        await sellers.the_seller(session)
    except NotFound:
        raise SettingsError("there is no shop yet: run `dukkan seed` first") from None


async def seed_shop(db: Database, file: Path | None, *, now: datetime) -> bool:
    """Whether a shop was made from the catalogue file; False when there is one already. Raises: SettingsError."""
    source = file or SAMPLE
    catalogue = _read(source)
    try:
        async with db.begin() as session:
            return await seed.seed(session, catalogue, now=now)
    except BadCatalogue as error:
        raise SettingsError(f"{source} is no catalogue: {error}") from None


def _read(file: Path) -> Mapping[str, Any]:
    try:
        with file.open("rb") as source:
            content = source.read(CATALOGUE_MAX + 1)
        if len(content) > CATALOGUE_MAX:
            raise SettingsError(f"{file} is no catalogue: it is larger than {CATALOGUE_MAX // 2**20} MB")
        # Editors on Windows begin a file with a mark of its encoding.
        catalogue = json.loads(content.decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{file} is not JSON: {error}") from None
    if not isinstance(catalogue, dict):
        raise SettingsError(f"{file} is no catalogue: it holds no object")
    return catalogue


def why(error: Exception) -> str:
    """The driver's own first line; the statement and its parameters stay out."""
    original = getattr(error, "orig", None) or error
    return str(original).strip().partition("\n")[0] or type(original).__name__
