"""What was captured can be claimed once, and goes back to where it came from."""

import pytest

from store.audit import SYSTEM, Actor, history
from store.db import Database
from store.errors import BadInput, NotFound, RefundTooLarge
from store.events import PaymentQuarantined, RefundFailed, RefundRequested, RefundSucceeded
from store.order_status import RefundStatus
from store.payments import ledger, quarantine, refunds
from store.payments.attempts import AttemptView
from store.payments.gateway import EventKind, ProviderEvent
from tests.store.payments.till import Till, a_fact, fates, order, paid_attempt, refunds_of, sums, told


async def a_paid_order(till: Till) -> AttemptView:
    attempt = await till.attempt()
    await till.hear(a_fact(attempt))
    return attempt


async def claim(till: Till, attempt: AttemptView, amount_minor: int) -> int:
    async with till.db.begin() as session:
        return await refunds.request(
            session, attempt.id, attempt.order_id, amount_minor, reason="staff", actor=Actor.staff(7), now=till.now
        )


async def an_ending(till: Till, attempt: AttemptView, kind: EventKind, **changes: object) -> ProviderEvent:
    refund = (await refunds_of(till.db, attempt.order_id))[-1]
    values = {
        "refund_ref": refund.merchant_ref,
        "amount_minor": refund.amount_minor,
        "event_key": f"{refund.id}:{kind}",
    }
    return a_fact(attempt, kind, **(values | changes))


async def test_a_refund_claims_its_amount_at_once(db: Database) -> None:
    """Before any provider hears of it, nobody else can claim the same money."""
    till = Till(db)
    attempt = await a_paid_order(till)
    refund_id = await claim(till, attempt, 900)
    assert (await paid_attempt(db, attempt)).refund_reserved_minor == 900
    assert await told(db, RefundRequested) == [RefundRequested(order_id=attempt.order_id, refund_id=refund_id)]
    async with db.read() as session:
        (view,) = await refunds.refunds_of(session, attempt.order_id)
        entries = await history(session, "order", attempt.order_id)
    assert (view.status, view.gateway, view.requested_by, view.is_done) == ("requested", "sandbox", "staff:7", False)
    assert entries[-1].action == "refund_requested"


async def test_no_more_goes_back_than_came_in(db: Database) -> None:
    """The refusal says how much is left."""
    till = Till(db)
    attempt = await a_paid_order(till)
    await claim(till, attempt, 1500)
    with pytest.raises(RefundTooLarge) as refused:
        await claim(till, attempt, 501)
    assert refused.value.params == {"refundable_minor": 500, "currency": "USD"}
    assert len(await refunds_of(db, attempt.order_id)) == 1


@pytest.mark.parametrize("amount_minor", [0, -1])
async def test_nothing_and_less_cannot_be_refunded(sqlite_db: Database, amount_minor: int) -> None:
    """A negative refund would be a charge."""
    till = Till(sqlite_db)
    attempt = await a_paid_order(till)
    with pytest.raises(BadInput):
        await claim(till, attempt, amount_minor)


async def test_what_does_not_exist_cannot_be_refunded(sqlite_db: Database) -> None:
    """Neither an attempt nor an order."""
    async with sqlite_db.begin() as session:
        with pytest.raises(NotFound):
            await refunds.request(session, 99, 1, 5, reason="staff", actor=SYSTEM, now=Till(sqlite_db).now)
        with pytest.raises(NotFound):
            await refunds.request_all(session, 99, reason="staff", actor=SYSTEM, now=Till(sqlite_db).now)


async def test_everything_that_is_left_can_be_claimed_at_once(db: Database) -> None:
    """After a partial refund the rest; then nothing."""
    till = Till(db)
    attempt = await a_paid_order(till)
    await claim(till, attempt, 900)
    for expected in ([900, 1100], [900, 1100]):
        async with db.begin() as session:
            await refunds.request_all(session, attempt.order_id, reason="cancelled", actor=SYSTEM, now=till.now)
        assert [refund.amount_minor for refund in await refunds_of(db, attempt.order_id)] == expected


