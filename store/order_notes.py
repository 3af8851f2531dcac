"""What the staff writes on an order for one another. The buyer never sees it."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, outbox, typed
from store.audit import Actor
from store.db import affected
from store.errors import NotFound
from store.events import OrderChanged
from store.models import Order

NOTE_MAX = 500


async def write(session: AsyncSession, order_id: int, text: str, *, actor: Actor, now: datetime) -> None:
    """The order bears this note, in place of the one before. Raises: NotFound, BadInput (note)."""
    await _set(session, order_id, typed.line(text, "note", maximum=NOTE_MAX), "noted", actor=actor, now=now)


async def clear(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> None:
    """The order bears no note any more. Raises: NotFound."""
    await _set(session, order_id, "", "note_removed", actor=actor, now=now)


async def _set(session: AsyncSession, order_id: int, note: str, action: str, *, actor: Actor, now: datetime) -> None:
    noted = (
        update(Order)
        .where(Order.id == order_id)
        .values(staff_note=note, version=Order.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not await affected(session, noted):
        raise NotFound(what="order")
    # The words stand on the order alone: they may name a person, and the journal is kept for ever.
    await audit.record(session, actor, action, "order", order_id, now=now)
    await outbox.write(session, OrderChanged(order_id=order_id), now=now)
