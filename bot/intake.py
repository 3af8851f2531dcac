"""Updates in: nothing is confirmed before it is handled, and one person's updates are handled in their order."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.exceptions import AiogramError, TelegramConflictError, TelegramRetryAfter
from aiogram.methods import TelegramMethod
from pydantic import ValidationError

from bot.pulse import Pulse
from bot.refusals import reason

log = logging.getLogger(__name__)

RawUpdate = dict[str, Any]

LONG_POLL_S = 30
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0


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

    def __init__(self, bot: Bot, dp: Dispatcher) -> None:
        self._bot = bot
        self._dp = dp
        self.pulse = Pulse()
        self._offset: int | None = None
        self._stopping = asyncio.Event()

    async def handle(self, update: RawUpdate) -> None:
        """The update has been handled to the end, replies included. Never raises: what fails is logged and told by then."""
        try:
            await self._dp.feed_raw_update(self._bot, update)
        except ValidationError as error:  # its own text holds what the person wrote
            log.error("update %s cannot be read: %s", update.get("update_id"), _where(error))
        except Exception:
            log.exception("update %s was given up", update.get("update_id"))

    async def poll(self) -> None:
        """Handles what Telegram has for us, batch by batch, until `stop()`; what it has begun it finishes and confirms."""
        pause = FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                batch = await self._next_batch()
            except AiogramError as error:
                self.pulse.beat(ok=False)
                pause = await self._wait_out(error, pause)
                continue
            pause = FIRST_PAUSE_S
            self.pulse.beat()
            await self._handle_all(batch)
        await self._confirm()

    def stop(self) -> None:
        self._stopping.set()

    async def _next_batch(self) -> list[RawUpdate]:
        call = GetRawUpdates(
            offset=self._offset, timeout=LONG_POLL_S, allowed_updates=self._dp.resolve_used_update_types()
        )
        asking = asyncio.ensure_future(self._bot(call, request_timeout=LONG_POLL_S + 15))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not asking.done():
            asking.cancel()
            await asyncio.wait({asking})
            return []
        return asking.result()

    async def _handle_all(self, batch: list[RawUpdate]) -> None:
        async with asyncio.TaskGroup() as group:
            for own in by_person(batch):
                group.create_task(self._handle_in_order(own))
        if batch:
            self._offset = max(update["update_id"] for update in batch) + 1

    async def _handle_in_order(self, updates: list[RawUpdate]) -> None:
        for update in updates:
            await self.handle(update)

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
            log.error("%s", _why_conflict(error))
        else:
            log.warning("no updates, asking again in %.0f s: %s", pause, reason(error))
        wait = float(error.retry_after) if isinstance(error, TelegramRetryAfter) else pause
        try:
            await asyncio.wait_for(self._stopping.wait(), wait)
        except TimeoutError:
            return min(pause * 2, LONGEST_PAUSE_S)
        return pause


def by_person(batch: Iterable[RawUpdate]) -> list[list[RawUpdate]]:
    """The updates of a batch, person by person, each person's in the order they came."""
    people: dict[object, list[RawUpdate]] = {}
    for update in batch:
        people.setdefault(_person(update), []).append(update)
    return list(people.values())


def _person(update: RawUpdate) -> object:
    content = next((value for key, value in update.items() if key != "update_id"), None)
    if not isinstance(content, dict):
        return None
    source = content.get("from") or content.get("user") or content.get("chat") or {}
    return source.get("id")


def _where(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in found)


def _why_conflict(error: TelegramConflictError) -> str:
    if "webhook" in error.message:
        return "Telegram sends this bot's updates to a webhook that another program has set; remove it (deleteWebhook) to use this one"
    return "another program is asking for this bot's updates with the same BOT_TOKEN: stop one of the two"
