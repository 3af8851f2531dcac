"""What somebody likes (♥), and what they wait for."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Result, delete, exists, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import catalog, pictures
from store.catalog import ProductCard, ProductView
from store.errors import NotFound
from store.models import Favourite, Product, StockWatch, Variant
from store.upsert import insert_ignoring

PAGE = 6


@dataclass(frozen=True, slots=True)
class Regard:
    """How one customer stands to one product: *watched* are the variants that they wait for. *pictures* is its whole gallery."""

    is_favourite: bool = False
    watched: frozenset[int] = frozenset()
    pictures: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class FavouritesPage:
    """A page of those that can still be shown, newest first; *is_last*: nothing stands behind it."""

    cards: tuple[ProductCard, ...]
    number: int
    is_last: bool


UNKNOWN = Regard()


async def regard(session: AsyncSession, customer_id: int, product: ProductView) -> Regard:
    """How the customer stands to the product, which has just been read."""
    liked = exists().where(Favourite.customer_id == customer_id, Favourite.product_id == product.id)
    is_favourite = bool(await session.scalar(select(literal(1)).where(liked)))
    watched = await session.scalars(
        select(StockWatch.variant_id)
        .join(Variant, Variant.id == StockWatch.variant_id)
        .where(StockWatch.customer_id == customer_id, Variant.product_id == product.id)
    )
    gallery = await pictures.names(session, product.id, first=product.picture)
    return Regard(is_favourite, frozenset(watched), gallery)


async def set_favourite(
    session: AsyncSession, customer_id: int, product_id: int, *, wanted: bool, now: datetime
) -> None:
    """The product is among the customer's favourites, or not. Raises: NotFound."""
    if await session.scalar(select(Product.id).where(Product.id == product_id)) is None:
        raise NotFound(kind="product")
    key = {"customer_id": customer_id, "product_id": product_id}
    if wanted:
        await insert_ignoring(session, Favourite, **key, created_at=now)
    else:
        await session.execute(delete(Favourite).filter_by(**key))


async def set_watch(session: AsyncSession, customer_id: int, variant_id: int, *, wanted: bool, now: datetime) -> None:
    """The customer is told, once, when the variant can be bought again; or not. Raises: NotFound."""
    if await session.scalar(select(Variant.id).where(Variant.id == variant_id)) is None:
        raise NotFound(kind="variant")
    key = {"customer_id": customer_id, "variant_id": variant_id}
    if wanted:
        await insert_ignoring(session, StockWatch, **key, created_at=now)
    else:
        await session.execute(delete(StockWatch).filter_by(**key))


async def page(session: AsyncSession, customer_id: int, currency: str, *, number: int = 0) -> FavouritesPage:
    """Page *number* of the customer's favourites. What was withdrawn meanwhile, or has no price in this currency, is left out."""
    rows: Result[Any] = await session.execute(
        select(Product.id, Product.title, Product.picture, Product.position)
        .join(Favourite, Favourite.product_id == Product.id)
        .where(Favourite.customer_id == customer_id, Product.status == "active")
        .order_by(Favourite.created_at.desc(), Favourite.product_id.desc())
        .offset(number * PAGE)
        .limit(PAGE + 1)
    )
    found = rows.all()
    cards = await catalog.cards_of(session, found[:PAGE], currency)
    return FavouritesPage(cards, number, len(found) <= PAGE)
