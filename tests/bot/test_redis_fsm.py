"""Two of everything, on one Redis: each pair is what two processes have."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiogram.fsm.storage.base import BaseEventIsolation, StorageKey
from aiogram.fsm.storage.memory import MemoryStorage
from pydantic import SecretStr

from bot.fsm import PersonLocks
from bot.redis import Redis
from bot.redis_fsm import RedisStorage, SharedLocks
from tests.bot.test_redis import until
from tests.redis_servers import RedisServer
from tests.warm import ROOT

ANN = StorageKey(bot_id=1, chat_id=7, user_id=7)
BEN = StorageKey(bot_id=1, chat_id=8, user_id=8)
IN_A_GROUP = StorageKey(bot_id=1, chat_id=-100, user_id=7)
LEASE_S = 0.4


@dataclass
class Pair:
    """*first* and *second* are two processes; *truth* is the database behind both."""

    redis: tuple[Redis, Redis]
    truth: MemoryStorage

    def storages(self) -> tuple[RedisStorage, RedisStorage]:
        first, second = self.redis
        return RedisStorage(first, self.truth), RedisStorage(second, self.truth)

    def locks(self) -> tuple[SharedLocks, SharedLocks]:
        first, second = self.redis
        return SharedLocks(first, PersonLocks(), lease_s=LEASE_S), SharedLocks(second, PersonLocks(), lease_s=LEASE_S)


@pytest.fixture
async def pair(redis_server: RedisServer) -> AsyncIterator[Pair]:
    url = SecretStr(redis_server.url)
    first, second = (Redis(url, prefix="test", first_pause_s=0.02) for _ in range(2))
    yield Pair((first, second), MemoryStorage())
    await first.close()
    await second.close()


async def test_a_state_is_known_to_the_other_process_without_the_database(pair: Pair) -> None:
    first, second = pair.storages()
    await first.set_state(ANN, "note")
    pair.truth.storage.clear()
    assert await second.get_state(ANN) == "note"
    assert await second.get_state(IN_A_GROUP) is None


async def test_that_nothing_is_awaited_is_remembered_too(pair: Pair) -> None:
    """Most presses of most people: the database is not asked each time."""
    first, second = pair.storages()
    assert await first.get_state(ANN) is None
    await pair.truth.set_state(ANN, "told behind its back")
    assert await second.get_state(ANN) is None


async def test_what_redis_does_not_know_stands_in_the_database(pair: Pair, redis_server: RedisServer) -> None:
    """It was started anew, and is empty."""
    first, second = pair.storages()
    await first.set_state(ANN, "note")
    redis_server.is_killed()
    redis_server.starts()
    assert await second.get_state(ANN) == "note"


async def test_without_redis_the_database_is_asked(pair: Pair, redis_server: RedisServer) -> None:
    first, second = pair.storages()
    redis_server.is_killed()
    await first.set_state(ANN, "note")
    await first.set_state(BEN, "quantity")
    await second.set_state(BEN, None)
    assert (await second.get_state(ANN), await first.get_state(BEN)) == ("note", None)


async def test_what_redis_missed_is_corrected_when_it_is_back(pair: Pair, redis_server: RedisServer) -> None:
    """It hung, and remembers what was before."""
    first, second = pair.storages()
    await first.set_state(ANN, "note")
    redis_server.hangs()
    await first.set_state(ANN, "quantity")
    assert await first.get_state(ANN) == "quantity"
    redis_server.goes_on()
    await until(lambda: not pair.redis[0].is_away)
    assert (await first.get_state(ANN), await second.get_state(ANN)) == ("quantity", "quantity")


async def test_whoever_looks_something_up_writes_over_no_news(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look into the database and the copy of it another process has changed the state."""
    first, second = pair.storages()
    look = pair.truth.get_state

    async def look_slowly(key: StorageKey) -> str | None:
        seen = await look(key)
        await second.set_state(ANN, "quantity")
        return seen

    await pair.truth.set_state(ANN, "note")
    monkeypatch.setattr(pair.truth, "get_state", look_slowly)
    await first.get_state(ANN)
    assert await first.get_state(ANN) == "quantity"


async def test_two_processes_take_turns_for_one_person(pair: Pair) -> None:
    assert await most_at_once(*pair.locks()) == 1


async def test_without_redis_they_go_side_by_side(pair: Pair) -> None:
    """Control: each process has its own lock only."""
    assert await most_at_once(PersonLocks(), PersonLocks()) == 2


async def most_at_once(*locks: BaseEventIsolation) -> int:
    """How many updates of Ann's were handled at the same time, of five that each process got."""
    busy = most = 0

    async def handle(lock: BaseEventIsolation) -> None:
        nonlocal busy, most
        async with lock.lock(ANN):
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0.01)
            busy -= 1

    await asyncio.gather(*(handle(lock) for lock in locks for _ in range(5)))
    return most


async def test_nobody_waits_for_another_person(pair: Pair) -> None:
    first, second = pair.locks()
    async with first.lock(ANN), asyncio.timeout(1), second.lock(BEN):
        pass


async def test_whoever_waits_in_another_process_is_next(pair: Pair) -> None:
    """A process with a queue of its own does not keep the lock to itself."""
    first, second = pair.locks()
    told, holds = list[str](), asyncio.Event()

    async def handle(lock: SharedLocks, name: str) -> None:
        async with lock.lock(ANN):
            holds.set()
            told.append(name)
            await asyncio.sleep(0.06)

    queue = [asyncio.create_task(handle(first, f"first {turn}")) for turn in range(5)]
    await holds.wait()
    await asyncio.gather(handle(second, "second"), *queue)
    assert told.index("second") <= 2


async def test_a_handler_that_takes_long_keeps_its_turn(pair: Pair) -> None:
    first, second = pair.locks()
    async with first.lock(ANN):
        waiting = asyncio.create_task(most_at_once(second))
        done, _ = await asyncio.wait({waiting}, timeout=LEASE_S * 2.5)
        assert not done
    assert await waiting == 1


async def test_a_turn_that_redis_forgot_is_taken_again(pair: Pair, redis_server: RedisServer) -> None:
    """Started anew and empty, while a handler was at work."""
    first, second = pair.locks()
    async with first.lock(ANN):
        redis_server.is_killed()
        redis_server.starts()
        await until(lambda: not any(redis.is_away for redis in pair.redis))
        await asyncio.sleep(LEASE_S / 2)
        waiting = asyncio.create_task(most_at_once(second))
        done, _ = await asyncio.wait({waiting}, timeout=LEASE_S)
        assert not done
    await waiting


@pytest.mark.parametrize("how", ["is_killed", "hangs"])
async def test_when_redis_goes_away_nobody_waits_any_more(pair: Pair, redis_server: RedisServer, how: str) -> None:
    first, second = pair.locks()
    async with first.lock(ANN):
        waiting = asyncio.create_task(most_at_once(second))
        await asyncio.sleep(0.05)
        getattr(redis_server, how)()
        async with asyncio.timeout(2):
            assert await waiting == 1


async def test_whoever_comes_after_a_killed_process_waits_for_its_lease_only(
    pair: Pair, redis_server: RedisServer
) -> None:
    """kill −9 in the middle of a handler."""
    _, second = pair.locks()
    command = [sys.executable, "-m", "tests.bot.hold_lock", redis_server.url, str(LEASE_S)]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"holding\n"
    process.kill()
    await process.wait()
    async with asyncio.timeout(LEASE_S + 1), second.lock(ANN):
        pass
