"""Bad days on demand: what calls of a method meet instead of, before, or after, their answer."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.demo.rules import BotApiError, bad_request

Sleep = Callable[[float], Awaitable[None]]
ALWAYS = 10**9


class Fault(StrEnum):
    FLOOD = "429"
    SERVER_ERROR = "500"
    GATEWAY = "502"
    RESET_BEFORE = "reset before"
    RESET_AFTER = "reset after"
    SLOW = "slow"
    GARBAGE = "garbage"
    WRONG_FILE = "wrong file id"


ACTED = {Fault.RESET_AFTER, Fault.GARBAGE}
"""The call has acted, and its caller does not learn it."""


class GatewayError(Exception):
    """The proxy in front of Telegram answered, with a page instead of JSON."""

    status = 502
    media_type = "text/html"
    page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>nginx</body></html>"


class GarbledAnswer(GatewayError):
    """The status says that all is well, the body says nothing: somebody on the way has cut it off."""

    status = 200
    media_type = "application/json"
    page = '{"ok":true,"resu'


class LineReset(ConnectionError):
    """The connection broke before the answer arrived; whether the call acted, its caller cannot tell."""


@dataclass
class _Planned:
    method: str
    kind: Fault
    times: int
    rate: float
    retry_after: int
    delay_s: float
    chat_id: int | None

    def concerns(self, method: str, chat_id: str) -> bool:
        if self.times <= 0 or self.chat_id not in {None, _number(chat_id)}:
            return False
        return self.method == method.lower() or (self.method == "*" and method.lower() != "getupdates")

    def error(self) -> Exception:
        match self.kind:
            case Fault.FLOOD:
                return flood(self.retry_after)
            case Fault.SERVER_ERROR:
                return BotApiError(500, "Internal Server Error")
            case Fault.GATEWAY:
                return GatewayError()
            case Fault.GARBAGE:
                return GarbledAnswer()
            case Fault.WRONG_FILE:
                return bad_request("wrong file identifier/HTTP URL specified")
            case _:
                return LineReset("Server disconnected")


class Faults:
    """The same *seed* and the same calls meet the same faults. *met* counts those that calls have met."""

    def __init__(self, sleep: Sleep = asyncio.sleep, *, seed: int = 0) -> None:
        self.met: Counter[Fault] = Counter()
        self._planned: list[_Planned] = []
        self._sleep = sleep
        self._random = random.Random(seed)

    def add(
        self,
        method: str,
        kind: Fault | str,
        times: int = 1,
        *,
        rate: float = 1.0,
        retry_after: int = 5,
        delay_s: float = 1,
        chat_id: int | None = None,
    ) -> None:
        """*times* calls of *method* ("*": of any but getUpdates) fail so, in *chat_id* only if given.

        *rate* is the chance of a call to be one of them: 1 takes the next ones, 0.03 three in a hundred.
        """
        planned = _Planned(method.lower(), Fault(str(kind)), times, rate, retry_after, delay_s, chat_id)
        self._planned.append(planned)

    def clear(self) -> None:
        self._planned.clear()

    async def before(self, method: str, chat_id: str) -> None:
        """A slow call has been waited for. Raises: the planned error, for a call that shall not act."""
        for planned in self._met(method, chat_id, acted=False):
            if planned.kind is not Fault.SLOW:
                raise planned.error()
            await self._sleep(planned.delay_s)

    def after(self, method: str, chat_id: str) -> None:
        """Raises: the planned error, for a call that acted and whose answer is lost."""
        for planned in self._met(method, chat_id, acted=True):
            raise planned.error()

    def _met(self, method: str, chat_id: str, *, acted: bool) -> list[_Planned]:
        """The first of the planned faults that this call meets, used up by it; or none."""
        for planned in self._planned:
            if (planned.kind in ACTED) == acted and planned.concerns(method, chat_id):
                if planned.rate >= 1 or self._random.random() < planned.rate:
                    planned.times -= 1
                    self.met[planned.kind] += 1
                    return [planned]
        return []


def flood(retry_after: int) -> BotApiError:
    return BotApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def _number(chat_id: str) -> int | None:
    try:
        return int(chat_id)
    except ValueError:
        return None
