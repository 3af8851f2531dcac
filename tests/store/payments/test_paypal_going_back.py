"""What goes back through PayPal: refunds by their captures, refunds made at PayPal, chargebacks; and the statement of all of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from store.payments.gateway import EventKind, RefundOutcome
from tests.builders import NOW
from tests.doubles.paypal_desk import REF, Desk, a_desk, a_refund, told


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with a_desk() as opened:
        yield opened


async def test_refunds_go_by_the_capture_and_once_each(desk: Desk) -> None:
    """In parts, repeated, never more than came in; told and asked alike; also when the order is long forgotten."""
    request, capture_id = await desk.paid()
    first, second = a_refund(request, 1, 900), a_refund(request, 2, 1100, capture_ref=capture_id)
    assert (await desk.gateway.query_refund(first)).outcome is RefundOutcome.FAILED
    done = await asyncio.gather(*(desk.gateway.refund(first) for _ in range(10)))
    assert {result.outcome for result in done} == {RefundOutcome.SUCCEEDED}
    assert len({result.provider_ref for result in done}) == 1
    assert (await desk.gateway.refund(a_refund(request, 3, 1101))).error == "REFUND_AMOUNT_EXCEEDED"
    order = desk.books.orders.pop(request.provider_ref)
    desk.books.orders["MOVED"] = order
    known = await desk.gateway.refund(second)
    assert (await desk.gateway.query_refund(replace(second, refund_id=known.provider_ref))) == known
    desk.books.orders[request.provider_ref] = order
    assert (await desk.gateway.refund(a_refund(request, 4, 1))).error == "CAPTURE_FULLY_REFUNDED"
    notified = [fact for fact in await desk.hears() if fact.kind is EventKind.REFUNDED]
    queried = [fact for fact in await desk.gateway.query(request) if fact.kind is EventKind.REFUNDED]
    assert told(notified) == told(queried)
    assert [(fact.event_key, fact.amount_minor) for fact in queried] == [
        (f"refund:{first.refund_ref}:refunded", 900),
        (f"refund:{second.refund_ref}:refunded", 1100),
    ]


async def test_a_refund_of_unknown_fate_is_found_by_its_number(desk: Desk) -> None:
    """Lost, pending, failed later: UNKNOWN until PayPal is asked, and the same number moves nothing twice."""
    request, _ = await desk.paid()
    refund = a_refund(request)
    desk.paypal.faults, desk.books.refunds_end = {"lost refund"}, "PENDING"
    assert (await desk.gateway.refund(refund)).outcome is RefundOutcome.UNKNOWN
    desk.paypal.faults = {"down"}
    assert (await desk.gateway.query_refund(refund)).outcome is RefundOutcome.UNKNOWN
    desk.paypal.faults = set()
    found = await desk.gateway.query_refund(refund)
    assert (found.outcome, await desk.gateway.refund(refund)) == (RefundOutcome.PENDING, found)
    assert [fact.kind for fact in await desk.gateway.query(request)] == [EventKind.CAPTURED]
    desk.books.settle_refund(found.provider_ref, "FAILED")
    assert (await desk.gateway.query_refund(refund)).outcome is RefundOutcome.FAILED
    failed = (await desk.hears())[-1]
    assert (failed.kind, failed.refund_ref) == (EventKind.REFUND_FAILED, refund.refund_ref)
    assert told([failed]) == told((await desk.gateway.query(request))[-1:])


async def test_what_was_given_back_at_paypal_has_no_number_of_ours(desk: Desk) -> None:
    """Its key is PayPal's number of the refund, also when the merchant typed an invoice number of his own, or PayPal names nobody."""
    request, capture_id = await desk.paid()
    for extra in ({}, {"invoice_id": "2026/17"}):
        desk.books.refund(capture_id, {"amount": {"currency_code": "USD", "value": "5.00"}, **extra})
    nameless = json.loads(desk.books.notices[-1].body)
    for key in ("custom_id", "invoice_id"):
        del nameless["resource"][key]
    desk.books.notices[-1].body = json.dumps(nameless).encode()
    facts = (await desk.hears())[-2:]
    assert [(fact.kind, fact.refund_ref, fact.amount_minor) for fact in facts] == [(EventKind.REFUNDED, None, 500)] * 2
    assert {fact.merchant_ref for fact in facts} == {REF}
    assert told(facts) == told((await desk.gateway.query(request))[-2:])


async def test_a_chargeback_is_one_however_often_paypal_tells_of_it(desk: Desk) -> None:
    """As a dispute, as a reversal, resolved, in the statement; an inquiry is only a question; a won one comes back."""
    _, capture_id = await desk.paid()
    await desk.hears()
    desk.told.clear()
    desk.books.dispute(capture_id, "INQUIRY")
    assert await desk.hears() == []
    desk.books.dispute(capture_id, "CHARGEBACK", knows=False)
    desk.books.reverse(capture_id)
    desk.books.dispute(capture_id, "CHARGEBACK", outcome="RESOLVED_BUYER_FAVOUR")
    lost = await desk.hears()
    assert {(fact.event_key, fact.kind, fact.amount_minor) for fact in lost} == {
        (f"chargeback:{capture_id}", EventKind.CHARGEBACK, 2000)
    }
    desk.books.dispute(capture_id, "ARBITRATION", outcome="RESOLVED_SELLER_FAVOUR")
    won = (await desk.hears())[-1]
    assert (won.kind, won.provider_ref) == (EventKind.CHARGEBACK_REVERSED, lost[0].provider_ref)
    listed = await desk.gateway.statement(NOW - timedelta(days=1), NOW + timedelta(days=1))
    assert lost[0].event_key in {fact.event_key for fact in listed}


async def test_what_is_sold_elsewhere_on_the_account_is_none_of_the_shops(desk: Desk) -> None:
    """A dispute about an unknown sale, another event, another invoice: no fact, and no refusal."""
    desk.books._tell("BILLING.SUBSCRIPTION.CREATED", "subscription", {"id": "I-1"})
    desk.books._tell("PAYMENT.CAPTURE.COMPLETED", "capture", {"id": "9", "status": "COMPLETED"})
    sale = {"seller_transaction_id": "../../v1/x", "gross_amount": {"currency_code": "USD", "value": "1.00"}}
    desk.books._tell("CUSTOMER.DISPUTE.CREATED", "dispute", {"disputed_transactions": [sale]})
    assert await desk.hears() == []
    assert desk.paypal.times("v1/x") == 0


async def test_the_statement_tells_what_notifications_would_have(desk: Desk) -> None:
    """Same keys; more than a page and more than a month; sales of others are left out."""
    request, _ = await desk.paid()
    await desk.gateway.refund(a_refund(request))
    facts = {fact.event_key: fact for fact in await desk.hears() if fact.kind is not EventKind.APPROVED}
    line = dict(desk.books.lines[0]["transaction_info"])
    desk.books.lines += [
        {"transaction_info": line | {"transaction_id": f"X{n}", "invoice_id": "17"}} for n in range(1000)
    ]
    for other in ({"transaction_event_code": "T0400"}, {"transaction_status": "P"}, {"custom_field": "a subscription"}):
        desk.books.lines.append({"transaction_info": line | other})
    listed = await desk.gateway.statement(NOW - timedelta(days=50), NOW + timedelta(days=1))
    assert told(listed) == told([facts[fact.event_key] for fact in listed])
    assert len(listed) == len(facts) == 2
    assert desk.paypal.times("/transactions") == 4
