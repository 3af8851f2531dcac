"""Whatever comes is written down once, and ends in a decision."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import event, make_url, select, update

from store import order_life
from store.audit import Actor
from store.db import Database
from store.events import (
    OrderConfirmed,
    OrderRevived,
    PaymentFailed,
    PaymentQuarantined,
    PaymentShort,
    RefundRequested,
)
from store.models import ProviderEventRow, StockLevel
from store.order_status import AttemptStatus, OrderStatus
from store.payments import attempts, ledger
from store.payments.attempts import AttemptView
from store.payments.gateway import EventKind
from tests.store.payments.till import (
    Till,
    a_fact,
    an_order,
    fates,
    order,
    paid_attempt,
    refunds_of,
    reserved,
    told,
)


async def expired(till: Till, attempt: AttemptView) -> None:
    """The attempt is over and its order has expired."""
    till.passes(hours=1)
    async with till.db.begin() as session:
        await attempts.retire(session, attempt.id, AttemptStatus.EXPIRED)
        assert await order_life.expire(session, attempt.order_id, now=till.now)


async def sell_out(db: Database) -> None:
    """Somebody else takes everything that is left."""
    async with db.begin() as session:
        await session.execute(update(StockLevel).values(on_hand=0))


async def test_money_in_full_confirms_the_order(db: Database) -> None:
    """Paid, confirmed, goods committed; the buyer and the merchant hear it once."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt))
    paid, of = await paid_attempt(db, attempt), await order(db, attempt.order_id)
    assert (of.status, of.payment_status) == (OrderStatus.CONFIRMED, "paid")
    assert (paid.status, paid.captured_minor, paid.active_slot) == (AttemptStatus.SUCCEEDED, of.total_minor, None)
    assert await told(db, OrderConfirmed) == [OrderConfirmed(order_id=of.id)]
    assert await reserved(db) == 1


async def test_a_repetition_changes_nothing(db: Database) -> None:
    """The same fact from a webhook and from a query counts once."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt), a_fact(attempt))
    await till.hear(a_fact(attempt, source="query"))
    assert (await paid_attempt(db, attempt)).captured_minor == attempt.amount_minor
    assert await fates(db) == [("applied", None)]
    assert await refunds_of(db, attempt.order_id) == []


async def test_what_is_stored_is_applied_once(db: Database) -> None:
    """Two appliers of one stored fact: the second finds nothing to do."""
    till = Till(db)
    attempt = await till.attempt()
    async with db.begin() as session:
        stored_id = await ledger.record(session, a_fact(attempt), now=till.now)
    assert stored_id is not None
    for _ in range(2):
        await ledger.apply_stored(db, stored_id, now=till.now)
    assert len(await told(db, OrderConfirmed)) == 1


async def test_too_little_does_not_confirm(db: Database) -> None:
    """A part is written down and told; the rest confirms the order."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt, amount_minor=700))
    of = await order(db, attempt.order_id)
    assert (of.status, of.payment_status) == (OrderStatus.PENDING_PAYMENT, "partially_paid")
    short = PaymentShort(order_id=of.id, captured_minor=700, missing_minor=of.total_minor - 700, currency="USD")
    assert await told(db, PaymentShort) == [short]
    await till.hear(a_fact(attempt, event_key="rest", amount_minor=of.total_minor - 700))
    assert (await order(db, attempt.order_id)).status == OrderStatus.CONFIRMED


async def test_too_little_goes_back_when_the_order_expires(db: Database) -> None:
    """Nobody keeps money for nothing."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt, amount_minor=700))
    await expired(till, attempt)
    assert [(refund.reason, refund.amount_minor) for refund in await refunds_of(db, attempt.order_id)] == [
        ("short", 700)
    ]


async def test_too_much_confirms_and_the_surplus_goes_back(db: Database) -> None:
    """The order is paid; what it does not need is claimed for a refund."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt, amount_minor=attempt.amount_minor + 350))
    assert (await order(db, attempt.order_id)).status == OrderStatus.CONFIRMED
    assert [(refund.reason, refund.amount_minor) for refund in await refunds_of(db, attempt.order_id)] == [
        ("over", 350)
    ]
    assert (await paid_attempt(db, attempt)).refund_reserved_minor == 350


