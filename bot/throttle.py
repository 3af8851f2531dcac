"""How much one person may send. Nobody's thumb reaches the limit; a stuck key or a script does, and then only they wait."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

from aiogram.dispatcher.middlewares.base import BaseMiddleware
from aiogram.types import Message, TelegramObject, Update

from bot.redis import Gone, Redis
from bot.replies import Reply
from bot.ui.screen import Toast

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

# Somebody who paged through half the shop while their train was in a tunnel sends it all at once.
BURST_S = 7
# Whoever presses in the staff chat works: several people's questions, one after the other.
STAFF_TIMES = 10
TELL_EVERY_S = 10
# A person who is not remembered has the whole allowance: forgetting one is harmless, remembering everybody is not.
PEOPLE_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Limit:
    """So many a second in the long run."""

    per_s: float

    @property
    def burst(self) -> float:
        """So many at once."""
        return max(self.per_s * BURST_S, 1)


class Verdict(IntEnum):
    PASS = 0
    TELL = 1  # too much, and it is time to say so
    DROP = 2


class Counter(Protocol):
    async def count(self, person: int, limit: Limit) -> Verdict:
        """One more of the person's has come; PASS uses up one of their allowance. Never raises."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float
    told_at: float = float("-inf")


class OwnCounter:
    """Counts in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._people: OrderedDict[int, _Bucket] = OrderedDict()

    async def count(self, person: int, limit: Limit) -> Verdict:
        now = self._clock()
        bucket = self._bucket(person, limit, now)
        bucket.left = min(bucket.left + (now - bucket.at) * limit.per_s, limit.burst)
        bucket.at = now
        if bucket.left >= 1:
            bucket.left -= 1
            return Verdict.PASS
        if now - bucket.told_at < TELL_EVERY_S:
            return Verdict.DROP
        bucket.told_at = now
        return Verdict.TELL

    def _bucket(self, person: int, limit: Limit, now: float) -> _Bucket:
        if person not in self._people and len(self._people) >= PEOPLE_MAX:
            self._people.popitem(last=False)
        bucket = self._people.setdefault(person, _Bucket(limit.burst, now))
        self._people.move_to_end(person)
        return bucket


# The same bucket, kept by Redis and timed by its clock: those of the machines need not agree.
_COUNT = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local per_s, burst, tell_every = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local known = redis.call('HMGET', KEYS[1], 'left', 'at', 'told')
local left = math.min(burst, (tonumber(known[1]) or burst) + (now - (tonumber(known[2]) or now)) * per_s)
local told, verdict = tonumber(known[3]) or 0, 0
if left >= 1 then left = left - 1
elseif now - told < tell_every then verdict = 2
else verdict, told = 1, now end
redis.call('HSET', KEYS[1], 'left', left, 'at', now, 'told', told)
redis.call('EXPIRE', KEYS[1], math.ceil(math.max(burst / per_s, tell_every)))
return verdict
"""


class SharedCounter:
    """Counts over all processes; in this one alone while Redis is away."""

    def __init__(self, redis: Redis, own: Counter) -> None:
        self._redis = redis
        self._own = own

    async def count(self, person: int, limit: Limit) -> Verdict:
        key = self._redis.key("throttle", person)
        try:
            answer = await self._redis.run(_COUNT, (key,), limit.per_s, limit.burst, TELL_EVERY_S)
        except Gone:
            return await self._own.count(person, limit)
        return Verdict(int(answer or 0))


class Throttle(BaseMiddleware):
    """Stands before anything that costs: no lock is taken and nothing is read for what is too much.

    Every press is answered, so that no button spins; once in a while the person is told. Money that has been paid, the question
    before it is paid, and who let us in or shut us out always pass.
    """

    def __init__(self, counter: Counter, limit: Limit, *, staff_chat: int | None) -> None:
        self._counter = counter
        self._limit = limit
        self._staff_chat = staff_chat

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        user = data.get("event_from_user")
        if user is None or not self._limit.per_s or not _is_counted(event):
            return await handler(event, data)
        verdict = await self._counter.count(user.id, self._limit_in(data))
        if verdict is Verdict.PASS:
            return await handler(event, data)
        reply: Reply = data["reply"]
        return await reply.give(_slower(reply) if verdict is Verdict.TELL and _is_spoken_to(event) else None)

    def _limit_in(self, data: dict[str, Any]) -> Limit:
        chat = data.get("event_chat")
        is_staff = chat is not None and chat.id == self._staff_chat
        return Limit(self._limit.per_s * STAFF_TIMES) if is_staff else self._limit


def _is_counted(event: TelegramObject) -> bool:
    if not isinstance(event, Update):
        return False
    if event.callback_query or event.inline_query or event.edited_message:
        return True
    return event.message is not None and not _is_about_money(event.message)


def _is_about_money(message: Message) -> bool:
    return message.successful_payment is not None or message.refunded_payment is not None


def _is_spoken_to(event: TelegramObject) -> bool:
    """In a group nobody has asked."""
    if not isinstance(event, Update):
        return False
    return event.callback_query is not None or (event.message is not None and event.message.chat.type == "private")


def _slower(reply: Reply) -> Toast:
    return Toast(reply.t.label("That was a lot at once. Please wait a few seconds, then go on."))
