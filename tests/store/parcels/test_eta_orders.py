"""The walk through a file of orders: a prediction knows what its day knew."""

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.eta import predictions

START = datetime(2026, 1, 1, 9)  # noqa: DTZ001 - the files' times are local
DAY = timedelta(days=1)
TIMES = {
    "order_purchase_timestamp": 0.0,
    "order_delivered_carrier_date": 1.0,
    "order_delivered_customer_date": 5.0,
}
Row = dict[str, str]


def an_order(n: int, **values: str) -> Row:
    """One every second hour, delivered five to seven days later."""
    bought = START + n * DAY / 12
    times = {name: str(bought + (days + (n % 3 if days > 1 else 0)) * DAY) for name, days in TIMES.items()}
    places = {"seller_id": f"s{n % 4}", "seller_state": "SP", "customer_state": ("SP", "RJ", "BA")[n % 3]}
    return {
        "order_id": f"{n}",
        "order_status": "delivered",
        **times,
        **places,
        "n_items": "1",
        "freight": "9.9",
    } | values


def told(folder: Path, history: Iterable[Row], orders: Iterable[Row]) -> dict[tuple[str, str], list[float]]:
    files = [folder / name for name in ("history.csv", "orders.csv", "out.csv")]
    for file, rows in zip(files, (list(history), list(orders)), strict=False):
        with file.open("w", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    predictions(*files)
    with files[2].open() as out:
        rows = list(csv.DictReader(out))
    return {(row["order_id"], row["target"]): [float(row[name]) for name in ("p10", "p50", "p90")] for row in rows}


HISTORY = [an_order(n) for n in range(120)]
ORDERS = [an_order(n) for n in range(120, 240)]


def test_every_order_gets_both_targets_in_order(tmp_path: Path) -> None:
    found = told(tmp_path, HISTORY, ORDERS)
    assert len(found) == 2 * len(ORDERS)
    assert all(0 <= low <= middle <= high for low, middle, high in found.values())


@pytest.mark.parametrize("days", [10.5, 14, 17])
def test_cutting_off_the_future_changes_nothing_before_it(tmp_path: Path, days: float) -> None:
    """Deliveries and hand-overs after a moment are erased, statuses are lies, later orders are gone: that day and those before predict the same."""
    cut = str(START + days * DAY)

    def known(row: Row) -> Row:
        return {name: "" if name in TIMES and value >= cut else value for name, value in row.items()} | {
            "order_status": "canceled"
        }

    before = told(tmp_path, HISTORY, ORDERS)
    after = told(tmp_path, map(known, HISTORY), [known(row) for row in ORDERS if row["order_purchase_timestamp"] < cut])
    begins = {"total": "order_purchase_timestamp", "transit": "order_delivered_carrier_date"}
    same = [(row["order_id"], target) for row in ORDERS for target, column in begins.items() if row[column] < cut]
    assert same and {key: before[key] for key in same} == {key: after[key] for key in same}


def test_values_and_columns_may_be_missing(tmp_path: Path) -> None:
    """A new state, no seller, no fee, no time of hand-over: what is known is used."""
    odd = [{**row, "customer_state": "??", "freight": "", "order_delivered_carrier_date": ""} for row in ORDERS]
    poor = [{name: row[name] for name in ("order_id", "order_purchase_timestamp")} for row in ORDERS]
    for orders in (odd, poor):
        found = told(tmp_path, HISTORY, orders)
        assert {target for _, target in found} == {"total"} and len(found) == len(ORDERS)


def test_without_a_time_of_purchase_nothing_is_predicted(tmp_path: Path) -> None:
    found = told(tmp_path, HISTORY, [ORDERS[0], {**ORDERS[1], "order_purchase_timestamp": "soon"}])
    assert {order_id for order_id, _ in found} == {ORDERS[0]["order_id"]}
