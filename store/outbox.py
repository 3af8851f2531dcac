"""Writing down, in the transaction that makes something true, what the world must hear of it. Told later by `notifications/relay.py`."""

from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.events import Event
from store.models import Delivery, OutboxEvent
from store.models.base import table

# So many messages leave in eight seconds at the pace that Telegram allows.
LONG = 200
_EVENT = insert(table(OutboxEvent))


async def write(session: AsyncSession, *events: Event, now: datetime) -> None:
    """The events will be told if, and only if, the caller's transaction commits; the commit wakes the relay."""
    if not events:
        return
    session.info["outbox"] = True
    await session.execute(
        _EVENT,
        [
            {"type": event.type, "subject": event.subject, "payload": event.payload(), "created_at": now}
            for event in events
        ],
    )


async def is_long(session: AsyncSession, *, now: datetime) -> bool:
    """Whether so much waits to be told to people that news nobody needs at once should come later: a receipt would stand behind it."""
    unrouted = select(OutboxEvent.id).where(OutboxEvent.routed_at.is_(None))
    due = select(Delivery.id).where(Delivery.status == "waiting", Delivery.available_at <= now, Delivery.chat_id > 0)
    for waiting in (unrouted, due):
        count = select(func.count()).select_from(waiting.limit(LONG).subquery())
        if (await session.scalar(count) or 0) >= LONG:
            return True
    return False
