"""Makes the topics of a staff group that is a forum, and makes one again that somebody has deleted."""

import logging
from datetime import datetime

from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError

from bot.calls import call
from bot.refusals import reason
from bot.ui.i18n import Translator
from bot.ui.staff_room import topic_name
from store import staff_room
from store.db import Database, run_again
from store.staff_room import Room

log = logging.getLogger(__name__)


async def furnish(bot: Bot, db: Database, chat_id: int, t: Translator, *, now: datetime) -> list[Room]:
    """A group with topics has all of ours; a plain chat is left as it is. Returns those that were made now. Raises nothing: the chat serves without."""
    if chat_id > 0 or not await _is_forum(bot, chat_id):
        return []
    async with db.read() as session:
        missing = await staff_room.missing(session, chat_id)
    return [topic for topic in missing if await make(bot, db, chat_id, topic, t, now=now) is not None]


async def make(bot: Bot, db: Database, chat_id: int, topic: Room, t: Translator, *, now: datetime) -> int | None:
    """The topic has a thread; None where the bot may not make one."""
    try:
        made = await bot(call("createForumTopic", chat_id=chat_id, name=topic_name(topic, t)))
    except (TelegramAPIError, ClientDecodeError) as error:
        log.warning("the topic %s of the staff chat could not be made: %s", topic, reason(error))
        return None
    thread_id: int = made["message_thread_id"]
    await run_again(db, lambda session: staff_room.stands(session, chat_id, topic, thread_id, now=now))
    return thread_id


async def make_again(
    bot: Bot, db: Database, chat_id: int, topic: Room, t: Translator, *, gone: int, now: datetime
) -> int | None:
    """Another thread for the topic whose thread is *gone*; None while somebody else is making it."""
    if await run_again(db, lambda session: staff_room.is_gone(session, chat_id, topic, gone)):
        log.warning("the topic %s of the staff chat was deleted: it is made again", topic)
        return await make(bot, db, chat_id, topic, t, now=now)
    async with db.read() as session:
        return (await staff_room.threads(session, [chat_id])).get((chat_id, topic))


async def _is_forum(bot: Bot, chat_id: int) -> bool:
    try:
        chat = await bot(call("getChat", chat_id=chat_id))
    except (TelegramAPIError, ClientDecodeError) as error:
        log.warning("nothing is known of the staff chat: %s", reason(error))
        return False
    return bool(chat.get("is_forum"))
