"""What becomes of a message that was not sent: decided from the error alone."""

from dataclasses import dataclass
from datetime import timedelta

from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramRetryAfter
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.calls import is_passing
from bot.lanes import Parked
from bot.refusals import CLOSED_DOORS, refusal
from store.db import OutcomeUnknown, is_transient

TRIES = 8
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=10)
# A lost line, a full pool, a schema of another version: that would set every event aside.
_DATABASE_TROUBLE = (
    OutcomeUnknown,
    OperationalError,
    InterfaceError,
    InternalError,
    ProgrammingError,
    PoolTimeout,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """*status* is what the delivery becomes. One that waits is due again after *pause*; what is no try is not counted.

    *is_shut*: the chat does not let us in.
    """

    status: str
    pause: timedelta | None = None
    is_try: bool = True
    is_shut: bool = False
    is_expected: bool = True


def verdict(error: BaseException, attempts: int) -> Verdict:
    """A flood limit parks the chat, a broken line is tried again (8 times, with growing pauses), a closed door is respected."""
    if isinstance(error, TelegramRetryAfter):
        return Verdict("waiting", timedelta(seconds=error.retry_after), is_try=False)
    if isinstance(error, Parked):
        return Verdict("waiting", timedelta(seconds=error.seconds), is_try=False)
    if refusal(error) in CLOSED_DOORS:
        return Verdict("skipped", is_shut=True)
    if (is_passing(error) or isinstance(error, DBAPIError)) and attempts < TRIES:
        return Verdict("waiting", min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE))
    return Verdict("failed", is_expected=isinstance(error, (TelegramAPIError, ClientDecodeError)))


def staff_verdict(error: BaseException, attempts: int) -> Verdict:
    """The same for the staff chat, but its closed door is an accident that somebody will mend: what the staff must hear waits."""
    if refusal(error) in CLOSED_DOORS:
        return Verdict("waiting", LONGEST_PAUSE, is_try=False, is_shut=True)
    return verdict(error, attempts)


def is_the_databases(error: Exception) -> bool:
    """Whether it is the database that is in trouble, and not what it was asked."""
    is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_lost or is_transient(error) or isinstance(error, _DATABASE_TROUBLE)
