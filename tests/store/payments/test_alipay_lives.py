"""Whole lives of payments through Alipay's double: over HTTP into the real ledger, with the real jobs."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from store.db import Database
from store.errors import RefundTooLarge
from store.order_status import OrderStatus
from store.payments import ledger
from store.payments.gateway import GatewayError
from tests.doubles.alipay_shop import Shop, a_shop
from tests.store.payments.till import an_order, fates

CONFIRMED, EXPIRED, CANCELLED = OrderStatus.CONFIRMED, OrderStatus.EXPIRED, OrderStatus.CANCELLED


@pytest.fixture
async def shop(sqlite_db: Database) -> AsyncIterator[Shop]:
    async with a_shop(sqlite_db) as opened:
        yield opened


async def test_scanned_and_paid(shop: Shop) -> None:
    """The notification confirms the order and is answered with `success`; what comes again changes nothing."""
    attempt = await shop.attempt()
    await shop.alipay.pay(attempt.merchant_ref)
    assert await shop.state(attempt) == (CONFIRMED, "paid", (2000, 0, 0))
    assert shop.alipay.outbox == []
    await shop.alipay.tells(shop.alipay.trades[attempt.merchant_ref])
    await shop.sweeps(hours=1)
    assert await shop.state(attempt) == (CONFIRMED, "paid", (2000, 0, 0))
    assert [fate for fate, _ in await fates(shop.db)] == ["applied"]


async def test_the_short_address_leads_to_alipays_page_while_there_is_something_to_pay(shop: Shop) -> None:
    """Signed anew at each visit; the same order as the code's; afterwards it leads nowhere."""
    attempt = await shop.attempt()
    assert attempt.pay_url == f"https://shop.test/pay/alipay/open/{attempt.merchant_ref}"
    assert len(attempt.pay_url) < 100
    visit = await shop.client.get(attempt.pay_url)
    assert (visit.status_code, visit.headers["cache-control"]) == (303, "no-store")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(shop.alipay.app)) as browser:
        assert (await browser.get(visit.headers["location"])).status_code == 200
    await shop.alipay.pay(attempt.merchant_ref)
    for path in (attempt.pay_url, "/pay/alipay/open/nobody", "/pay/cash/open/1", f"/pay/alipay/open/{'x' * 3000}"):
        shown = await shop.client.get(path)
        assert (shown.status_code, "location" in shown.headers) == (404, False)


async def test_an_answer_that_got_lost_is_asked_for_again(shop: Shop) -> None:
    """The code was made, nobody has heard of it: the same number gets the same code."""
    order_id = await an_order(shop.db, currency="CNY", method="alipay", now=shop.clock())
    shop.alipay.faults = [("precreate", "lost")]
    with pytest.raises(GatewayError):
        await shop.attempt(order_id)
    await shop.sweeps(minutes=1)
    attempt = await shop.attempt(order_id)
    await shop.alipay.pay(attempt.merchant_ref)
    assert (len(shop.alipay.trades), (await shop.state(attempt))[0]) == (1, CONFIRMED)


async def test_every_lost_notification_is_made_up_for_by_the_sweep(shop: Shop) -> None:
    """Payment, refund: found by asking."""
    attempt = await shop.attempt()
    shop.hears = False
    await shop.alipay.pay(attempt.merchant_ref)
    await shop.sweeps(seconds=20)
    assert await shop.state(attempt) == (CONFIRMED, "paid", (2000, 0, 0))
    shop.alipay.faults.append(("refund", "lost"))
    await shop.gives_back(attempt, 700)
    await shop.sweeps()
    assert await shop.refunds(attempt) == [("staff", "unknown", 700)]
    await shop.sweeps(minutes=1)
    assert await shop.refunds(attempt) == [("staff", "succeeded", 700)]
    assert shop.alipay.trades[attempt.merchant_ref].given_back == Decimal(7)
    # Three days late they all arrive after all, in reverse.
    shop.hears, shop.alipay.outbox = True, shop.alipay.outbox[::-1]
    shop.clock.goes_on(days=3)
    await shop.alipay.notifies()
    assert await shop.state(attempt) == (CONFIRMED, "partially_refunded", (2000, 700, 700))
    assert {fate for fate, _ in await fates(shop.db)} <= {"applied", "ignored"}


async def test_bug_05_twenty_equal_notifications_at_once_count_once(shop: Shop) -> None:
    """Each is answered with exactly `success`."""
    attempt = await shop.attempt()
    shop.hears = False
    await shop.alipay.pay(attempt.merchant_ref)
    posts = [shop.client.post("/pay/alipay/webhook", content=shop.alipay.sent[0]) for _ in range(20)]
    answers = {(answer.status_code, answer.content) for answer in await asyncio.gather(*posts)}
    assert answers == {(200, b"success")}
    assert (await shop.state(attempt), len(await fates(shop.db))) == ((CONFIRMED, "paid", (2000, 0, 0)), 1)


async def test_bug_06_without_a_database_alipay_comes_again(shop: Shop) -> None:
    """Nothing that reads like `success` before the fact is stored."""
    attempt = await shop.attempt()
    async with shop.db.begin() as session:
        await session.execute(text("ALTER TABLE provider_events RENAME TO away"))
    await shop.alipay.pay(attempt.merchant_ref)
    async with shop.db.begin() as session:
        await session.execute(text("ALTER TABLE away RENAME TO provider_events"))
    assert len(shop.alipay.outbox) == 1
    await shop.alipay.notifies()
    assert (shop.alipay.outbox, (await shop.state(attempt))[0]) == ([], CONFIRMED)


