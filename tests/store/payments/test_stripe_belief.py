"""What the Stripe gateway believes: whose events, which mode, and of which payments."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from store.payments.gateway import BadSignature, EventKind, GatewayError, ProviderEvent
from store.payments.stripe import StripeGateway
from tests.apps import Clock
from tests.builders import NOW
from tests.doubles.stripe import WEBHOOK_SECRET, Stripe, nobody_listens
from tests.doubles.stripe_gateways import an_order, connected

REF = an_order().merchant_ref


@pytest.fixture
def stripe() -> Stripe:
    return Stripe(nobody_listens, Clock())


@pytest.fixture
def gateway(stripe: Stripe) -> StripeGateway:
    return connected(stripe)


async def heard(gateway: StripeGateway, stripe: Stripe, event: dict[str, Any]) -> list[ProviderEvent]:
    body, headers = stripe.signed(event)
    return await gateway.verify(body, headers, now=NOW)


@pytest.fixture
async def paid(stripe: Stripe, gateway: StripeGateway) -> dict[str, Any]:
    """The event of a payment."""
    await gateway.create(an_order())
    await stripe.pay(REF)
    return stripe.events[-1]


def changed(event: dict[str, Any], **session: Any) -> dict[str, Any]:
    return event | {"data": {"object": event["data"]["object"] | session}}


async def test_bug_07_other_peoples_payments_are_passed_over(
    stripe: Stripe, gateway: StripeGateway, paid: dict[str, Any]
) -> None:
    """Live events in a test shop, connected accounts, other programs in the same account: nothing happens, and Stripe is content."""
    assert [event.kind for event in await heard(gateway, stripe, paid)] == [EventKind.CAPTURED]
    for other in (
        paid | {"livemode": True},
        paid | {"account": "acct_1"},
        changed(paid, metadata={}),
        changed(paid, metadata=None),
        changed(paid, client_reference_id="ORDER2-0123456789ab"),
        changed(paid, client_reference_id=None),
    ):
        assert await heard(gateway, stripe, other) == []
    live = connected(stripe, secret_key="sk_live_0123456789")
    assert live.account != gateway.account
    assert await heard(live, stripe, paid) == []


async def test_bug_07_another_amount_or_currency_is_told_as_it_is(
    stripe: Stripe, gateway: StripeGateway, paid: dict[str, Any]
) -> None:
    """The ledger compares; what a buyer was shown in their own currency is nobody's business."""
    for session, told in (
        ({"amount_total": 1999}, (1999, "USD")),
        ({"currency": "jpy"}, (2000, "JPY")),
        ({"presentment_details": {"presentment_amount": 1, "presentment_currency": "eur"}}, (2000, "USD")),
    ):
        (fact,) = await heard(gateway, stripe, changed(paid, **session))
        assert (fact.amount_minor, fact.currency) == told


async def test_bug_09_what_makes_no_sense_is_refused_and_breaks_nothing(
    stripe: Stripe, gateway: StripeGateway, paid: dict[str, Any]
) -> None:
    """Signed, and without a currency, an amount, a status, a moment; or no object at all."""
    session = paid["data"]["object"]
    without = [
        {**paid, "data": {"object": {name: value for name, value in session.items() if name != gone}}}
        for gone in ("currency", "amount_total", "payment_status", "id")
    ]
    strange = [changed(paid, amount_total=wrong) for wrong in (None, "2000", 20.0, True)]
    strange += [changed(paid, currency=wrong) for wrong in (None, "", "dollars", 5)]
    strange += [paid | {"created": wrong} for wrong in (None, "now", -1, 10**20)]
    shapeless: list[Any] = [None, [], {"object": None}, {"object": []}]
    strange += [paid | {"data": wrong} for wrong in shapeless]
    for event in (*without, *strange):
        with pytest.raises(BadSignature):
            await heard(gateway, stripe, event)
    for body in (b"", b"[]", b"null", b"{", b"[" * 5000, "ü".encode("latin-1")):
        with pytest.raises(BadSignature):
            await gateway.verify(body, signed(body), now=NOW)


def signed(body: bytes) -> dict[str, str]:
    """As Stripe would sign these very bytes."""
    moment = int(NOW.timestamp())
    mac = hmac.new(WEBHOOK_SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={moment},v1={mac}"}


async def test_a_refund_or_dispute_of_somebody_elses_payment_is_passed_over(
    stripe: Stripe, gateway: StripeGateway, paid: dict[str, Any]
) -> None:
    """Whose it is says the payment behind it; while Stripe does not answer, the event is not confirmed."""
    del paid
    intent = stripe.session_of(REF)["payment_intent"]
    refund = await stripe.gives_back(REF, 500)
    event = stripe.events[-1]
    stripe.faults = [("GET /v1/payment_intents", "down")]
    with pytest.raises(GatewayError):
        await heard(gateway, stripe, event)
    (fact,) = await heard(gateway, stripe, event)
    assert (fact.merchant_ref, fact.provider_ref, fact.amount_minor) == (REF, refund["id"], 500)
    stripe.intents[intent]["metadata"] = {}
    assert await heard(gateway, stripe, event) == []
    assert await heard(gateway, stripe, changed(event, payment_intent=None)) == []


async def test_a_banks_question_is_no_chargeback(stripe: Stripe, gateway: StripeGateway, paid: dict[str, Any]) -> None:
    """No money has moved; a dispute has moved it, won gives it back, lost changes nothing more."""
    del paid
    dispute = await stripe.disputed(REF, "warning_needs_response")
    told: list[list[str]] = []
    for status in ("warning_needs_response", "warning_closed", "needs_response", "under_review", "lost", "won"):
        await stripe.decided(dispute, status)
        told.append([event.event_key for event in await heard(gateway, stripe, stripe.events[-1])])
    taken, won = f"dispute:{dispute['id']}:taken", f"dispute:{dispute['id']}:won"
    assert told == [[], [], [taken], [taken], [taken], [taken, won]]


async def test_events_of_stripes_own_samples_break_nothing(
    stripe: Stripe, gateway: StripeGateway, shared_data: Any
) -> None:
    """The sample objects that Stripe publishes: none of them is ours, so nothing is told."""
    samples = json.loads((shared_data / "payments/stripe/fixtures3.json").read_text())["resources"]
    for name, kind in (
        ("checkout.session", "checkout.session.completed"),
        ("checkout.session", "checkout.session.expired"),
        ("refund", "refund.updated"),
        ("dispute", "charge.dispute.closed"),
    ):
        event = {"type": kind, "livemode": False, "created": 1, "data": {"object": samples[name]}}
        assert await heard(gateway, stripe, event) == []
