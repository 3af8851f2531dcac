"""Messages that are edited in place while what they show changes."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import ChatMessage
from store.upsert import insert_ignoring

_PARCEL = "parcel:"


def pay_slot(order_id: int) -> str:
    """The message that asks for an order's money, and becomes its receipt."""
    return f"pay:{order_id}"


def parcel_slot(shipment_id: int) -> str:
    """The card that asks for this parcel's number."""
    return f"{_PARCEL}{shipment_id}"


async def parcel_asked_in(session: AsyncSession, chat_id: int, message_id: int, *, since: datetime) -> int | None:
    """The parcel whose number the message asked for last, *since* then."""
    asked = (
        select(ChatMessage.slot)
        .where(ChatMessage.chat_id == chat_id, ChatMessage.message_id == message_id)
        .where(ChatMessage.slot.startswith(_PARCEL), ChatMessage.updated_at >= since)
        .order_by(ChatMessage.updated_at.desc(), ChatMessage.id.desc())
        .limit(1)
    )
    slot = await session.scalar(asked)
    return int(slot.removeprefix(_PARCEL)) if slot else None


async def stands(session: AsyncSession, chat_id: int, slot: str, message_id: int, *, now: datetime) -> None:
    """The text message *message_id* is the living one of its *slot* from now on."""
    values = {"message_id": message_id, "has_picture": False, "updated_at": now}
    if not await insert_ignoring(session, ChatMessage, chat_id=chat_id, slot=slot, **values):
        await session.execute(update(ChatMessage).filter_by(chat_id=chat_id, slot=slot).values(**values))
