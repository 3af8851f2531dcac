"""Who may do what for the shop. Asked again at every press, in the transaction that acts on it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit
from store.audit import SYSTEM, Actor
from store.errors import NotAllowedNow, NotPermitted
from store.models import StaffRole
from store.sellers import the_seller
from store.upsert import insert_ignoring


class Role(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    PACKER = "packer"
    SUPPORT = "support"


class Permission(StrEnum):
    ACCEPT = "accept"
    PACK = "pack"
    SHIP = "ship"
    CANCEL = "cancel"
    REFUND = "refund"
    RECORD_PAYMENT = "record_payment"
    STOCK = "stock"
    VIEW = "view"
    CATALOGUE = "catalogue"  # products, prices, categories
    SETTINGS = "settings"  # the shop itself: currency, deliveries, hours
    ANSWER = "answer"
    STAFF = "staff"  # who belongs to it, and where it meets


P = Permission
MAY: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    # Who belongs to the staff, and where it meets, is the owner's to say.
    Role.MANAGER: frozenset(Permission) - {P.STAFF},
    Role.PACKER: frozenset({P.VIEW, P.ACCEPT, P.PACK, P.SHIP, P.STOCK}),
    # Support stops an order that should not leave, but moves no money.
    Role.SUPPORT: frozenset({P.VIEW, P.CANCEL, P.ANSWER}),
}


async def role_of(session: AsyncSession, telegram_id: int) -> Role | None:
    """The role of a Telegram account in the shop; None for everybody else, and for a role this program does not know."""
    name = await session.scalar(
        select(StaffRole.role).where(StaffRole.telegram_id == telegram_id).order_by(StaffRole.seller_id).limit(1)
    )
    return Role(name) if name is not None and name in set(Role) else None


async def require(session: AsyncSession, telegram_id: int, permission: Permission) -> Role:
    """The person's role. Raises: NotPermitted when it does not include *permission*."""
    role = await role_of(session, telegram_id)
    if role is None or permission not in MAY[role]:
        raise NotPermitted(permission=permission)
    return role


async def may(session: AsyncSession, telegram_id: int, permission: Permission) -> bool:
    """Whether the person's role includes *permission*."""
    role = await role_of(session, telegram_id)
    return role is not None and permission in MAY[role]


async def members(session: AsyncSession) -> list[StaffRole]:
    """Everybody who has a role, the oldest first."""
    return list(await session.scalars(select(StaffRole).order_by(StaffRole.id)))


async def keep_an_owner(session: AsyncSession, *, besides: int) -> None:
    """There is an owner besides this account, and stays one until the caller's transaction ends. Raises: NotAllowedNow.

    Locks the owners: of two who take each other's role at once, one does.
    """
    owners = select(StaffRole.telegram_id).where(StaffRole.role == Role.OWNER).order_by(StaffRole.id).with_for_update()
    known = list(await session.scalars(owners))
    if known == [besides]:
        raise NotAllowedNow(status="last_owner")


async def grant(
    session: AsyncSession, telegram_id: int, role: Role, *, name: str = "", actor: Actor = SYSTEM, now: datetime
) -> None:
    """The account has this role from now on, whatever it had before; without a *name* it keeps the one it had. Raises: NotFound without a shop."""
    seller = await the_seller(session)
    row = {"seller_id": seller.id, "telegram_id": telegram_id}
    before = await session.scalar(select(StaffRole.role).filter_by(**row))
    if before is not None or not await insert_ignoring(
        session, StaffRole, **row, role=role, name=name[:128], created_at=now
    ):
        named = {"name": name[:128]} if name else {}
        await session.execute(update(StaffRole).filter_by(**row).values(role=role, **named))
    if before != role:
        await audit.record(session, actor, "role_granted", "staff", telegram_id, now=now, before=before, role=role)


async def revoke(session: AsyncSession, telegram_id: int, *, actor: Actor = SYSTEM, now: datetime) -> bool:
    """The account has no role any more; its old buttons do nothing from now on. Whether it had one."""
    before = await session.scalar(select(StaffRole.role).where(StaffRole.telegram_id == telegram_id).limit(1))
    if before is None:
        return False
    await session.execute(delete(StaffRole).where(StaffRole.telegram_id == telegram_id))
    await audit.record(session, actor, "role_revoked", "staff", telegram_id, now=now, before=before)
    return True
