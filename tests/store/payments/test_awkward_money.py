"""Money in the corners: each of these was once lost, kept or taken twice."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from store import order_life
from store.audit import SYSTEM, Actor
from store.db import Database, run_again
from store.errors import NotAllowedNow
from store.events import PaymentReceivedOnDelivery, RefundFailed
from store.models import Order, PaymentAttempt, StockLevel
from store.order_status import AttemptStatus, OrderStatus, RefundStatus
from store.payments import attempts, by_hand, cash, choice, ledger, reconcile, refund_job, refunds
from store.payments.cash import CashOnDelivery
from store.payments.gateway import EventKind, PaymentLink, RefundOutcome, RefundRequest, RefundResult
from store.payments.registry import registry
from store.payments.sandbox import SandboxGateway
from tests import builders
from tests.order_builders import place
from tests.store.payments.till import Till, a_fact, an_order, fates, order, paid_attempt, refunds_of, sums, told

STAFF = Actor.staff(7, "Bo")


async def receive_cash(till: Till, order_id: int) -> int:
    return await run_again(till.db, partial(cash.receive, order_id=order_id, actor=STAFF, now=till.now))


async def test_goods_are_not_reclaimed_from_an_order_that_was_paid_in_part(db: Database) -> None:
    """Half came in, then the page was closed. Whoever wants the goods waits for the sweep, which gives the half back."""
    till = Till(db)
    attempt = await till.attempt(await an_order(db, stock=1))
    await till.bank.pay_short(attempt.merchant_ref, now=till.now)
    assert await reconcile.close_live(db, till.gateways, attempt.order_id, now=till.now)
    till.passes(hours=1)
    async with db.begin() as session:
        variants = list(await session.scalars(select(StockLevel.variant_id)))
        assert await order_life.overdue_holders(session, variants, now=till.now) == []
        assert await order_life.expire_holders(session, [attempt.order_id], now=till.now) == ({}, {})
    assert await reconcile.expire_unpaid(db, till.gateways, now=till.now) == 1
    assert [(row.reason, row.amount_minor) for row in await refunds_of(db, attempt.order_id)] == [("short", 1000)]


async def test_a_cancelled_order_is_closed_at_its_provider_at_once(db: Database) -> None:
    """The next look does it, however long the attempt would have waited otherwise."""
    till = Till(db)
    attempt = await till.attempt()
    async with db.begin() as session:
        await session.execute(update(PaymentAttempt).values(next_check_at=till.now + timedelta(minutes=10)))
        await order_life.cancel(session, attempt.order_id, actor=SYSTEM, reason="staff", now=till.now)
    assert await reconcile.check_pending(db, till.gateways, now=till.now) == 1
    assert till.bank.page(attempt.merchant_ref).is_closed
    assert (await paid_attempt(db, attempt)).status == AttemptStatus.EXPIRED


async def test_late_money_closes_the_other_way_to_pay(db: Database) -> None:
    """The declined card was charged after all: the page that was opened since takes no more money."""
    till = Till(db)
    first = await till.attempt()
    await till.bank.fail(first.merchant_ref, now=till.now)
    second = await till.attempt(first.order_id)
    await till.bank.pay_late(first.merchant_ref, now=till.now)
    await reconcile.check_pending(db, till.gateways, now=till.now)
    assert till.bank.page(second.merchant_ref).is_closed


async def test_two_hands_that_take_the_cash_at_once_take_it_once(db: Database) -> None:
    """Both saw that nothing was paid yet."""
    till = Till(db)
    order_id = await an_order(db, method="cash")
    taken = await asyncio.gather(*[receive_cash(till, order_id) for _ in range(8)], return_exceptions=True)
    assert [amount for amount in taken if isinstance(amount, int)] == [2000]
    assert {type(amount) for amount in taken} == {int, NotAllowedNow}
    assert len(await told(db, PaymentReceivedOnDelivery)) == 1


async def test_an_old_button_takes_no_cash_for_what_was_given_back(sqlite_db: Database) -> None:
    """The order was paid, and a part refunded: what is missing now is not owed."""
    till = Till(sqlite_db)
    order_id = await an_order(sqlite_db, method="cash")
    await receive_cash(till, order_id)
    async with sqlite_db.begin() as session:
        (refund_id,) = await refunds.request_amount(session, order_id, 300, reason="staff", actor=STAFF, now=till.now)
    with pytest.raises(NotAllowedNow):
        await receive_cash(till, order_id)
    async with sqlite_db.begin() as session:
        await by_hand.settle(session, refund_id, actor=STAFF, now=till.now)
    with pytest.raises(NotAllowedNow):
        await receive_cash(till, order_id)


async def test_the_card_hears_that_an_order_for_cash_was_paid_on_the_page_after_all(sqlite_db: Database) -> None:
    """Else the courier would ask for the money again."""
    till = Till(sqlite_db)
    attempt = await till.attempt()
    await reconcile.close_live(sqlite_db, till.gateways, attempt.order_id, now=till.now)
    customer_id = (await order(sqlite_db, attempt.order_id)).customer_id
    async with sqlite_db.begin() as session:
        await choice.choose(session, customer_id, attempt.order_id, CashOnDelivery(), now=till.now)
    await till.bank.pay_late(attempt.merchant_ref, now=till.now)
    assert (await order(sqlite_db, attempt.order_id)).payment_status == "paid"
    assert len(await told(sqlite_db, PaymentReceivedOnDelivery)) == 1
    assert await refunds_of(sqlite_db, attempt.order_id) == []


async def test_a_link_that_comes_after_the_money_is_kept(sqlite_db: Database) -> None:
    """A notification overtook the answer of the provider."""
    till = Till(sqlite_db)
    order_id = await an_order(sqlite_db)
    async with sqlite_db.begin() as session:
        attempt = await attempts.start(session, order_id, till.gateway, now=till.now)
    await till.hear(a_fact(attempt, EventKind.PENDING))
    async with sqlite_db.begin() as session:
        await attempts.linked(session, attempt.id, PaymentLink("https://bank.test/1", "pay_1"), now=till.now)
    row = await paid_attempt(sqlite_db, attempt)
    assert (row.status, row.pay_url, row.provider_ref) == (AttemptStatus.PENDING, "https://bank.test/1", "pay_1")


class Forgetful(SandboxGateway):
    """It cannot say what became of a refund."""

    sent = 0

    async def refund(self, request: RefundRequest) -> RefundResult:
        self.sent += 1
        return RefundResult(RefundOutcome.UNKNOWN)

    async def query_refund(self, request: RefundRequest) -> RefundResult:
        return RefundResult(RefundOutcome.UNKNOWN)


async def test_a_refund_of_unknown_fate_is_not_sent_again_blindly(sqlite_db: Database) -> None:
    """Providers forget keys after a day; only one that knows nothing of it may be asked again."""
    till = Till(sqlite_db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt), a_fact(attempt, event_key="twice"))
    gateway = Forgetful(till.bank, secret="x" * 16, clock=lambda: till.now)
    for _ in range(3):
        await refund_job.submit_due(sqlite_db, registry(gateway), now=till.passes(days=2))
    assert gateway.sent == 1
    assert [row.status for row in await refunds_of(sqlite_db, attempt.order_id)] == [RefundStatus.UNKNOWN]


async def test_a_refund_that_bounces_after_it_succeeded_is_owed_again(sqlite_db: Database) -> None:
    """The customer's bank sent it back: the money is here, can be sent once more, and both sides hear it."""
    till = Till(sqlite_db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt), a_fact(attempt, event_key="twice"))
    (refund,) = await refunds_of(sqlite_db, attempt.order_id)
    fact = partial(a_fact, attempt, refund_ref=refund.merchant_ref)
    await till.hear(fact(EventKind.REFUNDED, event_key="back"))
    await till.hear(fact(EventKind.REFUND_FAILED, event_key="bounced"))
    assert sums([await paid_attempt(sqlite_db, attempt)]) == [(4000, 0, 0)]
    assert [row.status for row in await refunds_of(sqlite_db, attempt.order_id)] == [RefundStatus.REVERSED]
    assert len(await told(sqlite_db, RefundFailed)) == 1


