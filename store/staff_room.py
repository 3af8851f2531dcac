"""Where the staff is told things: the group that an owner has confirmed, and the topics of it, where it has topics."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit
from store.audit import Actor
from store.db import affected
from store.models import Seller, StaffTopic
from store.sellers import the_seller
from store.upsert import insert_ignoring

# No thread has this number: the topic is to be made (again).
NOWHERE = 0


class Room(StrEnum):
    ORDERS = "orders"
    PAYMENTS = "payments"
    STOCK = "stock"
    SUPPORT = "support"
    SYSTEM = "system"


async def choose(session: AsyncSession, chat_id: int, *, actor: Actor, now: datetime) -> None:
    """The shop tells its staff in this group from now on. Raises: NotFound without a shop."""
    seller = await the_seller(session)
    before = seller.staff_chat_id
    await session.execute(update(Seller).where(Seller.id == seller.id).values(staff_chat_id=chat_id))
    if before != chat_id:
        await audit.record(
            session, actor, "staff_chat_chosen", "seller", seller.id, now=now, before=before, chat=chat_id
        )


async def follow(session: AsyncSession, old: int, new: int) -> None:
    """The group has become a supergroup and has another number."""
    await session.execute(update(Seller).where(Seller.staff_chat_id == old).values(staff_chat_id=new))


async def threads(session: AsyncSession, chat_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """(chat, topic) → the thread that holds it; topics that have none are left out."""
    rows = await session.execute(
        select(StaffTopic.chat_id, StaffTopic.topic, StaffTopic.thread_id).where(
            StaffTopic.chat_id.in_(chat_ids), StaffTopic.thread_id != NOWHERE
        )
    )
    return {(chat_id, topic): thread_id for chat_id, topic, thread_id in rows}


async def missing(session: AsyncSession, chat_id: int) -> list[Room]:
    """The topics that the group has not (any more)."""
    there = await threads(session, [chat_id])
    return [topic for topic in Room if (chat_id, topic) not in there]


async def stands(session: AsyncSession, chat_id: int, topic: str, thread_id: int, *, now: datetime) -> None:
    """The thread holds the topic from now on."""
    key = {"chat_id": chat_id, "topic": topic}
    if not await insert_ignoring(session, StaffTopic, **key, thread_id=thread_id, created_at=now):
        row = update(StaffTopic).filter_by(**key).execution_options(synchronize_session=False)
        await session.execute(row.values(thread_id=thread_id, created_at=now))


async def is_gone(session: AsyncSession, chat_id: int, topic: str, thread_id: int) -> bool:
    """Somebody has deleted the thread. Whether this call was the first to say so: of all who find it gone, one makes another."""
    known = StaffTopic.chat_id == chat_id, StaffTopic.topic == topic, StaffTopic.thread_id == thread_id
    gone = update(StaffTopic).where(*known).values(thread_id=NOWHERE).execution_options(synchronize_session=False)
    return await affected(session, gone) == 1
