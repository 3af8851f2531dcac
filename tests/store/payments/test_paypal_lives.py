"""Whole lives of payments through PayPal's double: over HTTP into the real ledger, with the real jobs."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from store import order_life
from store.audit import SYSTEM
from store.db import Database
from store.errors import RefundTooLarge
from store.events import PaymentFailed
from store.order_status import AttemptStatus, OrderStatus
from store.payments import reconcile, statements
from tests.doubles.paypal_shop import PaypalShop, a_paypal_shop
from tests.store.payments.till import fates, paid_attempt, told

PENDING, CONFIRMED = OrderStatus.PENDING_PAYMENT, OrderStatus.CONFIRMED
EXPIRED, CANCELLED = OrderStatus.EXPIRED, OrderStatus.CANCELLED
PAID = (CONFIRMED, "paid", (2000, 0, 0))
UNPAID = (PENDING, "unpaid", (0, 0, 0))


@pytest.fixture
async def shop(sqlite_db: Database) -> AsyncIterator[PaypalShop]:
    async with a_paypal_shop(sqlite_db) as opened:
        yield opened


async def test_approved_told_taken_and_paid(shop: PaypalShop) -> None:
    """The approval only hastens the question, which takes the money; what comes again changes nothing."""
    attempt = await shop.approved()
    shop.clock.goes_on(minutes=3)
    (approval,) = await shop.hears()
    assert await shop.state(attempt) == UNPAID
    assert (await paid_attempt(shop.db, attempt)).next_check_at == shop.clock()
    await shop.sweeps()
    assert await shop.state(attempt) == PAID
    (completed,) = await shop.hears()
    for notice in (completed, approval, completed):
        assert await shop.is_told(notice) == 200
    await shop.sweeps(hours=1)
    assert await shop.state(attempt) == PAID
    assert shop.paypal.times("/capture") == 1


async def test_bug_05_twenty_equal_notifications_at_once_count_once(shop: PaypalShop) -> None:
    """Twenty good answers, one fact, one payment."""
    attempt = await shop.approved()
    await shop.hears()
    await shop.sweeps()
    (notice,) = shop.paypal.books.notices
    assert set(await asyncio.gather(*(shop.is_told(notice) for _ in range(20)))) == {200}
    assert await shop.state(attempt) == PAID
    assert len(await fates(shop.db)) == 2


async def test_every_lost_notification_is_made_up_for(shop: PaypalShop) -> None:
    """Approval, payment and refund, found by asking; days late they all arrive in reverse, and change nothing."""
    attempt = await shop.approved()
    await shop.sweeps(seconds=20)
    assert await shop.state(attempt) == PAID
    shop.paypal.faults = {"lost refund"}
    await shop.gives_back(attempt, 700)
    await shop.sweeps()
    assert await shop.refunds(attempt) == [("staff", "unknown", 700)]
    shop.paypal.faults = set()
    await shop.sweeps(minutes=1)
    assert await shop.refunds(attempt) == [("staff", "succeeded", 700)]
    shop.clock.goes_on(days=3)
    shop.paypal.books.notices.reverse()
    await shop.hears()
    await shop.sweeps()
    assert await shop.state(attempt) == (CONFIRMED, "partially_refunded", (2000, 700, 700))
    assert {fate for fate, _ in await fates(shop.db)} <= {"applied", "ignored"}


async def test_what_everybody_missed_stands_in_the_statement(shop: PaypalShop) -> None:
    """A refund made at PayPal, whose notification was lost, is found by the next day's list."""
    attempt = await shop.paid()
    shop.paypal.books.refund(shop.capture_of(attempt), {"amount": {"currency_code": "USD", "value": "5.00"}})
    shop.paypal.books.notices.clear()
    shop.clock.goes_on(days=1)
    assert await statements.compare_due(shop.db, shop.gateways, now=shop.clock()) == 2
    assert await shop.state(attempt) == (CONFIRMED, "partially_refunded", (2000, 500, 500))
    assert await shop.refunds(attempt) == [("provider", "succeeded", 500)]


async def test_bug_06_without_a_database_paypal_comes_again(shop: PaypalShop) -> None:
    """No 2xx before the fact is stored, and none while its proof cannot be had."""
    attempt = await shop.approved()
    (notice,) = shop.paypal.books.notices
    async with shop.db.begin() as session:
        await session.execute(text("ALTER TABLE provider_events RENAME TO away"))
    assert await shop.is_told(notice) == 503
    async with shop.db.begin() as session:
        await session.execute(text("ALTER TABLE away RENAME TO provider_events"))
    assert await shop.is_told(notice) == 200
    forged = shop.paypal.signed(notice) | {"paypal-transmission-id": "another"}
    assert (await shop.client.post("/pay/paypal/webhook", content=notice.body, headers=forged)).status_code == 400
    assert (await shop.client.post("/pay/paypal/webhook", content=notice.body)).status_code == 400
    await shop.sweeps()
    assert await shop.state(attempt) == PAID


