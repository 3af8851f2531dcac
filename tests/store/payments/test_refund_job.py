"""A refund reaches its provider once, whatever dies or falls silent on the way."""

import pytest

from store.audit import SYSTEM
from store.db import Database
from store.events import RefundFailed, RefundSucceeded
from store.order_status import RefundStatus
from store.payments import refund_job, refunds
from store.payments.attempts import AttemptView
from store.payments.gateway import GatewayError, RefundOutcome, RefundRequest, RefundResult
from store.payments.registry import registry
from store.payments.sandbox import SandboxGateway
from store.payments.sandbox_books import Fault, RefundMode
from tests.store.payments.till import Till, fates, paid_attempt, refunds_of, sums, told


async def a_refund(till: Till, amount_minor: int = 900) -> AttemptView:
    attempt = await till.attempt()
    await till.bank.pay(attempt.merchant_ref, now=till.now)
    async with till.db.begin() as session:
        await refunds.request(
            session, attempt.id, attempt.order_id, amount_minor, reason="staff", actor=SYSTEM, now=till.now
        )
    return attempt


async def submit(till: Till) -> int:
    return await refund_job.submit_due(till.db, till.gateways, now=till.now)


async def status(till: Till, attempt: AttemptView) -> str:
    return (await refunds_of(till.db, attempt.order_id))[0].status


async def test_a_refund_is_sent_and_succeeds(db: Database) -> None:
    """The answer and the notification of the same refund are one fact."""
    till = Till(db)
    attempt = await a_refund(till)
    assert await submit(till) == 1
    await till.bank.deliver_due(now=till.now)
    assert await status(till, attempt) == RefundStatus.SUCCEEDED
    assert sums([await paid_attempt(db, attempt)]) == [(2000, 900, 900)]
    assert len(await told(db, RefundSucceeded)) == 1
    assert [fate for fate, _ in await fates(db)] == ["applied", "applied"]
    assert await submit(till) == 0


async def test_a_refused_refund_fails_and_says_why(db: Database) -> None:
    """Its claim is free again."""
    till = Till(db)
    attempt = await a_refund(till)
    till.bank.refund_mode = RefundMode.FAIL
    await submit(till)
    (refund,) = await refunds_of(db, attempt.order_id)
    assert (refund.status, refund.error) == (RefundStatus.FAILED, "refused")
    assert sums([await paid_attempt(db, attempt)]) == [(2000, 0, 0)]
    assert len(await told(db, RefundFailed)) == 1


async def test_a_slow_refund_is_asked_for_until_it_is_done(db: Database) -> None:
    """Pending is not succeeded; nobody is told too early."""
    till = Till(db)
    attempt = await a_refund(till)
    till.bank.refund_mode = RefundMode.SLOW
    await submit(till)
    assert (await status(till, attempt), await told(db, RefundSucceeded)) == (RefundStatus.PENDING, [])
    assert await submit(till) == 0
    till.passes(minutes=6)
    assert await submit(till) == 1
    assert await status(till, attempt) == RefundStatus.SUCCEEDED


async def test_a_lost_answer_is_unknown_until_the_provider_is_asked(db: Database) -> None:
    """The money moved once, although the answer was lost."""
    till = Till(db)
    attempt = await a_refund(till)
    till.bank.fault = Fault.LOST_REPLY
    await submit(till)
    assert await status(till, attempt) == RefundStatus.UNKNOWN
    till.bank.fault = Fault.NONE
    till.passes(minutes=1)
    await submit(till)
    assert await status(till, attempt) == RefundStatus.SUCCEEDED
    assert sums([await paid_attempt(db, attempt)]) == [(2000, 900, 900)]


async def test_a_refund_that_never_arrived_is_sent_again_under_the_same_key(db: Database) -> None:
    """The provider was down: it does not know the refund, and gets it again."""
    till = Till(db)
    attempt = await a_refund(till)
    till.bank.fault = Fault.DOWN
    await submit(till)
    assert await status(till, attempt) == RefundStatus.UNKNOWN
    till.bank.fault = Fault.NONE
    till.passes(minutes=1)
    await submit(till)
    assert await status(till, attempt) == RefundStatus.SUCCEEDED
    assert len(await refunds_of(db, attempt.order_id)) == 1


class DiesInTheCall(SandboxGateway):
    async def refund(self, request: RefundRequest) -> RefundResult:
        await super().refund(request)
        raise KeyboardInterrupt


async def test_a_kill_during_the_call_is_found_by_its_status(db: Database) -> None:
    """`submitting` was committed before: after the lease the provider is asked, and the money has moved once."""
    till = Till(db)
    attempt = await a_refund(till)
    dying = DiesInTheCall(till.bank, secret="the secret of a test, again", clock=lambda: till.now)
    with pytest.raises(KeyboardInterrupt):
        await refund_job.submit_due(db, registry(dying), now=till.now)
    assert await status(till, attempt) == RefundStatus.SUBMITTING
    assert await submit(till) == 0
    till.passes(minutes=3)
    assert await submit(till) == 1
    assert await status(till, attempt) == RefundStatus.SUCCEEDED
    assert sums([await paid_attempt(db, attempt)]) == [(2000, 900, 900)]


class Breaks(SandboxGateway):
    async def query_refund(self, request: RefundRequest) -> RefundResult:
        raise GatewayError("gone")


async def test_a_question_without_an_answer_leaves_a_pending_refund_pending(sqlite_db: Database) -> None:
    """The provider has it; asking again later is enough."""
    till = Till(sqlite_db)
    attempt = await a_refund(till)
    till.bank.refund_mode = RefundMode.SLOW
    await submit(till)
    broken = Breaks(till.bank, secret="the secret of a test, again", clock=lambda: till.now)
    await refund_job.submit_due(sqlite_db, registry(broken), now=till.passes(minutes=6))
    assert await status(till, attempt) == RefundStatus.PENDING


async def test_a_refund_waits_while_its_gateway_is_missing(sqlite_db: Database) -> None:
    """A shop that left a provider keeps its debts; nothing is lost."""
    till = Till(sqlite_db)
    attempt = await a_refund(till)
    assert await refund_job.submit_due(sqlite_db, {}, now=till.now) == 1
    assert await status(till, attempt) == RefundStatus.UNKNOWN
    till.passes(hours=1)
    await submit(till)
    assert await status(till, attempt) == RefundStatus.SUCCEEDED


class HearsMeanwhile(SandboxGateway):
    """While our call is on its way, the notification overtakes its answer; the answer says only that it is pending."""

    till: Till

    async def refund(self, request: RefundRequest) -> RefundResult:
        await super().refund(request)
        await self.till.bank.deliver_due(now=self.till.now)
        return RefundResult(RefundOutcome.PENDING)


async def test_a_notification_that_overtakes_the_answer_wins(db: Database) -> None:
    """Succeeded stays succeeded."""
    till = Till(db)
    attempt = await a_refund(till)
    overtaken = HearsMeanwhile(till.bank, secret="the secret of a test, again", clock=lambda: till.now)
    overtaken.till = till
    await refund_job.submit_due(db, registry(overtaken), now=till.now)
    (refund,) = await refunds_of(db, attempt.order_id)
    assert (refund.status, refund.next_check_at) == (RefundStatus.SUCCEEDED, None)
