"""Who may do what for the shop. Asked again at every press, in the transaction that acts on it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.errors import NotPermitted
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


P = Permission
MAY: Mapping[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.MANAGER: frozenset(Permission),
    Role.PACKER: frozenset({P.VIEW, P.ACCEPT, P.PACK, P.SHIP, P.STOCK}),
    # Support stops an order that should not leave, but moves no money.
    Role.SUPPORT: frozenset({P.VIEW, P.CANCEL}),
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


async def grant(session: AsyncSession, telegram_id: int, role: Role, *, name: str = "", now: datetime) -> None:
    """The account has this role from now on, whatever it had before."""
    seller = await the_seller(session)
    row = {"seller_id": seller.id, "telegram_id": telegram_id}
    known = await session.scalar(select(StaffRole.id).filter_by(**row))
    if known is None and await insert_ignoring(session, StaffRole, **row, role=role, name=name[:128], created_at=now):
        return
    await session.execute(update(StaffRole).filter_by(**row).values(role=role, name=name[:128]))


async def revoke(session: AsyncSession, telegram_id: int) -> None:
    """The account has no role any more; its old buttons do nothing from now on."""
    await session.execute(delete(StaffRole).where(StaffRole.telegram_id == telegram_id))
