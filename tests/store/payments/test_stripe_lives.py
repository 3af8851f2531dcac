"""Whole lives of payments through Stripe's double: over HTTP into the real ledger, with the real jobs."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.db import Database
from store.errors import RefundTooLarge
from store.order_status import OrderStatus
from store.payments import ledger, statements
from store.payments.gateway import GatewayError
from tests.apps import Clock
from tests.doubles.shop import ShopWithAProvider, a_shop_with
from tests.doubles.stripe import Stripe
from tests.doubles.stripe_gateways import connected
from tests.store.payments.till import an_order, fates

CONFIRMED, EXPIRED, WAITS = OrderStatus.CONFIRMED, OrderStatus.EXPIRED, OrderStatus.PENDING_PAYMENT
WEBHOOK = "/pay/stripe/webhook"


class Shop(ShopWithAProvider):
    stripe: Stripe
    hears: bool = True


@pytest.fixture
async def shop(sqlite_db: Database) -> AsyncIterator[Shop]:
    clock = Clock()

    async def post(body: bytes, headers: dict[str, str]) -> int:
        if not opened.hears:
            return 0
        return (await opened.client.post(WEBHOOK, content=body, headers=headers)).status_code

    stripe = Stripe(post, clock)
    async with a_shop_with(sqlite_db, connected(stripe), clock, Shop) as opened:
        opened.stripe = stripe
        yield opened


async def test_paid_on_its_page(shop: Shop) -> None:
    """The event confirms the order; what comes again, or as another event, changes nothing."""
    attempt = await shop.attempt(currency="USD")
    await shop.stripe.pay(attempt.merchant_ref)
    await shop.stripe.tells("checkout.session.completed", shop.stripe.session_of(attempt.merchant_ref))
    await shop.sweeps(hours=1)
    assert await shop.state(attempt) == (CONFIRMED, "paid", (2000, 0, 0))
    assert (shop.stripe.outbox, [fate for fate, _ in await fates(shop.db)]) == ([], ["applied"])


async def test_an_answer_that_got_lost_is_asked_for_again(shop: Shop) -> None:
    """The page was made, nobody has its address: nobody is asked about it meanwhile, and the same key gives the same page."""
    order_id = await an_order(shop.db, method="stripe", now=shop.clock())
    shop.stripe.faults = [("POST /v1/checkout", "lost")]
    with pytest.raises(GatewayError):
        await shop.attempt(order_id)
    await shop.sweeps(minutes=1)
    attempt = await shop.attempt(order_id)
    await shop.stripe.pay(attempt.merchant_ref)
    assert (len(shop.stripe.sessions), (await shop.state(attempt))[0]) == (1, CONFIRMED)


async def test_every_lost_event_is_made_up_for_by_the_sweep(shop: Shop) -> None:
    """Payment and refund: found by asking; three days late and in reverse they change nothing."""
    attempt = await shop.attempt(currency="USD")
    shop.hears = False
    await shop.stripe.pay(attempt.merchant_ref)
    await shop.sweeps(seconds=20)
    assert await shop.state(attempt) == (CONFIRMED, "paid", (2000, 0, 0))
    shop.stripe.faults = [("POST /v1/refunds", "lost")]
    await shop.gives_back(attempt, 700)
    await shop.sweeps()
    assert await shop.refunds(attempt) == [("staff", "unknown", 700)]
    await shop.sweeps(minutes=1)
    assert await shop.refunds(attempt) == [("staff", "succeeded", 700)]
    shop.hears, shop.stripe.outbox = True, shop.stripe.outbox[::-1]
    shop.clock.goes_on(days=3)
    await shop.stripe.notifies()
    assert await shop.state(attempt) == (CONFIRMED, "partially_refunded", (2000, 700, 700))
    assert len(shop.stripe.refunds) == 1


async def test_bug_05_twenty_equal_events_at_once_count_once(shop: Shop) -> None:
    """Each is answered with 200."""
    attempt = await shop.attempt(currency="USD")
    shop.hears = False
    await shop.stripe.pay(attempt.merchant_ref)
    body, headers = shop.stripe.sent[0]
    posts = [shop.client.post(WEBHOOK, content=body, headers=headers) for _ in range(20)]
    assert {answer.status_code for answer in await asyncio.gather(*posts)} == {200}
    assert (await shop.state(attempt), len(await fates(shop.db))) == ((CONFIRMED, "paid", (2000, 0, 0)), 1)


async def test_bug_09_a_transfer_keeps_its_order_until_the_bank_has_decided(shop: Shop) -> None:
    """Days after the order's time: paid, it is confirmed; failed, its goods are free again."""
    good, bad = await shop.attempt(currency="USD"), await shop.attempt(currency="USD")
    for attempt in (good, bad):
        await shop.stripe.pay_by_transfer(attempt.merchant_ref)
    await shop.until_expired(good)
    await shop.sweeps()
    await shop.sweeps(days=2)
    assert [(await shop.state(each))[0] for each in (good, bad)] == [WAITS, WAITS]
    await shop.stripe.settle(good.merchant_ref, succeeds=True)
    await shop.stripe.settle(bad.merchant_ref, succeeds=False)
    await shop.sweeps(days=1)
    assert await shop.state(good) == (CONFIRMED, "paid", (2000, 0, 0))
    assert await shop.state(bad) == (EXPIRED, "unpaid", (0, 0, 0))


async def test_unpaid_it_is_closed_by_the_shop_before_stripe_would(shop: Shop) -> None:
    """Stripe keeps a page for half an hour at least; the order's end closes it, and nobody can pay any more."""
    attempt = await shop.attempt(currency="USD")
    await shop.until_expired(attempt)
    assert shop.stripe.session_of(attempt.merchant_ref)["status"] == "open"
    await shop.sweeps()
    assert (await shop.state(attempt))[0] == EXPIRED
    assert shop.stripe.session_of(attempt.merchant_ref)["status"] == "expired"


