"""An order's payment and fulfilment follow from its sums."""

import pytest
from sqlalchemy import select, update

from store import order_life
from store.db import Database
from store.models import Order, OrderLine, PaymentAttempt, Shipment
from store.order_status import ShipmentStatus as S
from store.order_sums import Goods, fulfilment_status, payment_status
from tests.builders import NOW
from tests.order_builders import an_attempt, an_order, the_order


@pytest.mark.parametrize(
    "total, captured, refunded, status",
    [
        (1000, 0, 0, "unpaid"),
        (1000, 1, 0, "partially_paid"),
        (1000, 1000, 0, "paid"),
        (1000, 1001, 0, "overpaid"),
        (1000, 1000, 1, "partially_refunded"),
        (1000, 1000, 1000, "refunded"),
        (1000, 400, 400, "refunded"),
        (1000, 400, 100, "partially_refunded"),
        (1000, 2000, 1000, "paid"),  # one of two payments went back
        (1000, 2000, 900, "overpaid"),
        (1000, 2000, 1001, "partially_refunded"),
        (0, 0, 0, "paid"),  # nothing to pay
    ],
)
def test_the_payment_status_is_what_was_kept_against_the_total(
    total: int, captured: int, refunded: int, status: str
) -> None:
    assert payment_status(total, captured, refunded) == status


MUGS, KEY = Goods("physical", 3, 0, 0), Goods("digital", 1, 0, 1)


@pytest.mark.parametrize(
    "shipped, cancelled, statuses, status",
    [
        (0, 0, [], "unfulfilled"),
        (0, 0, [S.CANCELLED], "unfulfilled"),
        (0, 0, [S.PACKED], "packed"),
        (0, 0, [S.READY_FOR_PICKUP], "packed"),
        (1, 0, [S.HANDED_OVER], "partially_shipped"),
        (1, 0, [S.DELIVERED], "partially_shipped"),
        (3, 0, [S.IN_TRANSIT], "shipped"),
        (3, 0, [S.LOST], "shipped"),
        (3, 0, [S.DELIVERED, S.IN_TRANSIT], "shipped"),
        (3, 0, [S.DELIVERED, S.CANCELLED], "delivered"),
        (3, 0, [S.DELIVERED, S.DELIVERED], "delivered"),
        (3, 0, [S.DELIVERED, S.RETURNED], "delivered"),
        (3, 0, [S.RETURNED], "returned"),
        (2, 1, [S.DELIVERED], "delivered"),
    ],
)
def test_the_fulfilment_status_is_what_left_against_what_was_ordered(
    shipped: int, cancelled: int, statuses: list[S], status: str
) -> None:
    """With or without a download beside it: that one came with the confirmation."""
    mugs = Goods("physical", 3, cancelled, shipped)
    parcels = [("courier", found) for found in statuses]
    assert fulfilment_status([mugs], parcels) == status
    assert fulfilment_status([mugs, KEY], [*parcels, ("digital", S.DELIVERED)]) == status


def test_a_download_alone_is_delivered_by_its_message() -> None:
    assert fulfilment_status([Goods("digital", 1, 0, 0)], []) == "unfulfilled"
    assert fulfilment_status([KEY], [("digital", S.DELIVERED)]) == "delivered"


async def test_both_statuses_are_written_to_the_order(db: Database) -> None:
    order = await an_order(db)
    await an_attempt(db, order, status="succeeded", captured_minor=order.total_minor)
    async with db.begin() as session:
        session.add(Shipment(order_id=order.id, kind="courier", status=S.HANDED_OVER, packed_at=NOW))
        await session.execute(update(OrderLine).values(shipped_quantity=OrderLine.quantity))
        await order_life.derive(session, order.id)
    derived = await the_order(db, order.id)
    assert (derived.payment_status, derived.fulfilment_status) == ("paid", "shipped")
    assert derived.version > order.version


async def test_the_attempts_of_a_group_are_summed(db: Database) -> None:
    """Paid twice, one of them given back."""
    order = await an_order(db)
    first = await an_attempt(db, order, status="succeeded", captured_minor=order.total_minor)
    await an_attempt(db, order, status="failed", captured_minor=order.total_minor)
    async with db.begin() as session:
        given_back = {"refund_reserved_minor": order.total_minor, "refunded_minor": order.total_minor}
        await session.execute(update(PaymentAttempt).where(PaymentAttempt.id == first).values(**given_back))
        await order_life.derive(session, order.id)
        assert await session.scalar(select(Order.payment_status)) == "paid"
