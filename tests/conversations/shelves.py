"""What the merchant does to the shelf while people look at it."""

import io

from PIL import Image
from sqlalchemy import select

from store import pictures, prices, stock
from store.audit import SYSTEM
from store.models import Product, Variant
from store.pictures import PictureRow
from tests.builders import CURRENCY
from tests.conversations.conftest import Shop


async def the_variant(shop: Shop, sku: str) -> Variant:
    async with shop.app.db.read() as session:
        return (await session.scalars(select(Variant).where(Variant.sku == sku))).one()


async def leaves_only(shop: Shop, sku: str, free: int) -> None:
    """Others have bought the rest."""
    variant = await the_variant(shop, sku)
    async with shop.app.db.begin() as session:
        left = (await stock.free(session, [variant.id]))[variant.id]
        await stock.reserve(session, [(variant.id, left - free)], now=shop.clock())


async def comes_in(shop: Shop, sku: str, pieces: int) -> None:
    variant = await the_variant(shop, sku)
    async with shop.app.db.begin() as session:
        await stock.receive(
            session, variant.id, pieces, reason="test", actor=SYSTEM, source_id=10_000 + variant.id, now=shop.clock()
        )


async def costs(shop: Shop, sku: str, price_minor: int) -> None:
    variant = await the_variant(shop, sku)
    async with shop.app.db.begin() as session:
        await prices.set_price(session, variant.id, CURRENCY, price_minor, actor=SYSTEM, now=shop.clock())


async def has_gallery(shop: Shop, slug: str, *names: str) -> None:
    async with shop.app.db.begin() as session:
        product_id = await session.scalar(select(Product.id).where(Product.slug == slug))
        assert product_id is not None
        await pictures.set_gallery(session, product_id, [PictureRow(name) for name in names], now=shop.clock())


def a_picture(colour: str = "#1f6f8b") -> bytes:
    """As a merchant's telephone takes it."""
    file = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(file, "JPEG")
    return file.getvalue()
