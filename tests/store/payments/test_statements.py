"""The provider's own list of a day finds what every notification and every question has missed."""

from datetime import datetime, timedelta

from sqlalchemy import update

from store.db import Database
from store.models import PaymentAttempt
from store.payments import statements
from store.payments.gateway import EventKind, GatewayError, ProviderEvent, Source
from store.payments.registry import registry
from store.payments.sandbox import SandboxGateway
from tests.store.payments.till import Till, a_fact, fates, order


class Listing(SandboxGateway):
    """A gateway with a list; None: its provider does not answer."""

    facts: list[ProviderEvent] | None
    asked: list[tuple[datetime, datetime]]

    async def statement(self, since: datetime, until: datetime) -> list[ProviderEvent]:
        self.asked.append((since, until))
        if self.facts is None:
            raise GatewayError("closed")
        return self.facts


def listing(till: Till, facts: list[ProviderEvent] | None) -> Listing:
    gateway = Listing(till.bank, secret="x" * 16, clock=lambda: till.now)
    gateway.facts, gateway.asked = facts, []
    return gateway


async def test_what_was_missed_is_found_once_a_day(db: Database) -> None:
    """The order is paid; what other shops did through the same account is none of ours; two processes read once."""
    till = Till(db)
    attempt = await till.attempt()
    others = a_fact(attempt, merchant_ref="another-shops", event_key="x", source=Source.STATEMENT)
    gateway = listing(till, [a_fact(attempt, source=Source.STATEMENT), others])
    for _ in range(2):
        await statements.compare_due(db, registry(gateway), now=till.now)
    assert len(gateway.asked) == 1
    assert (await order(db, attempt.order_id)).payment_status == "paid"
    assert await fates(db) == [("applied", None)]
    await statements.compare_due(db, registry(gateway), now=till.passes(days=1))
    assert gateway.asked[1] == (till.now - timedelta(days=3), till.now)
    assert await fates(db) == [("applied", None)]


async def test_a_list_that_cannot_be_had_is_asked_for_again(sqlite_db: Database) -> None:
    """An hour later, and from where the last one that was read ended."""
    till = Till(sqlite_db)
    gateway = listing(till, None)
    for minutes in (0, 30, 31):
        await statements.compare_due(sqlite_db, registry(gateway), now=till.passes(minutes=minutes))
    assert len(gateway.asked) == 2
    assert gateway.asked[0][0] == gateway.asked[1][0]


async def test_a_refund_that_names_only_the_charge_finds_its_payment(sqlite_db: Database) -> None:
    """Telegram's list does: a refund of Stars that were paid long ago. One of somebody else's charge is none of ours."""
    till = Till(sqlite_db)
    attempt = await till.attempt()
    await till.hear(a_fact(attempt))
    async with sqlite_db.begin() as session:
        await session.execute(update(PaymentAttempt).values(provider_ref="charge-1"))
    bare = {"merchant_ref": "", "amount_minor": attempt.amount_minor, "source": Source.STATEMENT}
    ours = a_fact(attempt, EventKind.REFUNDED, event_key="a", provider_ref="charge-1", **bare)
    theirs = a_fact(attempt, EventKind.REFUNDED, event_key="b", provider_ref="charge-2", **bare)
    await statements.compare_due(sqlite_db, registry(listing(till, [ours, theirs])), now=till.now)
    assert await fates(sqlite_db) == [("applied", None), ("applied", None)]
    assert (await order(sqlite_db, attempt.order_id)).payment_status == "refunded"
