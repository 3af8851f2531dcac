"""What the database says, read at one moment by a plain connection: the machine looks after every step, so looking must be cheap."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, Row, Select, create_engine, func, make_url, select
from sqlalchemy.pool import StaticPool

from store.db import Database
from store.models import (
    Coupon,
    CouponUse,
    Order,
    OrderLine,
    OutboxEvent,
    PaymentAttempt,
    PaymentEvent,
    ProviderEventRow,
    Refund,
    Reservation,
    StockLevel,
    StockMove,
)

Rows = Sequence[Row[Any]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the invariants speak of. `levels`: variant_id, on_hand, reserved; `moves`: variant_id and the two sums."""

    levels: Rows
    moves: Rows
    reservations: Rows
    orders: Rows
    lines: Rows
    attempts: Rows
    entries: Rows
    provider_events: Rows
    refunds: Rows
    outbox: Rows
    coupons: Rows
    coupon_uses: Rows

    def attempts_of(self, order: Row[Any]) -> list[Row[Any]]:
        return [row for row in self.attempts if row.group_id == order.group_id]

    def refunds_of(self, order: Row[Any]) -> list[Row[Any]]:
        return [row for row in self.refunds if row.order_id == order.id]


def _columns(model: Any, names: str) -> Select[Any]:
    return select(*(getattr(model, name) for name in names.split())).order_by(model.id)


_QUERIES: dict[str, Executable] = {
    "levels": select(StockLevel.variant_id, StockLevel.on_hand, StockLevel.reserved),
    "moves": select(
        StockMove.variant_id,
        func.sum(StockMove.d_on_hand).label("on_hand"),
        func.sum(StockMove.d_reserved).label("reserved"),
    ).group_by(StockMove.variant_id),
    "reservations": _columns(Reservation, "order_id order_line_id variant_id quantity state"),
    "orders": _columns(
        Order, "id cart_id group_id status payment_status payment_method fulfilment_status total_minor discount_minor"
    ),
    "lines": _columns(OrderLine, "id order_id kind quantity shipped_quantity"),
    "attempts": _columns(
        PaymentAttempt,
        "id group_id gateway status active_slot amount_minor merchant_ref captured_minor refund_reserved_minor refunded_minor",
    ),
    "entries": _columns(PaymentEvent, "attempt_id kind amount_minor"),
    "provider_events": _columns(ProviderEventRow, "id status reason kind merchant_ref amount_minor"),
    "refunds": _columns(Refund, "id attempt_id order_id status reason amount_minor merchant_ref"),
    "outbox": _columns(OutboxEvent, "type payload"),
    "coupons": _columns(Coupon, "id used max_uses"),
    "coupon_uses": _columns(CouponUse, "coupon_id customer_id order_id slot amount_minor given_back_at"),
}


def _read(connection: Connection) -> Snapshot:
    return Snapshot(**{name: connection.execute(query).all() for name, query in _QUERIES.items()})


class Reader:
    """Reads SQLite on a connection of its own, without a thread in between; a server through the shop's."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        is_file = parsed.get_backend_name() == "sqlite"
        self._engine = create_engine(parsed.set(drivername="sqlite"), poolclass=StaticPool) if is_file else None

    async def look(self, db: Database) -> Snapshot:
        if self._engine is not None:
            with self._engine.connect() as connection:
                return _read(connection)
        async with db.read() as session:
            return await (await session.connection()).run_sync(_read)

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()


def counted(pairs: Iterable[tuple[Any, int]]) -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for key, amount in pairs:
        sums[key] += amount
    return sums


def grouped(rows: Iterable[Row[Any]], key: str) -> dict[Any, list[Row[Any]]]:
    groups: dict[Any, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups
