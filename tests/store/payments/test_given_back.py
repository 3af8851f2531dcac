"""Money that goes back without us: in the provider's back office, through the buyer's bank; and what comes back after all."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from store.db import Database
from store.events import ChargebackWon, ChargedBack, PaymentQuarantined, RefundSucceeded
from store.payments import ledger, quarantine, reconcile
from store.payments.attempts import AttemptView
from store.payments.gateway import EventKind, ProviderEvent
from tests.order_builders import STAFF
from tests.store.payments.till import Till, a_fact, an_order, fates, order, paid_attempt, refunds_of, sums, told


def went_back(attempt: AttemptView, amount_minor: int, *, number: str = "re_1", **changes: Any) -> ProviderEvent:
    """A refund of which only the provider has a number."""
    given: dict[str, Any] = {
        "event_key": number,
        "provider_ref": number,
        "amount_minor": amount_minor,
        "kind": EventKind.REFUNDED,
    }
    return a_fact(attempt, **(given | changes))


def dispute(attempt: AttemptView, kind: EventKind, amount_minor: int = 2000) -> ProviderEvent:
    return a_fact(attempt, kind, event_key=f"dp_1:{kind}", provider_ref="dp_1", amount_minor=amount_minor)


async def test_a_refund_made_at_the_provider_is_in_the_books(db: Database) -> None:
    """Once, however often it is told; what is left can be refunded here, and the buyer hears it."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt), went_back(attempt, 700), went_back(attempt, 700, source="query"))
    await till.hear(went_back(attempt, 700, event_key="the same in other words"))
    assert sums([await paid_attempt(db, attempt)]) == [(2000, 700, 700)]
    assert (await order(db, attempt.order_id)).payment_status == "partially_refunded"
    (refund,) = await refunds_of(db, attempt.order_id)
    assert (refund.reason, refund.status, refund.amount_minor) == ("provider", "succeeded", 700)
    assert len(await told(db, RefundSucceeded)) == 1


async def test_a_chargeback_takes_the_money_and_may_be_won(db: Database) -> None:
    """The staff hears both; the buyer, whose bank did it, neither."""
    till = Till(db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt), dispute(attempt, EventKind.CHARGEBACK))
    assert (await order(db, attempt.order_id)).payment_status == "refunded"
    await till.hear(dispute(attempt, EventKind.CHARGEBACK_REVERSED))
    assert sums([await paid_attempt(db, attempt)]) == [(2000, 0, 0)]
    assert (await order(db, attempt.order_id)).payment_status == "paid"
    assert [type(event) for event in await told(db, ChargedBack, ChargebackWon)] == [ChargedBack, ChargebackWon]


LIVES = {
    "refunded there, in two parts": lambda attempt: [
        a_fact(attempt),
        went_back(attempt, 700),
        went_back(attempt, 1300, number="re_2"),
    ],
    "refunded there, and it bounced": lambda attempt: [
        a_fact(attempt),
        went_back(attempt, 700),
        went_back(attempt, 700, kind=EventKind.REFUND_FAILED, event_key="bounced"),
    ],
    "charged back, and won": lambda attempt: [
        a_fact(attempt),
        dispute(attempt, EventKind.CHARGEBACK),
        dispute(attempt, EventKind.CHARGEBACK_REVERSED),
    ],
    "refunded in part, the rest charged back": lambda attempt: [
        a_fact(attempt),
        went_back(attempt, 500),
        dispute(attempt, EventKind.CHARGEBACK, 1500),
    ],
}


@pytest.mark.parametrize("life", LIVES)
async def test_the_order_in_which_it_is_told_does_not_matter(sqlite_db: Database, life: str) -> None:
    """What speaks of money that is not known yet waits for it: every order of telling has the same end."""
    till, ends = Till(sqlite_db), set()
    for order_ in permutations(range(3)):
        attempt = await till.attempt(await an_order(sqlite_db, now=till.now))
        facts = LIVES[life](attempt)
        own = [_numbered(facts[n], attempt) for n in order_]
        await till.hear(*own, *own)
        while await reconcile.apply_waiting(sqlite_db, now=till.now):
            pass
        (figures,) = sums([await paid_attempt(sqlite_db, attempt)])
        ends.add((figures, (await order(sqlite_db, attempt.order_id)).payment_status))
    assert len(ends) == 1
    assert await told(sqlite_db, PaymentQuarantined) == []


def _numbered(fact: ProviderEvent, attempt: AttemptView) -> ProviderEvent:
    """Every attempt's facts have keys of their own."""
    from dataclasses import replace

    return replace(fact, event_key=f"{attempt.id}:{fact.event_key}")


async def test_what_never_came_in_cannot_go_back(sqlite_db: Database) -> None:
    """More than was paid went back: for a day the payment may still be on its way, then a person looks."""
    till = Till(sqlite_db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt), went_back(attempt, 2001))
    await reconcile.apply_waiting(sqlite_db, now=till.now)
    assert (await fates(sqlite_db))[-1] == ("early", "more_than_came_in")
    await reconcile.apply_waiting(sqlite_db, now=till.passes(days=1, seconds=1))
    assert (await fates(sqlite_db))[-1] == ("quarantined", "more_than_came_in")
    assert sums([await paid_attempt(sqlite_db, attempt)]) == [(2000, 0, 0)]


async def test_an_approval_brings_the_next_question_forward(sqlite_db: Database) -> None:
    """The buyer has agreed and no money has moved: the provider is asked at once, which takes it."""
    till = Till(sqlite_db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt, EventKind.APPROVED, amount_minor=None))
    row = await paid_attempt(sqlite_db, attempt)
    assert (row.status, row.captured_minor, row.next_check_at) == ("pending", 0, till.now)


async def test_a_person_decides_what_becomes_of_a_fact(sqlite_db: Database) -> None:
    """Applied again when its cause is known by now; put away for good; each once."""
    till = Till(sqlite_db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt, currency="EUR", event_key="one"), a_fact(attempt, currency="EUR", event_key="two"))
    async with sqlite_db.begin() as session:
        one, two = await quarantine.waiting(session)
        one.currency = attempt.currency  # as a person has found out at the provider
    async with sqlite_db.begin() as session:
        assert await quarantine.apply_again(session, one.id, actor=STAFF, now=till.now)
        assert await quarantine.dismiss(session, two.id, actor=STAFF, now=till.now)
        assert not await quarantine.dismiss(session, one.id, actor=STAFF, now=till.now)
    await ledger.apply_stored(sqlite_db, one.id, now=till.now + timedelta(seconds=1))
    assert await fates(sqlite_db) == [("applied", None), ("ignored", "foreign_currency")]
    assert (await order(sqlite_db, attempt.order_id)).payment_status == "paid"