async def test_a_second_payment_goes_back_whole(db: Database) -> None:
    """Paid twice on one page."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt), a_fact(attempt, event_key="again"))
    (refund,) = await refunds_of(db, attempt.order_id)
    assert (refund.reason, refund.amount_minor) == ("duplicate", attempt.amount_minor)
    assert (await order(db, attempt.order_id)).payment_status == "overpaid"


async def test_a_second_attempt_that_is_paid_too_goes_back_to_where_it_came_from(db: Database) -> None:
    """Two pages, both paid: the refund belongs to the second attempt, not to the first."""
    till = Till(db)
    first = await till.attempt()
    async with db.begin() as session:
        await attempts.retire(session, first.id, AttemptStatus.CANCELLED)
    second = await till.attempt(first.order_id)
    await till.hear(a_fact(first), a_fact(second))
    (refund,) = await refunds_of(db, first.order_id)
    assert (refund.attempt_id, refund.reason, refund.amount_minor) == (second.id, "duplicate", second.amount_minor)
    assert (await paid_attempt(db, first)).status == AttemptStatus.SUCCEEDED


async def test_late_money_revives_the_order(db: Database) -> None:
    """Expired, but the goods are still there: they are set aside again."""
    till = Till(db)
    attempt = await till.attempt()
    await expired(till, attempt)
    assert await reserved(db) == 0
    await till.hear(a_fact(attempt, amount_minor=attempt.amount_minor + 50))
    of = await order(db, attempt.order_id)
    assert (of.status, await reserved(db)) == (OrderStatus.CONFIRMED, 1)
    assert len(await told(db, OrderRevived)) == 1
    assert [(refund.reason, refund.amount_minor) for refund in await refunds_of(db, of.id)] == [("over", 50)]


async def test_late_money_goes_back_when_the_goods_are_gone(db: Database) -> None:
    """The order stays expired and everything is refunded."""
    till = Till(db)
    attempt = await till.attempt(await an_order(db, stock=1))
    await expired(till, attempt)
    await sell_out(db)
    await till.hear(a_fact(attempt))
    of = await order(db, attempt.order_id)
    assert of.status == OrderStatus.EXPIRED
    assert (await paid_attempt(db, attempt)).status == AttemptStatus.SUCCEEDED
    assert [(refund.reason, refund.amount_minor) for refund in await refunds_of(db, of.id)] == [
        ("late", of.total_minor)
    ]


async def test_late_money_that_is_too_little_goes_back(db: Database) -> None:
    """A part of the price revives nothing."""
    till = Till(db)
    attempt = await till.attempt()
    await expired(till, attempt)
    await till.hear(a_fact(attempt, amount_minor=10))
    assert (await order(db, attempt.order_id)).status == OrderStatus.EXPIRED
    assert [(refund.reason, refund.amount_minor) for refund in await refunds_of(db, attempt.order_id)] == [("late", 10)]


async def test_money_for_a_cancelled_order_goes_back(db: Database) -> None:
    """A cancelled order never lives again."""
    till = Till(db)
    attempt = await till.attempt()
    async with db.begin() as session:
        await order_life.cancel(session, attempt.order_id, actor=Actor.staff(1), reason="staff", now=till.now)
    await till.hear(a_fact(attempt))
    assert (await order(db, attempt.order_id)).status == OrderStatus.CANCELLED
    assert [refund.reason for refund in await refunds_of(db, attempt.order_id)] == ["late"]


async def test_cancelling_a_paid_order_sends_everything_back(db: Database) -> None:
    """A surplus that is on its way already is not sent twice."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt, amount_minor=attempt.amount_minor + 9))
    async with db.begin() as session:
        await order_life.cancel(session, attempt.order_id, actor=Actor.staff(1), reason="staff", now=till.now)
    amounts = [refund.amount_minor for refund in await refunds_of(db, attempt.order_id)]
    assert amounts == [9, attempt.amount_minor]
    assert len(await told(db, RefundRequested)) == 2


