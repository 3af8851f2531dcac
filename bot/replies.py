"""The answer to one update: every press is answered exactly once, and the screen that a handler returned is shown."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import CallbackQuery
from markupsafe import escape

from bot.pictures import Pictures
from bot.ui.i18n import Translator
from bot.ui.screen import Screen, Toast
from notifications import telegram

log = logging.getLogger(__name__)

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]

TRIES = 3
# A person waits for a few seconds; after that the answer to their tap is of no use any more.
PATIENCE_S = 5
_BROKEN_LINE = (TelegramNetworkError, TelegramServerError, ClientDecodeError)


@dataclass
class Reply:
    """*t* is the person's language as far as it is known: first Telegram's, then the one they chose."""

    bot: Bot
    pictures: Pictures
    t: Translator
    query: CallbackQuery | None
    chat_id: int | None
    sleep: Sleep = asyncio.sleep
    is_answered: bool = False
    # The keyboard that shares the phone number is under the input field, and has served.
    has_contact_keyboard: bool = False

    async def give(self, outcome: object) -> None:
        """Shows what a handler returned; anything but a Screen or a Toast means that there is nothing to show."""
        if isinstance(outcome, Screen):
            await self.answer(outcome.toast, alert=outcome.alert)
            await self._show(outcome)
        elif isinstance(outcome, Toast) and self.query is not None:
            await self.answer(outcome.text, alert=outcome.alert)
        elif isinstance(outcome, Toast):
            await self._show(Screen(escape(outcome.text)))
        else:
            await self.answer()

    async def answer(self, toast: str | None = None, *, alert: bool = False) -> None:
        """The button stops spinning. Only the first answer counts, so only the first is sent."""
        if self.query is None or self.is_answered:
            return
        self.is_answered = True
        query_id = self.query.id
        await self._patiently(lambda: telegram.answer(self.bot, query_id, toast, alert=alert))

    async def _show(self, screen: Screen) -> None:
        chat_id = self.chat_id
        if chat_id is None:  # a press in a message of another bot's making: there is no chat to show anything in
            return
        if self.has_contact_keyboard and not screen.asks_contact:
            await self._patiently(lambda: telegram.take_keyboard_away(self.bot, chat_id, "👌"))
        edit = telegram.pressed(self.query) if self.query is not None else None
        await self._patiently(
            lambda: telegram.show(self.bot, screen, chat_id=chat_id, pictures=self.pictures, edit=edit)
        )

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T | None:
        """The call, again after a short wait or a broken line. What cannot be said is logged: what was done is done."""
        for remaining in reversed(range(TRIES)):
            try:
                return await call()
            except TelegramBadRequest:
                raise  # Telegram does not understand us: a fault of ours, apologised for like any other
            except (TelegramAPIError, ClientDecodeError) as error:
                pause = _pause(error)
                if pause is None or not remaining:
                    log.warning("a reply in chat %s was not sent: %s", self.chat_id, telegram.reason(error))
                    return None
            await self.sleep(pause)
        return None


def _pause(error: Exception) -> float | None:
    """Seconds to wait before the same call may work; None when it will not."""
    if isinstance(error, TelegramRetryAfter):
        return error.retry_after if error.retry_after <= PATIENCE_S else None
    return 0.5 if isinstance(error, _BROKEN_LINE) else None
