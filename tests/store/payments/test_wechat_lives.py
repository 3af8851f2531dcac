"""Whole lives of orders that are paid with WeChat Pay: over the wire, through the door, the ledger and the jobs, to the end."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from store import order_life
from store.audit import SYSTEM
from store.db import Database
from store.events import OrderConfirmed, OrderExpired, PaymentQuarantined, PaymentShort, RefundFailed
from store.order_status import OrderStatus
from store.payments.gateway import GatewayError
from tests.doubles.wechat_books import Json
from tests.doubles.wechat_shop import Shop, a_shop
from tests.store.payments.till import an_order, fates, order, paid_attempt, refunds_of, told


@pytest.fixture
async def shop(sqlite_db: Database) -> AsyncIterator[Shop]:
    async with a_shop(sqlite_db) as opened:
        yield opened


async def test_bug_05_twenty_copies_at_once_are_one_payment(shop: Shop) -> None:
    """Each is answered with nothing but its receipt, 204; one order is confirmed, once."""
    attempt = await shop.attempt()
    shop.wechat.books.pay(attempt.merchant_ref, now=shop.clock())
    copy = shop.notice(attempt)
    assert all(await asyncio.gather(*[shop.wechat.deliver(copy) for _ in range(20)]))
    assert set(shop.answers) == {(204, b"")}
    assert len(shop.answers) == 20
    paid = await paid_attempt(shop.db, attempt)
    number = shop.wechat.books.order(attempt.merchant_ref).number
    assert (paid.captured_minor, paid.status, paid.provider_ref) == (2000, "succeeded", number)
    assert len(await told(shop.db, OrderConfirmed)) == 1


async def test_a_lost_notification_is_found_and_a_late_one_changes_nothing(shop: Shop) -> None:
    """The sweep asks; three days later WeChat Pay's last repetition is taken, and says nothing new."""
    shop.hears = False
    attempt = await shop.paid()
    await shop.sweeps(seconds=11)
    assert (await order(shop.db, attempt.order_id)).status == OrderStatus.CONFIRMED
    shop.hears = True
    shop.clock.goes_on(days=3)
    await shop.wechat.tell_again()
    assert shop.answers == [(204, b"")]
    assert await fates(shop.db) == [("applied", None)]


async def test_an_order_that_nobody_pays_is_closed_there_and_here(shop: Shop) -> None:
    """WeChat Pay takes no more money for it before its goods are sold to somebody else."""
    attempt = await shop.attempt()
    await shop.sweeps(minutes=31)
    assert shop.wechat.books.order(attempt.merchant_ref).state == "CLOSED"
    assert (await order(shop.db, attempt.order_id)).status == OrderStatus.EXPIRED
    assert len(await told(shop.db, OrderExpired)) == 1


async def test_bug_11_money_that_comes_during_the_closing_counts(shop: Shop) -> None:
    """ORDERPAID: somebody scanned the code in the last second, and the notification was lost."""
    shop.hears = False
    attempt = await shop.attempt()
    shop.clock.goes_on(minutes=31)
    shop.wechat.trouble = ["", "paid first"]
    await shop.sweeps()
    assert shop.wechat.heads[-2].path.endswith("/close")
    assert (await order(shop.db, attempt.order_id)).status == OrderStatus.CONFIRMED


async def test_bug_11_money_that_comes_after_the_end_goes_back_by_itself(shop: Shop) -> None:
    """The order was cancelled; the code was already scanned."""
    attempt = await shop.attempt()
    async with shop.db.begin() as session:
        await order_life.cancel(session, attempt.order_id, actor=SYSTEM, reason="buyer", now=shop.clock())
    await shop.sweeps()
    await shop.wechat.pay(attempt.merchant_ref)
    await shop.sweeps()
    await shop.sweeps(minutes=1)
    (refund,) = await refunds_of(shop.db, attempt.order_id)
    assert (refund.reason, refund.amount_minor, refund.status) == ("late", 2000, "succeeded")
    assert shop.wechat.books.order(attempt.merchant_ref).on_its_way_back == 2000


