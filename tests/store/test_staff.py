import asyncio

import pytest
from sqlalchemy import func, select, update

from store import audit, staff
from store.db import Database
from store.errors import NotPermitted
from store.models import StaffRole
from store.staff import MAY, Permission, Role
from tests.builders import NOW, a_shop

MAYA = 501


async def grant(db: Database, role: Role, telegram_id: int = MAYA) -> None:
    async with db.begin() as session:
        await staff.grant(session, telegram_id, role, name="Maya", now=NOW)


async def test_a_role_opens_what_it_includes_and_nothing_else(db: Database) -> None:
    """A packer ships, and moves no money."""
    await a_shop(db)
    await grant(db, Role.PACKER)
    async with db.read() as session:
        assert await staff.require(session, MAYA, Permission.SHIP) is Role.PACKER
        with pytest.raises(NotPermitted):
            await staff.require(session, MAYA, Permission.REFUND)


async def test_a_stranger_may_nothing(db: Database) -> None:
    """Being in the staff chat is no role."""
    await a_shop(db)
    async with db.read() as session:
        assert await staff.role_of(session, MAYA) is None
        with pytest.raises(NotPermitted):
            await staff.require(session, MAYA, Permission.VIEW)


async def test_a_new_role_replaces_the_old_one(db: Database) -> None:
    """Granting is said again at each start; one row stays."""
    await a_shop(db)
    await grant(db, Role.OWNER)
    await grant(db, Role.SUPPORT)
    async with db.read() as session:
        assert await staff.role_of(session, MAYA) is Role.SUPPORT
        assert await session.scalar(select(func.count()).select_from(StaffRole)) == 1


async def test_a_name_that_is_not_said_again_stays(db: Database) -> None:
    """The owner's role is granted at each start, without one."""
    await a_shop(db)
    await grant(db, Role.PACKER)
    async with db.begin() as session:
        await staff.grant(session, MAYA, Role.OWNER, now=NOW)
        assert [member.name for member in await staff.members(session)] == ["Maya"]


async def test_a_role_that_comes_or_goes_is_written_down(db: Database) -> None:
    """Saying it again is no news."""
    await a_shop(db)
    for role in (Role.PACKER, Role.PACKER, Role.MANAGER):
        await grant(db, role)
    async with db.begin() as session:
        assert await staff.revoke(session, MAYA, now=NOW)
        assert not await staff.revoke(session, MAYA, now=NOW)
        told = [(entry.action, entry.details.get("role")) for entry in await audit.history(session, "staff", MAYA)]
    assert told == [("role_granted", "packer"), ("role_granted", "manager"), ("role_revoked", None)]


async def test_two_processes_that_grant_at_once_make_one_row(db: Database) -> None:
    """Both start with the same OWNER_ID."""
    await a_shop(db)
    await asyncio.gather(grant(db, Role.OWNER), grant(db, Role.OWNER))
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(StaffRole)) == 1


async def test_a_role_of_a_newer_program_is_no_role(db: Database) -> None:
    """After a downgrade nobody may more than this program understands."""
    await a_shop(db)
    await grant(db, Role.OWNER)
    async with db.begin() as session:
        await session.execute(update(StaffRole).values(role="auditor"))
    async with db.read() as session:
        assert await staff.role_of(session, MAYA) is None


def test_each_role_is_in_the_table_and_may_at_least_look() -> None:
    """A new role without a line would raise in front of a customer."""
    assert MAY.keys() == set(Role)
    assert all(Permission.VIEW in allowed for allowed in MAY.values())
    assert MAY[Role.OWNER] == set(Permission)
