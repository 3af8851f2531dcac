"""How long something takes: a spread of days, and what is learned of a leg of a parcel's way. Pure; `duration_fit.py` does the learning."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from math import exp
from typing import Any

# The shares of parcels a spread knows the days of. The ends are left open: nobody has seen enough of the slowest one in a hundred.
LEVELS = (0.01, 0.025, *(step / 20 for step in range(1, 20)), 0.975, 0.99)

FEWEST_OF_A_VALUE = 3


@dataclass(frozen=True)
class Spread:
    """Days by which each share of LEVELS has happened; never falling."""

    days: tuple[float, ...]

    def at(self, share: float) -> float:
        """The days by which *share* of all have happened."""
        return _between(share, LEVELS, self.days)

    def share_by(self, day: float) -> float:
        """The share that has happened by *day*; 0.99 is as sure as it gets."""
        return 0.0 if day < self.days[0] else _between(day, self.days, LEVELS)

    def after(self, age: float) -> "Spread | None":
        """The spread of what has not happened at *age*, counted from the same beginning; None when nearly all have by then."""
        gone = self.share_by(age)
        if gone >= LEVELS[-1]:
            return None
        return Spread(tuple(max(age, self.at(gone + level * (1 - gone))) for level in LEVELS))

    def then(self, other: "Spread") -> "Spread":
        """The spread of one after the other, where the second does not depend on how long the first took."""
        sums = sorted(
            (mine + theirs, weight * weight_of_theirs)
            for mine, weight in zip(self.days, WEIGHTS, strict=True)
            for theirs, weight_of_theirs in zip(other.days, WEIGHTS, strict=True)
        )
        shares, passed = [], 0.0
        for _, weight in sums:
            shares.append(passed + weight / 2)
            passed += weight
        return Spread(tuple(_between(level, shares, [days for days, _ in sums]) for level in LEVELS))


def _weights() -> tuple[float, ...]:
    """How much of all parcels each level stands for."""
    edges = [0.0, *((low + high) / 2 for low, high in pairwise(LEVELS)), 1.0]
    return tuple(high - low for low, high in pairwise(edges))


WEIGHTS = _weights()


@dataclass(frozen=True)
class Fit:
    """What a leg takes: (days + offset) = exp(centre + the effects of what is known) × a ratio whose spread is `curve`.

    Shares of LEVELS throughout, logarithms of the ratio. `shapes` are the curves of the values of one factor: far destinations are not only slower.
    `seen` says how many arrivals stand behind each value of every factor. Nothing but numbers and words: it is kept as JSON.
    """

    centre: float
    offset: float
    effects: Mapping[str, Mapping[str, float]]
    curve: Sequence[float]
    shaped_by: str
    shapes: Mapping[str, Sequence[float]]
    seen: Mapping[str, Mapping[str, int]]
    arrivals: int

    def spread(self, factors: Mapping[str, str]) -> Spread:
        """The days of a parcel of which *factors* are known; an unknown value, or one never seen, changes nothing."""
        middle = self.centre + sum(own.get(factors.get(name, ""), 0.0) for name, own in self.effects.items())
        curve = self.shapes.get(factors.get(self.shaped_by, ""), self.curve)
        return Spread(tuple(max(exp(middle + ratio) - self.offset, 0.0) for ratio in curve))

    def seen_of(self, factor: str, value: str) -> int:
        return self.seen.get(factor, {}).get(value, 0)

    def without_rare(self) -> "Fit":
        """Without the values that one or two arrivals stand behind: shrunken, they say next to nothing, and they are somebody's address."""
        often = {
            name: {value: count for value, count in own.items() if count >= FEWEST_OF_A_VALUE}
            for name, own in self.seen.items()
        }
        effects = {
            name: {value: effect for value, effect in own.items() if value in often[name]}
            for name, own in self.effects.items()
        }
        shapes = {value: curve for value, curve in self.shapes.items() if value in often[self.shaped_by]}
        return replace(self, effects=effects, shapes=shapes, seen=often)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, written: dict[str, Any] | None) -> "Fit | None":
        """None for what another version of the program wrote: it learns anew within a day."""
        if written is None or set(written) != {each.name for each in fields(cls)}:
            return None
        return cls(**written)


def _between(wanted: float, known: Sequence[float], values: Sequence[float]) -> float:
    """Linear between the known points, flat outside them."""
    place = bisect_left(known, wanted)
    if place == 0:
        return values[0]
    if place == len(known):
        return values[-1]
    low, high = known[place - 1], known[place]
    return values[place - 1] + (values[place] - values[place - 1]) * (wanted - low) / (high - low)
