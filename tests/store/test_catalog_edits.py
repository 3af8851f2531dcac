import pytest
from sqlalchemy import select

from store import carts, catalog, catalog_edits
from store.audit import Actor
from store.db import Database
from store.errors import BadInput, NotFound
from store.models import AuditEntry, Variant
from tests.builders import NOW, a_cart, a_customer, a_shop, a_variant

MAYA = Actor.staff(501, "Maya")


async def version(db: Database, variant: Variant) -> int:
    async with db.read() as session:
        return (await catalog.product(session, variant.product_id)).version


async def entries(db: Database) -> list[tuple[str, dict[str, object]]]:
    async with db.read() as session:
        rows = await session.scalars(select(AuditEntry).where(AuditEntry.actor == MAYA.key).order_by(AuditEntry.id))
        return [(row.action, row.details) for row in rows]


async def test_an_archived_product_is_withdrawn_once(db: Database) -> None:
    """Buttons of the old version notice, and the history says what it was."""
    mug = await a_variant(db)
    for _ in range(2):
        async with db.begin() as session:
            await catalog_edits.archive_product(session, mug.product_id, actor=MAYA, now=NOW)
    assert await entries(db) == [("archived", {"before": "active"})]
    assert await version(db, mug) == 1


async def test_a_new_price_is_seen_in_a_cart_that_is_already_filled(db: Database) -> None:
    """Until the order is placed, today's price counts."""
    mug = await a_variant(db, price_minor=1500)
    ann = await a_customer(db)
    await a_cart(db, ann, mug)
    async with db.begin() as session:
        await catalog_edits.set_price(session, mug.id, 1700, actor=MAYA, now=NOW)
    async with db.read() as session:
        assert (await carts.cart(session, ann.id)).subtotal_minor == 1700
    assert await entries(db) == [("priced", {"before": 1500, "after": 1700})]
    assert await version(db, mug) == 1


async def test_a_first_price_puts_a_variant_on_sale(db: Database) -> None:
    """It had only a price in another currency."""
    mug = await a_variant(db, currency="EUR")
    async with db.begin() as session:
        await catalog_edits.set_price(session, mug.id, 900, actor=MAYA, now=NOW)
    async with db.read() as session:
        assert (await catalog.variant(session, mug.id))[1].price_minor == 900
    assert await entries(db) == [("priced", {"before": None, "after": 900})]


async def test_what_cannot_be_changed_is_refused(db: Database) -> None:
    """A price below nothing, and things that do not exist."""
    await a_shop(db)
    async with db.begin() as session:
        with pytest.raises(BadInput):
            await catalog_edits.set_price(session, 1, -1, actor=MAYA, now=NOW)
        with pytest.raises(NotFound):
            await catalog_edits.set_price(session, 999, 100, actor=MAYA, now=NOW)
        with pytest.raises(NotFound):
            await catalog_edits.archive_product(session, 999, actor=MAYA, now=NOW)
