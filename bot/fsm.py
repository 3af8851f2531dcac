"""Which typed text a chat waits for, kept in the database; and one update at a time for each person."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiogram.fsm.middleware import FSMContextMiddleware
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage, StateType, StorageKey
from aiogram.types import TelegramObject
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database
from store.models import ConversationState
from store.upsert import insert_ignoring


class DatabaseStorage(BaseStorage):
    """The state alone: what was asked before is truth and lives in its own tables, not in a conversation's luggage."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        name = state.state if isinstance(state, State) else state
        async with self._db.begin() as session:
            await _write(session, row_key(key), name, self._clock())

    async def get_state(self, key: StorageKey) -> str | None:
        async with self._db.read() as session:
            found: str | None = await session.scalar(
                select(ConversationState.state).where(ConversationState.key == row_key(key))
            )
        return found

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        if data:
            raise TypeError("a conversation's state carries no data: keep it in the shop's tables")

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return {}

    async def close(self) -> None:
        """The database is closed by whoever opened it."""


def row_key(key: StorageKey) -> str:
    """Under which a conversation's state stands in the database."""
    return f"{key.bot_id}:{key.chat_id}:{key.user_id}"


async def _write(session: AsyncSession, key: str, state: str | None, now: datetime) -> None:
    if state is None:
        await session.execute(delete(ConversationState).where(ConversationState.key == key))
        return
    values = {"state": state, "updated_at": now}
    if not await insert_ignoring(session, ConversationState, key=key, data={}, **values):
        await session.execute(update(ConversationState).where(ConversationState.key == key).values(values))


class Turns(FSMContextMiddleware):
    """The person's turn, and the `state` to write to. What it is now is read with everything else that an update begins with, by `Identify`."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        context = self.resolve_event_context(data["bot"], data)
        if context is None:
            return await handler(event, data)
        async with self.events_isolation.lock(key=context.key):
            return await handler(event, data | {"state": context, "fsm_storage": self.storage})


@dataclass
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


class PersonLocks(BaseEventIsolation):
    """One update at a time for each person, whichever chat it comes from, in the order they came. Forgets those who are done.

    Comfort, not safety: two processes do not see each other's locks. What must not happen twice is guarded in the database.
    """

    def __init__(self) -> None:
        self._turns: dict[int, _Turn] = {}

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncGenerator[None, None]:
        turn = self._turns.setdefault(key.user_id, _Turn())
        turn.waiting += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                del self._turns[key.user_id]

    async def close(self) -> None:
        self._turns.clear()
