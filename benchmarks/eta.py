"""How good the arrival windows are: `python -m benchmarks.eta`, walking forward through ../shared/data/eta.

Without arguments: the tables of docs/arrival.md. The parameters were chosen on the splits before December 2017 and the hastened ones; the last one
was printed beside drafts, and the last choice was held against its targets. Every prediction is made on its day: from what had happened before that day began (midnight, in the files' local time).

    python -m benchmarks.eta --history FILE --orders FILE --predictions OUT.csv

writes `order_id,target,p10,p50,p90`, days, for the rows of --orders: target `total` counts from the purchase and is predicted on the day of
purchase, `transit` counts from the hand-over to the carrier and is predicted on the day of the hand-over. Both files have the columns of
../shared/data/eta (csv or csv.gz); columns and values may be missing, states and sellers may be new. An order gets each target whose beginning is
in the file; one without a time of purchase gets none, and on a day before which fewer than twenty parcels had arrived there is no window.

A prediction for day D rests on orders of both files, on nothing else, and only on what was known when D began:
  * an order bought before D takes part; its hand-over and its delivery count when they happened before D, and until then it is under way with its age;
  * `order_status`, prices and the promised date are not looked at, nor is anything that happened on D or later, the order's own outcome included;
  * of two rows with one `order_id` the one in --orders counts;
  * a file's orders take part from the day after its first hand-over and its first delivery on: before that nobody can know whether somebody watches
    them. Those of a file that names none are predicted, but are not taken for parcels under way.
"""

import argparse
import csv
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import floor
from pathlib import Path

import numpy as np

from benchmarks import eta_rivals as rivals
from benchmarks.eta_orders import Order, day, hastened, legs, once, read
from benchmarks.eta_rivals import LEVELS, Begin, Window, bought, handed_over
from store.parcels.duration import Fit, Spread
from store.parcels.duration_fit import fit
from store.parcels.legs import HANDOVER, TRANSIT