@pytest.mark.parametrize("trouble", ["lost", "lost after", "500", "500 after", "unsigned"])
async def test_a_code_that_was_lost_on_its_way_is_asked_for_again(shop: Shop, trouble: str) -> None:
    """One attempt, one number, one order there, whoever heard what."""
    order_id = await an_order(shop.db, currency="CNY", method="wechat")
    shop.wechat.trouble.append(trouble)
    with pytest.raises(GatewayError):
        await shop.attempt(order_id)
    attempt = await shop.attempt(order_id)
    assert list(shop.wechat.books.orders) == [attempt.merchant_ref]


async def test_while_wechat_pay_is_silent_no_order_expires(shop: Shop) -> None:
    """It may have been paid: its goods stay where they are until somebody knows."""
    attempt = await shop.attempt()
    shop.clock.goes_on(minutes=31)
    for trouble in (["lost"], ["", "lost"], ["", "500 after", "lost"], ["", "", "500"]):
        shop.wechat.trouble = list(trouble)
        await shop.sweeps(hours=13)
        assert (await order(shop.db, attempt.order_id)).status == OrderStatus.PENDING_PAYMENT
    shop.wechat.trouble.clear()
    await shop.sweeps(hours=25)
    assert (await order(shop.db, attempt.order_id)).status == OrderStatus.EXPIRED


@pytest.mark.parametrize("trouble", [[], ["lost"], ["", "lost"], ["", "lost after"], ["", "500 after"], ["", "429"]])
async def test_bug_13_a_refund_is_made_once_whatever_happens_on_the_way(shop: Shop, trouble: list[str]) -> None:
    """In two parts, with the first answer lost: the same number goes again, and the sums are right."""
    attempt = await shop.paid()
    await shop.gives_back(attempt, 900)
    shop.wechat.trouble = list(trouble)
    for _ in range(3):
        await shop.sweeps()
        shop.clock.goes_on(hours=1)
    assert shop.wechat.books.order(attempt.merchant_ref).on_its_way_back == 900
    paid = await paid_attempt(shop.db, attempt)
    assert (paid.captured_minor, paid.refunded_minor, paid.refund_reserved_minor) == (2000, 900, 900)
    assert (await order(shop.db, attempt.order_id)).payment_status == "partially_refunded"
    await shop.gives_back(attempt, 1100)
    await shop.sweeps()
    await shop.sweeps()
    await shop.sweeps(hours=1)
    assert (await order(shop.db, attempt.order_id)).payment_status == "refunded"
    assert len(shop.wechat.books.order(attempt.merchant_ref).refunds) == 2


async def test_a_refund_that_is_only_accepted_is_not_back_yet(shop: Shop) -> None:
    """Until WeChat Pay says so, by a notification or when it is asked."""
    shop.wechat.refunds_at_once = False
    attempt = await shop.paid()
    number = await shop.refunds_there(attempt, 2000)
    assert [(each.status, each.amount_minor) for each in await refunds_of(shop.db, attempt.order_id)] == [
        ("pending", 2000)
    ]
    await shop.wechat.end_refund(number)
    (refund,) = await refunds_of(shop.db, attempt.order_id)
    assert refund.status == "succeeded"
    assert refund.provider_ref == shop.wechat.books.refunded(number)[1].number


async def test_a_refund_that_is_closed_gives_its_claim_back(shop: Shop) -> None:
    """The merchant's balance was empty for a week: the money is still here, and the staff is told."""
    shop.wechat.refunds_at_once = False
    attempt = await shop.paid()
    number = await shop.refunds_there(attempt, 2000)
    await shop.wechat.end_refund(number, "CLOSED")
    paid = await paid_attempt(shop.db, attempt)
    assert (paid.refunded_minor, paid.refund_reserved_minor) == (0, 0)
    assert len(await told(shop.db, RefundFailed)) == 1


async def test_a_refund_that_reaches_nobody_waits_for_a_person(shop: Shop) -> None:
    """ABNORMAL, told and asked about many times: the staff hears of it once, nobody can claim the money again, and its end is taken."""
    shop.wechat.refunds_at_once = False
    attempt = await shop.paid()
    number = await shop.refunds_there(attempt, 2000)
    await shop.wechat.end_refund(number, "ABNORMAL")
    for _ in range(5):
        await shop.sweeps(days=1)
    (refund,) = await refunds_of(shop.db, attempt.order_id)
    assert (refund.status, refund.error) == ("pending", "ABNORMAL")
    assert len(await told(shop.db, PaymentQuarantined)) == 1
    assert (await paid_attempt(shop.db, attempt)).refund_reserved_minor == 2000
    await shop.wechat.end_refund(number)
    (refund,) = await refunds_of(shop.db, attempt.order_id)
    assert refund.status == "succeeded"


