"""What the merchant changes about what is for sale; prices are changed in `store/prices.py`. Old buttons and carts notice: they re-read, and the product's version has moved."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, search
from store.audit import Actor
from store.errors import NotFound
from store.models import Product


async def archive_product(session: AsyncSession, product_id: int, *, actor: Actor, now: datetime) -> None:
    """The product is withdrawn for good: nobody finds or buys it, orders still show it. Raises: NotFound."""
    before = await session.scalar(select(Product.status).where(Product.id == product_id).with_for_update())
    if before is None:
        raise NotFound(kind="product")
    if before == "archived":
        return
    await _change(session, product_id, status="archived")
    await search.index(session, [product_id])
    await audit.record(session, actor, "archived", "product", product_id, now=now, before=before)


async def _change(session: AsyncSession, product_id: int, **values: str) -> None:
    await session.execute(update(Product).where(Product.id == product_id).values(version=Product.version + 1, **values))
