from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from bot import doctor_database
from bot.doctor_database import judge_version
from bot.finding import Finding, Patient, State
from bot.settings import load
from store import migrate, outbox, updates
from store.db import Database, sqlite_is_safe
from store.events import StockLow
from store.models import Delivery, OutboxEvent
from tests.builders import NOW, a_shop

LATER = NOW + timedelta(minutes=11)


async def examined(url: str) -> dict[str, Finding]:
    found = await doctor_database.findings(Patient(load(database_url=url), lambda: LATER))
    return {finding.check: finding for finding in found}


async def test_a_database_in_order_is_told_with_its_kind(db: Database, db_url: str) -> None:
    await a_shop(db)
    found = await examined(db_url)
    assert {finding.state for finding in found.values()} == {State.OK}
    assert {"database", "schema", "shop", "updates", "notifications", "relay"} <= set(found)
    assert found["database"].told.split()[0] in ("SQLite", "PostgreSQL", "MariaDB", "MySQL")
    assert ("letters" in found) == (db.dialect == "mysql")


async def test_an_empty_database_is_told_with_the_command(empty_db_url: str) -> None:
    await touch(empty_db_url)
    found = (await examined(empty_db_url))["schema"]
    assert (found.state, found.todo) == (State.WRONG, "run `dukkan db upgrade`")


async def touch(url: str) -> None:
    """A file of SQLite is made by whoever looks into it."""
    db = Database(url)
    await migrate.current(db)
    await db.close()


async def test_a_shop_that_was_never_seeded_is_told(db: Database, db_url: str) -> None:
    assert "`dukkan seed`" in ((await examined(db_url))["shop"].todo or "")


async def test_the_database_of_a_newer_program_is_told(db: Database, db_url: str) -> None:
    async with stamped(db, "9999_future"):
        assert (await examined(db_url))["schema"].todo == "update this program"


@asynccontextmanager
async def stamped(db: Database, revision: str) -> AsyncIterator[None]:
    async with db.begin() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    yield
    async with db.begin() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": migrate.head()})


@pytest.mark.parametrize("url", ["postgresql://shop:hunter2@127.0.0.1:1/shop", "mysql://shop:hunter2@127.0.0.1:1/shop"])
async def test_a_database_that_is_away_is_told_without_its_password(url: str) -> None:
    found = (await examined(url))["database"]
    assert found.state is State.WRONG and "does not answer" in found.told and "hunter2" not in str(found)


async def test_a_file_that_is_missing_is_told_and_not_made(tmp_path: Path) -> None:
    found = (await examined(f"sqlite:///{tmp_path}/shop.sqlite3"))["database"]
    assert "there is no shop at" in found.told
    assert not Path.exists(tmp_path / "shop.sqlite3")


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "shop.sqlite3").write_text("x" * 5000)
    assert (await examined(f"sqlite:///{tmp_path}/shop.sqlite3"))["database"].state is State.WRONG


async def test_updates_that_are_set_aside_are_counted(db: Database, db_url: str) -> None:
    await a_shop(db)
    async with db.begin() as session:
        await updates.set_aside(session, 1, {"update_id": 7}, tries=3, reference="abc", error="X", now=LATER)
    found = (await examined(db_url))["updates"]
    assert found.state is State.LOOK and found.told.startswith("1 updates are set aside")


async def test_what_nobody_tells_is_counted(db: Database, db_url: str) -> None:
    """A process with the role relay is missing."""
    await a_shop(db)
    async with db.begin() as session:
        await outbox.write(session, StockLow(variant_id=1, free=1), now=NOW)
    found = (await examined(db_url))["relay"]
    assert found.state is State.WRONG and found.told.startswith("1 things have been waiting")


async def test_notifications_that_were_given_up_are_counted(db: Database, db_url: str) -> None:
    await a_shop(db)
    async with db.begin() as session:
        await outbox.write(session, StockLow(variant_id=1, free=1), now=NOW)
        await session.execute(update(OutboxEvent).values(routed_at=NOW))
        event_id = (await session.execute(text("SELECT id FROM outbox"))).scalar_one()
        session.add(Delivery(event_id=event_id, route="x", chat_id=1, status="failed", available_at=NOW))
    found = (await examined(db_url))["notifications"]
    assert found.state is State.LOOK and found.told.startswith("1 were given up")


@pytest.mark.parametrize("empty_db_url", ["mariadb"], indirect=True)
async def test_a_table_that_cannot_hold_every_letter_is_told(empty_db_url: str) -> None:
    """The others have no such tables."""
    db = Database(empty_db_url)
    async with db.begin() as session:
        await session.execute(text("CREATE TABLE old (name VARCHAR(9)) CHARACTER SET latin1"))
    await db.close()
    assert (await examined(empty_db_url))["letters"].told == "1 tables cannot hold every letter, old first"


@pytest.mark.parametrize(
    ("dialect", "told", "state", "said"),
    [
        ("sqlite", "3.53.4", State.OK, "SQLite 3.53.4 answers"),
        ("sqlite", "3.40.1", State.WRONG, "can lose what it has confirmed"),
        ("postgresql", "PostgreSQL 15.13 (Debian 15.13-0+deb12u1) on x86_64", State.OK, "PostgreSQL 15.13 answers"),
        ("postgresql", "PostgreSQL 12.22", State.WRONG, "PostgreSQL 12.22 is too old"),
        ("mysql", "10.11.14-MariaDB-0+deb12u2", State.OK, "MariaDB 10.11.14 answers"),
        ("mysql", "5.5.5-10.5.9-MariaDB", State.WRONG, "MariaDB 10.5.9 is too old"),
        ("mysql", "8.4.2", State.OK, "MySQL 8.4.2 answers"),
        ("mysql", "5.7.44-log", State.WRONG, "MySQL 5.7.44 is too old"),
    ],
)
def test_a_version_that_cannot_be_trusted_is_told(dialect: str, told: str, state: State, said: str) -> None:
    found = judge_version(dialect, told)
    assert (found.state, said in found.told) == (state, True)


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 6, 23), True),
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 4), True),
    ],
)
def test_which_sqlite_can_lose_writes_is_known(version: tuple[int, ...], is_safe: bool) -> None:
    assert sqlite_is_safe(version) is is_safe