async def test_bug_06_the_answer_says_exactly_what_became_of_a_notification(shop: Shop) -> None:
    """A shop that cannot store it: 5xx. Forged: 4xx. Both with FAIL, so that it comes again; a receipt is 204 and empty."""
    attempt = await shop.attempt()
    async with shop.db.begin() as session:
        await session.execute(text("ALTER TABLE provider_events RENAME TO away"))
    await shop.wechat.pay(attempt.merchant_ref)
    async with shop.db.begin() as session:
        await session.execute(text("ALTER TABLE away RENAME TO provider_events"))
    await shop.client.post("/pay/wechat/webhook", content=b"{}")
    forged = await shop.client.post("/pay/wechat/webhook", content=b"{}")
    assert (forged.status_code, json.loads(forged.content)["code"]) == (401, "FAIL")
    ((status, body),) = shop.answers
    assert (status, json.loads(body)["code"]) == (503, "FAIL")
    await shop.wechat.tell_again()
    assert shop.answers[1:] == [(204, b"")]
    assert (await order(shop.db, attempt.order_id)).status == OrderStatus.CONFIRMED


@pytest.mark.parametrize(
    ("amount", "status", "fate", "alerts"),
    [
        ({"total": 1999, "currency": "CNY"}, "partially_paid", ("applied", None), PaymentShort),
        ({"total": 2000, "currency": "USD"}, "unpaid", ("quarantined", "foreign_currency"), PaymentQuarantined),
    ],
)
async def test_bug_07_another_amount_or_currency_does_not_pay(
    shop: Shop, amount: Json, status: str, fate: tuple[str, str | None], alerts: Any
) -> None:
    """Rightly signed; compared with what was asked for, and somebody is told."""
    attempt = await shop.attempt()
    shop.wechat.books.pay(attempt.merchant_ref, now=shop.clock())
    await shop.wechat.deliver(shop.notice(attempt, amount=amount))
    stands = await order(shop.db, attempt.order_id)
    assert (stands.status, stands.payment_status) == (OrderStatus.PENDING_PAYMENT, status)
    assert await fates(shop.db) == [fate]
    assert len(await told(shop.db, alerts)) == 1


async def test_an_unknown_order_is_receipted_and_told(shop: Shop) -> None:
    """Else it would come for a day."""
    attempt = await shop.attempt()
    shop.wechat.books.pay(attempt.merchant_ref, now=shop.clock())
    await shop.wechat.deliver(shop.notice(attempt, out_trade_no="SOMEBODYELSES1"))
    assert shop.answers == [(204, b"")]
    assert await fates(shop.db) == [("quarantined", "unknown_reference")]
    assert len(await told(shop.db, PaymentQuarantined)) == 1


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(draw=st.data())
async def test_bug_12_any_order_of_a_lifes_notifications_ends_alike(sqlite_db: Database, draw: st.DataObject) -> None:
    """Paid, given back in two parts; its real notifications arrive in any order, some of them often."""
    async with a_shop(sqlite_db) as shop:
        shop.hears, shop.wechat.refunds_at_once = False, False
        attempt = await shop.paid()
        await shop.sweeps(minutes=1)
        for amount_minor in (500, 700):
            number = await shop.refunds_there(attempt, amount_minor)
            await shop.wechat.end_refund(number)
        shop.hears = True
        notices = shop.wechat.undelivered
        assert len(notices) == 3
        more = draw.draw(st.lists(st.sampled_from(range(3)), max_size=4))
        for at in draw.draw(st.permutations([0, 1, 2, *more])):
            assert await shop.wechat.deliver(notices[at])
        paid = await paid_attempt(shop.db, attempt)
        assert (paid.captured_minor, paid.refunded_minor, paid.refund_reserved_minor) == (2000, 1200, 1200)
        assert (await order(shop.db, attempt.order_id)).payment_status == "partially_refunded"
