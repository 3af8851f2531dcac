"""The provider's own list of a day finds what every notification and every question has missed."""

from datetime import datetime, timedelta

from store.db import Database
from store.payments import statements
from store.payments.gateway import GatewayError, ProviderEvent, Source
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
