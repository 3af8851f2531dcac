"""Writing down, in the transaction that makes something true, what the world must hear of it. Told later by `notifications/relay.py`."""

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from store.events import Event
from store.models import OutboxEvent
from store.models.base import table

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
