"""What is known of whoever speaks. Every update begins with this one question: nothing of its answer is older than the update."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import currencies, editions
from store.models import ChatMessage, ConversationState, Customer, Seller


@dataclass(frozen=True, slots=True)
class Arrival:
    """*currency* is the one that the customer sees prices in. *awaited* names the typed text that the conversation waits for; *slot* says what the pressed message stands for ("pay:12").

    *edition* is the catalogue's: whatever is read from now on is of that edition or of a later one.
    """

    seller: Seller
    customer: Customer | None
    currency: str
    awaited: str | None
    slot: str | None
    edition: int | None


_AWAITED = select(ConversationState.state).where(ConversationState.key == bindparam("conversation"))
_SLOT = (
    select(ChatMessage.slot)
    .where(ChatMessage.chat_id == bindparam("chat_id"), ChatMessage.message_id == bindparam("message_id"))
    .limit(1)
)
_QUESTION = (
    select(Seller, Customer, currencies.chosen())
    .add_columns(_AWAITED.scalar_subquery(), _SLOT.scalar_subquery(), editions.CURRENT.scalar_subquery())
    .outerjoin(Customer, Customer.telegram_id == bindparam("telegram_id"))
    .order_by(Seller.id)
    .limit(1)
)


async def look(
    session: AsyncSession,
    *,
    telegram_id: int | None,
    conversation: str | None = None,
    chat_id: int | None = None,
    message_id: int | None = None,
) -> Arrival | None:
    """In one statement, because a tap waits for each. None before the first seed."""
    about = {"telegram_id": telegram_id, "conversation": conversation, "chat_id": chat_id, "message_id": message_id}
    row = (await session.execute(_QUESTION, about)).one_or_none()
    return Arrival(*row) if row else None
