"""How everything stands in the end, without what may differ between two runs: ids, times, and how often somebody asked."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from store.models import (
    AuditEntry,
    BotUpdate,
    ChatMessage,
    Delivery,
    Order,
    OrderLine,
    OutboxEvent,
    PaymentAttempt,
    PaymentEvent,
    ProviderEventRow,
    Refund,
    Reservation,
    Scan,
    Shipment,
    StockLevel,
    StockMove,
)
from store.parcels.sandbox import SandboxCarrier
from store.payments.sandbox_books import Books

State = dict[str, list[str]]
_COLUMNS: dict[Any, str] = {
    Order: "status payment_status fulfilment_status payment_method total_minor accepted_at",
    OrderLine: "kind quantity shipped_quantity cancelled_quantity",
    Reservation: "state quantity round",
    StockLevel: "on_hand reserved",
    StockMove: "kind d_on_hand d_reserved source_type",
    PaymentAttempt: "gateway status active_slot amount_minor captured_minor refund_reserved_minor refunded_minor",
    PaymentEvent: "kind amount_minor",
    ProviderEventRow: "kind status reason amount_minor",
    Refund: "status reason amount_minor",
    Shipment: "kind status carrier delay_level",
    Scan: "stage raw_code",
    OutboxEvent: "type",
    AuditEntry: "actor action subject_type",
}

_TELLING: dict[Any, str] = {
    Delivery: "route status",
    ChatMessage: "chat_id has_picture",
    BotUpdate: "status acted_at",
}


def of_the_shop(connection: Connection) -> State:
    """Every table that a sale leaves something in, as a bag of rows."""
    return _read(connection, _COLUMNS)


def of_the_telling(connection: Connection) -> State:
    """What came in from Telegram, and what went out."""
    return _read(connection, _TELLING)


def _read(connection: Connection, columns: dict[Any, str]) -> State:
    return {
        model.__tablename__: _bag(connection.execute(select(*(getattr(model, name) for name in names.split()))))
        for model, names in columns.items()
    }


def of_the_bank(books: Books) -> State:
    """What the bank has taken and given."""
    pages = [(page.amount_minor, page.captured_minor) for page in books.pages.values()]
    refunds = [(refund.amount_minor, str(refund.outcome)) for refund in books.refunds.values()]
    waiting = [notice.fact["type"] for notice in books.notices if notice.due_at]
    return {"bank pages": _bag(pages), "bank refunds": _bag(refunds), "bank notices": _bag(waiting)}


def of_the_carrier(carrier: SandboxCarrier) -> State:
    """How many labels it has made, and will charge for."""
    return {"carrier labels": [str(len(carrier.labels))]}


def _bag(rows: Iterable[Any]) -> list[str]:
    counted = Counter(" ".join(_plain(value) for value in row) for row in rows)
    return [f"{count} × {row}" for row, count in sorted(counted.items())]


def _plain(value: object) -> str:
    """A moment is a fact; which moment is not. What was told too late to be of use is as settled as what was told."""
    if hasattr(value, "isoformat"):
        return "some time"
    return "settled" if value in ("sent", "skipped") else str(value)
