"""The goods of a batch as they stand in the shop: what a file is compared with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.catalog import at_main_location, single_price
from store.importing.goods import CATEGORIES_MAX, Goods, Home
from store.models import Category, Price, Product, ProductPicture, StockLevel, Variant
from store.models.base import Texts
from store.prices import Tag


@dataclass(frozen=True, slots=True)
class StandingVariant:
    """`listed`: its prices in further currencies."""

    id: int
    product_id: int
    sku: str
    status: str
    title: Texts
    weight_g: int
    digital_content: str | None
    position: int
    price_minor: int | None
    compare_at_minor: int | None
    on_hand: int
    reserved: int
    safety: int
    allow_backorder: bool
    listed: dict[str, Tag] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StandingProduct:
    """*pictures* are names, *sources* the addresses that some of them were fetched from."""

    id: int
    slug: str
    category_id: int
    kind: str
    status: str
    title: Texts
    description: Texts
    pictures: tuple[tuple[str, str | None], ...]
    variants: dict[str, StandingVariant] = field(default_factory=dict)

    def shows(self, pictures: Sequence[str]) -> bool:
        """Whether these are its pictures: by name, or by the address that one was fetched from."""
        return len(pictures) == len(self.pictures) and all(
            wanted in standing for wanted, standing in zip(pictures, self.pictures, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Shelf:
    """*elsewhere*: SKU → the handle of another product that has it. *currency*: what a price without a name is in."""

    products: dict[str, StandingProduct]
    elsewhere: dict[str, str]
    currency: str


_PRODUCT = (
    Product.id,
    Product.slug,
    Product.category_id,
    Product.kind,
    Product.status,
    Product.title,
    Product.description,
    Product.picture,
)
_VARIANT: tuple[Any, ...] = (
    Variant.id,
    Variant.product_id,
    Variant.sku,
    Variant.status,
    Variant.title,
    Variant.weight_g,
    Variant.digital_content,
    Variant.position,
    Price.unit_minor,
    Price.compare_at_minor,
    StockLevel.on_hand,
    StockLevel.reserved,
    StockLevel.safety,
    StockLevel.allow_backorder,
)


async def shelf(session: AsyncSession, batch: Iterable[Goods], *, seller_id: int, currency: str) -> Shelf:
    """What the shop has of a batch, in five statements."""
    named = {goods.handle: {piece.sku for piece in goods.pieces} for goods in batch}
    rows = (
        await session.execute(select(*_PRODUCT).where(Product.seller_id == seller_id, Product.slug.in_(list(named))))
    ).all()
    galleries = await galleries_of(session, {row.id: row.picture for row in rows})
    products = {row.slug: StandingProduct(*row[:-1], galleries[row.id]) for row in rows}
    by_id = {each.id: each for each in products.values()}
    for variant in await variants_of(session, list(by_id), currency):
        by_id[variant.product_id].variants[variant.sku] = variant
    new = [
        sku
        for handle, skus in named.items()
        for sku in skus
        if handle not in products or sku not in products[handle].variants
    ]
    return Shelf(products, await _elsewhere(session, new), currency)


async def galleries_of(
    session: AsyncSession, firsts: dict[int, str | None]
) -> dict[int, tuple[tuple[str, str | None], ...]]:
    """The pictures of products (id → the first one's name), in their order."""
    found: dict[int, list[tuple[str, str | None]]] = {product_id: [] for product_id in firsts}
    if not firsts:
        return {}
    pictures = await session.execute(
        select(ProductPicture.product_id, ProductPicture.name, ProductPicture.source)
        .where(ProductPicture.product_id.in_(list(firsts)))
        .order_by(ProductPicture.product_id, ProductPicture.position, ProductPicture.id)
    )
    for product_id, name, source in pictures:
        found[product_id].append((name, source))
    for product_id, first in firsts.items():
        # A product may have been written with nothing but its first picture.
        if first is not None and first not in {name for name, _ in found[product_id]}:
            found[product_id].insert(0, (first, None))
    return {product_id: tuple(each) for product_id, each in found.items()}


async def variants_of(session: AsyncSession, product_ids: Sequence[int], currency: str) -> list[StandingVariant]:
    """With their prices for one piece and what lies on the shelf, in their order."""
    if not product_ids:
        return []
    rows = await session.execute(
        select(*_VARIANT)
        .outerjoin(Price, single_price(currency))
        .outerjoin(StockLevel, at_main_location(Variant.id))
        .where(Variant.product_id.in_(product_ids))
        .order_by(Variant.product_id, Variant.position, Variant.id)
    )
    listed = await _listed(session, product_ids, currency)
    return [_standing(tuple(row), listed.get(row.id, {})) for row in rows]


async def _listed(session: AsyncSession, product_ids: Sequence[int], currency: str) -> dict[int, dict[str, Tag]]:
    """By variant, what one piece costs in other currencies than the shop's own."""
    found: dict[int, dict[str, Tag]] = {}
    rows = await session.execute(
        select(Price.variant_id, Price.currency, Price.unit_minor, Price.compare_at_minor)
        .join(Variant, Variant.id == Price.variant_id)
        .where(Variant.product_id.in_(product_ids), Price.currency != currency, Price.min_quantity == 1)
    )
    for row in rows:
        found.setdefault(row.variant_id, {})[row.currency] = Tag(row.unit_minor, row.compare_at_minor)
    return found


def _standing(row: tuple[Any, ...], listed: dict[str, Tag]) -> StandingVariant:
    *known, on_hand, reserved, safety, allow_backorder = row
    stock = on_hand or 0, reserved or 0, safety or 0, bool(allow_backorder)
    return StandingVariant(*(*known, *stock, listed))


async def _elsewhere(session: AsyncSession, skus: list[str]) -> dict[str, str]:
    if not skus:
        return {}
    rows = await session.execute(
        select(Variant.sku, Product.slug).join(Product, Product.id == Variant.product_id).where(Variant.sku.in_(skus))
    )
    return {row.sku: row.slug for row in rows}


@dataclass
class Homes:
    """The shop's categories by slug or title; *new* are those that the file asks for, by the name that it uses."""

    by_name: dict[str, int]
    slugs: set[str]
    next_position: int
    new: dict[str, Home] = field(default_factory=dict)

    @classmethod
    async def load(cls, session: AsyncSession, seller_id: int) -> "Homes":
        columns = (Category.id, Category.slug, Category.title, Category.position)
        statement = select(*columns).where(Category.seller_id == seller_id)
        rows = (await session.execute(statement.order_by(Category.position.desc(), Category.id.desc()))).all()
        by_name: dict[str, int] = {}
        for row in rows:  # the first category of a title wins, and a slug wins over every title
            by_name |= {title.casefold(): row.id for title in row.title.values() if title}
        by_name |= {row.slug.casefold(): row.id for row in rows}
        last = max((row.position for row in rows), default=-1)
        return cls(by_name, {row.slug for row in rows}, last + 1)

    def find(self, home: Home) -> int | None:
        """The category's id; None for one that is still to be made."""
        return self.by_name.get(home.name.casefold())

    def ask_for(self, home: Home) -> None:
        if self.find(home) is None:
            self.new.setdefault(home.name.casefold(), home)

    @property
    def is_crowded(self) -> bool:
        return bool(self.new) and len(self.slugs) + len(self.new) > CATEGORIES_MAX
