"""The Stripe gateway in front of Stripe's double: what it asks, and what it makes of the answers."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import unquote_plus

import pytest
import stripe as sdk

from store.payments.gateway import Closed, EventKind, GatewayError, ProviderEvent, RefundOutcome, RefundRequest
from store.payments.stripe import StripeGateway
from tests.apps import Clock
from tests.builders import NOW
from tests.doubles.stripe import Stripe, nobody_listens
from tests.doubles.stripe_gateways import SHOP, an_order, connected

REF = an_order().merchant_ref


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stripe(clock: Clock) -> Stripe:
    return Stripe(nobody_listens, clock)


@pytest.fixture
def gateway(stripe: Stripe) -> StripeGateway:
    return connected(stripe)


async def told(stripe: Stripe, gateway: StripeGateway, at: datetime | None = None) -> list[ProviderEvent]:
    """What the newest notification says."""
    body, headers = stripe.sent[-1]
    return await gateway.verify(body, headers, now=at or stripe.clock())


async def opened(gateway: StripeGateway) -> str:
    """The number of an attempt's session."""
    return (await gateway.create(an_order())).provider_ref or ""


def a_refund(session: str | None, amount_minor: int = 900, number: str = "r1") -> RefundRequest:
    return RefundRequest(f"{REF}-{number}", REF, session, amount_minor, "USD", "staff")


async def test_a_page_asks_for_exactly_the_order(stripe: Stripe, gateway: StripeGateway) -> None:
    """In its currency, under our reference, and with our key: sent again it is the same page."""
    order = an_order(return_url="https://t.me/shop?start=o1", language="zh", title="店 1 & <b>")
    link = await gateway.create(order)
    assert await gateway.create(order) == link
    session = stripe.sessions[link.provider_ref or ""]
    assert (link.url, session["amount_total"], session["currency"]) == (session["url"], 2000, "usd")
    assert (session["client_reference_id"], session["metadata"]) == (REF, {"merchant_ref": REF})
    assert session["payment_intent_metadata"] == {"merchant_ref": REF}
    assert [headers["idempotency-key"] for headers in stripe.headers] == [f"checkout:{REF}"] * 2
    assert len(stripe.sessions) == 1
    form = next(iter(stripe.keys.values()))[0]
    for part in (
        "adaptive_pricing[enabled]=false",
        "locale=zh",
        f"success_url={SHOP}",
        "/pay/stripe/return?ref=",
        "mode=payment",
    ):
        assert part in unquote_plus(form)


async def test_stripes_half_hour_is_counted_from_the_orders_end(
    stripe: Stripe, gateway: StripeGateway, clock: Clock
) -> None:
    """The same time with the same key, however late it is sent; and without a time where the order waits for days."""
    for minutes in (0, 10, 29):
        clock.at = NOW + timedelta(minutes=minutes)
        link = await gateway.create(an_order())
    assert stripe.sessions[link.provider_ref or ""]["expires_at"] == (NOW + timedelta(minutes=61)).timestamp()
    for number, days in enumerate((1, 3, None)):
        expires_at = NOW + timedelta(days=days) if days else None
        link = await gateway.create(an_order(f"ORDER-LONG-{number}", expires_at=expires_at))
        assert stripe.sessions[link.provider_ref or ""]["expires_at"] == (clock.at + timedelta(hours=24)).timestamp()


async def test_a_page_that_is_over_is_followed_by_another(stripe: Stripe, gateway: StripeGateway, clock: Clock) -> None:
    """While it is open it is the same; a paid attempt gets none."""
    order = an_order(expires_at=NOW + timedelta(days=3))
    first = await gateway.create(order)
    again = replace(order, provider_ref=first.provider_ref)
    assert await gateway.create(again) == first
    clock.goes_on(hours=25)
    await stripe.passes()
    second = await gateway.create(again)
    assert (second.provider_ref != first.provider_ref, await gateway.create(again)) == (True, second)
    await stripe.pay(REF)
    with pytest.raises(GatewayError):
        await gateway.create(replace(order, provider_ref=second.provider_ref))


async def test_a_query_and_a_notification_tell_the_same(stripe: Stripe, gateway: StripeGateway) -> None:
    """Paid, partly given back, disputed and won: same keys, kinds, amounts, moments and numbers; the list of events too."""
    session, heard = await opened(gateway), list[ProviderEvent]()
    asked = replace(an_order(), provider_ref=session)
    assert await gateway.query(asked) == []
    await stripe.pay(REF)
    heard += await told(stripe, gateway)
    assert (await gateway.refund(a_refund(session))).outcome is RefundOutcome.SUCCEEDED
    heard += await told(stripe, gateway)
    await stripe.gives_back(REF, 100)
    heard += await told(stripe, gateway)
    dispute = await stripe.disputed(REF)
    heard += await told(stripe, gateway)
    await stripe.decided(dispute, "won")
    heard += (await told(stripe, gateway))[1:]
    listed = await gateway.statement(NOW - timedelta(hours=1), NOW + timedelta(hours=1))

    def facts(events: list[ProviderEvent]) -> dict[str, tuple[object, ...]]:
        fields = ("kind", "merchant_ref", "occurred_at", "amount_minor", "currency", "provider_ref", "refund_ref")
        return {event.event_key: tuple(getattr(event, field) for field in fields) for event in events}

    assert facts(heard) == facts(await gateway.query(asked)) == facts(listed)
    kinds = [EventKind.CAPTURED, EventKind.REFUNDED, EventKind.REFUNDED]
    assert [event.kind for event in heard] == [*kinds, EventKind.CHARGEBACK, EventKind.CHARGEBACK_REVERSED]
    assert [event.refund_ref for event in heard] == [None, f"{REF}-r1", None, None, None]
    assert listed[0].event_key == f"{session}:paid"  # oldest first


