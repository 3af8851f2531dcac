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
