"""@bot words, in any chat: cards of goods. Whoever asks may never have written to the shop; nothing here belongs to a person."""

import re
from functools import partial

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import InlineQuery
from sqlalchemy.ext.asyncio import AsyncSession

from bot.pictures import Pictures
from bot.refusals import Refusal, refusal
from bot.speaker import Speaker
from bot.ui import inline, links
from bot.ui.i18n import Translator
from bot.ui.links import Target
from handlers.routing import everyone_router
from store import search
from store.db import Database
from store.search import Found

router = everyone_router(__name__)

# Telegram answers the same words again by itself for so long. Not for everybody: the next one may read another language.
CACHED_S = 30
_OFFSET = re.compile(r"[1-9][0-9]{0,17}")


@router.inline_query()
async def offer(
    query: InlineQuery, bot: Bot, db: Database, speaker: Speaker, pictures: Pictures, currency: str, t: Translator
) -> None:
    """What fits the words; without words, what there is; for "p_12", which *Share* types, product 12."""
    username = (await bot.me()).username or ""
    async with db.read() as session:
        found = await _found(session, query.query, query.offset, currency)
    answered = partial(
        speaker.aside,
        "answerInlineQuery",
        inline_query_id=query.id,
        cache_time=CACHED_S,
        is_personal=True,
        next_offset=str(found.after) if found.after is not None else "",
        button=inline.way_in(t) if not query.offset else None,
    )
    file_ids = await pictures.file_ids([card.picture for card in found.cards if card.picture])
    try:
        await answered(results=inline.results(found.cards, file_ids, username, t))
    except TelegramAPIError as error:
        if refusal(error) is not Refusal.WRONG_FILE:
            raise
        # Which one it is, Telegram does not say; it is uploaded again when it is next shown.
        await answered(results=inline.results(found.cards, {}, username, t))


async def _found(session: AsyncSession, words: str, offset: str, currency: str) -> Found:
    link = links.read(words.strip())
    if link is not None and link.to is Target.PRODUCT and link.row_id is not None:
        return Found(await search.cards(session, [link.row_id], currency))
    asked = search.read(words)
    if words.strip() and not asked:
        return Found()
    after = int(offset) if _OFFSET.fullmatch(offset) else None
    return await search.find(session, asked, currency, after=after, limit=inline.PAGE)