DATA = Path(__file__).parents[2] / "shared" / "data" / "eta" / "orders_early.csv.gz"
SPLITS = (
    ("May and June 2017", "2017-05-01", "2017-07-01"),
    ("July and August 2017", "2017-07-01", "2017-09-01"),
    ("September to mid-October 2017", "2017-09-01", "2017-10-16"),
    ("mid-October and November 2017", "2017-10-16", "2017-12-01"),
    ("**December 2017 to February 2018**", "2017-12-01", "2018-02-22"),
)
# The same orders, but everything after this day is shorter by 13 % a month: no season of 2017 speeds up for long.
FASTER_SINCE, FASTER_BY = "2017-06-01", 0.13
FASTER = (
    ("July to mid-August 2017, hastened", "2017-07-01", "2017-08-16"),
    ("mid-August and September 2017, hastened", "2017-08-16", "2017-10-01"),
    ("October to mid-November 2017, hastened", "2017-10-01", "2017-11-16"),
)
TARGETS: Mapping[str, Begin] = {"total": bought, "transit": handed_over}
# On the last split. Source: the targets of the carriers reference, section 3.
MUST = {
    "total": {"MAE": 6.1, "coverage": 77.0, "WIS": 30.8},
    "transit": {"MAE": 5.4, "WIS": 27.6},
}
HEAD = (
    "| predictor | orders | MAE of P50 | median error | bias | coverage of P10–P90 | later than P90 | width | WIS |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


class Walk:
    """Predictions made day by day; a day's fits are made once, from what was known when it began."""

    def __init__(self, orders: Sequence[Order]) -> None:
        watched = [(order.watched_from, order) for order in orders if order.watched_from is not None]
        starts = sorted({start for start, _ in watched}, reverse=True)
        self._legs = [(since, legs([order for start, order in watched if start <= since])) for since in starts]
        self.fits = lru_cache(maxsize=None)(self._fits)

    def _fits(self, today: int) -> tuple[Fit | None, Fit | None]:
        for since, (handover, transit) in self._legs:
            if since < today:
                return fit(handover, today, HANDOVER), fit(transit, today, TRANSIT)
        return None, None

    def total(self, order: Order) -> Spread | None:
        """From the purchase: the sender's time, then the carrier's."""
        first, second = self.fits(floor(order.bought))
        if first is None or second is None:
            return None
        return first.spread(order.handover()).then(second.spread(order.transit(None)))

    def transit(self, order: Order) -> Spread | None:
        if order.handed_over is None:
            return None
        _, second = self.fits(floor(order.handed_over))
        return second.spread(order.transit(order.handed_over)) if second else None

    def windows(self, orders: Sequence[Order], target: str) -> list[Window | None]:
        spreads = map(self.total if target == "total" else self.transit, orders)
        return [None if spread is None else _window(spread) for spread in spreads]


@dataclass(frozen=True, slots=True)
class Score:
    """Source: the reference's yardstick; WIS = mean width + 10 × mean shortfall below P10 + 10 × mean excess over P90, lower is better."""

    orders: int
    mae: float
    median: float
    bias: float
    coverage: float
    late: float
    width: float
    wis: float

    @classmethod
    def of(cls, windows: Sequence[Window], days: Sequence[float]) -> "Score":
        low, middle, high = np.array(windows).T
        took = np.array(days)
        miss = 10 * np.maximum(low - took, 0) + 10 * np.maximum(took - high, 0)
        return cls(
            orders=len(took),
            mae=float(np.abs(middle - took).mean()),
            median=float(np.median(np.abs(middle - took))),
            bias=float((middle - took).mean()),
            coverage=float(((low <= took) & (took <= high)).mean() * 100),
            late=float((took > high).mean() * 100),
            width=float((high - low).mean()),
            wis=float((high - low + miss).mean()),
        )

    def row(self, name: str) -> str:
        told = f"{self.mae:.2f} | {self.median:.2f} | {self.bias:+.2f} | {self.coverage:.1f} % | {self.late:.1f} %"
        return f"| {name} | {self.orders:,} | {told} | {self.width:.1f} | {self.wis:.1f} |"


def tables() -> int:
    """Prints them; how many of the figures that must hold do not."""
    if not DATA.exists():
        print(f"SKIPPED: no {DATA.parent} beside this checkout", file=sys.stderr)
        return 0
    begun, orders = time.perf_counter(), read(DATA)
    faster = [hastened(order, day(FASTER_SINCE), by=FASTER_BY) for order in orders]
    missed = 0
    print(f"{len(orders):,} orders; Python {platform.python_version()}, numpy {np.__version__}\n")
    for target in TARGETS:
        print(f"From {'the purchase' if target == 'total' else 'the hand-over to the carrier'}\n\n{HEAD}")
        _rows_of(Walk(faster), faster, FASTER, target)
        missed += _checked(target, _rows_of(Walk(orders), orders, SPLITS, target))
    print(f"all of it in {time.perf_counter() - begun:.0f} s")
    return missed


def _rows_of(walk: Walk, orders: Sequence[Order], splits: Sequence[tuple[str, str, str]], target: str) -> Score:
    """Prints the rows of every split; this shop's score in the last one."""
    begin = TARGETS[target]
    for name, start, end in splits:
        measured = [
            order
            for order in orders
            if order.is_usable and day(start) <= order.bought < day(end) and begin(order) is not None
        ]
        scores = _scores(walk, orders, measured, target, day(start))
        print(f"| {name} | | | | | | | | |", *(own.row(who) for who, own in scores.items()), sep="\n")
    return scores["this shop"]


def _scores(
    walk: Walk, orders: Sequence[Order], measured: Sequence[Order], target: str, start: float
) -> dict[str, Score]:
    begin = TARGETS[target]
    shrunken: Callable[[bool], list[Window]] = lambda open_too: rivals.shrunken_lanes(  # noqa: E731 - two rows of one kind
        orders, measured, begin, half_life=45, k=8, open_too=open_too
    )
    predicted = {
        "the platform's promise": rivals.promise(measured, begin),
        "plain lanes, learned once": rivals.plain_lanes(orders, measured, begin, start),
        "shrunken lanes": shrunken(False),
        "shrunken lanes, open parcels counted": shrunken(True),
        "this shop": [window for window in walk.windows(measured, target) if window],
    }
    days = [(order.delivered or 0.0) - (begin(order) or 0.0) for order in measured]
    return {who: Score.of(windows, days) for who, windows in predicted.items()}


def _checked(target: str, score: Score) -> int:
    values = {"MAE": score.mae, "coverage": score.coverage, "WIS": score.wis}
    missed = 0
    for name, bound in MUST[target].items():
        holds = values[name] >= bound if name == "coverage" else values[name] <= bound
        missed += not holds
        print(f"{'reached' if holds else 'MISSED'}: {name} {values[name]:.2f}, must be {bound}")
    print()
    return missed


def predictions(history: Path, orders: Path, out: Path) -> None:
    own = read(orders)
    walk = Walk(once([*read(history), *own]))
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("order_id", "target", "p10", "p50", "p90"))
        writer.writerows(_rows(walk, own))


def _rows(walk: Walk, orders: Sequence[Order]) -> Iterator[tuple[str, ...]]:
    for target in TARGETS:
        for order, window in zip(orders, walk.windows(orders, target), strict=True):
            if window is not None:
                yield (order.id, target, *(f"{days:.3f}" for days in window))


def _window(spread: Spread) -> Window:
    low, middle, high = (spread.at(level) for level in LEVELS)
    return low, middle, high


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("history", "orders", "predictions"):
        parser.add_argument(f"--{name}", type=Path)
    given = parser.parse_args()
    chosen = (given.history, given.orders, given.predictions)
    if not any(chosen):
        return tables()
    if not all(chosen):
        parser.error("--history, --orders and --predictions belong together")
    predictions(*chosen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
