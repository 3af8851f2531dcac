"""A shop out of a file: the goods, prices, stock and deliveries of a catalogue such as `bot/demo/seed/catalogue.json`."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store import search, stock
from store.audit import SYSTEM
from store.catalogue_file import check
from store.models import Category, DeliveryMethod, DeliveryZone, Price, Product, Seller, Variant
from store.payments.telegram_facts import XTR
from store.upsert import insert_ignoring

Catalogue = Mapping[str, Any]


async def seed(session: AsyncSession, catalogue: Catalogue, *, now: datetime) -> bool:
    """The shop exists as the catalogue describes it. False, and nothing changed, when there is a shop already.

    Raises: BadCatalogue, which names the place.
    """
    if await session.scalar(select(Seller.id).limit(1)) is not None:
        return False
    check(catalogue)
    shop = catalogue["shop"]
    # Two processes that start at once: the slug is taken by one.
    if not await insert_ignoring(session, Seller, **_seller(shop), created_at=now):
        return False
    seller = (await session.scalars(select(Seller).where(Seller.slug == shop["slug"]))).one()
    session.add_all(_methods(seller, catalogue["delivery"]))
    homes = await _categories(session, seller, catalogue["categories"])
    for position, product in enumerate(catalogue["products"]):
        await _add_product(session, seller, homes[product["category"]], product, position, now=now)
    await search.index(session, list(await session.scalars(select(Product.id).where(Product.seller_id == seller.id))))
    return True


def _seller(shop: Catalogue) -> dict[str, Any]:
    return {
        "slug": shop["slug"],
        "name": shop["name"],
        "about": shop.get("tagline", {}),
        "currency": shop["currency"],
        "language": shop.get("language", "en"),
        "timezone": shop.get("timezone", "UTC"),
    }


def _methods(seller: Seller, methods: Iterable[Catalogue]) -> list[DeliveryMethod]:
    return [
        DeliveryMethod(
            seller_id=seller.id,
            code=method["code"],
            kind=method["kind"],
            carrier=method["carrier"],
            title=method["title"],
            details=method.get("details", {}),
            position=position,
            zones=[DeliveryZone(**zone) for zone in method["zones"]],
        )
        for position, method in enumerate(methods)
    ]


async def _categories(session: AsyncSession, seller: Seller, categories: Iterable[Catalogue]) -> dict[str, int]:
    """Slug → id."""
    rows = [
        Category(
            seller_id=seller.id, slug=row["slug"], emoji=row.get("emoji", ""), title=row["title"], position=position
        )
        for position, row in enumerate(categories)
    ]
    session.add_all(rows)
    await session.flush()
    return {row.slug: row.id for row in rows}


async def _add_product(
    session: AsyncSession, seller: Seller, category_id: int, described: Catalogue, position: int, *, now: datetime
) -> None:
    product = Product(
        seller_id=seller.id,
        category_id=category_id,
        slug=described["slug"],
        kind=described["kind"],
        title=described["title"],
        description=described.get("description", {}),
        picture=described.get("picture"),
        position=position,
        created_at=now,
    )
    product.variants = [_variant(seller, row, place) for place, row in enumerate(described["variants"])]
    session.add(product)
    await session.flush()
    for variant, row in zip(product.variants, described["variants"], strict=True):
        await stock.receive(
            session, variant.id, row["on_hand"], reason="seed", actor=SYSTEM, source_id=variant.id, now=now
        )


def _variant(seller: Seller, described: Catalogue, position: int) -> Variant:
    price = Price(
        currency=seller.currency,
        min_quantity=1,
        unit_minor=described["price_minor"],
        compare_at_minor=described.get("compare_at_minor"),
    )
    stars = described.get("stars")
    listed = [Price(currency=XTR, min_quantity=1, unit_minor=stars)] if stars else []
    return Variant(
        sku=described["sku"],
        title=described.get("title", {}),
        weight_g=described.get("weight_g", 0),
        digital_content=described.get("digital_content"),
        position=position,
        prices=[price, *listed],
    )
