"""What went wrong, told to the person it happened to: a situation in words, a fault with a number under which the log explains it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiogram.dispatcher.middlewares.base import BaseMiddleware
from aiogram.types import TelegramObject, Update
from markupsafe import Markup

from bot.errand import Errand
from bot.logs import about
from bot.pictures import Pictures
from bot.replies import Reply
from bot.speaker import Speaker
from bot.ui.errors import apology, in_words
from bot.ui.i18n import Translator, translator
from bot.ui.screen import Rows, Screen, Toast
from store.errors import StoreError

log = logging.getLogger(__name__)

# Longer than any network call's own limit: a handler that takes this long will never answer.
HANDLING_MAX_S = 90

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


def _thread_of(update: Update) -> int | None:
    """The answer stands where the question does."""
    message = update.message or (update.callback_query and update.callback_query.message)
    is_in_topic = bool(getattr(message, "is_topic_message", None))
    return getattr(message, "message_thread_id", None) if is_in_topic else None


def told(error: StoreError, t: Translator, *, is_press: bool, way_on: Rows = ()) -> Screen | Toast:
    """A press gets an alert over the screen that stands; a typed text gets a message, with a *way_on* below it."""
    words = in_words(error, t)
    return Toast(words, alert=True) if is_press else Screen(Markup("{}").format(words), way_on)


class Apologies(BaseMiddleware):
    """Outermost: whatever happens to one update, its press is answered, the person hears of it, and the next update is handled."""

    def __init__(self, pictures: Pictures, speaker: Speaker) -> None:
        self._pictures = pictures
        self._speaker = speaker

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if not isinstance(event, Update):
            return await handler(event, data)
        reply = self._reply(event, data)
        user = data.get("event_from_user")
        with about(update_id=event.update_id, person_id=user.id if user else None, chat_id=reply.chat_id):
            return await self._handled(handler, event, data, reply)

    async def _handled(self, handler: Handler, event: Update, data: dict[str, Any], reply: Reply) -> Any:
        try:
            async with asyncio.timeout(HANDLING_MAX_S):
                return await handler(event, data | {"reply": reply})
        except Exception as error:  # noqa: BLE001 - logged with its trace by _failed
            await self._failed(event, data.get("errand") or Errand({"update_id": event.update_id}), reply, error)
            return None

    async def _failed(self, event: Update, errand: Errand, reply: Reply, error: Exception) -> None:
        """Whoever has the update in hand may try it again, and apologises in the end; where nobody has, it is done here."""
        again = errand.error_name != ""
        log.log(
            logging.WARNING if again else logging.ERROR,
            "update %s failed%s, reference %s",
            event.update_id,
            " again" if again else "",
            errand.reference,
            exc_info=None if again else error,
            extra={"reference": errand.reference},
        )
        errand.failed(error, partial(self._apologise, reply, errand.reference))
        if errand.task is None:
            await errand.apologise()

    def _reply(self, update: Update, data: dict[str, Any]) -> Reply:
        user, chat = data.get("event_from_user"), data.get("event_chat")
        t = translator(user.language_code if user else None)
        return Reply(
            self._speaker,
            self._pictures,
            t,
            update.callback_query,
            chat.id if chat else None,
            user.id if user else None,
            _thread_of(update),
        )

    async def _apologise(self, reply: Reply, reference: str) -> None:
        words = apology(reference, reply.t)
        try:
            await reply.give(Toast(words, alert=True) if not reply.is_answered else Screen(Markup("{}").format(words)))
        except Exception:
            log.exception("the apology for reference %s was not sent", reference)
