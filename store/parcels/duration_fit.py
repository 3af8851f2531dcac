"""Learning how long a leg takes, from those that are over and those that are still under way. Pure: history in, `Fit` out.

1. *Effects*: the mean of log(days + offset) over the arrivals, and how each factor's values (destination, lane, sender, weekday, …) differ from it.
   Each is shrunk towards none by n / (n + k), and found in turns, so that a slow sender is not blamed for a far destination.
2. *Ratio*: each parcel's days against what its effects say. Parcels under way take part with their age (Kaplan–Meier): learning from arrivals
   alone, the slow ones are missing and every window is too early. All lanes share this curve, so it may forget quickly and still rest on many
   parcels: when a season turns, it is the curve that moves.

Nothing after `at` is looked at, so a fit for a past day is the one that day would have made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from store.parcels.duration import LEVELS, Fit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]
    Flags = NDArray[np.bool_]

# Fewer arrivals say too little for a window of the shop's own.
FEWEST = 20
# A parcel under way as long as this is rarely delivered any more: where some have been followed so far, the share of arrivals is known.
FOLLOWED_DAYS = 60.0
# Less than this is not believed to be a leg's length: clocks differ, and scans are entered late.
SHORTEST_DAYS = 0.02
# Longer ones count as this long in the effects, where one lost and found parcel would move a whole lane.
LONGEST_LOG_DAYS = 4.2


class Trip(NamedTuple):
    """One leg: days since any fixed moment, `ended` None while it is under way (or lost), and what was known when it began."""

    began: float
    ended: float | None
    factors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a leg is learned. The half-lives and `k` were chosen on rolling splits, see docs/arrival.md."""

    factors: tuple[str, ...]
    offset: float  # days added before the logarithm: half a day is much on a short way and nothing on a long one
    shaped_by: str = ""  # the factor whose values have curves of their own, if any
    half_life: float = 15.0  # of the curve
    half_life_effects: float = 90.0
    memory: float = 240.0
    k: float = 8.0
    k_shape: float = 30.0
    pull: float = 0.75  # how much of its own pull is divided out of a parcel's ratio: at 0.5 too narrow in a slow season, at 1 too wide in a fast one
    enough: float = 100.0  # a small shop remembers longer, until this many arrivals count
    sweeps: int = 4


@dataclass(frozen=True, slots=True)
class Trips:
    """The history as columns. `ended` is NaN while under way; a factor's code 0 is "not known"."""

    began: "Floats"
    ended: "Floats"
    codes: Mapping[str, "Codes"]
    words: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Trip], factors: Iterable[str]) -> "Trips":
        """The rows as columns. Those that end before they begin are left out: nobody knows what they mean."""
        import numpy as np

        kept = [row for row in rows if row.ended is None or row.ended >= row.began]
        codes, words = {}, {}
        for name in factors:
            book: dict[str, int] = {"": 0}
            codes[name] = np.array([book.setdefault(row.factors.get(name, ""), len(book)) for row in kept], np.int64)
            words[name] = list(book)
        began = np.array([row.began for row in kept], np.float64)
        ended = np.array([np.nan if row.ended is None else row.ended for row in kept], np.float64)
        return cls(began, ended, codes, words)


def fit(trips: Trips, at: float, recipe: Recipe) -> Fit | None:
    """What was known of the leg when day *at* began; None while there is too little to say anything."""
    import numpy as np

    known = (trips.began < at) & (trips.began >= at - recipe.memory)
    began = trips.began[known]
    arrived = trips.ended[known] < at
    if arrived.sum() < FEWEST:
        return None
    days = np.maximum(np.where(arrived, trips.ended[known], at) - began, SHORTEST_DAYS)
    log_days = np.log(days + recipe.offset)
    codes = {name: trips.codes[name][known] for name in recipe.factors}
    weights = _fade(at - began, recipe.half_life_effects)
    effects = _effects(codes, log_days, weights * arrived, recipe)
    ratio = log_days - effects.of(codes)
    ratio[arrived] /= (1 - effects.own_part(codes, weights)[arrived]) ** recipe.pull
    curve_weights = _fade(at - began, _half_life(at - began[arrived], recipe))
    is_followed = bool((days[~arrived] >= FOLLOWED_DAYS).any())
    curve = _curve(ratio, arrived, curve_weights, is_followed=is_followed)
    if curve is None:
        return None
    shapes: dict[int, Floats] = {}
    if recipe.shaped_by:
        shapes = _shapes(codes[recipe.shaped_by], ratio, arrived, curve_weights, curve, k=recipe.k_shape)
    words = trips.words
    return Fit(
        centre=effects.mean,
        offset=recipe.offset,
        effects={name: _named(own, words[name]) for name, own in effects.by_factor.items()},
        curve=_plain(curve),
        shaped_by=recipe.shaped_by,
        shapes={words[recipe.shaped_by][code]: _plain(own) for code, own in shapes.items()},
        seen={name: _counted(own[arrived], words[name]) for name, own in codes.items()},
        arrivals=int(arrived.sum()),
    )


