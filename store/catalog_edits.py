"""What the merchant changes about what is for sale. Old buttons and carts notice: they re-read, and the product's version has moved."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit
from store.audit import Actor
from store.errors import BadInput, NotFound
from store.models import Price, Product, Variant
from store.sellers import the_seller
from store.upsert import insert_ignoring


async def archive_product(session: AsyncSession, product_id: int, *, actor: Actor, now: datetime) -> None:
    """The product is withdrawn for good: nobody finds or buys it, orders still show it. Raises: NotFound."""
    before = await session.scalar(select(Product.status).where(Product.id == product_id).with_for_update())
    if before is None:
        raise NotFound(kind="product")
    if before == "archived":
        return
    await _change(session, product_id, status="archived")
    await audit.record(session, actor, "archived", "product", product_id, now=now, before=before)


async def set_price(session: AsyncSession, variant_id: int, price_minor: int, *, actor: Actor, now: datetime) -> None:
    """One piece costs this much in the shop's currency from now on; orders keep the price they were placed at.

    Raises: NotFound; BadInput(field="price", reason="negative").
    """
    if price_minor < 0:
        raise BadInput(field="price", reason="negative")
    product_id = await session.scalar(select(Variant.product_id).where(Variant.id == variant_id))
    if product_id is None:
        raise NotFound(kind="variant")
    key = {"variant_id": variant_id, "currency": (await the_seller(session)).currency, "min_quantity": 1}
    before = await session.scalar(select(Price.unit_minor).filter_by(**key).with_for_update())
    if before is None:
        await insert_ignoring(session, Price, **key, unit_minor=price_minor)
    await session.execute(update(Price).filter_by(**key).values(unit_minor=price_minor))
    await _change(session, product_id)
    await audit.record(session, actor, "priced", "variant", variant_id, now=now, before=before, after=price_minor)


async def _change(session: AsyncSession, product_id: int, **values: str) -> None:
    await session.execute(update(Product).where(Product.id == product_id).values(version=Product.version + 1, **values))
