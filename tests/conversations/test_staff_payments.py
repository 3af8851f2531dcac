"""The staff looks at an order's money, and decides what becomes of a fact that fits nothing."""

from sqlalchemy import select

from store.models import PaymentAttempt
from store.payments import ledger
from store.payments.gateway import EventKind, ProviderEvent, Source
from tests.conversations.conftest import Shop
from tests.conversations.test_staff import a_paid_order, presses


async def a_fact(shop: Shop) -> ProviderEvent:
    async with shop.app.db.read() as session:
        attempt = (await session.scalars(select(PaymentAttempt))).one()
    return ProviderEvent(
        gateway=attempt.gateway,
        account=attempt.account,
        event_key="odd",
        kind=EventKind.CAPTURED,
        merchant_ref=attempt.merchant_ref,
        occurred_at=shop.clock(),
        source=Source.WEBHOOK,
        amount_minor=700,
        currency="EUR",
    )


async def test_a_fact_that_fits_nothing_is_decided_in_the_chat(shop: Shop) -> None:
    """A manager tries it again, sees that it still fits nothing, and puts it away; a packer may not. The story tells it all."""
    await a_paid_order(shop)
    fact = await a_fact(shop)
    await ledger.receive(shop.app.db, [fact], now=shop.clock())
    await shop.works()
    assert "it is in another currency than the order" in shop.max.screen
    button = shop.max.button("Dealt with")
    await shop.petra.taps_data(button.message_id, button.look["callback_data"])
    assert "role" in (shop.petra.toast or "")
    await presses(shop, shop.max, "Try again")
    assert shop.max.sees("It still fits nothing")
    await presses(shop, shop.max, "The order's payments")
    assert "came in" in shop.max.screen
    assert "another currency" in shop.max.screen
    await presses(shop, shop.max, "Dealt with")
    assert shop.max.sees("Max has dealt with it")
