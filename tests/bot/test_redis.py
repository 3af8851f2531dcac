import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import SecretStr

from bot.redis import Gone, Redis
from bot.settings import SettingsError
from tests.redis_servers import RedisServer

PATIENCE_S = 10


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    client = Redis(SecretStr(redis_server.url), prefix="test", first_pause_s=0.02)
    yield client
    await client.close()


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 - a process of its own decides when
            await asyncio.sleep(0.01)


async def is_refused_within(redis: Redis, seconds: float) -> bool:
    began = time.monotonic()
    with pytest.raises(Gone):
        await redis.ask("GET", "x")
    return time.monotonic() - began < seconds


async def test_it_answers(redis: Redis) -> None:
    await redis.ask("SET", redis.key("a", 5), "b")
    assert await redis.ask("GET", "test:a:{5}") == "b"


async def test_one_that_hangs_is_waited_for_once(redis: Redis, redis_server: RedisServer) -> None:
    """A tap that asks five times waits as long as one that asks once."""
    await redis.ask("PING")
    redis_server.hangs()
    assert await is_refused_within(redis, 0.5)
    assert all([await is_refused_within(redis, 0.05) for _ in range(5)])


async def test_all_who_ask_a_hanging_one_at_once_wait_as_long_as_one(redis: Redis, redis_server: RedisServer) -> None:
    """Two hundred people need not queue for its connections."""
    redis_server.hangs()
    began = time.monotonic()
    outcomes = await asyncio.gather(*(redis.ask("PING") for _ in range(200)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Gone}
    assert time.monotonic() - began < 1.5


async def test_one_that_comes_back_is_used_again(redis: Redis, redis_server: RedisServer) -> None:
    """Empty: nobody may rely on what was there."""
    await redis.ask("SET", "x", "1")
    redis_server.is_killed()
    assert await is_refused_within(redis, 0.5)
    redis_server.starts()
    await until(lambda: not redis.is_away)
    assert await redis.ask("GET", "x") is None


async def test_going_and_coming_back_is_told_once_each(
    redis: Redis, redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot.redis")
    redis_server.is_killed()
    for _ in range(3):
        assert await is_refused_within(redis, 0.5)
    redis_server.starts()
    await until(lambda: not redis.is_away)
    assert [record.getMessage().partition(",")[0] for record in caplog.records] == ["Redis is away", "Redis is back"]


async def test_one_that_cannot_be_written_to_stays_away(redis: Redis, redis_server: RedisServer) -> None:
    """Its memory is full: it answers every PING."""
    await redis.ask("CONFIG", "SET", "maxmemory", 1)
    with pytest.raises(Gone):
        await redis.ask("SET", "x", "y")
    for _ in range(5):
        await asyncio.sleep(0.02)
        assert redis.is_away
    await redis.ask_anyway("CONFIG", "SET", "maxmemory", 0)
    await until(lambda: not redis.is_away)


async def test_what_must_be_done_first_is_done_before_anybody_asks(redis: Redis, redis_server: RedisServer) -> None:
    seen = list[bool]()

    async def note() -> None:
        seen.append(redis.is_away)
        if len(seen) == 1:
            raise Gone

    redis.on_return.append(note)
    redis_server.is_killed()
    assert await is_refused_within(redis, 0.5)
    redis_server.starts()
    await until(lambda: not redis.is_away)
    assert seen == [True, True]


async def test_a_password_is_never_told(caplog: pytest.LogCaptureFixture) -> None:
    redis = Redis(SecretStr("redis://ann:hush@127.0.0.1:1/0"), prefix="test")
    with pytest.raises(Gone):
        await redis.ask("PING")
    await redis.close()
    assert "Redis is away" in caplog.text
    assert "hush" not in caplog.text + repr(redis)


def test_an_option_that_nobody_knows_is_told_before_the_start() -> None:
    with pytest.raises(SettingsError, match="REDIS_URL") as wrong:
        Redis(SecretStr("redis://:hush@localhost/0?db=many"), prefix="test")
    assert "hush" not in str(wrong.value)