async def test_a_declined_card_frees_the_way_for_another_try(db: Database) -> None:
    """The customer hears it; the order goes on waiting."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt, EventKind.FAILED))
    assert await told(db, PaymentFailed) == [PaymentFailed(order_id=attempt.order_id)]
    assert (await till.attempt(attempt.order_id)).id != attempt.id


@pytest.mark.parametrize("ending", [EventKind.FAILED, EventKind.CANCELLED, EventKind.EXPIRED])
async def test_evidence_of_money_beats_every_other_ending(sqlite_db: Database, ending: EventKind) -> None:
    """A declined, cancelled or expired attempt that was paid after all has succeeded, and stays so."""
    till = Till(sqlite_db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt, ending), a_fact(attempt), a_fact(attempt, ending, event_key="again"))
    assert (await paid_attempt(sqlite_db, attempt)).status == AttemptStatus.SUCCEEDED
    assert (await order(sqlite_db, attempt.order_id)).status == OrderStatus.CONFIRMED


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"merchant_ref": "nobody-knows-it"}, "unknown_reference"),
        ({"account": "somebody-else"}, "foreign_account"),
        ({"gateway": "other"}, "unknown_reference"),
        ({"currency": "EUR"}, "foreign_currency"),
        ({"currency": None}, "foreign_currency"),
        ({"amount_minor": 0}, "no_amount"),
        ({"amount_minor": -2000}, "no_amount"),
        ({"amount_minor": None}, "no_amount"),
        ({"amount_minor": 10**30}, "no_amount"),
        ({"kind": EventKind.REFUNDED, "refund_ref": "no-such-refund"}, "unknown_refund"),
    ],
)
async def test_what_fits_nothing_of_ours_waits_for_a_person(db: Database, changes: dict[str, Any], reason: str) -> None:
    """No money moves, no status changes, and staff is told."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt, **changes))
    assert await fates(db) == [("quarantined", reason)]
    assert len(await told(db, PaymentQuarantined)) == 1
    assert (await paid_attempt(db, attempt)).captured_minor == 0
    assert (await order(db, attempt.order_id)).status == OrderStatus.PENDING_PAYMENT


async def test_the_evidence_is_kept_as_it_came(sqlite_db: Database) -> None:
    """Raw bytes, headers and the attempt it was matched with."""
    till = Till(sqlite_db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt, raw=b"\x00\xff raw", headers={"X-Signature": "v1"}))
    async with sqlite_db.read() as session:
        row = (await session.scalars(select(ProviderEventRow))).one()
    assert (row.raw, row.headers, row.attempt_id) == (b"\x00\xff raw", {"X-Signature": "v1"}, attempt.id)


async def test_the_providers_number_is_learned_from_its_message(sqlite_db: Database) -> None:
    """Refunds need it; one that belongs to another attempt is not taken over."""
    till = Till(sqlite_db)
    unlinked = []
    for _ in range(2):
        order_id = await an_order(sqlite_db)
        async with sqlite_db.begin() as session:
            unlinked.append(await attempts.start(session, order_id, till.gateway, now=till.now))
    await till.hear(*[a_fact(attempt, provider_ref="pi_1") for attempt in unlinked])
    assert [(await paid_attempt(sqlite_db, attempt)).provider_ref for attempt in unlinked] == ["pi_1", None]


async def test_no_fact_about_money_reads_through_all_that_were_ever_told(sqlite_file_db: Database) -> None:
    """While the attempts are locked, everybody else waits; also where the money has another number than its page."""
    till = Till(sqlite_file_db)
    attempt = await till.attempt()
    asked: list[tuple[str, Any]] = []
    event.listen(
        sqlite_file_db.engine.sync_engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, parameters, *_: asked.append((statement, parameters)),
    )
    await till.hear(a_fact(attempt, provider_ref="the-moneys-own"))
    with closing(sqlite3.connect(make_url(sqlite_file_db.url).database or "")) as explaining:
        plans = [
            row[3]
            for statement, parameters in asked
            if statement.startswith(("SELECT", "UPDATE"))
            for row in explaining.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert any("provider_events" in each for each in plans)
    assert not any(each.startswith("SCAN provider_events") for each in plans)
