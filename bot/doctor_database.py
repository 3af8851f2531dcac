"""The doctor looks at the database: does it answer, is it one that Dukkan can trust, and does anything lie about in it?"""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot import database
from bot.finding import Finding, Patient, fine, look, wrong
from bot.settings import SettingsError
from store import migrate, sellers, updates
from store.db import Database, sqlite_is_safe
from store.errors import NotFound
from store.models import Delivery, OutboxEvent
from store.updates import UpdateStatus

FAILED_LATELY = timedelta(days=7)
WAITS_TOO_LONG = timedelta(minutes=10)
# What Dukkan is tested on, or older ones that their makers still mend.
LEAST = {"postgresql": (13,), "mysql": (8, 0), "mariadb": (10, 6)}
NAMES = {"postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "sqlite": "SQLite"}


async def findings(patient: Patient) -> list[Finding]:
    """What can be said: of a database that does not answer only that."""
    try:
        file = database.sqlite_file(patient.settings)
    except SettingsError as error:
        return [wrong("database", str(error), "mend DATABASE_URL")]
    if file is not None and not file.exists():
        return [
            wrong("database", f"there is no shop at {file}", "`dukkan seed` makes one, or set DATA_DIR, DATABASE_URL")
        ]
    db = Database(patient.settings.database)
    try:
        async with db.read() as session:
            return [finding async for finding in _looked(session, db, now=patient.clock())]
    except (SQLAlchemyError, OSError) as error:
        todo = "start it, or mend DATABASE_URL"
        return [wrong("database", f"the database does not answer: {database.why(error)}", todo)]
    finally:
        await db.close()


async def _looked(session: AsyncSession, db: Database, *, now: datetime) -> AsyncIterator[Finding]:
    yield await version_is_sound(session, db.dialect)
    if db.dialect == "mysql":
        yield await letters_are_whole(session)
    schema = await schema_is_ours(session)
    yield schema
    if schema.state == "ok":
        yield await shop_is_there(session)
        yield await nothing_is_set_aside(session)
        yield await notifications_arrive(session, now=now)
        yield await notifications_go_out(session, now=now)


async def version_is_sound(session: AsyncSession, dialect: str) -> Finding:
    call = "sqlite_version()" if dialect == "sqlite" else "version()"
    return judge_version(dialect, str(await session.scalar(text(f"SELECT {call}"))))


def judge_version(dialect: str, told: str) -> Finding:
    """*told* is what the server says of itself: `PostgreSQL 15.13 (Debian …)`, `10.11.14-MariaDB-0+deb12u2`, `3.53.4`."""
    kind = "mariadb" if "mariadb" in told.lower() else dialect
    found = re.search(r"\d+(?:\.\d+)*", told.removeprefix("5.5.5-"))  # which old MariaDBs put before their own
    version = found[0] if found else "0"
    numbers = tuple(int(part) for part in version.split("."))
    name = f"{NAMES.get(kind, kind)} {version}"
    if kind == "sqlite" and not sqlite_is_safe(numbers):
        todo = "install the wheel pysqlite3, or a Python with SQLite 3.51.3 or later; keep to one process until then"
        return wrong("database", f"{name} can lose what it has confirmed when two connections write at once", todo)
    if (least := LEAST.get(kind)) and numbers < least:
        return wrong("database", f"{name} is too old", f"use {NAMES[kind]} {'.'.join(map(str, least))} or later")
    return fine("database", f"{name} answers")


async def letters_are_whole(session: AsyncSession) -> Finding:
    """Every table can hold every letter and every emoji."""
    others = await session.scalars(
        text(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
            " AND table_collation IS NOT NULL AND table_collation NOT LIKE 'utf8mb4%' ORDER BY 1"
        )
    )
    tables = list(others)
    default = str(await session.scalar(text("SELECT @@character_set_database")))
    todo = "ALTER TABLE … CONVERT TO CHARACTER SET utf8mb4, and ALTER DATABASE … CHARACTER SET utf8mb4"
    if tables:
        return wrong("letters", f"{len(tables)} tables cannot hold every letter, {tables[0]} first", todo)
    if default != "utf8mb4":
        return wrong("letters", f"new tables of this database would be {default}", todo)
    return fine("letters", "the database holds every letter (utf8mb4)")


async def schema_is_ours(session: AsyncSession) -> Finding:
    revision = await migrate.revision(session)
    if revision == migrate.head():
        return fine("schema", f"the schema is {revision}, as this program needs it")
    if revision is not None and not migrate.knows(revision):
        return wrong("schema", f"the schema {revision} was made by a newer Dukkan", "update this program")
    return wrong("schema", f"the schema is {revision or 'missing'}", "run `dukkan db upgrade`")


async def shop_is_there(session: AsyncSession) -> Finding:
    try:
        seller = await sellers.the_seller(session)
    except NotFound:
        return wrong(
            "shop", "there is no shop in the database", "write /start to the bot as its owner, or run `dukkan seed`"
        )
    return fine("shop", f"the shop {seller.slug} is there")


async def nothing_is_set_aside(session: AsyncSession) -> Finding:
    """Updates that failed too often wait for a person."""
    number = await updates.count(session, UpdateStatus.SET_ASIDE)
    if not number:
        return fine("updates", "no update is set aside")
    return look(
        "updates",
        f"{number} updates are set aside: they failed again and again",
        "`dukkan updates list` shows them, `replay` tries one again, `drop` forgets it",
    )


async def notifications_arrive(session: AsyncSession, *, now: datetime) -> Finding:
    """Of this week's none was given up."""
    happened = select(func.count()).select_from(Delivery).join(OutboxEvent, OutboxEvent.id == Delivery.event_id)
    lately = OutboxEvent.created_at > now - FAILED_LATELY
    number = await session.scalar(happened.where(Delivery.status == "failed", lately)) or 0
    if not number:
        return fine("notifications", "none was given up in the last week")
    todo = "the log says why, under `delivery`; the rows are in the table deliveries, status failed"
    return look("notifications", f"{number} were given up in the last week", todo)


async def notifications_go_out(session: AsyncSession, *, now: datetime) -> Finding:
    """None has been due for long: somebody is carrying them."""
    overdue = now - WAITS_TOO_LONG
    waiting = select(func.count()).select_from(Delivery)
    unrouted = select(func.count()).select_from(OutboxEvent)
    unsent = await session.scalar(waiting.where(Delivery.status == "waiting", Delivery.available_at < overdue)) or 0
    unread = (
        await session.scalar(unrouted.where(OutboxEvent.routed_at.is_(None), OutboxEvent.created_at < overdue)) or 0
    )
    late = unsent + unread
    if not late:
        return fine("relay", "nothing has been waiting to be told for more than ten minutes")
    todo = "see that a process with the role relay runs, and what its log says"
    return wrong("relay", f"{late} things have been waiting to be told for more than ten minutes", todo)
