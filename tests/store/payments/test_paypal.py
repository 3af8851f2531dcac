"""PayPal's orders: made once, taken once, and only while they are wanted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from store.payments.gateway import Closed, EventKind, GatewayError
from tests.doubles.paypal_desk import REF, Desk, a_desk, asked, forgotten, told


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with a_desk() as opened:
        yield opened


async def test_an_order_is_what_the_buyer_is_asked_for(desk: Desk) -> None:
    """Amount, our reference twice, the buyer's language, no address, one way back; and a page at PayPal's."""
    link = await desk.gateway.create(asked())
    assert link.url == f"https://www.sandbox.paypal.com/checkoutnow?token={link.provider_ref}"
    order = desk.books.orders[link.provider_ref]
    unit = order["purchase_units"][0]
    assert (unit["custom_id"], unit["invoice_id"]) == (REF, REF)
    assert unit["amount"] == {"currency_code": "USD", "value": "20.00"}
    with pytest.raises(GatewayError, match="another order"):
        await desk.gateway.create(replace(asked(), amount_minor=1999))
    assert len(desk.books.orders) == 1


async def test_a_lost_answer_makes_no_second_order(desk: Desk) -> None:
    """The same key: what was made is what comes back."""
    desk.paypal.faults = {"lost create"}
    with pytest.raises(GatewayError):
        await desk.gateway.create(asked())
    desk.paypal.faults = set()
    assert (await desk.gateway.create(asked())).provider_ref in desk.books.orders
    assert len(desk.books.orders) == 1


async def test_a_page_that_has_died_gets_a_new_order_and_a_living_one_its_own(desk: Desk) -> None:
    """Under another key, or PayPal would answer with the dead one; what has been approved meanwhile gets none."""
    request = await desk.opened()
    assert (await desk.gateway.create(request)).provider_ref == request.provider_ref
    del desk.books.orders[request.provider_ref]
    fresh = await desk.gateway.create(request)
    assert fresh.provider_ref not in (None, request.provider_ref)
    assert await desk.gateway.create(request) == fresh
    desk.books.approve(fresh.provider_ref)
    with pytest.raises(GatewayError, match="approved"):
        await desk.gateway.create(replace(request, provider_ref=fresh.provider_ref))


async def test_what_is_approved_is_taken_once_and_told_alike(desk: Desk) -> None:
    """Twenty at once and a late repetition: one capture, and the notification says the same as the query."""
    request = await desk.approved()
    answers = await asyncio.gather(*(desk.gateway.query(request) for _ in range(20)))
    captured = [fact for facts in answers for fact in facts if fact.kind is EventKind.CAPTURED]
    assert len({fact.event_key for fact in captured}) == 1
    assert (captured[0].amount_minor, captured[0].currency, captured[0].merchant_ref) == (2000, "USD", REF)
    approved, notified = await desk.hears()
    assert (approved.kind, approved.merchant_ref) == (EventKind.APPROVED, REF)
    assert told([notified]) == told(await desk.gateway.query(request)) == told([captured[0]])


async def test_what_is_not_wanted_is_not_taken(desk: Desk) -> None:
    """Closing is local: the order stays approved, and never costs anything."""
    request = replace(await desk.approved(), is_wanted=False)
    assert [fact.kind for fact in await desk.gateway.query(request)] == [EventKind.APPROVED]
    assert await desk.gateway.close(request) is Closed.CLOSED
    assert desk.paypal.times("/capture") == 0


async def test_an_order_of_another_amount_is_never_taken(desk: Desk) -> None:
    """Whatever stands at PayPal under the attempt's number, it is compared first."""
    request = await desk.approved()
    for other in ({"amount_minor": 2001}, {"amount_minor": 1999}, {"currency": "EUR"}, {"merchant_ref": "OTHER-1"}):
        with pytest.raises(GatewayError, match="another order"):
            await desk.gateway.query(replace(request, **other))
    assert desk.paypal.times("/capture") == 0


async def test_bug_10_an_approval_is_no_payment_and_nor_is_a_capture_that_is_not_complete(desk: Desk) -> None:
    """PENDING is told as such and not closed over; DECLINED and a declined card end the attempt."""
    desk.books.captures_end = "PENDING"
    request = await desk.approved()
    (pending,) = await desk.gateway.query(request)
    assert (pending.kind, pending.amount_minor) == (EventKind.PENDING, None)
    assert await desk.gateway.close(request) is Closed.UNKNOWN
    desk.books.settle(pending.provider_ref, "COMPLETED")
    (captured,) = await desk.gateway.query(request)
    assert (captured.kind, await desk.gateway.close(request)) == (EventKind.CAPTURED, Closed.ALREADY_PAID)
    kinds = [fact.kind for fact in await desk.hears()]
    assert kinds == [EventKind.APPROVED, EventKind.PENDING, EventKind.CAPTURED]
    for number, ending in enumerate(("DECLINED", "FAILED", "INSTRUMENT_DECLINED")):
        desk.books.captures_end = ending
        request = await desk.approved(merchant_ref=f"ORDER2-{number}")
        facts = await desk.gateway.query(request)
        assert (facts[-1].kind, facts[-1].amount_minor) == (EventKind.FAILED, None)
        assert await desk.gateway.close(request) is Closed.CLOSED


async def test_bug_10_a_capture_whose_answer_was_lost_is_adopted(desk: Desk) -> None:
    """The same key again, or none at all any more: one capture."""
    request = await desk.approved()
    desk.paypal.faults = {"lost capture"}
    with pytest.raises(GatewayError):
        await desk.gateway.query(request)
    desk.paypal.faults = set()
    first = await desk.gateway.query(request)
    again = await desk.approved(merchant_ref="ORDER3-0123456789ab")
    stale = dict(desk.books.orders[again.provider_ref])
    await desk.gateway.query(again)
    adopted = await desk.gateway._capture(stale, replace(again, merchant_ref="a key that PayPal has forgotten"))
    assert [fact.kind for fact in (*first, *adopted)] == [EventKind.CAPTURED] * 2
    assert adopted[0].merchant_ref == "ORDER3-0123456789ab"
    assert sum(unit.get("payments") is not None for unit in units(desk)) == 2


def units(desk: Desk) -> list[Any]:
    return [order["purchase_units"][0] for order in desk.books.orders.values()]


async def test_a_withdrawn_approval_ends_the_attempt(desk: Desk) -> None:
    """Told and asked alike."""
    request = await desk.approved()
    desk.books.withdraw(request.provider_ref)
    voided = (await desk.hears())[-1]
    assert (voided.kind, told([voided])) == (EventKind.CANCELLED, told(await desk.gateway.query(request)))


async def test_nothing_is_known_of_what_the_buyer_never_saw(desk: Desk) -> None:
    """No number, or one that PayPal has forgotten: no facts, nothing to close, and no answer is no closing."""
    for request in (asked(), replace(asked(), provider_ref="5O190127TN364715T")):
        assert (await desk.gateway.query(request), await desk.gateway.close(request)) == ([], Closed.CLOSED)
    desk.paypal.faults = {"down"}
    assert await desk.gateway.close(forgotten(asked())) is Closed.UNKNOWN
