"""What the shop's own predictor is compared with: the platform's promise, plain lanes, shrunken lanes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import exp, floor, log
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.eta_orders import Order
from store.parcels.duration_fit import kaplan_meier

LEVELS = (0.1, 0.5, 0.9)
Window: TypeAlias = tuple[float, float, float]
Floats: TypeAlias = NDArray[np.float64]
Begin: TypeAlias = Callable[[Order], float | None]


def bought(order: Order) -> float | None:
    return order.bought


def handed_over(order: Order) -> float | None:
    return order.handed_over


def promise(orders: Iterable[Order], begin: Begin) -> list[Window]:
    """What the platform told at purchase: a date, and nothing about before."""
    days = ((order.promised or order.bought) + 1 - (begin(order) or 0.0) for order in orders)
    return [(0.0, each - 1, each) for each in days]


def plain_lanes(history: Sequence[Order], orders: Iterable[Order], begin: Begin, at: float) -> list[Window]:
    """Learned once from what was delivered before *at*: the lane's quantiles from 30 parcels on, else the destination's, else everybody's."""
    known = [
        order for order in history if order.is_usable and (order.delivered or at) < at and begin(order) is not None
    ]
    own: dict[str, list[float]] = defaultdict(list)
    for order in known:
        for group in _groups(order):
            own[group].append((order.delivered or 0.0) - (begin(order) or 0.0))
    quantiles = {group: _window(np.quantile(days, LEVELS)) for group, days in own.items() if len(days) >= 30}
    return [next(quantiles[group] for group in reversed(_groups(order)) if group in quantiles) for order in orders]


def shrunken_lanes(
    history: Sequence[Order], orders: Sequence[Order], begin: Begin, *, half_life: float, k: float, open_too: bool
) -> list[Window]:
    """Learned anew every day: quantiles of log days, blended from everybody's over the destination's to the lane's, and the seller's own handover.

    *open_too* counts parcels under way (Kaplan–Meier) as docs/arrival.md does, but not the lanes' crossed effects.
    """
    windows: dict[str, Window] = {}
    days: dict[int, list[Order]] = defaultdict(list)
    for order in orders:
        days[floor(begin(order) or 0.0)].append(order)
    for today, todays in days.items():
        lanes = _lanes(history, begin, float(today), half_life=half_life, open_too=open_too)
        shifts = _handover_shifts(history, float(today), half_life) if begin is bought else {}
        for order in todays:
            blend = lanes[""][0]
            for group in _groups(order)[1:]:
                own, count = lanes.get(group, (blend, 0.0))
                blend = blend + (own - blend) * count / (count + k)
            shift = shifts.get(order.sending.sender, 0.0)
            windows[order.id] = _window(np.sort(np.maximum(np.exp(blend) + shift, 0.25)))
    return [windows[order.id] for order in orders]


def _groups(order: Order) -> list[str]:
    destination = order.sending.destination.region
    return ["", destination, f"{order.sending.origin.region}>{destination}"]


def _lanes(
    history: Sequence[Order], begin: Begin, at: float, *, half_life: float, open_too: bool
) -> dict[str, tuple[Floats, float]]:
    """Log-day quantiles of each group, and how many parcels they rest on."""
    own: dict[str, list[tuple[float, bool, float]]] = defaultdict(list)
    for order in history:
        began = begin(order)
        if began is None or not at - 240 <= began < at:
            continue
        has_arrived = order.delivered is not None and order.delivered < at
        if has_arrived or open_too:
            days = (order.delivered or at) if has_arrived else at
            for group in _groups(order):
                own[group].append((max(days - began, 0.05), has_arrived, 0.5 ** ((at - began) / half_life)))
    return {group: found for group, rows in own.items() if (found := _quantiles(rows)) is not None}


def _quantiles(rows: Sequence[tuple[float, bool, float]]) -> tuple[Floats, float] | None:
    days, arrived, weights = (np.array(column) for column in zip(*rows, strict=True))
    times, share = kaplan_meier(days, arrived, weights)
    if not len(times):
        return None
    counted = weights[arrived]
    return np.log(np.interp(LEVELS, share / share[-1], times)), float(counted.sum() ** 2 / (counted**2).sum())


def _handover_shifts(history: Sequence[Order], at: float, half_life: float) -> dict[str, float]:
    """How many days more than everybody each seller takes to hand over."""
    logs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for order in history:
        if order.handed_over is not None and order.bought >= at - 240 and order.bought < order.handed_over < at:
            row = 0.5 ** ((at - order.bought) / half_life), log(max(order.handed_over - order.bought, 0.05))
            logs[order.sending.sender].append(row)
            logs[""].append(row)
    means = {sender: sum(w * x for w, x in rows) / sum(w for w, _ in rows) for sender, rows in logs.items()}
    return {
        sender: (exp(mean) - exp(means[""])) * len(logs[sender]) / (len(logs[sender]) + 3)
        for sender, mean in means.items()
    }


def _window(values: Floats) -> Window:
    low, middle, high = values.tolist()
    return low, middle, high
