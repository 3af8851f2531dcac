import pytest
from sqlalchemy import select

from store import catalog, catalog_edits
from store.audit import Actor
from store.db import Database
from store.errors import NotFound
from store.models import AuditEntry, Variant
from tests.builders import NOW, a_shop, a_variant

MAYA = Actor.staff(501, "Maya")


async def version(db: Database, variant: Variant) -> int:
    async with db.read() as session:
        return (await catalog.product(session, variant.product_id, "USD")).version


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


async def test_what_does_not_exist_cannot_be_withdrawn(db: Database) -> None:
    """It is said, not ignored."""
    await a_shop(db)
    async with db.begin() as session:
        with pytest.raises(NotFound):
            await catalog_edits.archive_product(session, 999, actor=MAYA, now=NOW)
