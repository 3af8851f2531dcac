"""The arrival windows against a marketplace's orders: figures that must hold, on a season they were not tuned on."""

from pathlib import Path

import pytest

from benchmarks.eta import MUST, SPLITS, TARGETS, Score, Walk
from benchmarks.eta_orders import day, read


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_the_windows_hold_in_a_slow_season(shared_data: Path, target: str) -> None:
    """December 2017 to February 2018, walking forward; docs/arrival.md has the table."""
    orders, begin, (_, start, end) = read(shared_data / "eta" / "orders_early.csv.gz"), TARGETS[target], SPLITS[-1]
    measured = [order for order in orders if order.is_usable and day(start) <= order.bought < day(end)]
    windows = [window for window in Walk(orders).windows(measured, target) if window]
    score = Score.of(windows, [(order.delivered or 0.0) - (begin(order) or 0.0) for order in measured])
    assert score.mae <= MUST[target]["MAE"] and score.wis <= MUST[target]["WIS"]
    assert score.coverage >= MUST[target].get("coverage", 0.0)