async def test_bug_07_another_amount_or_reference_pays_nothing(shop: PaypalShop) -> None:
    """Whatever PayPal signs: a cent less is partly paid, another currency or order is for a person to look at."""
    attempt = await shop.paid()
    again = await shop.attempt(currency="USD")
    capture = {
        "id": "77",
        "status": "COMPLETED",
        "custom_id": again.merchant_ref,
        "create_time": "2026-03-02T10:00:00Z",
    }
    for number, (value, currency) in enumerate((("19.99", "USD"), ("20.00", "EUR"))):
        amount = {"currency_code": currency, "value": value}
        shop.paypal.books._tell(
            "PAYMENT.CAPTURE.COMPLETED", "capture", capture | {"id": f"7{number}", "amount": amount}
        )
    stranger = capture | {"custom_id": "NOBODY-1", "amount": {"currency_code": "USD", "value": "20.00"}}
    shop.paypal.books._tell("PAYMENT.CAPTURE.COMPLETED", "capture", stranger)
    await shop.hears()
    assert await shop.state(again) == (PENDING, "partially_paid", (1999, 0, 0))
    assert [reason for fate, reason in await fates(shop.db) if fate == "quarantined"] == [
        "foreign_currency",
        "unknown_reference",
    ]
    assert await shop.state(attempt) == PAID


async def test_unpaid_it_expires_and_is_never_taken_afterwards(shop: PaypalShop) -> None:
    """Closing is ours alone: who approves an old page keeps the money, and is told so once."""
    attempt = await shop.attempt(currency="USD")
    await shop.until_expired(attempt)
    await shop.sweeps()
    assert (await shop.state(attempt))[0] == EXPIRED
    assert attempt.provider_ref is not None
    shop.paypal.books.approve(attempt.provider_ref)
    await shop.hears()
    for _ in range(8):
        await shop.sweeps(hours=4)
    assert shop.paypal.times("/capture") == 0
    assert await shop.state(attempt) == (EXPIRED, "unpaid", (0, 0, 0))
    assert await told(shop.db, PaymentFailed) == [PaymentFailed(order_id=attempt.order_id)]


async def test_what_was_approved_before_the_end_is_taken_at_the_end(shop: PaypalShop) -> None:
    """The notification was lost and PayPal was away: the last question before the order expires takes the money."""
    attempt = await shop.approved()
    shop.paypal.faults = {"down"}
    await shop.until_expired(attempt)
    await shop.sweeps()
    assert await shop.state(attempt) == UNPAID
    shop.paypal.faults = set()
    await shop.sweeps(hours=1)
    assert await shop.state(attempt) == PAID


async def test_a_cancelled_order_takes_nothing_that_was_only_approved(shop: PaypalShop) -> None:
    """Approved, and cancelled before anybody has taken it: no money moves, to and fro."""
    attempt = await shop.approved()
    async with shop.db.begin() as session:
        await order_life.cancel(session, attempt.order_id, reason="changed my mind", actor=SYSTEM, now=shop.clock())
    await shop.hears()
    await shop.sweeps(minutes=1)
    await shop.sweeps(hours=5)
    assert await shop.state(attempt) == (CANCELLED, "unpaid", (0, 0, 0))
    assert shop.paypal.times("/capture") == 0
    assert (await paid_attempt(shop.db, attempt)).status == AttemptStatus.EXPIRED


async def test_a_declined_card_ends_the_attempt_and_another_may_begin(shop: PaypalShop) -> None:
    """The buyer hears of it, and pays with another on a new page; the old one is never taken."""
    attempt = await shop.approved()
    shop.paypal.books.captures_end = "INSTRUMENT_DECLINED"
    await shop.hears()
    await shop.sweeps()
    assert (await paid_attempt(shop.db, attempt)).status == AttemptStatus.FAILED
    assert await told(shop.db, PaymentFailed) == [PaymentFailed(order_id=attempt.order_id)]
    shop.paypal.books.captures_end = "COMPLETED"
    another = await shop.attempt(attempt.order_id)
    assert another.merchant_ref != attempt.merchant_ref
    for each in (attempt, another):
        assert each.provider_ref is not None
        shop.paypal.books.approve(each.provider_ref)
    await shop.hears()
    await shop.sweeps()
    assert (await shop.state(another))[1] == "paid"
    assert shop.paypal.times("/capture") == 2


