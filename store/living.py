"""Messages that are edited in place while what they show changes."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import outbox
from store.events import OrderRedrawn
from store.models import ChatMessage
from store.upsert import insert_ignoring

# So many of the newest are worth writing anew when the reader's language changes.
REDRAWN = 6
PARCEL = "parcel:"
NOTE = "note:"


def pay_slot(order_id: int) -> str:
    """The message that asks for an order's money, and becomes its receipt."""
    return f"pay:{order_id}"


def parcel_slot(shipment_id: int) -> str:
    """The card that asks for this parcel's number."""
    return f"{PARCEL}{shipment_id}"


def note_slot(order_id: int) -> str:
    """The card that asks for the order's note."""
    return f"{NOTE}{order_id}"


async def asked_in(session: AsyncSession, chat_id: int, message_id: int, *, since: datetime) -> str | None:
    """The slot of what the card asked for last, *since* then: a reply names only a number, or a note."""
    slot = ChatMessage.slot
    asked = (
        select(slot)
        .where(ChatMessage.chat_id == chat_id, ChatMessage.message_id == message_id)
        .where(slot.startswith(PARCEL) | slot.startswith(NOTE), ChatMessage.updated_at >= since)
        .order_by(ChatMessage.updated_at.desc(), ChatMessage.id.desc())
        .limit(1)
    )
    return await session.scalar(asked)


async def is_answered(session: AsyncSession, chat_id: int, slot: str) -> None:
    """The card asks for it no more."""
    await session.execute(delete(ChatMessage).where(ChatMessage.chat_id == chat_id, ChatMessage.slot == slot))


async def stands(
    session: AsyncSession, chat_id: int, slot: str, message_id: int, *, has_picture: bool = False, now: datetime
) -> None:
    """The message *message_id* is the living one of its *slot* from now on."""
    values = {"message_id": message_id, "has_picture": has_picture, "updated_at": now}
    if not await insert_ignoring(session, ChatMessage, chat_id=chat_id, slot=slot, **values):
        await session.execute(update(ChatMessage).filter_by(chat_id=chat_id, slot=slot).values(**values))


async def moves(session: AsyncSession, chat_id: int, old: int, new: int, *, has_picture: bool) -> None:
    """What the message *old* stood for stands in the message *new*, which may be the same one with or without a picture by now."""
    await session.execute(
        update(ChatMessage)
        .where(ChatMessage.chat_id == chat_id, ChatMessage.message_id == old)
        .values(message_id=new, has_picture=has_picture)
        .execution_options(synchronize_session=False)
    )


async def redraw(session: AsyncSession, chat_id: int, *, now: datetime) -> None:
    """The newest messages about orders in this chat are written anew: their reader has chosen another language."""
    slot = ChatMessage.slot
    found = await session.scalars(
        select(slot)
        .where(ChatMessage.chat_id == chat_id, slot.startswith("order:") | slot.startswith("pay:"))
        .order_by(ChatMessage.updated_at.desc(), ChatMessage.id.desc())
        .limit(REDRAWN)
    )
    orders = dict.fromkeys(int(each.partition(":")[2]) for each in found)
    await outbox.write(session, *(OrderRedrawn(order_id=order_id) for order_id in orders), now=now)
