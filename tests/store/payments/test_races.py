"""Many at once. Each claim has a control that takes the guard in the database away, and then the harm is done."""

import asyncio
import contextlib
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.sql.dml import Update

from store import order_life, order_status
from store.audit import SYSTEM
from store.db import Database, run_again
from store.errors import NotAllowedNow, RefundTooLarge
from store.events import OrderCancelled, OrderConfirmed, OrderExpired
from store.models import PaymentAttempt
from store.order_status import OrderStatus
from store.payments import attempts, reconcile, refund_job, refunds
from store.payments.attempts import AttemptView
from tests.builders import COURIER_MINOR
from tests.store.payments.till import Till, a_fact, an_order, order, paid_attempt, refunds_of, reserved, told

# How often a control may try: whoever opens the connections first may be done before the others come.
ROUNDS = 10
# One writer at a time, as SQLite has it, needs no guard: what a guard is good for shows where writers run side by side.
on_postgres = pytest.mark.parametrize("db_url", ["postgres"], indirect=True)


async def drop(db: Database, table: str, constraint: str) -> None:
    async with db.begin() as session:
        await session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"))


async def test_twenty_equal_notifications_at_once_are_one_payment(db: Database) -> None:
    """The unique key lets one in."""
    till = Till(db)
    attempt = await till.attempt()
    await asyncio.gather(*[till.hear(a_fact(attempt)) for _ in range(20)])
    assert (await paid_attempt(db, attempt)).captured_minor == attempt.amount_minor
    assert len(await told(db, OrderConfirmed)) == 1


@on_postgres
async def test_without_the_unique_keys_one_payment_counts_many_times(db: Database) -> None:
    """The control: everybody looks before anybody has inserted, in the first round or, when all connections are open, in a later one."""
    await drop(db, "provider_events", "uq_provider_events_gateway_account_event_key")
    await drop(db, "payment_events", "uq_payment_events_attempt_id_kind_event_key")
    till = Till(db)
    for _ in range(ROUNDS):
        attempt = await till.attempt()
        await asyncio.gather(*[till.hear(a_fact(attempt)) for _ in range(20)])
        if (await paid_attempt(db, attempt)).captured_minor > attempt.amount_minor:
            return
    pytest.fail("without its keys nobody was quick enough")


async def claim_forty_times(till: Till) -> tuple[int, int]:
    """How many of forty refunds of 900 were granted against 10 000, and what they have claimed."""
    attempt = await till.attempt(await an_order(till.db, price_minor=10_000 - COURIER_MINOR))
    await till.hear(a_fact(attempt))

    async def claim() -> int:
        request = partial(
            refunds.request,
            attempt_id=attempt.id,
            order_id=attempt.order_id,
            amount_minor=900,
            reason="staff",
            actor=SYSTEM,
            now=till.now,
        )
        return await run_again(till.db, request)

    outcomes = await asyncio.gather(*[claim() for _ in range(40)], return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {int, RefundTooLarge}
    granted = len(await refunds_of(till.db, attempt.order_id))
    return granted, (await paid_attempt(till.db, attempt)).refund_reserved_minor


async def test_forty_refunds_at_once_never_exceed_what_came_in(db: Database) -> None:
    """Eleven of 900 fit into 10 000."""
    assert await claim_forty_times(Till(db)) == (11, 9900)


@on_postgres
async def test_without_the_guard_more_leaves_than_came_in(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same statement without its WHERE."""
    await drop(db, "payment_attempts", "ck_payment_attempts_not_over_refunded")
    guarded = refunds._claim

    def unguarded(attempt_id: int, amount_minor: int) -> Update:
        claim = guarded(attempt_id, amount_minor)
        claim._where_criteria = (PaymentAttempt.id == attempt_id,)
        return claim

    monkeypatch.setattr(refunds, "_claim", unguarded)
    granted, claimed_minor = await claim_forty_times(Till(db))
    assert (granted, claimed_minor) == (40, 36_000)


async def pay_expire_cancel(till: Till, order_count: int) -> list[AttemptView]:
    """Overdue orders whose money comes, whose time is up, and that their buyer cancels, all at the same instant."""
    tries = [await till.attempt() for _ in range(order_count)]
    till.passes(hours=1)

    async def cancel(order_id: int) -> None:
        work = partial(order_life.cancel, order_id=order_id, actor=SYSTEM, reason="buyer", now=till.now)
        with contextlib.suppress(NotAllowedNow):
            await run_again(till.db, work)

    async def expire(order_id: int) -> None:
        await run_again(till.db, partial(order_life.expire, order_id=order_id, now=till.now))

    at_once = [
        act
        for attempt in tries
        for act in (till.hear(a_fact(attempt)), expire(attempt.order_id), cancel(attempt.order_id))
    ]
    await asyncio.gather(*at_once)
    await reconcile.apply_waiting(till.db, now=till.now)
    return tries


async def test_pay_expire_cancel_keep_money_and_goods_together(db: Database) -> None:
    """Whoever wins: a confirmed order has its money and its goods, any other has neither."""
    till = Till(db)
    tries = await pay_expire_cancel(till, 8)
    confirmed = 0
    for attempt in tries:
        paid, of = await paid_attempt(db, attempt), await order(db, attempt.order_id)
        kept = paid.captured_minor - paid.refund_reserved_minor
        confirmed += of.status == OrderStatus.CONFIRMED
        assert kept == (of.total_minor if of.status == OrderStatus.CONFIRMED else 0)
        assert paid.captured_minor == of.total_minor
    assert await reserved(db) == confirmed


async def test_without_the_compare_and_set_orders_end_more_than_once(
    sqlite_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: every status can be reached from every other."""
    monkeypatch.setattr(order_status, "sources", lambda model, to: frozenset(OrderStatus))
    tries = await pay_expire_cancel(Till(sqlite_db), 4)
    endings = await told(sqlite_db, OrderExpired, OrderCancelled)
    assert len(endings) > len(tries)


async def test_two_people_start_to_pay_at_once(db: Database) -> None:
    """One attempt, one page."""
    till = Till(db)
    order_id = await an_order(db)
    start = partial(attempts.start, order_id=order_id, gateway=till.gateway, now=till.now)
    started = await asyncio.gather(*[run_again(db, start) for _ in range(10)])
    assert len({attempt.merchant_ref for attempt in started}) == 1


async def test_many_programs_submit_a_refund_once(db: Database) -> None:
    """The claim on the row decides who calls the provider."""
    till = Till(db)
    attempt = await till.attempt()
    await till.bank.pay_twice(attempt.merchant_ref, now=till.now)
    done = await asyncio.gather(*[refund_job.submit_due(db, till.gateways, now=till.now) for _ in range(5)])
    assert sum(done) == 1
    assert (await paid_attempt(db, attempt)).refunded_minor == attempt.amount_minor
