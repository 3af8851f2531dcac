"""Updates on their way to a bot that polls: kept, filtered, handed out and confirmed as the Bot API server does."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.demo.rules import BotApiError
from bot.demo.state import Json, QueuedUpdate, State

UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}
"""Kinds that a bot gets only when it names them."""
SHORT_LIVED = {"callback_query", "shipping_query", "pre_checkout_query"}
SHORT_LIFE_S = 150
LIFE_S = 24 * 3600
TIMEOUT_MAX_S = 50


def conflict(reason: str) -> BotApiError:
    return BotApiError(409, f"Conflict: {reason}")


class UpdateQueue:
    def __init__(self, state: State, clock: Callable[[], datetime]) -> None:
        self._state = state
        self._clock = clock
        self._poller: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._state.queue)

    def put(self, update: Json, kind: str) -> None:
        """Queue an update, unless its kind is not wanted; a waiting poller gets it at once."""
        allowed = self._state.allowed_updates
        if kind not in allowed if allowed else kind in UNASKED:
            return
        self._state.queue.append(QueuedUpdate(update, kind, self._clock().timestamp()))
        if self._poller and not self._poller.done():
            self._poller.set_result(None)

    async def take(self, *, offset: int, limit: int, timeout_s: int) -> list[Json]:
        """Confirm what lies before *offset* and answer the next *limit* updates, waiting up to *timeout_s* for one.

        Raises: BotApiError 409 for the earlier of two that wait, and while a webhook is set.
        """
        if self._state.webhook.url:
            active = (
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
            raise conflict(active)
        self._end_other_poller()
        self._confirm(offset)
        if not self._state.queue and timeout_s > 0:
            await self._wait(min(timeout_s, TIMEOUT_MAX_S))
        return [queued.update for queued in self._state.queue[: min(max(limit, 1), 100)]]

    def forget(self) -> None:
        self._state.queue.clear()

    def _end_other_poller(self) -> None:
        if self._poller and not self._poller.done():
            other = "terminated by other getUpdates request; make sure that only one bot instance is running"
            self._poller.set_exception(conflict(other))

    def _confirm(self, offset: int) -> None:
        queue, now = self._state.queue, self._clock().timestamp()
        fresh = [queued for queued in queue if now - queued.queued_at <= _life_s(queued.kind)]
        if offset > 0:
            fresh = [queued for queued in fresh if queued.update["update_id"] >= offset]
        elif offset < 0:
            fresh = fresh[offset:]
        queue[:] = fresh

    async def _wait(self, timeout_s: int) -> None:
        poller = self._poller = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout_s):
                await poller
        except TimeoutError:
            return
        finally:
            if self._poller is poller:
                self._poller = None


def _life_s(kind: str) -> int:
    return SHORT_LIFE_S if kind in SHORT_LIVED else LIFE_S
