"""SQLite without a thread at all. The machine does one thing at a time: nobody else waits while a commit is written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from unittest.mock import patch

from store import sqlite_driver

T = TypeVar("T")


def _here(_connection: object, work: Callable[[], T]) -> T:
    return work()


@contextmanager
def without_threads() -> Iterator[None]:
    """What SQLite would do in a thread, it does where it is called."""
    with patch.object(sqlite_driver.Connection, "aside", _here):
        yield
