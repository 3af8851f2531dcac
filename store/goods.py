"""What is for sale as the staff sees it: drafts, hidden and archived products too, with every variant, its price or none, and what lies on the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import pictures, stars
from store.catalog import CategoryView, ProductView, VariantView, single_price
from store.errors import NotFound
from store.models import MAIN_LOCATION, AuditEntry, Category, Price, PriceList, Product, Seller, StockLevel, Variant
from store.models.base import Texts
from store.stock import PLENTY

DRAFT, ACTIVE, HIDDEN, ARCHIVED = "draft", "active", "hidden", "archived"
PAGE = 8
# Names are compared here, not in the database: it cannot fold the letters of every language. So many products are looked through for one page.
LOOKED_THROUGH = 20_000
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class VariantOnShelf:
    """`price_minor` is None while it has none in the shop's currency; `elsewhere` are its prices in the further ones. `on_hand` counts what is `reserved` for orders too."""

    id: int
    sku: str
    title: Texts
    status: str
    price_minor: int | None
    compare_at_minor: int | None
    on_hand: int
    reserved: int
    free: int
    is_uncounted: bool
    low_at: int
    weight_g: int
    digital_content: str | None
    stars_minor: int | None = None
    elsewhere: tuple[tuple[str, int], ...] = ()

    @property
    def is_active(self) -> bool:
        return self.status == ACTIVE


@dataclass(frozen=True, slots=True)
class Goods:
    """A product with all that the staff may change about it."""

    id: int
    category: CategoryView
    kind: str
    status: str
    title: Texts
    description: Texts
    pictures: tuple[str, ...]
    currency: str
    version: int
    variants: tuple[VariantOnShelf, ...]

    @property
    def sold(self) -> tuple[VariantOnShelf, ...]:
        return tuple(variant for variant in self.variants if variant.is_active)

    @property
    def missing(self) -> tuple[str, ...]:
        """title, price, content: without these it is not published."""
        found = [] if any(text.strip() for text in self.title.values()) else ["title"]
        if not self.sold or any(variant.price_minor is None for variant in self.sold):
            found.append("price")
        if self.kind == "digital" and any(not variant.digital_content for variant in self.sold):
            found.append("content")
        return tuple(found)

    @property
    def as_customers_see_it(self) -> ProductView:
        """As if it were for sale now."""
        variants = tuple(_as_sold(each, self.currency) for each in self.variants if each.price_minor is not None)
        cover = next(iter(self.pictures), None)
        return ProductView(
            self.id,
            self.category.id,
            self.kind,
            ACTIVE,
            self.title,
            self.description,
            cover,
            variants,
            self.version,
            self.currency,
        )


@dataclass(frozen=True, slots=True)
class GoodsCard:
    """A product in the staff's list."""

    id: int
    title: Texts
    status: str


@dataclass(frozen=True, slots=True)
class GoodsPage:
    """Newest first. `after` is the product id to page on from; None at the end."""

    cards: tuple[GoodsCard, ...]
    after: int | None


def _as_sold(each: VariantOnShelf, currency: str) -> VariantView:
    return VariantView(
        each.id,
        each.sku,
        each.title,
        each.price_minor or 0,
        each.compare_at_minor,
        currency,
        max(each.free, 0),
        each.weight_g,
        each.is_active,
        each.stars_minor,
    )


_PRODUCT = (
    select(Product, Category, Seller.currency)
    .join(Category, Category.id == Product.category_id)
    .join(Seller, Seller.id == Product.seller_id)
    .where(Product.id == bindparam("product_id"))
)
_VARIANTS = (
    select(
        Variant.id,
        Variant.sku,
        Variant.title,
        Variant.status,
        Price.unit_minor,
        Price.compare_at_minor,
        func.coalesce(StockLevel.on_hand, 0),
        func.coalesce(StockLevel.reserved, 0),
        func.coalesce(StockLevel.free, 0),
        func.coalesce(StockLevel.allow_backorder, False),
        func.coalesce(StockLevel.low_at, 0),
        Variant.weight_g,
        Variant.digital_content,
        stars.price_in_stars(),
    )
    .outerjoin(Price, single_price(bindparam("currency")))
    .outerjoin(StockLevel, and_(StockLevel.variant_id == Variant.id, StockLevel.location_id == MAIN_LOCATION))
    .where(Variant.product_id == bindparam("product_id"))
    .order_by(Variant.position, Variant.id)
)


_ELSEWHERE = (
    select(Price.variant_id, Price.currency, Price.unit_minor)
    .join(Variant, Variant.id == Price.variant_id)
    .join(Product, Product.id == Variant.product_id)
    .join(PriceList, (PriceList.currency == Price.currency) & (PriceList.seller_id == Product.seller_id))
    .where(Variant.product_id == bindparam("product_id"), Price.min_quantity == 1)
    .order_by(Price.variant_id, PriceList.id)
)