async def test_a_provider_that_does_not_answer_keeps_the_order(shop: Shop) -> None:
    """Down, lost on closing: asked again."""
    attempt = await shop.attempt(currency="USD")
    await shop.until_expired(attempt)
    shop.stripe.faults = [("GET /v1/checkout", "down")]
    await shop.sweeps()
    shop.stripe.faults = [("POST /v1/checkout", "lost"), ("GET /v1/checkout", "x"), ("GET /v1/checkout", "down")]
    await shop.sweeps(hours=1)
    assert (await shop.state(attempt))[0] == WAITS
    await shop.sweeps(hours=4)
    assert (await shop.state(attempt))[0] == EXPIRED


async def test_bug_11_a_payment_while_the_page_is_closed_counts(shop: Shop) -> None:
    """Expiring it is refused, because it was paid a moment before."""
    attempt = await shop.attempt(currency="USD")
    shop.hears = False
    await shop.until_expired(attempt)
    await shop.stripe.pay(attempt.merchant_ref)
    await shop.sweeps()
    assert await shop.state(attempt) == (CONFIRMED, "paid", (2000, 0, 0))


async def test_bug_12_expired_after_paid_changes_nothing(shop: Shop) -> None:
    """Events of one session out of order: paid stays paid."""
    attempt = await shop.attempt(currency="USD")
    session = shop.stripe.session_of(attempt.merchant_ref) | {"status": "expired"}
    await shop.stripe.pay(attempt.merchant_ref)
    await shop.stripe.tells("checkout.session.expired", session)
    assert await shop.state(attempt) == (CONFIRMED, "paid", (2000, 0, 0))


async def test_bug_13_ten_refunds_at_once_return_no_more_than_came_in(shop: Shop) -> None:
    """Each is sent under its own key, again and again, and moves money once."""
    attempt = await shop.attempt(currency="USD")
    await shop.stripe.pay(attempt.merchant_ref)
    claims = await asyncio.gather(*(shop.gives_back(attempt, 600) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(each, RefundTooLarge) for each in claims) == 7
    shop.stripe.faults = [("POST /v1/refunds", "lost"), ("POST /v1/refunds", "down"), ("GET /v1/refunds", "down")]
    for _ in range(6):
        await shop.sweeps(minutes=20)
    assert (len(shop.stripe.refunds), sum(each["amount"] for each in shop.stripe.refunds.values())) == (3, 1800)
    assert await shop.state(attempt) == (CONFIRMED, "partially_refunded", (2000, 1800, 1800))


async def test_a_refund_that_comes_back_is_owed_again(shop: Shop) -> None:
    """It had gone, the buyer's card exists no more: the money is with the shop, and may be given back another way."""
    attempt = await shop.attempt(currency="USD")
    await shop.stripe.pay(attempt.merchant_ref)
    await shop.gives_back(attempt, 2000)
    await shop.sweeps()
    assert await shop.state(attempt) == (CONFIRMED, "refunded", (2000, 2000, 2000))
    await shop.stripe.refund_comes_back(next(iter(shop.stripe.refunds)))
    assert await shop.refunds(attempt) == [("staff", "reversed", 2000)]
    assert (await shop.state(attempt))[2] == (2000, 0, 0)


async def test_what_happens_at_stripe_is_in_the_books(shop: Shop) -> None:
    """A refund in the dashboard, a dispute lost, a dispute won: each with its own amount, heard or found in the list of events."""
    for end, back, sums in (
        ("lost", "succeeded", ("refunded", (2000, 2000, 2000))),
        ("won", "reversed", ("partially_refunded", (2000, 500, 500))),
    ):
        heard, found = await shop.attempt(currency="USD"), await shop.attempt(currency="USD")
        for attempt in (heard, found):
            shop.hears = attempt is heard
            await shop.stripe.pay(attempt.merchant_ref)
            await shop.stripe.gives_back(attempt.merchant_ref, 500)
            await shop.stripe.decided(await shop.stripe.disputed(attempt.merchant_ref), end)
        shop.clock.goes_on(days=1, seconds=1)
        await statements.compare_due(shop.db, shop.gateways, now=shop.clock())
        for attempt in (heard, found):
            assert (await shop.state(attempt))[1:] == sums
            assert await shop.refunds(attempt) == [("provider", "succeeded", 500), ("chargeback", back, 1500)]


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(4)), again=st.lists(st.integers(0, 3), max_size=3))
async def test_bug_12_the_order_of_telling_does_not_matter(shop: Shop, order: list[int], again: list[int]) -> None:
    """Stripe's own events of one life, shuffled and repeated: the same sums and statuses."""
    attempt = await shop.attempt(currency="USD")
    shop.hears, shop.stripe.events, shop.stripe.outbox = False, [], []
    await shop.stripe.pay_by_transfer(attempt.merchant_ref)
    await shop.stripe.settle(attempt.merchant_ref, succeeds=True)
    for amount in (1500, 500):
        await shop.stripe.gives_back(attempt.merchant_ref, amount)
    sent = [shop.stripe.signed(event) for event in shop.stripe.events]
    for told in [*order, *again]:
        body, headers = sent[told]
        await ledger.receive(shop.db, await shop.gateway.verify(body, headers, now=shop.clock()), now=shop.clock())
    await shop.sweeps()
    assert await shop.state(attempt) == (CONFIRMED, "refunded", (2000, 2000, 2000))
