"""The answer to one update: every press is answered exactly once, and the screen that a handler returned is shown."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiogram.types import CallbackQuery
from markupsafe import escape

from bot.pictures import Pictures
from bot.speaker import Speaker, Turn
from bot.ui.buttons import home
from bot.ui.i18n import Translator
from bot.ui.screen import Rows, Screen, Toast
from notifications import telegram
from notifications.telegram import TOAST_MAX, Shown, shortened


@dataclass
class Reply:
    """*t* is the person's language as far as it is known: first Telegram's, then the one they chose."""

    speaker: Speaker
    pictures: Pictures
    t: Translator
    query: CallbackQuery | None
    chat_id: int | None
    person_id: int | None = None
    # The topic of a group in which the person has spoken or pressed.
    thread_id: int | None = None
    is_answered: bool = False
    # The keyboard that shares a phone number or a place is under the input field, and has served.
    has_keyboard: bool = False
    # Hears when the message whose button was pressed is another one by now, or of another kind: a picture that was a text.
    moved: Callable[[Shown, Shown], Awaitable[None]] | None = None

    @property
    def way_home(self) -> Rows:
        """For whoever is in their own chat; a group has no front door."""
        return ((home(self.t),),) if self.chat_id == self.person_id else ()

    async def give(self, outcome: object) -> None:
        """Shows what a handler returned; anything but a Screen or a Toast means that there is nothing to show."""
        if isinstance(outcome, Screen):
            await _both(self.answer(outcome.toast, alert=outcome.alert), self._show(outcome))
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
        text = shortened(toast or "", TOAST_MAX) or None
        await self.speaker.aside(
            "answerCallbackQuery", callback_query_id=self.query.id, text=text, show_alert=alert or None
        )

    async def _show(self, screen: Screen) -> None:
        if self.chat_id is None:  # a press in a message of another bot's making: there is no chat to show anything in
            return
        edit = telegram.pressed(self.query) if self.query is not None and not screen.fresh else None

        async def work(turn: Turn) -> None:
            if self.has_keyboard and not (screen.asks_contact or screen.asks_location):
                await telegram.take_keyboard_away(turn, "👌")
            shown = await telegram.show(turn, screen, pictures=self.pictures, edit=edit, thread=self.thread_id)
            if self.moved is not None and edit is not None and shown is not None and shown != edit:
                await self.moved(edit, shown)

        # Two people may press in one chat: what one was told must not give way to the other's news.
        place = edit.message_id if edit is not None else ("below", self.person_id)
        await self.speaker.say(self.chat_id, work, place=place)


async def _both(answer: "asyncio._CoroutineLike[None]", show: "asyncio._CoroutineLike[None]") -> None:
    """Neither waits for the other: the button must not spin while the chat is closed. Raises: what one of them raised, when both have ended."""
    for outcome in await asyncio.gather(answer, show, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
