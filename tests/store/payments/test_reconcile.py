"""Lost notifications, forgotten pages, a program that died: the sweep makes them right."""

from datetime import timedelta

from store import order_life
from store.audit import SYSTEM
from store.db import Database
from store.events import OrderConfirmed, OrderExpired
from store.order_status import AttemptStatus, OrderStatus
from store.payments import ledger, reconcile
from store.payments.gateway import EventKind
from store.payments.sandbox_books import Fault
from tests.store.payments.till import Till, a_fact, an_order, fates, order, paid_attempt, refunds_of, reserved, told


async def check(till: Till) -> int:
    return await reconcile.check_pending(till.db, till.gateways, now=till.now)


async def expire(till: Till) -> int:
    return await reconcile.expire_unpaid(till.db, till.gateways, now=till.now)


async def test_every_lost_notification_is_made_up_for(db: Database) -> None:
    """With all notifications lost, every paid order is found within five minutes."""
    till = Till(db, hears=False)
    attempts = [await till.attempt() for _ in range(3)]
    for attempt in attempts:
        till.passes(seconds=7)
        await till.bank.pay(attempt.merchant_ref, now=till.now)
    paid_at = till.now
    while not all([(await order(db, each.order_id)).status == OrderStatus.CONFIRMED for each in attempts]):
        await check(till)
        assert till.passes(seconds=10) - paid_at < timedelta(minutes=5)


async def test_a_notification_after_the_query_changes_nothing(db: Database) -> None:
    """The same fact has the same key, whoever tells it."""
    till = Till(db, hears=False)
    attempt = await till.attempt()
    await till.bank.pay(attempt.merchant_ref, now=till.now)
    till.passes(minutes=1)
    await check(till)
    till.hears = True
    assert await till.bank.deliver_due(now=till.now) == 1
    assert await fates(db) == [("applied", None)]
    assert (await paid_attempt(db, attempt)).captured_minor == attempt.amount_minor


async def test_a_provider_is_asked_ever_more_rarely(db: Database) -> None:
    """10 s, 30 s, 2 min … and at the latest when the time is up."""
    till = Till(db)
    attempt = await till.attempt()
    waits = []
    while (due := (await paid_attempt(db, attempt)).next_check_at) != attempt.expires_at:
        assert due is not None
        waits.append(due - till.now)
        till.now = due
        assert (await check(till), await check(till)) == (1, 0)
    assert [wait.total_seconds() for wait in waits] == [10, 10, 30, 120, 600]


async def test_a_silent_provider_is_asked_again(db: Database) -> None:
    """No answer is no news, and no error of ours."""
    till = Till(db)
    attempt = await till.attempt()
    till.bank.fault = Fault.DOWN
    till.passes(minutes=1)
    assert await check(till) == 1
    paid = await paid_attempt(db, attempt)
    assert paid.status == AttemptStatus.PENDING
    assert paid.next_check_at is not None and paid.next_check_at > till.now


async def test_an_unpaid_order_expires_after_its_page_was_closed(db: Database) -> None:
    """query → close → query; the goods are free again and the page takes no more money."""
    till = Till(db)
    attempt = await till.attempt()
    assert await expire(till) == 0
    till.passes(minutes=31)
    assert await expire(till) == 1
    assert (await order(db, attempt.order_id)).status == OrderStatus.EXPIRED
    assert (await paid_attempt(db, attempt)).status == AttemptStatus.EXPIRED
    assert till.bank.page(attempt.merchant_ref).is_closed
    assert (await reserved(db), await told(db, OrderExpired)) == (0, [OrderExpired(order_id=attempt.order_id)])
    assert await expire(till) == 0


async def test_an_order_that_nobody_tried_to_pay_expires(db: Database) -> None:
    """There is no provider to ask."""
    till = Till(db)
    order_id = await an_order(db)
    till.passes(minutes=31)
    assert await expire(till) == 1
    assert (await order(db, order_id)).status == OrderStatus.EXPIRED


async def test_an_order_that_was_paid_unheard_does_not_expire(db: Database) -> None:
    """The question before the end finds the money."""
    till = Till(db, hears=False)
    attempt = await till.attempt()
    await till.bank.pay(attempt.merchant_ref, now=till.now)
    till.passes(minutes=31)
    assert await expire(till) == 0
    assert (await order(db, attempt.order_id)).status == OrderStatus.CONFIRMED


class PaysWhileClosing(Till):
    """A customer who pays between our first question and the close."""

    async def close(self) -> None:
        closing = self.gateway.close

        async def close(request):  # type: ignore[no-untyped-def]  # its signature is the one it stands in for
            await self.bank.pay_late(request.merchant_ref, now=self.now)
            return await closing(request)

        self.gateway.close = close  # type: ignore[method-assign]  # its signature is the one it stands in for


