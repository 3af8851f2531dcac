"""Telegram's payment form: whether an invoice may be paid, the payment, and its way back, through the ledger."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from bot.demo.people import Person
from store.audit import SYSTEM
from store.db import Database
from store.errors import BadInput
from store.models import Customer, Order, Reservation
from store.order_status import OrderStatus
from store.payments import invoices, reconcile, refund_job, refunds, telegram_facts
from store.payments.attempts import AttemptView
from store.payments.gateway import PaymentGateway, ProviderEvent, Source
from store.payments.invoices import Asked, No
from store.payments.registry import registry
from tests.builders import NOW
from tests.doubles import telegram
from tests.doubles.telegram import Chats
from tests.store.payments.till import Till, an_order, fates, order, paid_attempt, refunds_of


@dataclass
class Form:
    """An order that waits for its money before Telegram's form, and its buyer."""

    till: Till
    attempt: AttemptView
    gateway: PaymentGateway
    chats: Chats
    buyer: int

    async def answer(self, *, most_tip: int | None = 0, **changes: Any) -> No | None:
        asked = Asked(self.buyer, self.attempt.merchant_ref, self.attempt.currency, self.attempt.amount_minor)
        async with self.till.db.read() as session:
            told = await invoices.answer(session, replace(asked, **changes), lambda _: most_tip, now=self.till.now)
        return told.no

    async def is_paid(self, charge_id: str, *, more: int = 0, most_tip: int = 0) -> None:
        fact = captured(self.attempt, charge_id, more=more)
        await invoices.paid(self.till.db, fact, most_tip_minor=most_tip, now=self.till.now)

    async def charges(self, count: int) -> list[str]:
        """Telegram takes the money so often, and the shop has not heard of it yet."""
        link = (await self.gateway.create(self.attempt.request("Order"))).url or ""
        return [(await self.chats.ann.pays(link)).charge_id for _ in range(count)]

    async def refunds_go_out(self) -> None:
        await refund_job.submit_due(self.till.db, registry(self.gateway), now=self.till.now)

    async def gives_all_back(self) -> None:
        async with self.till.db.begin() as session:
            how: Any = {"reason": "staff", "actor": SYSTEM, "now": self.till.now}
            await refunds.request_all(session, self.attempt.order_id, **how)
        await self.refunds_go_out()


async def a_form(db: Database, *, currency: str = "USD", chats: Chats | None = None) -> Form:
    """For cards, or for Stars: what counts here is the currency of the order."""
    chats, till = chats or Chats(), Till(db)
    gateway = telegram.stars(chats) if currency == "XTR" else telegram.cards(chats)
    order_id = await an_order(db, now=till.now, currency=currency)
    attempt = await till.attempt(order_id, gateway=gateway)
    async with db.read() as session:
        buyer = (await session.get_one(Customer, (await session.get_one(Order, order_id)).customer_id)).telegram_id
    chats.ann = Person(chats.world, chats.world.add_user("Ann", user_id=buyer).id)
    return Form(till, attempt, gateway, chats, buyer)


def captured(attempt: AttemptView, charge_id: str, *, more: int = 0) -> ProviderEvent:
    return telegram_facts.captured(
        attempt.gateway,
        attempt.account,
        charge_id=charge_id,
        merchant_ref=attempt.merchant_ref,
        amount_minor=attempt.amount_minor + more,
        currency=attempt.currency,
        at=NOW,
        source=Source.WEBHOOK,
    )


def refunded(attempt: AttemptView, charge_id: str) -> ProviderEvent:
    return telegram_facts.refunded(
        attempt.account,
        charge_id=charge_id,
        merchant_ref=attempt.merchant_ref,
        amount_minor=attempt.amount_minor,
        at=NOW,
        source=Source.WEBHOOK,
    )


