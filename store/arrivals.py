"""What is known of whoever speaks. Every update begins with this one question: nothing of its answer is older than the update."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import ChatMessage, ConversationState, Customer, Seller


@dataclass(frozen=True, slots=True)
class Arrival:
    """*awaited* names the typed text that the conversation waits for; *slot* says what the pressed message stands for ("pay:12")."""

    seller: Seller
    customer: Customer | None
    awaited: str | None
    slot: str | None


async def look(
    session: AsyncSession,
    *,
    telegram_id: int | None,
    conversation: str | None = None,
    chat_id: int | None = None,
    message_id: int | None = None,
) -> Arrival | None:
    """In one statement, because a tap waits for each. None before the first seed."""
    awaited = select(ConversationState.state).where(ConversationState.key == conversation)
    slot = select(ChatMessage.slot).where(ChatMessage.chat_id == chat_id, ChatMessage.message_id == message_id)
    question = (
        select(Seller, Customer, awaited.scalar_subquery(), slot.limit(1).scalar_subquery())
        .outerjoin(Customer, Customer.telegram_id == telegram_id)
        .order_by(Seller.id)
        .limit(1)
    )
    row = (await session.execute(question)).one_or_none()
    return Arrival(*row) if row else None
