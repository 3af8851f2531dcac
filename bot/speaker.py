"""Says things in chats, each in its chat's order, and again when a line or a server in trouble has swallowed them.

What a person waits for is waited for a few seconds; then nobody's next press waits for it any more, but it still comes, unless something
newer stands in its place by then. What the relay has to say waits in the database instead: whatever goes wrong is the relay's to decide.
"""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)
from aiogram.types import User

from bot.calls import call, is_passing, may_have_acted
from bot.lanes import PEOPLE, RELAY, Lane, Lanes, Parked
from bot.refusals import CLOSED_DOORS, Refusal, reason, refusal
from bot.ui.screen import Doubt

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

PATIENCE_S = 5
# After so long even the last screen is of no use: whoever comes back presses again.
GIVE_UP_S = 600
# Clients stop the spinner of a pressed button after 10 to 15 seconds.
ANSWER_WITHIN_S = 12
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30


class _Superseded(Exception):
    """Something newer stands in its place."""


class _GivenUp(Exception):
    pass


class Saying:
    """Something to be shown to a person at a *place*: a message, or below that person's last one."""

    def __init__(self) -> None:
        self.waited_s = 0.0
        self.superseded = asyncio.Event()
        self.settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def let_go(self) -> None:
        """It is done, or nobody waits for it any more."""
        if not self.settled.done():
            self.settled.set_result(None)


@dataclass
class Turn:
    """The right to speak in a chat. The relay's has no *saying*."""

    speaker: "Speaker"
    lane: Lane
    chat_id: int
    saying: Saying | None = None

    @property
    def is_the_relays(self) -> bool:
        return self.saying is None

    async def __call__(self, method: str, *, doubt: Doubt = Doubt.REPEAT, **values: Any) -> Any:
        """The result of the call in this chat. None where Telegram may have acted, or not, and twice would be worse than not at all.

        Raises: what aiogram raises for a refusal; for the relay also for a flood limit and for a line in trouble.
        """
        for tries in itertools.count():
            await self._until_open()
            try:
                result = await self.speaker.bot(call(method, chat_id=self.chat_id, **values))
            except TelegramMigrateToChat as error:
                if self.chat_id > 0:  # a person's chat never moves: it is the group that something is copied from
                    raise TelegramBadRequest(error.method, "message to copy not found") from error
                self._follow(error)
            except (TelegramAPIError, ClientDecodeError) as error:
                if self._may_do_without_thread(error) and values.pop("message_thread_id", None) is not None:
                    continue
                if doubt is Doubt.SILENCE and may_have_acted(error):
                    log.info("%s in chat %s may have come and is not repeated: %s", method, self.chat_id, reason(error))
                    return None
                self._close_lane(error, tries)
            else:
                self.speaker.took(is_for_a_person=self.saying is not None)
                return result
        raise AssertionError("the loop returns or raises")

    def _may_do_without_thread(self, error: BaseException) -> bool:
        """A person's answer is said in the chat then; the relay makes the topic again."""
        return self.saying is not None and refusal(error) in (Refusal.NO_THREAD, Refusal.TOPIC_CLOSED)

    async def _until_open(self) -> None:
        lanes = self.speaker.lanes
        until, wait = lanes.closed_until(self.lane), lanes.closed_for(self.lane)
        if wait <= 0:
            return
        if self.saying is None:
            raise Parked(wait)
        await self.speaker.pause(self.saying, wait)
        lanes.passed(self.lane, until)

    def _follow(self, error: TelegramMigrateToChat) -> None:
        self.speaker.lanes.moved[self.chat_id] = error.migrate_to_chat_id
        if self.saying is None:  # what waits in the database has to move too
            raise error
        self.chat_id = error.migrate_to_chat_id

    def _close_lane(self, error: TelegramAPIError | ClientDecodeError, tries: int) -> None:
        """What comes again comes first: nothing overtakes it. Raises: the error, when the same call will not work later, or is the relay's."""
        if isinstance(error, TelegramRetryAfter):
            self.speaker.lanes.refused(self.lane, error.retry_after)
        if self.saying is None or (pause := _pause(error, tries)) is None:
            raise error
        self.speaker.lanes.close(self.lane, pause)
        log.info("what is said in chat %s comes again in %.1f s: %s", self.chat_id, pause, reason(error))