async def test_an_invoice_is_paid_by_its_buyer_with_its_sum_while_the_order_waits(db: Database) -> None:
    """Everything else is refused."""
    form = await a_form(db)
    assert await form.answer() is None
    owed = form.attempt.amount_minor
    for changes, no in (
        ({"telegram_id": 5}, No.UNKNOWN),
        ({"merchant_ref": "ORDER9-0123456789ab"}, No.UNKNOWN),
        ({"merchant_ref": ""}, No.UNKNOWN),
        ({"merchant_ref": "x" * 128}, No.UNKNOWN),
        ({"currency": "EUR"}, No.CHANGED),
        ({"total_minor": owed - 1}, No.CHANGED),
        ({"total_minor": owed + 1}, No.CHANGED),
        ({"total_minor": owed + 301, "most_tip": 300}, No.CHANGED),
        ({"most_tip": None}, No.OVER),  # an invoice of a provider that the shop has left
        ({"total_minor": owed + 300, "most_tip": 300}, None),
    ):
        assert await form.answer(**changes) is no, changes
    form.till.passes(minutes=29, seconds=1)
    assert await form.answer() is No.OVER  # the last minute is for those who were let through before


async def test_what_is_paid_closed_or_let_go_is_not_paid(sqlite_db: Database) -> None:
    paid, closed, let_go = [await a_form(sqlite_db) for _ in range(3)]
    await paid.is_paid("c-1")
    assert await reconcile.close_live(sqlite_db, registry(closed.gateway), closed.attempt.order_id, now=NOW)
    async with sqlite_db.begin() as session:
        mine = Reservation.order_id == let_go.attempt.order_id
        await session.execute(update(Reservation).where(mine).values(state="released"))
    assert [await each.answer() for each in (paid, closed, let_go)] == [No.OVER, No.OVER, No.GONE]


async def test_bug_14_one_payment_told_twenty_times_is_one(sqlite_db: Database) -> None:
    """A message comes again until it is confirmed."""
    form = await a_form(sqlite_db)
    for _ in range(20):
        await form.is_paid("c-1")
    assert (await paid_attempt(sqlite_db, form.attempt)).captured_minor == form.attempt.amount_minor
    assert (await order(sqlite_db, form.attempt.order_id)).status == OrderStatus.CONFIRMED
    assert await fates(sqlite_db) == [("applied", None)]


async def test_bug_07_a_payment_of_nobodys_invoice_is_looked_at(sqlite_db: Database) -> None:
    """Another sum, another currency, an unknown payload: never an order that is paid by it."""
    form = await a_form(sqlite_db)
    for number, wrong in enumerate(
        ({"currency": "EUR"}, {"merchant_ref": "ORDER9-0123456789ab"}, {"account": "1:LIVE"})
    ):
        fact = replace(captured(form.attempt, f"c-{number}"), **wrong)  # type: ignore[arg-type]  # each names one field
        await invoices.paid(sqlite_db, fact, most_tip_minor=0, now=NOW)
    reasons = ["foreign_currency", "unknown_reference", "foreign_account"]
    assert await fates(sqlite_db) == [("quarantined", reason) for reason in reasons]
    await form.is_paid("c-9", more=-1)
    assert (await order(sqlite_db, form.attempt.order_id)).payment_status == "partially_paid"


async def test_a_tip_is_part_of_what_the_order_costs(db: Database) -> None:
    """Up to what the merchant allows; more of it goes back, and so does the tip of a payment that came twice."""
    form, other = await a_form(db), await a_form(db)
    await form.is_paid("c-1", more=300, most_tip=300)
    placed = await order(db, form.attempt.order_id)
    assert (placed.total_minor, placed.tip_minor) == (form.attempt.amount_minor + 300, 300)
    assert placed.payment_status == "paid"
    await form.is_paid("c-2", more=100, most_tip=300)
    await other.is_paid("c-3", more=301, most_tip=300)
    back = [refund for each in (form, other) for refund in await refunds_of(db, each.attempt.order_id)]
    sums = [("duplicate", form.attempt.amount_minor + 100), ("over", 301)]
    assert [(each.reason, each.amount_minor) for each in back] == sums


