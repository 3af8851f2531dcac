"""What becomes of a question or an answer later: it was edited, it could not be brought, it waits too long."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import outbox
from store.db import Database, affected
from store.events import SupportAnswered, SupportChanged, SupportEdited, SupportLost, SupportWaits, revive
from store.models import Customer, OutboxEvent, SupportMessage, SupportThread
from store.support import Words, kept_text

REMIND_AFTER = timedelta(hours=4)


async def written_at(session: AsyncSession, chat_id: int, message_id: int) -> SupportMessage | None:
    """The message of a thread that was written at this place."""
    here = select(SupportMessage).where(SupportMessage.chat_id == chat_id, SupportMessage.message_id == message_id)
    found: SupportMessage | None = await session.scalar(here)
    return found


async def edit(session: AsyncSession, message_id: int, words: Words, *, now: datetime) -> None:
    """The message says this now, and its copy will. Nothing happens when it says the same: a reaction is an edit for Telegram, too."""
    message = await session.get(SupportMessage, message_id, with_for_update=True)
    text = kept_text(words.text)
    if message is None or (message.text, message.file_id, message.kind) == (text, words.file_id, words.kind):
        return
    is_new_file = (message.file_id, message.kind) != (words.file_id, words.kind)
    message.text, message.file_id, message.kind, message.edited_at = text, words.file_id, words.kind, now
    await session.flush()
    edited = SupportEdited(thread_id=message.thread_id, message_id=message.id, is_new_file=is_new_file)
    await outbox.write(session, edited, now=now)


async def not_brought(session: AsyncSession, event_id: int, *, now: datetime) -> None:
    """An answer did not reach its customer: the staff will be told, once a message. Other events are nobody's answer."""
    row = await session.get(OutboxEvent, event_id)
    if row is None or row.type != SupportAnswered.type:
        return
    event = revive(row.type, row.payload)
    assert isinstance(event, SupportAnswered)
    lost = update(SupportMessage).where(SupportMessage.id == event.message_id, SupportMessage.lost_at.is_(None))
    if await affected(session, lost.values(lost_at=now).execution_options(synchronize_session=False)):
        await outbox.write(session, SupportLost(thread_id=event.thread_id, message_id=event.message_id), now=now)


async def reachability_changed(session: AsyncSession, telegram_id: int, *, now: datetime) -> None:
    """The customer has blocked the bot, or lets it in again: the card of an open thread will say so."""
    theirs = select(SupportThread.id).join(Customer, Customer.id == SupportThread.customer_id)
    thread_id = await session.scalar(theirs.where(Customer.telegram_id == telegram_id, SupportThread.open_slot == 1))
    if thread_id is not None:
        await outbox.write(session, SupportChanged(thread_id=thread_id), now=now)


async def remind_due(db: Database, *, now: datetime, limit: int = 50) -> int:
    """The staff is reminded, once, of each question that nobody has answered for REMIND_AFTER. How many there were."""
    due = (
        SupportThread.open_slot == 1,
        SupportThread.waiting_since <= now - REMIND_AFTER,
        SupportThread.reminded_at.is_(None),
    )
    async with db.read() as session:
        ids = list(await session.scalars(select(SupportThread.id).where(*due).limit(limit)))
    for thread_id in ids:
        async with db.begin() as session:
            taken = update(SupportThread).where(SupportThread.id == thread_id, *due).values(reminded_at=now)
            if await affected(session, taken.execution_options(synchronize_session=False)):
                await outbox.write(session, SupportWaits(thread_id=thread_id, at=now.isoformat()), now=now)
    return len(ids)
