"""A marketplace's orders as read from a file, and what was known of them on a day."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from store.parcels.duration_fit import Trip, Trips
from store.parcels.legs import HANDOVER, TRANSIT, Place, Sending, handover_factors, transit_factors

EPOCH = datetime(2016, 1, 1)  # noqa: DTZ001 - the files' times are local and have no zone
COUNTRY = "BR"


@dataclass(frozen=True, slots=True)
class Order:
    """Times in days since EPOCH. `watched_from`: when its file had told of a hand-over and of a delivery; before that nobody can know whether any is."""

    id: str
    bought: float
    handed_over: float | None
    delivered: float | None
    promised: float | None
    sending: Sending
    is_usable: bool
    watched_from: float | None

    def handover(self) -> dict[str, str]:
        return handover_factors(self.sending, moment(self.bought))

    def transit(self, handed_over: float | None) -> dict[str, str]:
        return transit_factors(self.sending, None if handed_over is None else moment(handed_over))


def read(path: Path) -> list[Order]:
    """The orders that say when they were bought, earliest first. Files of `csv` or `csv.gz`; a column that is missing is unknown."""
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    firsts = [_first(rows, name) for name in ("order_delivered_carrier_date", "order_delivered_customer_date")]
    watched_from = None if None in firsts else max(at for at in firsts if at is not None)
    return sorted(_orders(rows, watched_from=watched_from), key=lambda order: (order.bought, order.id))


def _first(rows: Iterable[dict[str, str]], column: str) -> float | None:
    return min((at for row in rows if (at := _days(row.get(column))) is not None), default=None)


def day(text: str) -> float:
    found = _days(text)
    assert found is not None
    return found


def moment(days: float) -> datetime:
    return EPOCH.fromtimestamp(EPOCH.timestamp() + days * 86400)


def legs(orders: Sequence[Order]) -> tuple[Trips, Trips]:
    """Everybody's two legs. A fit for a day looks at nothing after it, so the whole file may be here."""
    # What arrived without a time of hand-over was handed over by then.
    first = (
        Trip(order.bought, order.delivered if order.handed_over is None else order.handed_over, order.handover())
        for order in orders
    )
    second = (
        Trip(order.handed_over, order.delivered, order.transit(order.handed_over))
        for order in orders
        if order.handed_over is not None
    )
    return Trips.of(first, HANDOVER.factors), Trips.of(second, TRANSIT.factors)


def hastened(order: Order, since: float, *, by: float) -> Order:
    """The order as if every month after *since* were shorter in both legs by the share *by*: a season that speeds up, made from one that does not."""
    share = (1 - by) ** max((order.bought - since) / 30, 0.0)
    handed_over, delivered = (
        None if at is None else order.bought + (at - order.bought) * share
        for at in (order.handed_over, order.delivered)
    )
    return replace(order, handed_over=handed_over, delivered=delivered)


def once(orders: Iterable[Order]) -> list[Order]:
    """The later of two orders with one id, in order of purchase."""
    return sorted({order.id: order for order in orders}.values(), key=lambda order: (order.bought, order.id))


def _orders(rows: Iterable[dict[str, str]], *, watched_from: float | None) -> Iterator[Order]:
    for row in rows:
        bought = _days(row.get("order_purchase_timestamp"))
        if bought is None:
            continue
        handed_over, delivered = (
            _days(row.get("order_delivered_carrier_date")),
            _days(row.get("order_delivered_customer_date")),
        )
        has_lane = bool(row.get("seller_state") and row.get("customer_state"))
        is_in_order = delivered is not None and delivered > bought and not (handed_over or 0.0) > delivered
        is_over = row.get("order_status") == "delivered" and bought >= day("2017-01-01")
        yield Order(
            row.get("order_id") or "",
            bought,
            handed_over,
            delivered,
            _days(row.get("order_estimated_delivery_date")),
            _sending(row),
            is_usable=has_lane and is_in_order and is_over,
            watched_from=watched_from,
        )


def _sending(row: dict[str, str]) -> Sending:
    return Sending(
        origin=_place(row, "seller"),
        destination=_place(row, "customer"),
        sender=row.get("seller_id") or "",
        fee=_number(row.get("freight")),
        pieces=int(_number(row.get("n_items"))),
    )


def _place(row: dict[str, str], who: str) -> Place:
    state, city, postcode = (row.get(f"{who}_{what}") or "" for what in ("state", "city", "zip_code_prefix"))
    return Place(COUNTRY if state else "", state, city, postcode.zfill(5) if postcode else "")


def _number(text: str | None) -> float:
    try:
        return max(float(text or 0), 0.0)
    except ValueError:
        return 0.0


def _days(text: str | None) -> float | None:
    try:
        return (datetime.fromisoformat(text or "") - EPOCH).total_seconds() / 86400
    except ValueError:
        return None
