"""The four tables of transitions, every pair of them, against real rows."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import select, update

from store import order_status
from store.db import Database
from store.models import Order, PaymentAttempt, Refund, Shipment
from store.order_status import AttemptStatus, OrderStatus, RefundStatus, ShipmentStatus, moved, sources
from tests.builders import NOW
from tests.order_builders import an_attempt, an_order

TABLES: dict[type[Any], Mapping[Any, frozenset[Any]]] = {
    Order: order_status.ORDER,
    PaymentAttempt: order_status.ATTEMPT,
    Refund: order_status.REFUND,
    Shipment: order_status.SHIPMENT,
}


async def a_row(db: Database, model: type[Any]) -> int:
    order = await an_order(db)
    if model is Order:
        return order.id
    attempt_id = await an_attempt(db, order, status="created")
    if model is PaymentAttempt:
        return attempt_id
    row: Any = Shipment(order_id=order.id, kind="courier", packed_at=NOW)
    if model is Refund:
        row = Refund(
            attempt_id=attempt_id,
            order_id=order.id,
            reason="staff",
            amount_minor=1,
            currency="USD",
            merchant_ref="r1",
            requested_by="system",
            created_at=NOW,
        )
    async with db.begin() as session:
        session.add(row)
    return int(row.id)


async def tried(db: Database, model: type[Any], row_id: int, start: StrEnum, to: StrEnum) -> tuple[bool, str, int]:
    """Puts the row at *start*, tries to move it; whether it moved, where it is, and how much its version grew."""
    async with db.begin() as session:
        await session.execute(update(model).where(model.id == row_id).values(status=start, version=7))
        try:
            went = await moved(session, model, row_id, to)
        except LookupError:
            went = False
        status, version = (await session.execute(select(model.status, model.version).where(model.id == row_id))).one()
    return went, status, version - 7


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
async def test_every_listed_pair_moves_and_every_other_refuses(db: Database, model: type[Any]) -> None:
    """Of all pairs of states exactly those in the table move; whatever refuses leaves the row as it was."""
    row_id, table = await a_row(db, model), TABLES[model]
    for start in table:
        for to in table:
            expected = (True, to, 1) if to in table[start] else (False, start, 0)
            assert await tried(db, model, row_id, start, to) == expected, f"{start} → {to}"


@pytest.mark.parametrize(
    "statuses, table",
    [
        (OrderStatus, order_status.ORDER),
        (AttemptStatus, order_status.ATTEMPT),
        (RefundStatus, order_status.REFUND),
        (ShipmentStatus, order_status.SHIPMENT),
    ],
)
def test_every_status_has_its_row(statuses: type[StrEnum], table: Mapping[StrEnum, frozenset[StrEnum]]) -> None:
    assert set(table) == set(statuses)
    assert all(to in statuses for targets in table.values() for to in targets)


def test_money_that_came_is_never_unsaid() -> None:
    """A verified success beats a failure, never the other way round; what was given back may come back, and is said so."""
    assert not order_status.ATTEMPT[AttemptStatus.SUCCEEDED]
    assert order_status.REFUND[RefundStatus.SUCCEEDED] == {RefundStatus.REVERSED}


def test_a_state_that_nothing_leads_to_is_a_slip_in_the_program() -> None:
    with pytest.raises(LookupError):
        sources(Order, OrderStatus.PENDING_PAYMENT)


async def test_a_caller_may_move_from_fewer_states(sqlite_db: Database) -> None:
    """`confirm` takes unpaid orders only, although an expired one may be revived."""
    row_id = await a_row(sqlite_db, Order)
    async with sqlite_db.begin() as session:
        assert not await moved(session, Order, row_id, OrderStatus.CONFIRMED, only_from=[OrderStatus.EXPIRED])
        assert await moved(session, Order, row_id, OrderStatus.CONFIRMED, only_from=[OrderStatus.PENDING_PAYMENT])


async def test_a_caller_may_ask_for_more_of_the_row(sqlite_db: Database) -> None:
    row_id = await a_row(sqlite_db, Order)
    async with sqlite_db.begin() as session:
        assert not await moved(session, Order, row_id, OrderStatus.EXPIRED, provided=Order.expires_at < NOW)
        assert await moved(session, Order, row_id, OrderStatus.EXPIRED, provided=Order.expires_at > NOW)


async def test_a_move_sets_its_columns_along(sqlite_db: Database) -> None:
    row_id = await a_row(sqlite_db, Order)
    async with sqlite_db.begin() as session:
        await moved(session, Order, row_id, OrderStatus.CONFIRMED, confirmed_at=NOW)
        assert await session.scalar(select(Order.confirmed_at).where(Order.id == row_id)) == NOW