async def test_a_second_payment_goes_back_by_its_own_number(db: Database) -> None:
    """Two devices were let through at once. Telegram gives back a charge, not a sum: the second one's refund must not name the first."""
    form = await a_form(db, currency="XTR")
    first, second = await form.charges(2)
    await form.is_paid(first)
    await form.is_paid(second)
    await form.refunds_go_out()
    assert [each for each, charge in form.chats.world.state.charges.items() if charge.is_refunded] == [second]
    await form.gives_all_back()
    assert (await form.chats.ask("getMyStarBalance"))["amount"] == 0
    assert {each.status for each in await refunds_of(db, form.attempt.order_id)} == {"succeeded"}


async def test_telegrams_word_about_our_own_refund_is_no_second_one(sqlite_db: Database) -> None:
    """The message comes before the answer of the call, after it, and once more from the list of transactions."""
    form = await a_form(sqlite_db, currency="XTR")
    (charge,) = await form.charges(1)
    await form.is_paid(charge)
    async with sqlite_db.begin() as session:
        (refund_id,) = await refunds.request_all(session, form.attempt.order_id, reason="staff", actor=SYSTEM, now=NOW)
    await form.till.hear(refunded(form.attempt, charge))
    await form.refunds_go_out()
    await form.till.hear(*await form.gateway.query(form.attempt.request()))
    (refund,) = await refunds_of(sqlite_db, form.attempt.order_id)
    assert (refund.id, refund.status) == (refund_id, "succeeded")
    assert (await paid_attempt(sqlite_db, form.attempt)).refunded_minor == form.attempt.amount_minor


async def test_a_refund_whose_answer_was_lost_is_found_done(sqlite_db: Database) -> None:
    """It is asked for once more under the same charge, and Telegram says that it is done."""
    form = await a_form(sqlite_db, currency="XTR")
    (charge,) = await form.charges(1)
    await form.is_paid(charge)
    form.chats.silent = True
    await form.gives_all_back()
    assert [each.status for each in await refunds_of(sqlite_db, form.attempt.order_id)] == ["unknown"]
    form.chats.silent = False
    form.till.passes(hours=1)
    await form.refunds_go_out()
    assert [each.status for each in await refunds_of(sqlite_db, form.attempt.order_id)] == ["succeeded"]
    assert (await form.chats.ask("getMyStarBalance"))["amount"] == 0


async def test_a_part_of_stars_cannot_be_asked_back(sqlite_db: Database) -> None:
    form = await a_form(sqlite_db, currency="XTR")
    await form.is_paid((await form.charges(1))[0])
    with pytest.raises(BadInput):
        async with sqlite_db.begin() as session:
            await refunds.request_amount(session, form.attempt.order_id, 5, reason="staff", actor=SYSTEM, now=NOW)


async def test_a_payment_whose_message_was_lost_is_found_in_the_list(sqlite_db: Database) -> None:
    form = await a_form(sqlite_db, currency="XTR")
    await form.charges(1)
    form.till.passes(seconds=20)
    await reconcile.check_pending(sqlite_db, registry(form.gateway), now=form.till.now)
    assert (await order(sqlite_db, form.attempt.order_id)).status == OrderStatus.CONFIRMED


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(telling=st.permutations([0, 1, 0, 1, 0]), goes_out_after=st.integers(2, 5))
async def test_bug_12_in_any_order_and_however_often_the_end_is_the_same(
    sqlite_db: Database, telling: list[int], goes_out_after: int
) -> None:
    """Two payments of one invoice, told again and again, some of it after one of them went back: one is kept, one is given back."""
    form = await a_form(sqlite_db, currency="XTR")
    facts = [captured(form.attempt, charge) for charge in await form.charges(2)]
    for number, place in enumerate(telling, start=1):
        await form.till.hear(facts[place])
        if number == goes_out_after:
            await form.refunds_go_out()
            await form.till.hear(*await form.gateway.query(form.attempt.request()))
    await form.refunds_go_out()
    await form.till.hear(*await form.gateway.query(form.attempt.request()))
    back = await refunds_of(sqlite_db, form.attempt.order_id)
    assert [(each.amount_minor, each.status) for each in back] == [(form.attempt.amount_minor, "succeeded")]
    assert (await order(sqlite_db, form.attempt.order_id)).payment_status == "paid"
    assert [charge.is_refunded for charge in form.chats.world.state.charges.values()].count(True) == 1
