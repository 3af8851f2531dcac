"""Somebody changes what they wrote to the other side: the copy follows. Nothing is answered."""

from datetime import datetime

from aiogram.filters import Filter
from aiogram.types import Message

from handlers.routing import everyone_router
from handlers.support_words import words_of
from store import staff, support_edits
from store.db import Database
from store.staff import Permission
from store.support import Side

router = everyone_router(__name__)


class ChangesWords(Filter):
    """An edit of a message that is in a thread."""

    async def __call__(self, message: Message, db: Database) -> bool | dict[str, int | str]:
        async with db.read() as session:
            written = await support_edits.written_at(session, message.chat.id, message.message_id)
        return {"written_id": written.id, "side": written.side} if written is not None else False


@router.edited_message(ChangesWords())
async def words_changed(message: Message, written_id: int, side: str, db: Database, now: datetime) -> None:
    """Only its writer can change a message; somebody of the staff must still be allowed to answer."""
    words = words_of(message)
    if words is None or message.from_user is None:
        return
    async with db.begin() as session:
        if side == Side.STAFF and not await staff.may(session, message.from_user.id, Permission.ANSWER):
            return
        await support_edits.edit(session, written_id, words, now=now)