async def test_bug_09_complete_is_not_paid(stripe: Stripe, gateway: StripeGateway) -> None:
    """A bank is at work: no fact, and no order is expired meanwhile; then paid, or failed."""
    for succeeds, kind in ((True, EventKind.CAPTURED), (False, EventKind.FAILED)):
        ref = f"ORDER-{succeeds}"
        session = (await gateway.create(an_order(ref))).provider_ref
        asked = replace(an_order(ref), provider_ref=session)
        await stripe.pay_by_transfer(ref)
        assert await told(stripe, gateway) == await gateway.query(asked) == []
        assert await gateway.close(asked) is Closed.UNKNOWN
        await stripe.settle(ref, succeeds=succeeds)
        (heard,), (known,) = await told(stripe, gateway), await gateway.query(asked)
        assert (heard.kind, heard.event_key) == (known.kind, known.event_key) == (kind, known.event_key)
        assert await gateway.close(asked) is (Closed.ALREADY_PAID if succeeds else Closed.CLOSED)


async def test_a_declined_card_leaves_the_page_open(stripe: Stripe, gateway: StripeGateway) -> None:
    """payment_intent.payment_failed is no end, nor is any other kind of event."""
    await opened(gateway)
    for kind in ("payment_intent.payment_failed", "charge.refunded", "charge.succeeded", "customer.created"):
        await stripe.tells(kind, {"id": "pi_1", "metadata": {"merchant_ref": REF}})
        assert await told(stripe, gateway) == []


async def test_an_open_page_is_closed_and_a_paid_one_is_not(stripe: Stripe, gateway: StripeGateway) -> None:
    """Closing twice is one closing; what was never shown to anybody needs none."""
    session = await opened(gateway)
    asked = replace(an_order(), provider_ref=session)
    assert [await gateway.close(asked), await gateway.close(asked)] == [Closed.CLOSED, Closed.CLOSED]
    (heard,), (known,) = await told(stripe, gateway), await gateway.query(asked)
    assert (heard.kind, heard.event_key) == (EventKind.EXPIRED, known.event_key)
    stripe.asked.clear()
    assert (await gateway.close(an_order()), await gateway.query(an_order()), stripe.asked.total()) == (
        Closed.CLOSED,
        [],
        0,
    )


async def test_refunds_have_our_key_and_are_found_again(stripe: Stripe, gateway: StripeGateway) -> None:
    """Sent again it moves nothing; too much is refused; what Stripe does not know may be sent again."""
    session = await opened(gateway)
    assert (await gateway.refund(a_refund(session))).error == "nothing was paid"
    await stripe.pay(REF)
    for _ in range(2):
        done = await gateway.refund(a_refund(session))
        assert (done.outcome, len(stripe.refunds)) == (RefundOutcome.SUCCEEDED, 1)
    assert f"refund:{REF}-r1" in stripe.keys
    too_much = await gateway.refund(a_refund(session, 1101, "r2"))
    assert (too_much.outcome, too_much.error) == (RefundOutcome.FAILED, "charge_already_refunded")
    # Three more, so that finding one takes turning a page.
    for number in ("r3", "r4", "r5"):
        await gateway.refund(a_refund(session, 100, number))
    found = await gateway.query_refund(a_refund(session, 100, "r5"))
    assert (found.outcome, found.provider_ref) == (RefundOutcome.SUCCEEDED, list(stripe.refunds)[-1])
    for unknown in (a_refund(session, 1, "r9"), a_refund(None)):
        assert (await gateway.query_refund(unknown)).outcome is RefundOutcome.FAILED


async def test_a_refund_is_pending_and_goes_or_fails_and_comes_back(stripe: Stripe, gateway: StripeGateway) -> None:
    """Also one that had gone: the buyer's card does not exist any more."""
    session = await opened(gateway)
    await stripe.pay(REF)
    stripe.refund_status = "pending"
    slow = await gateway.refund(a_refund(session))
    assert (slow.outcome, await told(stripe, gateway)) == (RefundOutcome.PENDING, [])
    await stripe.refund_goes(slow.provider_ref or "")
    (gone,) = await told(stripe, gateway)
    assert (gone.kind, gone.event_key) == (EventKind.REFUNDED, f"refund:{REF}-r1:refunded")
    await stripe.refund_comes_back(slow.provider_ref or "")
    (back,) = await told(stripe, gateway)
    assert (back.kind, back.event_key) == (EventKind.REFUND_FAILED, f"refund:{REF}-r1:refund_failed")
    known = await gateway.query_refund(a_refund(session))
    assert (known.outcome, known.error) == (RefundOutcome.FAILED, "lost_or_stolen_card")


