"""A call of the Bot API as plain values: nothing is modelled that only travels, and of the answer is read only what is used."""

from functools import cache
from typing import Any

from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramEntityTooLarge,
    TelegramNetworkError,
    TelegramServerError,
)
from aiogram.methods import TelegramMethod


class Call(TelegramMethod[Any]):
    """Its parameters are its extra fields; its result is the JSON that came."""

    __returning__ = Any
    __api_method__ = ""


class NeverSent(TelegramNetworkError):
    """There was no line: Telegram has not heard of the call."""


class PerhapsSent(TelegramNetworkError):
    """The line broke, or stayed silent, after the call may have left: whether Telegram has acted is not known."""


def call(method: str, /, **values: Any) -> Call:
    """A call of *method*. What is None is left out; dicts and lists travel as they are, an InputFile as an upload."""
    present = {name: value for name, value in values.items() if value is not None}
    return _kind(method).model_construct(None, **present)


@cache
def _kind(method: str) -> type[Call]:
    # aiogram names a call by its class, also in its exceptions.
    return type(method, (Call,), {"__api_method__": method, "__module__": __name__})


def may_have_acted(error: BaseException) -> bool:
    """Whether Telegram may have done what the failed call asked for. A refusal has done nothing; a proxy's page or a broken line says nothing."""
    if isinstance(error, NeverSent | TelegramEntityTooLarge | RestartingTelegram):
        return False
    return isinstance(error, TelegramNetworkError | TelegramServerError | ClientDecodeError)


def is_passing(error: BaseException) -> bool:
    """Whether the very same call may work in a moment: a line or a server in trouble, not a refusal."""
    if isinstance(error, TelegramEntityTooLarge):  # aiogram counts it among the network's errors
        return False
    return isinstance(error, TelegramNetworkError | TelegramServerError | ClientDecodeError)
