"""Every place where a program can die so that it matters: around each commit and around each call to somebody outside.

Found by running, not written down by hand: the doors through which everything goes are watched from outside, and a point is named after whoever went
through: `store/payments/ledger.py:receive:2 after commit` is the second time that `receive` came by. The product has no hooks.
"""

import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

from store.db import Database
from store.parcels.sandbox import SandboxCarrier
from store.payments.sandbox import SandboxGateway

ROOT = Path(__file__).parents[2]
Point = Callable[[str], None]
# Nothing that an evening does for somebody is done so often.
IDLE = 20
# Doors stand in these; whoever is meant stands before them.
_DOORS = {
    "bot/calls.py",
    "bot/session.py",
    "bot/speaker.py",
    "store/db.py",
    "tests/crash/failpoints.py",
    "tests/machine/points.py",
}


@dataclass(frozen=True, slots=True)
class Door:
    """A method through which something goes outside. *named* tells from its arguments what; None: nothing that matters."""

    kind: type[Any]
    method: str
    named: Callable[..., str | None] | None = None


DOORS = (
    *(Door(SandboxGateway, name) for name in ("create", "query", "close", "refund", "query_refund")),
    *(Door(SandboxCarrier, name) for name in ("track", "new_label")),
)


class Recorder:
    """Writes down each point that is passed, in order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._times: Counter[str] = Counter()

    def __call__(self, what: str) -> None:
        self._times[what] += 1
        place, _, moment = what.partition(" ")
        self.passed(f"{place}:{self._times[what]} {moment}")

    def passed(self, name: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")


class Killer(Recorder):
    """Ends the process at the point with this name as a power cut would: nothing is flushed, closed or told."""

    def __init__(self, path: Path, target: str) -> None:
        super().__init__(path)
        self._target = target

    def passed(self, name: str) -> None:
        if name == self._target:
            os.kill(os.getpid(), signal.SIGKILL)


def that_matter(points: list[str]) -> list[str]:
    """All but those of a job that comes by again and again and finds nothing to do: of these the first, and one in the middle.

    Not the last: how often it comes by is not the same in two tellings.
    """
    passed = [(point, *_place(point)) for point in points]
    times = Counter(place for _, place, _ in passed)
    return [point for point, place, time in passed if times[place] <= IDLE or time in (1, times[place] // 2)]


def _place(point: str) -> tuple[str, int]:
    """Without the number of the pass, and that."""
    place, _, moment = point.partition(" ")
    place, _, time = place.rpartition(":")
    return f"{place} {moment}", int(time)


@contextmanager
def watched(point: Point, *more: Door) -> Iterator[None]:
    """While it lasts, *point* hears of every commit and of every call to a bank, a carrier, or through one of *more*."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(Database, "begin", _commits(Database.begin, point)))
        for door in (*DOORS, *more):
            stack.enter_context(patch.object(door.kind, door.method, _call(door, point)))
        yield


def _commits(begin: Any, point: Point) -> Any:
    def opened(db: Database) -> Any:
        return _told(begin(db), point, _who())

    return opened


@asynccontextmanager
async def _told(transaction: Any, point: Point, who: str) -> AsyncIterator[Any]:
    async with transaction as session:
        yield session
        point(f"{who} before commit")
    point(f"{who} after commit")


def _call(door: Door, point: Point) -> Any:
    method = getattr(door.kind, door.method)

    @wraps(method)
    async def told(*args: Any, **kwargs: Any) -> Any:
        name = door.named(*args, **kwargs) if door.named is not None else door.method
        if name is None:
            return await method(*args, **kwargs)
        who = _who()
        point(f"{who} before {name}")
        result = await method(*args, **kwargs)
        point(f"{who} after {name}")
        return result

    return told


def _who() -> str:
    """The nearest of our own functions that is no door, as file:function."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        place = Path(frame.f_code.co_filename)
        if place.is_relative_to(ROOT) and (name := place.relative_to(ROOT).as_posix()) not in _DOORS:
            if ".venv" not in name:
                return f"{name}:{frame.f_code.co_name}"
        frame = frame.f_back
    return "somebody:else"
