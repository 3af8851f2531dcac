"""What nobody has told the shop of Alipay's money, its bills do: once a day, into the real ledger, each fact once."""

import logging
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import cast

import pytest

from bot import cli_payments
from bot.app import App
from store.db import Database
from store.order_status import OrderStatus
from store.payments import statements
from store.payments.attempts import AttemptView
from store.payments.registry import registry
from tests.doubles import alipay_bills as bills
from tests.doubles.alipay_books import Trade
from tests.doubles.alipay_shop import Shop, a_shop
from tests.store.payments.test_statements import listing
from tests.store.payments.till import Till, a_fact, an_order, fates, order

CONFIRMED = OrderStatus.CONFIRMED


@pytest.fixture
async def shop(sqlite_db: Database) -> AsyncIterator[Shop]:
    async with a_shop(sqlite_db) as opened:
        yield opened


async def paid(shop: Shop) -> AttemptView:
    attempt = await shop.attempt()
    await shop.alipay.pay(attempt.merchant_ref)
    return attempt


async def reads(shop: Shop, **later: float) -> int:
    """What is due is compared; how many facts the bills held."""
    shop.clock.goes_on(**later)
    return await statements.compare_due(shop.db, shop.gateways, now=shop.clock())


async def test_a_refund_on_alipays_pages_of_which_nobody_heard_is_found(shop: Shop) -> None:
    """Every notification was lost; the buyer has the money. In parts, the last of which closes the trade."""
    attempt = await paid(shop)
    shop.hears = False
    await shop.alipay.gives_back(attempt.merchant_ref, "5.00", "by-hand-1")
    await shop.alipay.gives_back(attempt.merchant_ref, "5.00", "by-hand-2")
    await shop.sweeps(days=1)
    assert (await shop.state(attempt))[1:] == ("paid", (2000, 0, 0))
    assert await reads(shop) == 3
    assert (await shop.state(attempt))[1:] == ("partially_refunded", (2000, 1000, 1000))
    assert await shop.refunds(attempt) == [("provider", "succeeded", 500)] * 2
    await shop.alipay.gives_back(attempt.merchant_ref, "10.00", "by-hand-3")
    await reads(shop, days=1)
    assert (await shop.state(attempt))[1:] == ("refunded", (2000, 2000, 2000))


async def test_whatever_is_known_is_counted_once(shop: Shop) -> None:
    """A payment, a refund of ours and one of theirs: told, listed, told again, and listed the day after."""
    attempt = await paid(shop)
    await shop.gives_back(attempt, 700)
    await shop.sweeps(minutes=1)
    await shop.alipay.gives_back(attempt.merchant_ref, "3.00", "by-hand")
    for _ in range(2):
        assert await reads(shop, days=1) == 3
        await shop.alipay.tells(shop.alipay.trades[attempt.merchant_ref])
    assert await shop.state(attempt) == (CONFIRMED, "partially_refunded", (2000, 1000, 1000))
    assert await shop.refunds(attempt) == [("staff", "succeeded", 700), ("provider", "succeeded", 300)]
    assert [fate for fate, _ in await fates(shop.db)] == ["applied"] * 3


async def test_listed_first_and_told_afterwards(shop: Shop) -> None:
    """The notifications of three days, all late, after the bill: nothing moves any more."""
    shop.hears = False
    attempt = await paid(shop)
    await shop.alipay.gives_back(attempt.merchant_ref, "3.00", "by-hand")
    await reads(shop, days=1)
    before = await shop.state(attempt)
    assert before == (CONFIRMED, "partially_refunded", (2000, 300, 300))
    shop.hears = True
    await shop.alipay.notifies()
    await shop.sweeps()
    assert (shop.alipay.outbox, await shop.state(attempt)) == ([], before)


