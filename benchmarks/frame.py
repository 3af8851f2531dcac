"""What every benchmark is made of: two sides measured in turns, claims about them, and a file that keeps the numbers."""

import json
import os
import platform
import sqlite3
import statistics
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

FOLDER = Path(__file__).parents[1] / "build" / "bench"
PACKAGES = ("aiogram", "SQLAlchemy", "aiosqlite", "asyncpg", "aiohttp", "uvicorn")

Side: TypeAlias = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Claim:
    """*value* is at least the milestone, or with *at_most* at most; the goal is where it is headed."""

    what: str
    value: float
    milestone: float
    goal: float
    unit: str = "x"
    at_most: bool = False

    def reaches(self, mark: float) -> bool:
        return self.value <= mark if self.at_most else self.value >= mark


@dataclass(frozen=True, slots=True)
class Result:
    """One row of docs/performance.md. *numbers* are the sides' own figures, which mean little on another machine."""

    key: str
    what: str
    against: str
    claims: Sequence[Claim]
    numbers: dict[str, float]
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turns:
    """Rates of both sides, turn by turn. Each turn's two halves saw the same machine, so their ratio is what counts."""

    ours: Sequence[float]
    theirs: Sequence[float]

    @property
    def ratio(self) -> float:
        return statistics.median(one / other for one, other in zip(self.ours, self.theirs, strict=True))

    def numbers(self, ours: str, theirs: str) -> dict[str, float]:
        return {ours: statistics.median(self.ours), theirs: statistics.median(self.theirs)}


async def in_turns(ours: Side, theirs: Side, *, turns: int) -> Turns:
    """Each side once a turn, in changing order: what else the machine does meanwhile meets both."""
    rates: dict[Side, list[float]] = {ours: [], theirs: []}
    for turn in range(turns):
        for side in (ours, theirs) if turn % 2 else (theirs, ours):
            rates[side].append(await side())
    return Turns(rates[ours], rates[theirs])


def percentile(values: Sequence[float], share: float) -> float:
    """The value that *share* of all do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def keep(result: Result) -> None:
    """Prints the result and writes it where `benchmarks.report` finds it."""
    print(f"{result.what}\n  against {result.against}")
    for claim in result.claims:
        word = "reached" if claim.reaches(claim.milestone) else "MISSED"
        bound = "at most" if claim.at_most else "at least"
        print(
            f"  {claim.what}: {claim.value:.3g} {claim.unit} ({bound} {claim.milestone:g}: {word}; goal {claim.goal:g})"
        )
    for name, number in result.numbers.items():
        print(f"    {name}: {number:,.4g}")
    written = asdict(result) | {"machine": machine(), "versions": versions() | result.versions, "at": _today()}
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{result.key}.json").write_text(json.dumps(written, indent=1))
    sys.stdout.flush()


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"


def versions() -> dict[str, str]:
    import store  # noqa: F401 - brings its own SQLite

    own = {"Python": platform.python_version(), "SQLite": sys.modules.get("sqlite3", sqlite3).sqlite_version}
    return own | {package: version(package) for package in PACKAGES}


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
