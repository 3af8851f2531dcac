"""Messages that are edited in place."""

from sqlalchemy import select

from store import living
from store.db import Database
from store.models import ChatMessage
from tests.builders import NOW


async def test_the_newest_message_of_a_slot_is_the_living_one(db: Database) -> None:
    async with db.begin() as session:
        for message_id in (7, 9):
            await living.stands(session, 100, living.pay_slot(12), message_id, now=NOW)
        await living.stands(session, 200, living.pay_slot(12), 3, now=NOW)
    async with db.read() as session:
        rows = await session.execute(select(ChatMessage.chat_id, ChatMessage.slot, ChatMessage.message_id))
        assert set(rows.all()) == {(100, "pay:12", 9), (200, "pay:12", 3)}


async def test_a_message_that_gave_way_to_another_takes_all_that_it_stood_for_along(db: Database) -> None:
    async with db.begin() as session:
        for chat_id, slot, message_id in (
            (100, "pay:12", 7),
            (100, "note:12", 7),
            (100, "pay:13", 8),
            (200, "pay:12", 7),
        ):
            await living.stands(session, chat_id, slot, message_id, now=NOW)
        await living.moves(session, 100, 7, 9, has_picture=True)
    async with db.read() as session:
        found = select(ChatMessage.chat_id, ChatMessage.slot, ChatMessage.message_id, ChatMessage.has_picture)
        assert set((await session.execute(found)).all()) == {
            (100, "pay:12", 9, True),
            (100, "note:12", 9, True),
            (100, "pay:13", 8, False),
            (200, "pay:12", 7, False),
        }