class Speaker:
    """All that one bot says in one process."""

    def __init__(self, bot: Bot, *, sleep: Sleep = asyncio.sleep, now: Callable[[], float] = monotonic) -> None:
        self.bot = bot
        # Who the bot is, and what the merchant allows it; known as soon as a screen needs it.
        self.me: User | None = None
        self.lanes = Lanes(now)
        self._sleep = sleep
        self._said_to_people = 0
        self._sayings: dict[tuple[int, object], Saying] = {}
        self._speaking: set[asyncio.Task[None]] = set()
        # Nobody who waits for a screen is let go any more: what they handle is not over then, and is kept for the next start.
        self.is_closing = False

    async def say(self, chat_id: int, work: Callable[[Turn], Awaitable[None]], *, place: object) -> None:
        """*work* is done in the chat's turn. Returns when it is, or when it is not waited for any more: then it is done as soon as the
        chat is open, unless something newer for the same *place* comes first, or ten minutes pass.

        Raises: what *work* raises while it is waited for, but for a closed door, which is logged.
        """
        saying = Saying()
        if (older := self._sayings.get((chat_id, place))) is not None:
            older.superseded.set()
        self._sayings[chat_id, place] = saying
        task = asyncio.create_task(self._say(chat_id, saying, work))
        self._speaking.add(task)
        task.add_done_callback(lambda task: self._said(task, chat_id, place, saying))
        timer = asyncio.get_running_loop().call_later(PATIENCE_S, self._let_go, saying)
        try:
            await saying.settled
        finally:
            timer.cancel()

    async def _say(self, chat_id: int, saying: Saying, work: Callable[[Turn], Awaitable[None]]) -> None:
        async with self.lanes.turn(chat_id, PEOPLE) as lane:
            if saying.superseded.is_set():
                raise _Superseded
            await work(Turn(self, lane, self.lanes.moved.get(chat_id, chat_id), saying))

    def _said(self, task: asyncio.Task[None], chat_id: int, place: object, saying: Saying) -> None:
        self._speaking.discard(task)
        if self._sayings.get((chat_id, place)) is saying:
            del self._sayings[chat_id, place]
        if not task.cancelled() and (error := task.exception()) is not None:
            _unsaid(chat_id, saying, error)
        saying.let_go()

    def _let_go(self, saying: Saying) -> None:
        if not self.is_closing:
            saying.let_go()

    async def pause(self, saying: Saying, seconds: float) -> None:
        """Raises: when something newer stands in its place, or the wait is too long for anybody."""
        saying.waited_s += seconds
        if saying.waited_s > PATIENCE_S:
            self._let_go(saying)
        if saying.waited_s > GIVE_UP_S:
            raise _GivenUp
        waiting = [asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(saying.superseded.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
        if saying.superseded.is_set():
            raise _Superseded

    async def know_itself(self) -> None:
        """Best effort: a screen can do without."""
        if self.me is not None:
            return
        try:
            self.me = await self.bot.me()
        except (TelegramAPIError, ClientDecodeError) as error:
            log.info("who the bot is was not told: %s", reason(error))

    def took(self, *, is_for_a_person: bool) -> None:
        """Telegram has taken a message."""
        self.lanes.let_in()
        self._said_to_people += is_for_a_person

    def said_to_people(self) -> int:
        """How many messages since this was asked last: the relay says so many fewer."""
        said, self._said_to_people = self._said_to_people, 0
        return said

    async def aside(self, method: str, **values: Any) -> None:
        """A call in no chat's order and of use for a few seconds only: the answer to a press. Raises: what aiogram raises for a fault of ours."""
        waited = 0.0
        for tries in itertools.count():
            try:
                await self.bot(call(method, **values))
            except (TelegramAPIError, ClientDecodeError) as error:
                if refusal(error) is Refusal.TOO_LATE:
                    return
                pause = _pause(error, tries)
                if pause is None:
                    raise
                waited += pause
                if waited > ANSWER_WITHIN_S:
                    log.warning("%s came too late to be of use: %s", method, reason(error))
                    return
            else:
                return
            await self._sleep(pause)

    @contextlib.asynccontextmanager
    async def relays(self, chat_id: int) -> AsyncIterator[Turn]:
        """The relay's turn. Raises: Parked, when the chat is closed, or somebody is long at it."""
        if (wait := self.lanes.closed_for(self.lanes.lane(chat_id))) > 0:
            raise Parked(wait)
        async with self.lanes.turn(chat_id, RELAY) as lane:
            yield Turn(self, lane, self.lanes.moved.get(chat_id, chat_id))

    async def finish(self, within_s: float = 5) -> None:
        """What is being said has been said; what still waits for its chat is dropped."""
        if not self._speaking:
            return
        _, late = await asyncio.wait(self._speaking, timeout=within_s)
        for task in late:
            task.cancel()
        if late:
            log.warning("%s screens were not sent before the end", len(late))
            await asyncio.wait(late)


def _unsaid(chat_id: int, saying: Saying, error: BaseException) -> None:
    if isinstance(error, _Superseded):
        log.info("a screen in chat %s gave way to a newer one", chat_id)
    elif isinstance(error, _GivenUp):
        log.warning("a screen in chat %s was dropped: nobody waits for it any more", chat_id)
    elif refusal(error) in CLOSED_DOORS:
        log.warning("a reply in chat %s was not sent: %s", chat_id, reason(error))
    elif saying.settled.done():
        log.error("a screen that came late in chat %s failed: %s", chat_id, reason(error), exc_info=error)
    else:
        saying.settled.set_exception(error)


def _pause(error: Exception, tries: int) -> float | None:
    """Seconds until the same call may work; None when it will not."""
    if isinstance(error, TelegramRetryAfter):
        return float(error.retry_after)
    return min(FIRST_PAUSE_S * 2**tries, LONGEST_PAUSE_S) if is_passing(error) else None
