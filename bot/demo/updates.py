"""Updates on their way to the bot: kept, filtered, handed out and confirmed as the Bot API server does.

A bot that polls takes them here; `webhook.py` brings them to one that has a webhook.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.demo.rules import BotApiError
from bot.demo.state import Json, QueuedUpdate, State
from bot.demo.unrest import Unrest

UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}
"""Kinds that a bot gets only when it names them."""
SHORT_LIVED = {"callback_query", "shipping_query", "pre_checkout_query"}
SHORT_LIFE_S = 150
LIFE_S = 24 * 3600
TIMEOUT_MAX_S = 50
BY_PERSON = SHORT_LIVED | {"inline_query", "chosen_inline_result"}
MESSAGES = {"message", "edited_message", "channel_post", "edited_channel_post"}

Lane = tuple[str, int]
"""What is delivered in order: the messages of a chat, the presses of a person, … A message may overtake a press."""


def conflict(reason: str) -> BotApiError:
    return BotApiError(409, f"Conflict: {reason}")


@dataclass
class Ledger:
    """What became of all updates. *sent* are those that people caused, *taken* those that the bot said it has."""

    sent: int = 0
    handed: int = 0
    taken: int = 0
    expired: int = 0
    repeated: int = 0


class UpdateQueue:
    def __init__(self, state: State, clock: Callable[[], datetime]) -> None:
        self._state = state
        self._clock = clock
        self._poller: asyncio.Future[None] | None = None
        self._handed_ids: set[int] = set()
        self.ledger = Ledger()
        self.unrest: Unrest | None = None
        self.changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._state.queue)

    def put(self, update: Json, kind: str) -> None:
        """Queue an update, unless its kind is not wanted; who waits for one gets it at once."""
        allowed = self._state.allowed_updates
        if kind not in allowed if allowed else kind in UNASKED:
            return
        self._state.queue.append(QueuedUpdate(update, kind, self._clock().timestamp()))
        self.ledger.sent += 1
        self.wake()

    def wake(self) -> None:
        """Whoever brings or takes updates looks again."""
        self.changed.set()
        if self._poller and not self._poller.done():
            self._poller.set_result(None)

    def forget(self) -> None:
        self._state.queue.clear()

    # ---- for a bot that polls

    async def take(self, *, offset: int, limit: int, timeout_s: int) -> list[Json]:
        """Confirm what lies before *offset* and answer the next *limit* updates, waiting up to *timeout_s* for one.

        Raises: BotApiError 409 for the earlier of two that wait, and while a webhook is set.
        """
        if self._state.webhook.url:
            active = (
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
            raise conflict(active)
        self.end_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        self._confirm(offset)
        if not self._state.queue and timeout_s > 0:
            await self._wait(min(timeout_s, TIMEOUT_MAX_S))
        batch = self._state.queue[: min(max(limit, 1), 100)]
        return [queued.update for queued in self._handed_out(batch)]

    def end_poll(self, reason: str) -> None:
        """Whoever waits for updates is sent away with 409."""
        if self._poller and not self._poller.done():
            self._poller.set_exception(conflict(reason))

    def _confirm(self, offset: int) -> None:
        self.drop_expired()
        queue = self._state.queue
        kept = queue[offset:] if offset < 0 else [queued for queued in queue if _is_still_due(queued, offset)]
        self.ledger.taken += len(queue) - len(kept)
        queue[:] = kept

    def _handed_out(self, batch: list[QueuedUpdate]) -> list[QueuedUpdate]:
        for queued in batch:
            self.note_handed(queued)
        batch = self.unrest.stirred(batch) if self.unrest else batch
        for queued in batch:
            if queued.is_repeat:  # it was confirmed long ago; nobody confirms it again
                self._state.queue.remove(queued)
            else:
                self._perhaps_repeat(queued)
        return batch

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

    # ---- for a bot that has a webhook

    def lanes(self) -> set[Lane]:
        return {lane_of(queued) for queued in self._state.queue}

    def next_in(self, lane: Lane) -> QueuedUpdate | None:
        """The oldest update of the lane; with unrest, now and then the one after it."""
        own = [queued for queued in self._state.queue if lane_of(queued) == lane]
        if self.unrest:
            own = self.unrest.stirred(own)
        return own[0] if own else None

    def delivered(self, queued: QueuedUpdate) -> None:
        """The webhook has taken it."""
        if queued in self._state.queue:  # not when it was forgotten meanwhile
            self._state.queue.remove(queued)
            self.ledger.taken += not queued.is_repeat
            self._perhaps_repeat(queued)

    # ---- for both

    def note_handed(self, queued: QueuedUpdate) -> None:
        update_id = queued.update["update_id"]
        self.ledger.handed += 1
        self.ledger.repeated += update_id in self._handed_ids
        self._handed_ids.add(update_id)

    def drop_expired(self) -> None:
        queue, now = self._state.queue, self._clock().timestamp()
        fresh = [queued for queued in queue if now - queued.queued_at <= _life_s(queued.kind)]
        self.ledger.expired += len(queue) - len(fresh)
        queue[:] = fresh

    def _perhaps_repeat(self, queued: QueuedUpdate) -> None:
        if self.unrest and not queued.is_repeat and self.unrest.repeats():
            self._state.queue.append(QueuedUpdate(queued.update, queued.kind, queued.queued_at, is_repeat=True))
            self.wake()


def lane_of(queued: QueuedUpdate) -> Lane:
    """As the real server makes its queues: messages by chat, presses by person, each other kind by itself."""
    content = queued.update[queued.kind]
    if queued.kind in BY_PERSON:
        return queued.kind, content["from"]["id"]
    return "message" if queued.kind in MESSAGES else queued.kind, content.get("chat", {}).get("id", 0)


def _is_still_due(queued: QueuedUpdate, offset: int) -> bool:
    return queued.is_repeat or queued.update["update_id"] >= offset


def _life_s(kind: str) -> int:
    return SHORT_LIFE_S if kind in SHORT_LIVED else LIFE_S