async def test_without_a_whole_answer_nothing_is_certain(stripe: Stripe, gateway: StripeGateway) -> None:
    """Down, lost, timed out, too often: unknown, for each call; the SDK's own repetitions use the same key."""
    session = await opened(gateway)
    asked = replace(an_order(), provider_ref=session)
    await stripe.pay(REF)
    for number, fault in enumerate(("down", "timeout", "refuses", "lost")):
        calls = ("POST /v1/checkout/sessions", "GET /v1/checkout/sessions", "POST /v1/refunds", "GET /v1/refunds")
        for call, ask in zip(calls, (gateway.create, gateway.query, gateway.refund, gateway.query_refund), strict=True):
            stripe.faults = [(call, fault)] * 3
            if ask in (gateway.create, gateway.query):
                with pytest.raises(GatewayError) as error:
                    await (gateway.create(an_order(f"NEW-{number}")) if ask == gateway.create else gateway.query(asked))
                assert "sk_test" not in str(error.value)
            elif ask == gateway.refund:
                assert (await gateway.refund(a_refund(session, 100, f"r{fault}"))).outcome is RefundOutcome.UNKNOWN
            else:
                assert (await gateway.query_refund(a_refund(session))).outcome is RefundOutcome.UNKNOWN
        stripe.faults = [("POST /v1/checkout/sessions", fault)] * 3
        assert await gateway.close(asked) is Closed.UNKNOWN
    assert len(stripe.refunds) == 1  # the one whose answer was lost


async def test_an_answer_that_makes_no_sense_is_none(stripe: Stripe, gateway: StripeGateway) -> None:
    """Whatever stands in front of Stripe may say anything: unknown, never an error of ours."""
    session = await opened(gateway)
    asked = replace(an_order(), provider_ref=session)
    await stripe.pay(REF)
    for words in ("{}", "[]", "null", '"x"', "<html>", '{"object": "list", "data": [{}]}', '{"id": 5, "status": []}'):
        said = f"says {words}"
        for call, ask in (("POST /v1/checkout", an_order("NEW")), ("GET /v1/checkout", asked)):
            stripe.faults = [(call, said)]
            with pytest.raises(GatewayError):
                await gateway.create(ask)
        stripe.faults = [("GET /v1/checkout", said)]
        with pytest.raises(GatewayError):
            await gateway.query(asked)
        stripe.faults = [("POST /v1/checkout", said)]
        assert await gateway.close(asked) is Closed.UNKNOWN
        stripe.faults = [("POST /v1/refunds", said)]
        assert (await gateway.refund(a_refund(session, 1, f"r{len(words)}"))).outcome is RefundOutcome.UNKNOWN
        stripe.faults = [("GET /v1/refunds", said)]
        known = await gateway.query_refund(a_refund(session, 1, "r0"))
        assert known.outcome is not RefundOutcome.SUCCEEDED


async def test_a_short_silence_is_bridged_under_the_same_key(stripe: Stripe, gateway: StripeGateway) -> None:
    """A connection that breaks is tried again at once, and there is one session."""
    stripe.faults = [("POST /v1/checkout/sessions", "timeout")] * 2
    await gateway.create(an_order())
    keys = {headers["idempotency-key"] for headers in stripe.headers}
    assert (len(stripe.headers), keys, len(stripe.sessions)) == (3, {f"checkout:{REF}"}, 1)


async def test_what_stripe_cannot_take_is_refused_here(stripe: Stripe, gateway: StripeGateway) -> None:
    """Nothing is sent for it."""
    for amount_minor, currency in ((100, "UGX"), (100, "XTR"), (1234, "KWD")):
        with pytest.raises(GatewayError):
            await gateway.create(an_order(amount_minor=amount_minor, currency=currency))
    assert stripe.asked.total() == 0
    assert not gateway.capabilities.take(49, "USD", {"physical"})
    assert not gateway.capabilities.take(50, "USD", {"digital"})
    assert gateway.capabilities.take(50, "USD", {"physical"})


async def test_two_accounts_know_nothing_of_each_other(stripe: Stripe) -> None:
    """A client each, at the same time; nothing of the SDK is global."""
    other = Stripe(nobody_listens, Clock())
    first, second = connected(stripe), connected(other, name="stripe_eu")
    await asyncio.gather(first.create(an_order()), second.create(an_order("ORDER2-0123456789ab")))
    assert [list(each.keys) for each in (stripe, other)] == [[f"checkout:{REF}"], ["checkout:ORDER2-0123456789ab"]]
    assert sdk.api_key is None