async def test_a_refund_of_ours_whose_answer_was_lost_is_the_same_one(shop: Shop) -> None:
    """The bill is faster than the question: the refund is done, and the question finds nothing to do."""
    attempt = await paid(shop)
    shop.hears = False
    shop.alipay.faults = [("refund", "lost")]
    await shop.gives_back(attempt, 700)
    await shop.sweeps()
    assert await shop.refunds(attempt) == [("staff", "unknown", 700)]
    await reads(shop, days=1)
    assert await shop.refunds(attempt) == [("staff", "succeeded", 700)]
    await shop.sweeps(hours=1)
    assert (await shop.state(attempt))[2] == (2000, 700, 700)
    assert shop.alipay.trades[attempt.merchant_ref].given_back == Decimal(7)


async def test_under_another_number_it_waits_for_a_person(shop: Shop) -> None:
    """Told under one number and listed under one that Alipay does not know: it is never booked twice."""
    attempt = await paid(shop)
    await shop.alipay.gives_back(attempt.merchant_ref, "3.00", "by-hand")
    shop.alipay.trades[attempt.merchant_ref].listed_as["by-hand"] = "batch-1"
    await reads(shop, days=1)
    assert (await shop.state(attempt))[2] == (2000, 300, 300)
    assert (await fates(shop.db))[-1] == ("quarantined", "no_amount")


async def test_other_shops_rows_are_left_alone(shop: Shop) -> None:
    """Of the same account: one of another program, of which Alipay is not even asked, and one of a shop like this."""
    attempt = await paid(shop)
    for ref, name in (("WEB-100000001", 'a, "b'), ("OTHER1-0123456789ab", "b")):
        at = {"x": shop.clock()}
        other = Trade(ref, Decimal(20), name, "", "", None, f"2026{ref}", "TRADE_SUCCESS", shop.clock())
        other.refunds, other.refunded_at = {"x": Decimal(5)}, at
        shop.alipay.trades[ref] = other
    assert await reads(shop, days=1) == 3
    assert shop.alipay.asked["fastpay.refund.query"] == 1
    assert [fate for fate, _ in await fates(shop.db)] == ["applied"]
    assert await shop.state(attempt) == (CONFIRMED, "paid", (2000, 0, 0))


async def test_a_bill_that_cannot_be_had_is_asked_for_an_hour_later(shop: Shop) -> None:
    """Down, torn, or somebody else's file: nothing is booked, and nothing is missing afterwards."""
    shop.hears = False
    attempt = await paid(shop)
    shop.clock.goes_on(days=1)
    shop.alipay.faults = [("file", "down")]
    assert await reads(shop) == 0
    shop.alipay.repacked = lambda file: file[:-40]
    assert await reads(shop, minutes=61) == 0
    shop.alipay.repacked = bytes
    assert await reads(shop, minutes=30) == 0
    assert (await shop.state(attempt))[1] == "unpaid"
    assert await reads(shop, minutes=31) == 1
    assert (await shop.state(attempt))[1] == "paid"


async def test_without_permission_it_is_said_once_and_nobody_else_suffers(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    """The other lists are read; payments go on; asked once a day; once it is granted, the days before are in the books."""
    shop.alipay.gives_bills = False
    attempt, till = await paid(shop), Till(shop.db)
    elsewhere = await till.attempt(await an_order(shop.db, currency="CNY"))
    other = listing(till, [a_fact(elsewhere, currency="CNY")])
    shop.gateways = registry(shop.gateway, other)
    shop.hears = False
    await shop.alipay.gives_back(attempt.merchant_ref, "3.00", "by-hand")
    with caplog.at_level(logging.WARNING):
        for days in (1, 0, 1, 1, 1, 1):
            await reads(shop, days=days, minutes=1)
    (said,) = [record.getMessage() for record in caplog.records if "statement of" in record.getMessage()]
    assert "isv.insufficient-isv-permissions" in said and "open.alipay.com" in said
    assert shop.alipay.asked[bills.METHOD] == len(other.asked) == 5
    assert (await order(shop.db, elsewhere.order_id)).payment_status == "paid"
    assert (await shop.state(attempt))[1] == "paid"
    assert await cli_payments._reconcile(cast("App", shop), None, 2, shop.clock()) == 0
    shop.alipay.gives_bills = True
    assert await reads(shop, days=1, minutes=1) >= 2
    assert (await shop.state(attempt))[1] == "partially_refunded"
