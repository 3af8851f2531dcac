"""Messages that are edited in place while what they show changes."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import ChatMessage
from store.upsert import insert_ignoring


def pay_slot(order_id: int) -> str:
    """The message that asks for an order's money, and becomes its receipt."""
    return f"pay:{order_id}"


async def stands(session: AsyncSession, chat_id: int, slot: str, message_id: int, *, now: datetime) -> None:
    """The text message *message_id* is the living one of its *slot* from now on."""
    values = {"message_id": message_id, "has_picture": False, "updated_at": now}
    if not await insert_ignoring(session, ChatMessage, chat_id=chat_id, slot=slot, **values):
        await session.execute(update(ChatMessage).filter_by(chat_id=chat_id, slot=slot).values(**values))
