"""What a conversation keeps in Redis when there is one: the awaited text in front of the database, and the lock per person across processes."""

import asyncio
import random
import secrets
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage, StateType, StorageKey

from bot.redis import Gone, Redis

# Bounds how long a value can be wrong that nobody could correct, because the process that changed it lost Redis and was killed then.
STATE_FOR_S = 600
UNSAID_MAX = 10_000
# Of a killed process the others are free after so long. A handler that takes longer renews.
LEASE_S = 5.0
# Redis queues nobody: whoever waits asks again, and says so, that nobody who comes later is let in before.
WAITS_FOR_MS = 500


class RedisStorage(BaseStorage):
    """A copy in Redis of what stands in the database, which is written first and asked whenever Redis does not know.

    A copy that could not be written is wrong until it is removed: this process remembers it, does not believe it, and removes it
    when Redis is back. Another process may believe it meanwhile, for STATE_FOR_S at most: it would take a typed text for the answer
    to the question before, which the conversation checks and asks again like any other unfit answer.
    """

    def __init__(self, redis: Redis, truth: BaseStorage) -> None:
        self._redis = redis
        self._truth = truth
        self._unsaid: OrderedDict[str, None] = OrderedDict()
        redis.on_return.append(self._take_back)

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        name = state.state if isinstance(state, State) else state
        await self._truth.set_state(key, name)
        copy = self._key(key)
        try:
            await self._redis.ask("SET", copy, name or "", "EX", STATE_FOR_S)
        except Gone:
            self._distrust(copy)

    async def get_state(self, key: StorageKey) -> str | None:
        copy = self._key(key)
        try:
            if copy in self._unsaid:
                await self._redis.ask("DEL", copy)
                self._unsaid.pop(copy, None)
            found = await self._redis.ask("GET", copy)
        except Gone:
            return await self._truth.get_state(key)
        return await self._fetch(key, copy) if found is None else str(found) or None

    async def _fetch(self, key: StorageKey, copy: str) -> str | None:
        state = await self._truth.get_state(key)
        try:
            # Only where there is still none: whoever has changed it since then knows better.
            await self._redis.ask("SET", copy, state or "", "EX", STATE_FOR_S, "NX")
        except Gone:
            self._distrust(copy)
        return state

    def _distrust(self, copy: str) -> None:
        self._unsaid[copy] = None
        if len(self._unsaid) > UNSAID_MAX:
            self._unsaid.popitem(last=False)

    async def _take_back(self) -> None:
        for copy in list(self._unsaid):
            await self._redis.ask_anyway("DEL", copy)
            self._unsaid.pop(copy, None)

    def _key(self, key: StorageKey) -> str:
        return self._redis.key("state", key.chat_id, key.user_id)

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        await self._truth.set_data(key, data)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return await self._truth.get_data(key)

    async def close(self) -> None:
        await self._truth.close()


# The first who waits stands in KEYS[2]. It takes the lock next, however often others ask.
_TAKE = """
local first = redis.call('GET', KEYS[2])
if not first or first == ARGV[1] then
  if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
    redis.call('DEL', KEYS[2])
    return 1
  end
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3])
end
return 0
"""
# A Redis that was started anew and empty has forgotten the lock: then it is taken again.
_RENEW = """
local holder = redis.call('GET', KEYS[1])
if not holder or holder == ARGV[1] then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 0
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 0"


class SharedLocks(BaseEventIsolation):
    """One update at a time for each person over all processes. This process' own lock comes first, so it asks Redis once at a time for each person.

    Comfort, not safety: while Redis is away, or when a process stands still for longer than its lease, two processes go side by side.
    """

    def __init__(self, redis: Redis, own: BaseEventIsolation, *, lease_s: float = LEASE_S) -> None:
        self._redis = redis
        self._own = own
        self._lease_s = lease_s
        self._lease_ms = int(lease_s * 1000)

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncGenerator[None, None]:
        async with self._own.lock(key), self._shared(key.user_id):
            yield

    @asynccontextmanager
    async def _shared(self, person: int) -> AsyncGenerator[None, None]:
        lock, token = self._redis.key("lock", person), secrets.token_hex(8)
        if not await self._take(lock, self._redis.key("next", person), token):
            yield
            return
        renewing = asyncio.create_task(self._renew(lock, token), name="lease")
        try:
            yield
        finally:
            renewing.cancel()
            await self._tell(_RELEASE, lock, token)

    async def _take(self, lock: str, first: str, token: str) -> bool:
        """False when Redis goes away, perhaps while this waits."""
        try:
            while not await self._redis.run(_TAKE, (lock, first), token, self._lease_ms, WAITS_FOR_MS):  # noqa: ASYNC110 - another process holds it
                await asyncio.sleep(random.uniform(0.02, 0.05))
        except Gone:
            return False
        return True

    async def _renew(self, lock: str, token: str) -> None:
        while True:
            await asyncio.sleep(self._lease_s / 3)
            await self._tell(_RENEW, lock, token)

    async def _tell(self, script: str, lock: str, token: str) -> None:
        try:
            await self._redis.run(script, (lock,), token, self._lease_ms)
        except Gone:
            return

    async def close(self) -> None:
        await self._own.close()
