"""What becomes of a message that was not sent: decided from the error alone."""

from dataclasses import dataclass
from datetime import timedelta

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from sqlalchemy.exc import DBAPIError

TRIES = 8
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=10)
_PASSING = (TelegramNetworkError, TelegramServerError, ClientDecodeError, DBAPIError)


@dataclass(frozen=True, slots=True)
class Verdict:
    """*status* is what the delivery becomes. One that waits is due again after *pause*; *is_flood* does not count as a try."""

    status: str
    pause: timedelta | None = None
    is_flood: bool = False
    is_blocked: bool = False
    is_expected: bool = True


def verdict(error: BaseException, attempts: int) -> Verdict:
    """A flood limit parks the chat, a broken line is tried again (8 times, with growing pauses), a closed door is respected."""
    if isinstance(error, TelegramRetryAfter):
        return Verdict("waiting", timedelta(seconds=error.retry_after), is_flood=True)
    if isinstance(error, TelegramForbiddenError):
        return Verdict("skipped", is_blocked=True)
    if isinstance(error, _PASSING) and attempts < TRIES:
        return Verdict("waiting", min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE))
    return Verdict("failed", is_expected=isinstance(error, (TelegramAPIError, ClientDecodeError)))