async def goods(session: AsyncSession, product_id: int) -> Goods:
    """The product, whatever its status. Raises: NotFound."""
    row = (await session.execute(_PRODUCT, {"product_id": product_id})).one_or_none()
    if row is None:
        raise NotFound(kind="product")
    product, category, currency = row
    variants = await session.execute(_VARIANTS, {"product_id": product_id, "currency": currency})
    elsewhere: dict[int, list[tuple[str, int]]] = {}
    for variant_id, each, minor in await session.execute(_ELSEWHERE, {"product_id": product_id}):
        elsewhere.setdefault(variant_id, []).append((each, minor))
    return Goods(
        id=product.id,
        category=CategoryView(category.id, category.slug, category.emoji, category.title),
        kind=product.kind,
        status=product.status,
        title=product.title,
        description=product.description,
        pictures=tuple(each.name for each in await pictures.gallery(session, product_id)),
        currency=currency,
        version=product.version,
        variants=tuple(_on_shelf(tuple(each), elsewhere.get(each[0], ())) for each in variants),
    )


def _on_shelf(row: tuple[Any, ...], elsewhere: Sequence[tuple[str, int]]) -> VariantOnShelf:
    variant = replace(VariantOnShelf(*row), elsewhere=tuple(elsewhere))
    return replace(variant, free=PLENTY) if variant.is_uncounted else variant


async def product_of(session: AsyncSession, variant_id: int) -> int:
    """The product that the variant belongs to. Raises: NotFound."""
    product_id = await session.scalar(select(Variant.product_id).where(Variant.id == variant_id))
    if product_id is None:
        raise NotFound(kind="variant")
    return product_id


def variant_of(found: Goods, variant_id: int) -> VariantOnShelf:
    """Raises: NotFound when it is none of the product's."""
    for each in found.variants:
        if each.id == variant_id:
            return each
    raise NotFound(kind="variant")


async def listed(
    session: AsyncSession, *, statuses: Sequence[str] = (DRAFT, ACTIVE, HIDDEN), before: int | None = None
) -> GoodsPage:
    """The products with one of these *statuses*, the newest first, from the one that stands behind *before* on."""
    found = list(await session.execute(_newest(before, PAGE + 1).where(Product.status.in_(statuses))))
    cards = tuple(GoodsCard(*row) for row in found[:PAGE])
    return GoodsPage(cards, cards[-1].id if len(found) > PAGE else None)


async def named(session: AsyncSession, words: str, *, before: int | None = None) -> GoodsPage:
    """The products with all the *words* in a title or a SKU, archived ones included, the newest first."""
    wanted, found, cursor = words.casefold().split(), list[GoodsCard](), before
    for _ in range(LOOKED_THROUGH // _AT_ONCE):
        rows = list(await session.execute(_newest(cursor, _AT_ONCE)))
        skus = await _skus(session, [row.id for row in rows])
        found += [GoodsCard(*row) for row in rows if _is_called(wanted, row.title, skus.get(row.id, ()))]
        if len(found) > PAGE or len(rows) < _AT_ONCE:
            break
        cursor = rows[-1].id
    return GoodsPage(tuple(found[:PAGE]), found[PAGE - 1].id if len(found) > PAGE else None)


def _newest(before: int | None, limit: int) -> Any:
    rows = select(Product.id, Product.title, Product.status).order_by(Product.id.desc()).limit(limit)
    return rows if before is None else rows.where(Product.id < before)


async def _skus(session: AsyncSession, product_ids: Sequence[int]) -> dict[int, list[str]]:
    rows = await session.execute(select(Variant.product_id, Variant.sku).where(Variant.product_id.in_(product_ids)))
    found: dict[int, list[str]] = {}
    for product_id, sku in rows:
        found.setdefault(product_id, []).append(sku)
    return found


def _is_called(wanted: Sequence[str], title: Texts, skus: Sequence[str]) -> bool:
    text = " ".join([*title.values(), *skus]).casefold()
    return all(word in text for word in wanted)


async def history(session: AsyncSession, product_id: int, *, limit: int = 20) -> list[AuditEntry]:
    """Who changed what about the product and its variants: the newest entries, oldest first."""
    variants = select(Variant.id).where(Variant.product_id == product_id)
    is_about = or_(
        and_(AuditEntry.subject_type == "product", AuditEntry.subject_id == product_id),
        and_(AuditEntry.subject_type == "variant", AuditEntry.subject_id.in_(variants)),
    )
    rows = await session.scalars(select(AuditEntry).where(is_about).order_by(AuditEntry.id.desc()).limit(limit))
    return list(rows)[::-1]