async def test_a_fact_that_breaks_the_program_does_not_stop_the_others(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is set aside for a person; the money behind it is counted."""
    till = Till(sqlite_db)
    tries = [await till.attempt() for _ in range(2)]
    async with sqlite_db.begin() as session:
        for attempt in tries:
            await ledger.record(session, a_fact(attempt), now=till.now)
    confirm = order_life.confirm

    async def breaks(session: object, order_id: int, **rest: object) -> bool:
        if order_id == tries[0].order_id:
            raise RuntimeError("counters do not add up")
        return await confirm(session, order_id, **rest)  # type: ignore[arg-type]  # its signature is the one it stands in for

    monkeypatch.setattr(order_life, "confirm", breaks)
    assert await reconcile.apply_waiting(sqlite_db, now=till.now) == 2
    assert await fates(sqlite_db) == [("quarantined", "RuntimeError"), ("applied", None)]


async def test_a_paid_download_that_is_never_counted_is_delivered(sqlite_db: Database) -> None:
    """A variant without a limit has nothing on the shelf: its money must not be refused for that."""
    variant = await builders.a_variant(sqlite_db, stock=0, kind="digital")
    async with sqlite_db.begin() as session:
        await session.execute(update(StockLevel).values(allow_backorder=True))
    ready = await builders.a_ready_checkout(sqlite_db, variant)
    till = Till(sqlite_db)
    attempt = await till.attempt((await place(sqlite_db, ready)).order_id)
    await till.bank.pay(attempt.merchant_ref, now=till.now)
    assert (await order(sqlite_db, attempt.order_id)).status == OrderStatus.COMPLETED
    assert sums([await paid_attempt(sqlite_db, attempt)]) == [(1500, 0, 0)]


async def test_a_provider_that_breaks_the_program_keeps_only_its_own_order(sqlite_db: Database) -> None:
    """The oldest overdue order must not stand before all the others."""
    till = Till(sqlite_db)
    broken, _ = [await till.attempt() for _ in range(2)]
    till.passes(hours=1)

    class Broken(SandboxGateway):
        async def query(self, request):  # type: ignore[no-untyped-def]  # its signature is the one it stands in for
            if request.merchant_ref == broken.merchant_ref:
                raise KeyError("surprise")
            return await super().query(request)

    gateway = Broken(till.bank, secret="x" * 16, clock=lambda: till.now)
    assert await reconcile.expire_unpaid(sqlite_db, registry(gateway), now=till.now) == 1
    async with sqlite_db.read() as session:
        states = (await session.scalars(select(Order.status).order_by(Order.id))).all()
    assert states == [OrderStatus.PENDING_PAYMENT, OrderStatus.EXPIRED]


async def test_what_staff_has_given_back_is_not_paid_again(db: Database) -> None:
    """Paid, given back in full out of kindness, and then the old page takes the money once more: that goes back too."""
    till = Till(db)
    attempt = await till.attempt()
    await till.bank.pay(attempt.merchant_ref, now=till.now)
    async with db.begin() as session:
        await refunds.request_all(session, attempt.order_id, reason="staff", actor=STAFF, now=till.now)
    await till.bank.pay_late(attempt.merchant_ref, now=till.now)
    claimed = [(row.reason, row.amount_minor) for row in await refunds_of(db, attempt.order_id)]
    assert claimed == [("staff", 2000), ("duplicate", 2000)]
    assert await told(db, PaymentReceivedOnDelivery) == []
