"""Updates in by polling: nothing is confirmed before it is handled, or kept in the database."""

import asyncio
import logging
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.exceptions import AiogramError, TelegramConflictError, TelegramRetryAfter
from aiogram.methods import TelegramMethod
from sqlalchemy.exc import SQLAlchemyError

from bot.errand import Errand, RawUpdate
from bot.errands import Errands
from bot.hook import Hook
from bot.pulse import Pulse
from bot.refusals import reason

log = logging.getLogger(__name__)

LONG_POLL_S = 30
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
# So long an update is waited for; then it is kept in the database, and Telegram need not remember it.
PATIENCE_S = 10.0
# While updates are in hand, Telegram is asked for more this often: somebody may stand before a payment form.
LOOK_S = 1.0
# Telegram shows no more updates at once. When all of them are still in hand, others wait unseen behind them.
MOST_SHOWN = 100
IMPATIENCE_S = 1.0


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates, without understanding what comes: one update of a kind that is new to us must not keep the whole batch from being read."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


class Intake:
    """Polls until it is stopped. `handle` alone is for those who bring the updates themselves."""

    def __init__(self, bot: Bot, dp: Dispatcher, errands: Errands, hook: Hook) -> None:
        self._bot = bot
        self._dp = dp
        self._hook = hook
        self.errands = errands
        self.pulse = Pulse(counts=errands.counts)
        self.stopping = asyncio.Event()
        self._offset: int | None = None
        # What Telegram still shows, by number.
        self._shown: dict[int, Errand] = {}

    async def handle(self, update: RawUpdate) -> None:
        """The update has been handled to the end, replies included. Never raises: what fails is logged and told by then."""
        await self.errands.take(update).over()

    async def poll(self) -> None:
        """Handles what Telegram has for us until `stop()`; what it has begun it finishes, or keeps, and confirms."""
        self.errands.begin()
        await self._take_up()
        pause = FIRST_PAUSE_S
        while not self.stopping.is_set():
            try:
                batch = await self._next_batch()
            except AiogramError as error:
                self.pulse.beat(ok=False)
                pause = await self._wait_out(error, pause)
                continue
            pause = FIRST_PAUSE_S
            self.pulse.beat()
            self._take(batch)
            await self._wait_for_hand()
        await self.errands.close()
        self._move_on()
        await self._confirm()

    def stop(self) -> None:
        self.stopping.set()

    async def _take_up(self) -> None:
        """No other program handles updates: whoever held what is kept is gone."""
        try:
            while await self.errands.take_up(everybodys=True):
                pass
        except (SQLAlchemyError, OSError) as error:
            log.warning("kept updates were not taken up yet: %s", type(error).__name__)

    async def _next_batch(self) -> list[RawUpdate]:
        call = GetRawUpdates(
            offset=self._offset,
            timeout=0 if self._in_hand() else LONG_POLL_S,
            allowed_updates=self._dp.resolve_used_update_types(),
        )
        asking = asyncio.ensure_future(self._bot(call, request_timeout=LONG_POLL_S + 15))
        stopping = asyncio.ensure_future(self.stopping.wait())
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not asking.done():
            asking.cancel()
            await asyncio.wait({asking})
            return []
        return asking.result()

    def _take(self, batch: list[RawUpdate]) -> None:
        """Their errands have begun. Whatever lies before the offset Telegram shows no more."""
        self._shown = {number: errand for number, errand in self._shown.items() if number >= (self._offset or 0)}
        for update in batch:
            if update["update_id"] not in self._shown:
                self._shown[update["update_id"]] = self.errands.take(update)

    def _in_hand(self) -> list[Errand]:
        return [errand for errand in self._shown.values() if not errand.is_safe]

    async def _wait_for_hand(self) -> None:
        """All is handled, or some time has passed, and what takes too long is kept."""
        if not (in_hand := self._in_hand()):
            return self._move_on()
        stopping = asyncio.create_task(self.stopping.wait())
        handling = asyncio.create_task(asyncio.wait({errand.running for errand in in_hand}))
        await asyncio.wait({handling, stopping}, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        handling.cancel()
        patience_s = IMPATIENCE_S if len(in_hand) >= MOST_SHOWN or self.errands.is_full else PATIENCE_S
        for errand in self._in_hand():
            if errand.age_s >= patience_s:
                await self._keep(errand)
        self._move_on()
        return None

    async def _keep(self, errand: Errand) -> None:
        try:
            await self.errands.keep(errand)
        except (SQLAlchemyError, OSError) as error:
            log.warning("update %s waits to be confirmed until it is handled: %s", errand.id, type(error).__name__)

    def _move_on(self) -> None:
        """The offset lies behind everything up to the first update that is neither handled nor kept."""
        if not self._shown:
            return
        open_numbers = [number for number, errand in self._shown.items() if not errand.is_safe]
        self._offset = max(self._offset or 0, min(open_numbers, default=max(self._shown) + 1))

    async def _confirm(self) -> None:
        """Without this the last batch would come once more at the next start."""
        if self._offset is None:
            return
        try:
            await self._bot(GetRawUpdates(offset=self._offset, limit=1, timeout=0), request_timeout=5)
        except AiogramError as error:
            log.warning("the last updates were not confirmed and will come again: %s", reason(error))

    async def _wait_out(self, error: AiogramError, pause: float) -> float:
        if isinstance(error, TelegramConflictError):
            if "webhook" in error.message and await self._is_way_cleared():
                return pause
            log.error("%s", _why_conflict(error))
        else:
            log.warning("no updates, asking again in %.0f s: %s", pause, reason(error))
        wait = float(error.retry_after) if isinstance(error, TelegramRetryAfter) else pause
        try:
            await asyncio.wait_for(self.stopping.wait(), wait)
        except TimeoutError:
            return min(pause * 2, LONGEST_PAUSE_S)
        return pause

    async def _is_way_cleared(self) -> bool:
        try:
            return await self._hook.is_taken_away()
        except (AiogramError, SQLAlchemyError, OSError) as error:
            log.warning("the webhook was not looked at: %s", type(error).__name__)
            return False

    async def be_brought(self) -> None:
        """Telegram brings the updates to the webhook until `stop()`; what has begun is finished, or kept."""
        self.errands.begin()
        if self.errands.is_alone:
            await self._take_up()
        await asyncio.gather(self._hook.stand(self.stopping), self.errands.tend(self.stopping, self.pulse.beat))
        await self.errands.close()


def _why_conflict(error: TelegramConflictError) -> str:
    if "webhook" in error.message:
        return "Telegram sends this bot's updates to a webhook that another program has set; remove it (deleteWebhook) to use this one"
    return "another program is asking for this bot's updates with the same BOT_TOKEN: stop one of the two"