async def test_bug_10_a_pending_capture_keeps_the_order_and_the_end_of_it_counts(shop: PaypalShop) -> None:
    """Not paid, not expired, not paid another way, while PayPal looks at it; then paid, or free again."""
    good, bad = await shop.approved(), await shop.approved()
    shop.paypal.books.captures_end = "PENDING"
    await shop.hears()
    await shop.sweeps()
    await shop.hears()
    await shop.until_expired(good)
    await shop.sweeps()
    assert [await shop.state(each) for each in (good, bad)] == [UNPAID, UNPAID]
    assert not await reconcile.close_live(shop.db, shop.gateways, good.order_id, now=shop.clock())
    shop.paypal.books.settle(shop.capture_of(good), "COMPLETED")
    shop.paypal.books.settle(shop.capture_of(bad), "DECLINED")
    await shop.hears()
    await shop.sweeps(hours=1)
    assert await shop.state(good) == PAID
    assert (await shop.state(bad))[0] == EXPIRED


async def test_bug_11_money_that_comes_after_the_end_is_never_lost(shop: PaypalShop) -> None:
    """The capture's answer was lost, and so was everything else, until the order had been cancelled: all of it goes back."""
    attempt = await shop.approved()
    shop.paypal.faults = {"lost capture"}
    await shop.hears()
    await shop.sweeps()
    shop.paypal.faults = set()
    async with shop.db.begin() as session:
        await order_life.cancel(session, attempt.order_id, reason="changed my mind", actor=SYSTEM, now=shop.clock())
    await shop.sweeps(minutes=1)
    await shop.sweeps(minutes=1)
    await shop.hears()
    assert await shop.state(attempt) == (CANCELLED, "refunded", (2000, 2000, 2000))
    assert await shop.refunds(attempt) == [("late", "succeeded", 2000)]


async def test_bug_13_ten_refunds_at_once_return_no_more_than_came_in(shop: PaypalShop) -> None:
    """Lost, refused while PayPal is away, on their way: each goes back once."""
    attempt = await shop.paid()
    claims = await asyncio.gather(*(shop.gives_back(attempt, 600) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(each, RefundTooLarge) for each in claims) == 7
    for faults in ({"lost refund"}, {"down"}, set[str](), set[str]()):
        shop.paypal.faults, shop.paypal.books.refunds_end = faults, "PENDING"
        await shop.sweeps(minutes=20)
    assert {status for _, status, _ in await shop.refunds(attempt)} == {"pending"}
    payments = shop.paypal.books.orders[attempt.provider_ref or ""]["purchase_units"][0]["payments"]
    for refund in list(payments["refunds"]):
        shop.paypal.books.settle_refund(refund["id"], "COMPLETED")
    await shop.sweeps(hours=4)
    await shop.hears()
    assert len(payments["refunds"]) == 3
    assert await shop.state(attempt) == (CONFIRMED, "partially_refunded", (2000, 1800, 1800))


async def test_a_refund_finds_its_money_when_paypal_has_forgotten_the_order(shop: PaypalShop) -> None:
    """Half a year later: it goes by the payment's own number, which the ledger knows."""
    attempt = await shop.paid()
    orders = shop.paypal.books.orders
    orders["elsewhere"] = orders.pop(attempt.provider_ref or "")
    await shop.gives_back(attempt, 900)
    shop.paypal.books.refunds_end = "PENDING"
    await shop.sweeps()
    shop.paypal.books.settle_refund(
        orders["elsewhere"]["purchase_units"][0]["payments"]["refunds"][0]["id"], "COMPLETED"
    )
    await shop.sweeps(hours=1)
    assert await shop.refunds(attempt) == [("staff", "succeeded", 900)]


async def test_a_chargeback_is_counted_once_and_comes_back_when_it_is_won(shop: PaypalShop) -> None:
    """Opened, reversed, listed, resolved: one amount out, and in again."""
    attempt = await shop.paid()
    capture_id = shop.capture_of(attempt)
    shop.paypal.books.dispute(capture_id, "CHARGEBACK")
    shop.paypal.books.reverse(capture_id)
    await shop.hears()
    shop.clock.goes_on(days=1)
    await statements.compare_due(shop.db, shop.gateways, now=shop.clock())
    assert (await shop.state(attempt))[2] == (2000, 2000, 2000)
    shop.paypal.books.dispute(capture_id, "CHARGEBACK", outcome="RESOLVED_SELLER_FAVOUR")
    await shop.hears()
    assert await shop.state(attempt) == PAID
    assert {fate for fate, _ in await fates(shop.db)} <= {"applied", "ignored"}


async def test_a_page_that_has_died_is_replaced(shop: PaypalShop) -> None:
    """Three hours later PayPal has forgotten the order; the attempt gets a new one, under its own reference."""
    attempt = await shop.attempt(currency="USD")
    link = attempt.open_link(shop.gateway.capabilities.page_max, now=shop.clock() + timedelta(hours=2))
    assert link is not None
    assert attempt.open_link(shop.gateway.capabilities.page_max, now=shop.clock() + timedelta(hours=3)) is None
    shop.paypal.books.orders.clear()
    again = await shop.gateway.create(attempt.request("Order", "https://shop.test/back"))
    assert again.provider_ref != attempt.provider_ref
