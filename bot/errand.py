"""One update in hand, and what is known of it."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

RawUpdate = dict[str, Any]

# A person stands before Telegram's own payment form, which waits ten seconds: nothing may delay these.
HURRIED = ("pre_checkout_query", "shipping_query")


@dataclass(eq=False)
class Errand:
    """*is_kept*: the database has it, so that whoever brought it may forget it. *is_settled*: nothing is left to do for it."""

    update: RawUpdate
    is_kept: bool = False
    is_watched: bool = False
    tries: int = 1
    has_acted: bool = False
    is_settled: bool = False
    error: BaseException | None = None
    error_name: str = ""
    reference: str = field(default_factory=lambda: secrets.token_hex(3))
    task: "asyncio.Task[None] | None" = None
    began_s: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    _sorry: Callable[[], Awaitable[None]] | None = None
    _is_told: bool = False

    @property
    def id(self) -> int:
        return int(self.update["update_id"])

    @property
    def running(self) -> "asyncio.Task[None]":
        assert self.task is not None
        return self.task

    @property
    def is_safe(self) -> bool:
        """It may be confirmed to Telegram."""
        return self.is_settled or self.is_kept

    @property
    def age_s(self) -> float:
        return asyncio.get_running_loop().time() - self.began_s

    def failed(self, error: BaseException, sorry: Callable[[], Awaitable[None]] | None = None) -> None:
        """*sorry* tells the person, should this be the end of it."""
        self.error, self.error_name = error, type(error).__name__
        self._sorry = sorry or self._sorry

    async def apologise(self) -> None:
        """The person has been told; once, however often it fails."""
        sorry, self._sorry = self._sorry, None
        if sorry is not None and not self._is_told:
            self._is_told = True
            await sorry()

    async def over(self) -> None:
        """Nobody works on it any more."""
        await asyncio.wait({self.running})


def is_hurried(update: RawUpdate) -> bool:
    return any(kind in update for kind in HURRIED)


def person_of(update: RawUpdate) -> object:
    """Whose update it is; None for what belongs to nobody."""
    content = next((value for key, value in update.items() if key != "update_id"), None)
    if not isinstance(content, dict):
        return None
    source = content.get("from") or content.get("user") or content.get("chat") or {}
    return source.get("id")


def without_keyboard(update: RawUpdate) -> RawUpdate:
    """A press comes with the whole keyboard it belongs to: nobody asks for it, and reading it takes half the time of reading the update."""
    press = update.get("callback_query")
    if not isinstance(press, dict):
        return update
    message = press.get("message")
    if not isinstance(message, dict) or "reply_markup" not in message:
        return update
    bare = {name: value for name, value in message.items() if name != "reply_markup"}
    return update | {"callback_query": press | {"message": bare}}