def kaplan_meier(durations: "Floats", arrived: "Flags", weights: "Floats") -> "tuple[Floats, Floats]":
    """The durations at which something arrived, and the share that had arrived by each.

    Those under way count among the waiting up to their age, and never as arrived. At one and the same duration arrivals come first.
    """
    import numpy as np

    times, place = np.unique(durations, return_inverse=True)
    arriving = np.bincount(place, weights * arrived, len(times))
    waiting = np.bincount(place, weights, len(times))[::-1].cumsum()[::-1]
    share = 1 - np.cumprod(1 - arriving / waiting)
    some = arriving > 0
    return times[some], share[some]


@dataclass(frozen=True, slots=True)
class _Effects:
    mean: float
    by_factor: Mapping[str, "Floats"]
    own: Mapping[str, "Floats"]  # the weight behind each value, k included
    total: float

    def of(self, codes: Mapping[str, "Codes"]) -> "Floats":
        return self.mean + sum(own[codes[name]] for name, own in self.by_factor.items())  # type: ignore[return-value]  # numpy's sum is of any type

    def own_part(self, codes: Mapping[str, "Codes"], weights: "Floats") -> "Floats":
        """How far each parcel pulled its own expectation towards itself (its leverage). Divided out, or the spread looks too narrow."""
        import numpy as np

        part = sum((weights / own[codes[name]] for name, own in self.own.items()), weights / self.total)
        return np.minimum(part, 0.8)


def _effects(codes: Mapping[str, "Codes"], log_days: "Floats", weights: "Floats", recipe: Recipe) -> _Effects:
    """Backfitting: each factor explains what the others leave over, its values shrunk towards none. Weight 0 takes no part."""
    import numpy as np

    told = np.minimum(log_days, LONGEST_LOG_DAYS)
    total = float(weights.sum())
    mean = float((weights * told).sum() / total)
    sizes = {name: int(own.max()) + 1 for name, own in codes.items()}
    behind = {name: _summed(own, weights, sizes[name]) + recipe.k for name, own in codes.items()}
    effects = {name: np.zeros(size) for name, size in sizes.items()}
    left = told - mean
    for _ in range(recipe.sweeps):
        for name, own in codes.items():
            left += effects[name][own]
            effects[name] = _summed(own, weights * left, sizes[name]) / behind[name]
            effects[name][0] = 0.0  # not known is no reason
            left -= effects[name][own]
        shift = float((weights * left).sum() / total)
        mean, left = mean + shift, left - shift
    return _Effects(mean, effects, behind, total)


def _summed(codes: "Codes", values: "Floats", size: int) -> "Floats":
    import numpy as np

    return np.asarray(np.bincount(codes, values, size), np.float64)


def _fade(ages: "Floats", half_life: float) -> "Floats":
    import numpy as np

    return np.asarray(0.5 ** (ages / half_life), np.float64)


def _half_life(ages: "Floats", recipe: Recipe) -> float:
    """The recipe's, doubled until enough arrivals count or all of the memory does."""
    half_life = recipe.half_life
    while half_life < recipe.memory and _effective(_fade(ages, half_life)) < recipe.enough:
        half_life *= 2
    return half_life


def _effective(weights: "Floats") -> float:
    """As many equal weights would say as much."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def _curve(ratio: "Floats", arrived: "Flags", weights: "Floats", *, is_followed: bool) -> "Floats | None":
    """The ratio at LEVELS, of those that arrive at all; None while most of what is under way might still arrive or not."""
    import numpy as np

    times, share = kaplan_meier(ratio, arrived, weights)
    if not is_followed and (len(share) == 0 or share[-1] < LEVELS[-3]):
        return None
    return np.interp(LEVELS, share / share[-1], times)


def _shapes(
    codes: "Codes", ratio: "Floats", arrived: "Flags", weights: "Floats", curve: "Floats", *, k: float
) -> "dict[int, Floats]":
    """The curve of each value that was seen, drawn towards everybody's by how little it says for itself."""
    import numpy as np

    shapes = {}
    for code in np.unique(codes[arrived]):
        mine = codes == code
        own = _curve(ratio[mine], arrived[mine], weights[mine], is_followed=True)
        if code and own is not None:
            count = _effective(weights[mine & arrived])
            shapes[int(code)] = np.sort(curve + (own - curve) * count / (count + k))
    return shapes


def _named(values: "Floats", words: list[str]) -> dict[str, float]:
    return {words[code]: round(value, 4) for code, value in enumerate(values.tolist()) if value}


def _counted(codes: "Codes", words: list[str]) -> dict[str, int]:
    import numpy as np

    return {words[code]: count for code, count in enumerate(np.bincount(codes).tolist()) if code and count}


def _plain(values: "Floats") -> tuple[float, ...]:
    return tuple(round(value, 4) for value in values.tolist())
