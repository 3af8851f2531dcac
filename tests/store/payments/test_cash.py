"""Money that a person writes down, in and out."""

import pytest

from store import audit, order_life
from store.audit import Actor
from store.db import Database
from store.errors import NotAllowedNow, NotFound, PaymentUnavailable
from store.events import OrderCompleted, PaymentReceivedOnDelivery, RefundSucceeded
from store.models import Order
from store.order_status import OrderStatus, RefundStatus
from store.payments import by_hand, cash, refund_job, refunds
from store.payments.cash import CashOnDelivery
from store.payments.registry import registry
from tests.builders import NOW
from tests.store.payments.till import Till, a_fact, an_order, order, refunds_of, told

STAFF = Actor.staff(7, "Bo")


async def receive(db: Database, order_id: int) -> int:
    async with db.begin() as session:
        return await cash.receive(session, order_id, actor=STAFF, now=NOW)


async def a_refund(db: Database, order_id: int) -> int:
    async with db.begin() as session:
        (refund_id,) = await refunds.request_all(session, order_id, reason="staff", actor=STAFF, now=NOW)
    return refund_id


async def handed_back(db: Database, refund_id: int) -> None:
    async with db.begin() as session:
        await by_hand.settle(session, refund_id, actor=STAFF, now=NOW)


async def test_cash_at_the_door_pays_the_order(db: Database) -> None:
    """The amount is what was owed; who took it is written down."""
    order_id = await an_order(db, method="cash")
    assert (await order(db, order_id)).payment_status == "unpaid"
    assert await receive(db, order_id) == 2000
    assert (await order(db, order_id)).payment_status == "paid"
    assert await told(db, PaymentReceivedOnDelivery) == [PaymentReceivedOnDelivery(order_id=order_id)]
    async with db.read() as session:
        assert (await audit.history(session, "order", order_id))[-1].actor == "staff:7"


async def test_cash_is_received_once(db: Database) -> None:
    """Two people press; the second is told that it is done."""
    order_id = await an_order(db, method="cash")
    await receive(db, order_id)
    with pytest.raises(NotAllowedNow):
        await receive(db, order_id)
    assert len(await told(db, PaymentReceivedOnDelivery)) == 1


async def test_a_delivered_order_is_complete_when_its_cash_is_in(sqlite_db: Database) -> None:
    """The courier brings the money back after the parcel has arrived."""
    order_id = await an_order(sqlite_db, method="cash")
    async with sqlite_db.begin() as session:
        row = await session.get_one(Order, order_id)
        await session.refresh(row, ["lines"])
        for line in row.lines:
            line.shipped_quantity = line.quantity
    await receive(sqlite_db, order_id)
    assert (await order(sqlite_db, order_id)).status == OrderStatus.COMPLETED
    assert len(await told(sqlite_db, OrderCompleted)) == 1


async def test_a_page_payment_is_not_received_in_cash(sqlite_db: Database) -> None:
    """While the customer may be paying on a page, nobody takes cash for the same order."""
    attempt = await Till(sqlite_db).attempt()
    with pytest.raises(NotAllowedNow):
        await receive(sqlite_db, attempt.order_id)


async def test_a_cash_refund_waits_for_the_hand_that_gives_it(db: Database) -> None:
    """The job only marks it as under way; a person says when it is done, once."""
    order_id = await an_order(db, method="cash")
    await receive(db, order_id)
    refund_id = await a_refund(db, order_id)
    await refund_job.submit_due(db, registry(CashOnDelivery()), now=NOW)
    assert [refund.status for refund in await refunds_of(db, order_id)] == [RefundStatus.PENDING]
    await handed_back(db, refund_id)
    assert [refund.status for refund in await refunds_of(db, order_id)] == [RefundStatus.SUCCEEDED]
    assert (await order(db, order_id)).payment_status == "refunded"
    with pytest.raises(NotAllowedNow):
        await handed_back(db, refund_id)
    assert len(await told(db, RefundSucceeded)) == 1


async def test_a_hand_may_be_faster_than_the_job(sqlite_db: Database) -> None:
    """Refunded by hand before the job has looked at it."""
    order_id = await an_order(sqlite_db, method="cash")
    await receive(sqlite_db, order_id)
    await handed_back(sqlite_db, await a_refund(sqlite_db, order_id))
    assert await refund_job.submit_due(sqlite_db, registry(CashOnDelivery()), now=NOW) == 0
    assert [refund.status for refund in await refunds_of(sqlite_db, order_id)] == [RefundStatus.SUCCEEDED]


async def test_what_a_provider_refunds_is_not_settled_by_hand(sqlite_db: Database) -> None:
    """A person's word is no proof that a provider paid."""
    till = Till(sqlite_db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt))
    with pytest.raises(PaymentUnavailable):
        await handed_back(sqlite_db, await a_refund(sqlite_db, attempt.order_id))
    with pytest.raises(NotFound):
        await handed_back(sqlite_db, 999)


async def test_a_cancelled_cash_order_gives_the_cash_back(sqlite_db: Database) -> None:
    """Received, then cancelled before it was shipped."""
    order_id = await an_order(sqlite_db, method="cash")
    await receive(sqlite_db, order_id)
    async with sqlite_db.begin() as session:
        await order_life.cancel(session, order_id, actor=STAFF, reason="staff", now=NOW)
    assert [(refund.reason, refund.amount_minor) for refund in await refunds_of(sqlite_db, order_id)] == [
        ("cancelled", 2000)
    ]