async def test_money_between_the_question_and_the_close_is_found(db: Database) -> None:
    """ALREADY_PAID, and the second question brings the fact."""
    till = PaysWhileClosing(db, hears=False)
    attempt = await till.attempt()
    await till.close()
    till.passes(minutes=31)
    assert await expire(till) == 0
    assert (await order(db, attempt.order_id)).status == OrderStatus.CONFIRMED


async def test_a_provider_that_does_not_answer_keeps_its_order(db: Database) -> None:
    """Unknown never expires; other orders are not kept waiting; when the provider is back, it is decided."""
    till = Till(db)
    attempt = await till.attempt()
    unpaid = await an_order(db)
    till.bank.fault = Fault.DOWN
    till.passes(minutes=31)
    assert await reconcile.expire_unpaid(db, till.gateways, now=till.now, limit=1) == 0
    assert await reconcile.expire_unpaid(db, till.gateways, now=till.now, limit=1) == 1
    assert (await order(db, unpaid)).status == OrderStatus.EXPIRED
    assert (await order(db, attempt.order_id)).status == OrderStatus.PENDING_PAYMENT
    till.bank.fault = Fault.NONE
    till.passes(minutes=1)
    assert await expire(till) == 1


async def test_an_order_of_a_missing_gateway_is_not_expired(sqlite_db: Database) -> None:
    """Nobody can say whether it was paid: a person decides."""
    till = Till(sqlite_db)
    attempt = await till.attempt()
    till.passes(minutes=31)
    assert await reconcile.expire_unpaid(sqlite_db, {}, now=till.now) == 0
    till.passes(minutes=31)
    assert await reconcile.check_pending(sqlite_db, {}, now=till.now) == 0
    assert (await order(sqlite_db, attempt.order_id)).status == OrderStatus.PENDING_PAYMENT


async def test_money_that_is_stored_and_not_applied_keeps_the_order(db: Database) -> None:
    """Killed between the two transactions, at the worst moment: the sweep applies, the order lives."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt, EventKind.FAILED))
    async with db.begin() as session:
        await ledger.record(session, a_fact(attempt), now=till.now)
    till.passes(minutes=31)
    assert await expire(till) == 0
    assert await reconcile.apply_waiting(db, now=till.now) == 1
    assert (await order(db, attempt.order_id)).status == OrderStatus.CONFIRMED
    assert await reconcile.apply_waiting(db, now=till.now) == 0
    assert len(await told(db, OrderConfirmed)) == 1


async def test_a_second_payment_is_found_although_its_notification_was_lost(db: Database) -> None:
    """A paid attempt is watched like any other: what came twice must go back once."""
    till = Till(db)
    attempt = await till.attempt()
    await till.bank.pay(attempt.merchant_ref, now=till.now)
    till.hears = False
    await till.bank.pay_late(attempt.merchant_ref, now=till.now)
    till.passes(minutes=1)
    assert await check(till) == 1
    assert [refund.reason for refund in await refunds_of(db, attempt.order_id)] == ["duplicate"]


async def test_the_page_of_a_cancelled_order_is_closed(db: Database) -> None:
    """The customer cannot pay for what there is no more."""
    till = Till(db)
    attempt = await till.attempt()
    async with db.begin() as session:
        await order_life.cancel(session, attempt.order_id, actor=SYSTEM, reason="staff", now=till.now)
    till.passes(minutes=1)
    await check(till)
    assert till.bank.page(attempt.merchant_ref).is_closed
    assert (await paid_attempt(db, attempt)).status == AttemptStatus.EXPIRED


async def test_money_on_a_closed_page_is_found_for_a_day(db: Database) -> None:
    """Late, and its notification lost: it still comes back to the customer or revives the order."""
    till = Till(db, hears=False)
    attempt = await till.attempt()
    till.passes(minutes=31)
    await expire(till)
    await till.bank.pay_late(attempt.merchant_ref, now=till.now)
    for _ in range(24):
        till.passes(hours=1)
        await check(till)
    assert (await order(db, attempt.order_id)).status == OrderStatus.CONFIRMED
    assert await refunds_of(db, attempt.order_id) == []


async def test_closing_the_live_attempt_makes_way_for_another_method(db: Database) -> None:
    """True when nothing is live any more; False while the provider is silent."""
    till = Till(db)
    attempt = await till.attempt()
    till.bank.fault = Fault.DOWN
    assert not await reconcile.close_live(db, till.gateways, attempt.order_id, now=till.now)
    till.bank.fault = Fault.NONE
    assert await reconcile.close_live(db, till.gateways, attempt.order_id, now=till.now)
    assert await reconcile.close_live(db, till.gateways, attempt.order_id, now=till.now)
    assert (await till.attempt(attempt.order_id)).id != attempt.id
