"""When something that goes on for ever last came round: what the health page looks at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic

# Longer than anything may take that comes round: a long poll, the slowest handler, a job's slowest provider.
STUCK_AFTER_S = 300.0
# Longer than a bad minute at Telegram or at a provider.
FAILING_AFTER_S = 120.0


class Beat(StrEnum):
    OK = "ok"
    FAILING = "failing"  # comes round, and has not succeeded for a while
    STUCK = "stuck"  # does not come round any more


@dataclass
class Pulse:
    """Begins as if it had just succeeded: a program that starts is not sick yet. *counts* are told with it."""

    every_s: float = 0
    now: Callable[[], float] = monotonic
    counts: Callable[[], Mapping[str, int]] = dict
    _turned_at: float = field(init=False)
    _succeeded_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._turned_at = self._succeeded_at = self.now()

    def beat(self, *, ok: bool = True) -> None:
        """It has come round, and what it wanted to do has succeeded or not."""
        self._turned_at = self.now()
        if ok:
            self._succeeded_at = self._turned_at

    @property
    def succeeded_s(self) -> float:
        """Seconds since it last succeeded."""
        return self.now() - self._succeeded_at

    @property
    def state(self) -> Beat:
        if self.now() - self._turned_at > self.every_s + STUCK_AFTER_S:
            return Beat.STUCK
        return Beat.FAILING if self.succeeded_s > self.every_s + FAILING_AFTER_S else Beat.OK

    @property
    def weakness(self) -> tuple[int, float]:
        """The weaker of two pulses has the greater one."""
        return list(Beat).index(self.state), self.succeeded_s - self.every_s

    def told(self) -> dict[str, str | float]:
        return {"state": self.state, "succeeded_s": round(self.succeeded_s, 1), **self.counts()}


@dataclass(frozen=True, slots=True)
class Aid:
    """Something that helps and may be away: never stuck."""

    is_away: bool

    @property
    def state(self) -> Beat:
        return Beat.FAILING if self.is_away else Beat.OK

    def told(self) -> dict[str, str | float]:
        return {"state": self.state}