async def test_a_refund_that_succeeded_is_counted_and_told_once(db: Database) -> None:
    """However often the provider says so."""
    till = Till(db)
    attempt = await a_paid_order(till)
    await claim(till, attempt, 900)
    fact = await an_ending(till, attempt, EventKind.REFUNDED)
    again = await an_ending(till, attempt, EventKind.REFUNDED, event_key="the same in other words")
    await till.hear(fact, fact, again)
    assert sums([await paid_attempt(db, attempt)]) == [(2000, 900, 900)]
    assert (await order(db, attempt.order_id)).payment_status == "partially_refunded"
    assert len(await told(db, RefundSucceeded)) == 1
    assert [status for status, _ in await fates(db)] == ["applied", "applied", "ignored"]


async def test_a_refund_that_failed_gives_its_claim_back_once(db: Database) -> None:
    """The money can be claimed again; the order is still paid."""
    till = Till(db)
    attempt = await a_paid_order(till)
    await claim(till, attempt, 1500)
    fact = await an_ending(till, attempt, EventKind.REFUND_FAILED)
    again = await an_ending(till, attempt, EventKind.REFUND_FAILED, event_key="the same in other words")
    await till.hear(fact, again)
    assert sums([await paid_attempt(db, attempt)]) == [(2000, 0, 0)]
    assert (await order(db, attempt.order_id)).payment_status == "paid"
    assert len(await told(db, RefundFailed)) == 1
    await claim(till, attempt, 2000)


async def test_a_success_after_a_failure_waits_for_a_person(db: Database) -> None:
    """What the failed refund had claimed may have been sent back another way. Who says that it is so has it in the books."""
    till = Till(db)
    attempt = await a_paid_order(till)
    await claim(till, attempt, 1500)
    await till.hear(await an_ending(till, attempt, EventKind.REFUND_FAILED))
    await till.hear(await an_ending(till, attempt, EventKind.REFUNDED))
    assert (await fates(db))[-1] == ("quarantined", "refunded_after_failure")
    assert len(await told(db, PaymentQuarantined)) == 1
    await _say_again(till)
    assert (await fates(db))[-1] == ("applied", None)
    assert sums([await paid_attempt(db, attempt)]) == [(2000, 1500, 1500)]
    assert len(await told(db, RefundSucceeded)) == 1


async def test_a_success_after_a_failure_takes_no_more_than_came_in(db: Database) -> None:
    """The money was sent back another way meanwhile: whatever a person says, it did not go twice."""
    till = Till(db)
    attempt = await a_paid_order(till)
    await claim(till, attempt, 1500)
    failed, succeeded = [await an_ending(till, attempt, kind) for kind in (EventKind.REFUND_FAILED, EventKind.REFUNDED)]
    await till.hear(failed)
    await claim(till, attempt, 2000)
    await till.hear(succeeded)
    await _say_again(till)
    assert (await fates(db))[-1] == ("quarantined", "more_than_came_in")
    assert sums([await paid_attempt(db, attempt)]) == [(2000, 2000, 0)]


async def _say_again(till: Till) -> None:
    async with till.db.begin() as session:
        (row,) = await quarantine.waiting(session)
        assert await quarantine.apply_again(session, row.id, actor=Actor.staff(7), now=till.now)
    await ledger.apply_stored(till.db, row.id, now=till.now)


@pytest.mark.parametrize("changes", [{"amount_minor": 899}, {"currency": "EUR"}])
async def test_a_refund_of_another_amount_is_not_ours(sqlite_db: Database, changes: dict[str, object]) -> None:
    """A person compares it with the provider's back office."""
    till = Till(sqlite_db)
    attempt = await a_paid_order(till)
    await claim(till, attempt, 900)
    await till.hear(await an_ending(till, attempt, EventKind.REFUNDED, **changes))
    assert (await fates(sqlite_db))[-1] == ("quarantined", "refund_amount")
    assert (await refunds_of(sqlite_db, attempt.order_id))[0].status == RefundStatus.REQUESTED
