"""A product's gallery. `Product.picture` is the first picture's name, so that lists need no second table; these functions keep the two together.

They write names down; the files themselves are the caller's (`bot/picture_files.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import affected
from store.errors import NotFound
from store.models import Product, ProductPicture
from store.models.base import table

# An album of Telegram holds ten.
MAXIMUM = 10


@dataclass(frozen=True, slots=True)
class PictureRow:
    """*name* is the file's, below the picture folder; *source* the address it was fetched from, if it was."""

    name: str
    source: str | None = None


async def gallery(session: AsyncSession, product_id: int) -> tuple[PictureRow, ...]:
    """The product's pictures in their order, the first one first; at most MAXIMUM. Empty for a product without pictures, or none at all."""
    first = await session.scalar(select(Product.picture).where(Product.id == product_id))
    return await _gallery(session, product_id, first)


async def names(session: AsyncSession, product_id: int, *, first: str | None) -> tuple[str, ...]:
    """The files of the same pictures, where the first one is known already."""
    return tuple(each.name for each in await _gallery(session, product_id, first))


async def _gallery(session: AsyncSession, product_id: int, first: str | None) -> tuple[PictureRow, ...]:
    rows = await session.execute(
        select(ProductPicture.name, ProductPicture.source)
        .where(ProductPicture.product_id == product_id)
        .order_by(ProductPicture.position, ProductPicture.id)
        .limit(MAXIMUM)
    )
    found = [PictureRow(*row) for row in rows]
    # A product may have been written with nothing but its first picture.
    if first is not None and first not in {row.name for row in found}:
        found.insert(0, PictureRow(first))
    return tuple(sorted(found, key=lambda row: row.name != first))[:MAXIMUM]


async def set_gallery(session: AsyncSession, product_id: int, pictures: Sequence[PictureRow], *, now: datetime) -> None:
    """The product shows these pictures, in this order, and no others. More than MAXIMUM, and repetitions, are left out. Raises: NotFound."""
    kept = list({each.name: each for each in pictures}.values())[:MAXIMUM]
    first = kept[0].name if kept else None
    shown = update(Product).where(Product.id == product_id).values(picture=first, version=Product.version + 1)
    if not await affected(session, shown):
        raise NotFound(kind="product")
    await session.execute(delete(ProductPicture).where(ProductPicture.product_id == product_id))
    rows = [
        {"product_id": product_id, "position": n, "name": each.name, "source": each.source, "created_at": now}
        for n, each in enumerate(kept)
    ]
    if rows:
        await session.execute(insert(table(ProductPicture)), rows)


async def add_picture(session: AsyncSession, product_id: int, picture: PictureRow, *, now: datetime) -> None:
    """The product shows this picture too, as its last one; nothing changes when it does already, or has MAXIMUM. Raises: NotFound."""
    # An album comes as several messages: the second must see what the first has added.
    await session.execute(select(Product.id).where(Product.id == product_id).with_for_update())
    await set_gallery(session, product_id, [*await gallery(session, product_id), picture], now=now)


async def remove_picture(session: AsyncSession, product_id: int, name: str, *, now: datetime) -> None:
    """The product shows this picture no more; the next one may become the first. Raises: NotFound."""
    left = [each for each in await gallery(session, product_id) if each.name != name]
    await set_gallery(session, product_id, left, now=now)
