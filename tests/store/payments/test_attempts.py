"""One live try to pay at a time, for what is still owed."""

import re
from datetime import timedelta

import pytest

from store.db import Database
from store.errors import NotAllowedNow, NotFound, PaymentUnavailable
from store.models import PaymentAttempt
from store.order_status import AttemptStatus
from store.payments import attempts
from store.payments.cash import CashOnDelivery
from store.payments.gateway import Capabilities, EventKind, PaymentLink
from store.payments.sandbox import SandboxGateway
from tests.store.payments.till import Till, a_fact, an_order, order, the


async def test_an_attempt_is_for_the_orders_total(db: Database) -> None:
    """The provider is asked for what the customer saw, until the order's time is up."""
    till = Till(db)
    order_id = await an_order(db)
    attempt = await till.attempt(order_id)
    placed = await order(db, order_id)
    assert (attempt.amount_minor, attempt.currency) == (placed.total_minor, placed.currency)
    assert (attempt.order_id, attempt.expires_at) == (order_id, placed.expires_at)


async def test_a_second_start_gives_the_live_attempt(db: Database) -> None:
    """Pressing "Pay" again leads to the same page."""
    till = Till(db)
    first = await till.attempt()
    assert (await till.attempt(first.order_id)).id == first.id


async def test_a_reference_fits_every_provider(db: Database) -> None:
    """WeChat, the strictest, takes 6 to 32 letters, digits, dashes."""
    attempt = await Till(db).attempt()
    assert re.fullmatch(r"[0-9A-Za-z_-]{6,32}", attempt.merchant_ref)


async def test_another_gateway_waits_until_the_live_attempt_is_closed(db: Database) -> None:
    """Two open pages would be paid twice."""
    till = Till(db)
    first = await till.attempt()
    other = SandboxGateway(till.bank, secret="another secret, long enough", clock=lambda: till.now, name="other")
    with pytest.raises(NotAllowedNow):
        await till.attempt(first.order_id, gateway=other)
    async with db.begin() as session:
        assert await attempts.retire(session, first.id, AttemptStatus.CANCELLED)
    assert (await till.attempt(first.order_id, gateway=other)).id != first.id


async def test_after_a_short_payment_the_next_attempt_is_for_the_rest(db: Database) -> None:
    """What came in already is not asked for twice."""
    till = Till(db)
    first = await till.attempt()
    await till.hear(a_fact(first, amount_minor=500), a_fact(first, EventKind.CANCELLED))
    assert (await till.attempt(first.order_id)).amount_minor == first.amount_minor - 500


async def test_what_cannot_be_paid_has_no_attempt(db: Database) -> None:
    """An unknown, an overdue and a paid order take no new money."""
    till = Till(db)
    attempt = await till.attempt()
    with pytest.raises(NotFound):
        await till.attempt(987654)
    overdue = await an_order(db)
    till.passes(hours=2)
    with pytest.raises(NotAllowedNow):
        await till.attempt(overdue)
    await till.hear(a_fact(attempt))
    with pytest.raises(NotAllowedNow):
        await till.attempt(attempt.order_id)


@pytest.mark.parametrize(
    "capabilities",
    [
        Capabilities(currencies=frozenset({"EUR"}), hold=None),
        Capabilities(currencies=None, hold=None, minimum_minor={"USD": 2001}),
        Capabilities(currencies=None, hold=None, maximum_minor={"USD": 1999}),
    ],
)
async def test_a_gateway_is_not_asked_for_what_it_cannot_take(sqlite_db: Database, capabilities: Capabilities) -> None:
    """Its currencies and limits hold here, not only where the method is chosen."""
    till = Till(sqlite_db)
    picky = SandboxGateway(till.bank, secret="another secret, long enough", clock=lambda: till.now, name="other")
    picky.capabilities = capabilities
    with pytest.raises(PaymentUnavailable):
        await till.attempt(await an_order(sqlite_db), gateway=picky)


async def test_cash_is_for_orders_that_are_confirmed_unpaid(sqlite_db: Database) -> None:
    """An attempt in cash on a confirmed order; a page to pay on, never."""
    order_id = await an_order(sqlite_db, method="cash")
    with pytest.raises(NotAllowedNow):
        await Till(sqlite_db).attempt(order_id)
    async with sqlite_db.begin() as session:
        assert (await attempts.start(session, order_id, CashOnDelivery(), now=Till(sqlite_db).now)).is_live


async def test_a_link_that_comes_after_the_money_changes_no_status(db: Database) -> None:
    """A customer can be faster than our second transaction."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt))
    async with db.begin() as session:
        await attempts.linked(session, attempt.id, PaymentLink("https://bank.test/late"), now=till.now)
    assert (await the(db, PaymentAttempt, attempt.id)).status == AttemptStatus.SUCCEEDED


async def test_coming_back_from_the_page_hastens_the_next_question(db: Database) -> None:
    """Once; coming back again and again asks the provider no more often."""
    till = Till(db)
    attempt = await till.attempt()
    async with db.begin() as session:
        await attempts.hasten(session, "sandbox", attempt.merchant_ref, now=till.now)
    assert (await the(db, PaymentAttempt, attempt.id)).next_check_at == till.now
    later = till.now - timedelta(seconds=3)
    async with db.begin() as session:
        await attempts.hasten(session, "sandbox", attempt.merchant_ref, now=later)
    assert (await the(db, PaymentAttempt, attempt.id)).next_check_at == till.now