async def test_bug_07_another_amount_pays_nothing_by_itself(shop: Shop) -> None:
    """A fen less: the order goes on waiting, and the money is in the books; another application's: refused."""
    attempt = await shop.attempt()
    trade = await shop.alipay.scan(attempt.merchant_ref)
    trade.status, trade.paid_at = "TRADE_SUCCESS", shop.clock()
    await shop.alipay.tells(trade, app_id="2021000000000002")
    await shop.alipay.tells(trade, seller_id="2088000000000002")
    assert await shop.state(attempt) == (OrderStatus.PENDING_PAYMENT, "unpaid", (0, 0, 0))
    await shop.alipay.tells(trade, total_amount="19.99")
    assert await shop.state(attempt) == (OrderStatus.PENDING_PAYMENT, "partially_paid", (1999, 0, 0))


async def test_unpaid_it_expires_with_its_code(shop: Shop) -> None:
    """Never scanned, or scanned and left: the goods are free again, and nothing can be paid any more."""
    never, left = await shop.attempt(), await shop.attempt()
    await shop.alipay.scan(left.merchant_ref)
    await shop.until_expired(never)
    await shop.sweeps()
    assert [(await shop.state(each))[0] for each in (never, left)] == [EXPIRED, EXPIRED]
    assert [shop.alipay.trades[each.merchant_ref].status for each in (never, left)] == ["", "TRADE_CLOSED"]


async def test_a_provider_that_does_not_answer_keeps_the_order(shop: Shop) -> None:
    """Down when its time is up, lost on closing: asked again, and what was paid meanwhile is found."""
    attempt = await shop.attempt()
    await shop.alipay.scan(attempt.merchant_ref)
    shop.alipay.trades[attempt.merchant_ref].expires_at = None  # Alipay's clock is late
    await shop.until_expired(attempt)
    shop.alipay.faults = [("query", "down")]
    await shop.sweeps()
    shop.alipay.faults = [("close", "lost")]
    await shop.sweeps(hours=1)
    assert (await shop.state(attempt))[0] == OrderStatus.PENDING_PAYMENT
    await shop.sweeps(hours=2)
    assert (await shop.state(attempt))[0] == EXPIRED


async def test_bug_11_a_late_scan_is_never_lost(shop: Shop) -> None:
    """The order was closed here before anybody had scanned the code: the money is found, and the order comes back to life."""
    attempt = await shop.attempt()
    shop.alipay.trades[attempt.merchant_ref].expires_at = None
    await shop.until_expired(attempt)
    await shop.sweeps()
    assert (await shop.state(attempt))[0] == EXPIRED
    shop.hears = False
    await shop.alipay.pay(attempt.merchant_ref)
    await shop.sweeps(hours=4)
    assert await shop.state(attempt) == (CONFIRMED, "paid", (2000, 0, 0))


async def test_what_is_given_back_in_parts_adds_up(shop: Shop) -> None:
    """Two parts of the same amount are two refunds; the last closes the trade, which is no failed payment."""
    attempt = await shop.attempt()
    await shop.alipay.pay(attempt.merchant_ref)
    for amount_minor, way in ((900, "partially_refunded"), (900, "partially_refunded"), (200, "refunded")):
        await shop.gives_back(attempt, amount_minor)
        await shop.sweeps(minutes=1)
        assert (await shop.state(attempt))[1] == way
    trade = shop.alipay.trades[attempt.merchant_ref]
    assert (trade.status, trade.given_back, shop.alipay.outbox) == ("TRADE_CLOSED", Decimal(20), [])
    assert (await shop.state(attempt))[2] == (2000, 2000, 2000)


async def test_bug_13_ten_refunds_at_once_return_no_more_than_came_in(shop: Shop) -> None:
    """What was claimed goes back once, however often it is sent; a lost answer is asked about, under the same number."""
    attempt = await shop.attempt()
    await shop.alipay.pay(attempt.merchant_ref)
    claims = await asyncio.gather(*(shop.gives_back(attempt, 600) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(each, RefundTooLarge) for each in claims) == 7
    shop.alipay.fund_change = False
    shop.alipay.faults = [("refund", "lost"), ("refund", "down"), ("fastpay.refund.query", "busy")]
    for _ in range(12):
        await shop.sweeps(minutes=20)
    assert shop.alipay.trades[attempt.merchant_ref].given_back == Decimal(18)
    assert await shop.state(attempt) == (CONFIRMED, "partially_refunded", (2000, 1800, 1800))


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(3)), again=st.lists(st.integers(0, 2), max_size=3))
async def test_bug_12_the_order_of_telling_does_not_matter(shop: Shop, order: list[int], again: list[int]) -> None:
    """Alipay's own notifications of one life, shuffled and repeated: the same sums and statuses."""
    attempt = await shop.attempt()
    shop.hears, shop.alipay.outbox = False, []
    await shop.alipay.pay(attempt.merchant_ref)
    for amount, number in (("15.00", "a"), ("5.00", "b")):
        await shop.alipay.gives_back(attempt.merchant_ref, amount, number)
    bodies = [shop.alipay.signed(fields) for fields in shop.alipay.outbox]
    for told in [*order, *again]:
        facts = await shop.gateway.verify(bodies[told], {}, now=shop.clock())
        await ledger.receive(shop.db, facts, now=shop.clock())
    await shop.sweeps()
    assert await shop.state(attempt) == (CONFIRMED, "refunded", (2000, 2000, 2000))
