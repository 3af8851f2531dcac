"""Files carried out in a database, as the command line does it."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from store.audit import OPERATOR
from store.db import Database
from store.importing import imports
from store.importing.report import Report
from store.importing.shelf import galleries_of, variants_of
from store.importing.work import carry_out
from store.models import Category, Product
from tests.builders import NOW
from tests.store.importing.files import a_file


async def imported(db: Database, folder: Path, content: str | bytes, *, now: datetime = NOW) -> Report:
    """The report of a file that was applied at once."""
    return await carried_out(db, a_file(folder, content), now=now)


async def carried_out(db: Database, path: Path, *, now: datetime = NOW) -> Report:
    async with db.begin() as session:
        import_id = await imports.open_at_once(session, path.name, actor=OPERATOR, now=now)
    return await carry_out(db, path, imports.order(import_id, OPERATOR, now=now))


async def goods(db: Database, currency: str = "USD") -> dict[str, Any]:
    """All that a file can say of the shop's goods, without the numbers that a database gives."""
    async with db.read() as session:
        homes = {row.id: (row.slug, row.title, row.emoji) for row in await session.scalars(select(Category))}
        products = list(await session.scalars(select(Product).order_by(Product.id)))
        galleries = await galleries_of(session, {each.id: each.picture for each in products})
        variants = await variants_of(session, [each.id for each in products], currency)
    return {
        each.slug: {
            "about": (each.title, each.description, each.kind, each.status, homes[each.category_id]),
            "pictures": [name for name, _ in galleries[each.id]],
            "variants": {
                one.sku: (
                    one.title,
                    one.status,
                    one.weight_g,
                    one.digital_content,
                    one.price_minor,
                    one.compare_at_minor,
                    one.on_hand,
                    one.allow_backorder,
                    *([one.listed] if one.listed else []),
                )
                for one in variants
                if one.product_id == each.id
            },
        }
        for each in products
    }
