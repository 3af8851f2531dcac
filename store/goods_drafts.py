"""A product begins as a draft, which no customer sees, with one variant to be sold: most things come in one size."""

import secrets
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, captions, pictures, prices
from store.audit import Actor
from store.db import new_id
from store.errors import NotFound
from store.goods import DRAFT
from store.models import Category, Product, Seller, Variant
from store.models.base import table
from store.sellers import the_seller
from store.upsert import insert_ignoring

# Where a product stands until somebody has made a category.
_FIRST_CATEGORY = {"en": "Goods", "zh": "商品", "ru": "Товары"}


async def begin(
    session: AsyncSession, caption: str, *, language: str, picture: str | None = None, actor: Actor, now: datetime
) -> int:
    """There is a draft of what the *caption* tells, in this *language*, with this *picture*; its id. What it does not tell is asked for later."""
    seller = await the_seller(session)
    told = captions.read(caption, seller.currency)
    product_id = await _product(session, seller, told, language, now)
    variant_id = await new_variant(session, product_id, position=0)
    if picture is not None:
        await pictures.add_picture(session, product_id, pictures.PictureRow(picture), now=now)
    if told.price_minor is not None:
        await prices.set_price(session, variant_id, seller.currency, told.price_minor, actor=actor, now=now)
    await audit.record(session, actor, "drafted", "product", product_id, now=now, title=told.title)
    return product_id


async def tell(session: AsyncSession, product_id: int, caption: str, *, actor: Actor, now: datetime) -> None:
    """The *caption* of an album may come with any of its pictures: a draft that has no title yet takes it. Raises: NotFound."""
    row = await session.get(Product, product_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(kind="product")
    seller = await the_seller(session)
    told = captions.read(caption, seller.currency)
    if row.status != DRAFT or row.title or not told.title:
        return
    language = captions.language_of(caption, seller.language)
    row.title, row.version = {language: told.title}, row.version + 1
    row.description = {language: told.description} if told.description else {}
    await session.flush()
    variant_id = await session.scalar(select(Variant.id).where(Variant.product_id == product_id).limit(1))
    if told.price_minor is not None and variant_id is not None:
        await prices.set_price(session, variant_id, seller.currency, told.price_minor, actor=actor, now=now)


async def _product(session: AsyncSession, seller: Seller, told: captions.Caption, language: str, now: datetime) -> int:
    category_id = await _usual_category(session, seller)
    last = await session.scalar(select(func.max(Product.position)).where(Product.category_id == category_id))
    row = {
        "seller_id": seller.id,
        "category_id": category_id,
        "slug": f"goods-{secrets.token_hex(8)}",
        "kind": "physical",
        "status": DRAFT,
        "title": {language: told.title} if told.title else {},
        "description": {language: told.description} if told.description else {},
        "position": (last or 0) + 1,
        "version": 0,
        "created_at": now,
    }
    return await new_id(session, table(Product).insert(), row)


async def _usual_category(session: AsyncSession, seller: Seller) -> int:
    """Where the newest product stands: one thing seldom comes alone. Else the first category; one is made when there is none."""
    newest = select(Product.category_id).where(Product.seller_id == seller.id).order_by(Product.id.desc()).limit(1)
    first = select(Category.id).where(Category.seller_id == seller.id).order_by(Category.position, Category.id).limit(1)
    found = await session.scalar(newest) or await session.scalar(first)
    if found is not None:
        return found
    key = {"seller_id": seller.id, "slug": "goods"}
    await insert_ignoring(session, Category, **key, emoji="", title=_FIRST_CATEGORY, position=0)
    return (await session.scalars(select(Category.id).filter_by(**key))).one()


async def new_variant(
    session: AsyncSession, product_id: int, *, title: dict[str, str] | None = None, weight_g: int = 0, position: int
) -> int:
    """There is one more variant, without a price, under a number of its own; its id."""
    row = {"product_id": product_id, "status": "active", "title": title or {}, "weight_g": weight_g}
    sku = await _free_sku(session, f"P{product_id}-{position + 1}" if position else f"P{product_id}")
    return await new_id(session, table(Variant).insert(), row | {"sku": sku, "position": position})


async def _free_sku(session: AsyncSession, wanted: str) -> str:
    """An import may have brought just this one."""
    is_taken = await session.scalar(select(Variant.id).where(Variant.sku == wanted)) is not None
    return f"{wanted}-{secrets.token_hex(3).upper()}" if is_taken else wanted
