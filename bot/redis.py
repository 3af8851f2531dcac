"""Redis, when REDIS_URL names one: what several processes of one shop share, and may lose at any moment.

Nothing is true because it stands in Redis. Whoever asks is ready to go on without an answer: slower, or side by side with another process, never wrong.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from pydantic import SecretStr

from bot.settings import SettingsError

if TYPE_CHECKING:
    from redis.asyncio import Redis as Client

log = logging.getLogger(__name__)

# A person waits for a tap: once for so long, then nobody asks until Redis is back.
ANSWER_WITHIN_S = 0.3
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
# One a command that is under way. A queue in front of a few would take longer to give up than a tap can wait.
CONNECTIONS_MAX = 1000

Answer: TypeAlias = "str | int | None"


class Gone(Exception):
    """Redis does not answer, or has not lately: go on without it."""


class Redis:
    """One client, with a breaker: after a failure nobody but a probe in the background asks, after pauses that grow, until it can be written to again."""

    def __init__(self, url: SecretStr, *, prefix: str, first_pause_s: float = FIRST_PAUSE_S) -> None:
        self._client = _client(url)
        self._prefix = prefix
        self._first_pause_s = self._pause_s = first_pause_s
        self._back_at = float("-inf")
        self._healing: asyncio.Task[None] | None = None
        # Each is done before anybody else asks again; what raises Gone leaves Redis away.
        self.on_return: list[Callable[[], Awaitable[None]]] = []

    @property
    def is_away(self) -> bool:
        return self._healing is not None

    def key(self, *parts: object) -> str:
        """A key of this shop: several may share one Redis. The last part decides the place in a cluster."""
        *kind, last = parts
        return ":".join((self._prefix, *map(str, kind), f"{{{last}}}"))

    async def ask(self, *command: str | int | float) -> Answer:
        """What Redis answers. Raises: Gone after at most ANSWER_WITHIN_S, and at once while it is away."""
        if self._healing is not None:
            raise Gone
        return await self.ask_anyway(*command)

    async def run(self, script: str, keys: tuple[str, ...], *arguments: str | int | float) -> Answer:
        """The answer of a Lua script, which nothing else comes between. Raises: Gone."""
        return await self.ask("EVAL", script, len(keys), *keys, *arguments)

    async def ask_anyway(self, *command: str | int | float) -> Answer:
        """For `on_return`: asks although Redis counts as away. Raises: Gone."""
        from redis.exceptions import RedisError

        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                answer: Answer = await self._client.execute_command(*command)  # type: ignore[no-untyped-call]  # redis leaves its commands untyped
        except (RedisError, OSError, TimeoutError) as error:
            self._lose(error)
            raise Gone from None
        return answer

    def _lose(self, error: Exception) -> None:
        if self._healing is not None:
            return
        log.warning("Redis is away, going on without it: %s", str(error) or type(error).__name__)
        # Whoever was away a moment ago may go again: the pause goes on growing.
        if time.monotonic() - self._back_at > LONGEST_PAUSE_S:
            self._pause_s = self._first_pause_s
        self._healing = asyncio.create_task(self._heal(), name="redis")

    async def _heal(self) -> None:
        while True:
            await asyncio.sleep(self._pause_s)
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
            if await self._can_be_written_to():
                break
        self._healing, self._back_at = None, time.monotonic()
        log.info("Redis is back")

    async def _can_be_written_to(self) -> bool:
        """A replica, or one whose memory is full, answers a PING too."""
        try:
            await self.ask_anyway("SET", self.key("probe"), 1, "PX", 1000)
            for done in self.on_return:
                await done()
        except Gone:
            return False
        return True

    async def close(self) -> None:
        if self._healing is not None:
            self._healing.cancel()
            await asyncio.wait({self._healing})
        await self._client.aclose()


def _client(url: SecretStr) -> "Client":
    """Raises: SettingsError."""
    from redis.asyncio import Redis as Client
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    try:
        client: Client = Client.from_url(
            url.get_secret_value(),
            decode_responses=True,
            # Its messages come only when asked for: what a connection has to read is the answer to its question.
            protocol=2,
            max_connections=CONNECTIONS_MAX,
            socket_timeout=ANSWER_WITHIN_S,
            socket_connect_timeout=ANSWER_WITHIN_S,
            retry=Retry(NoBackoff(), 0),
        )
    except (ValueError, TypeError):
        raise SettingsError("REDIS_URL has an option in it that Redis does not know") from None
    return client
