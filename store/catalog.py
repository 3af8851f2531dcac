"""What is for sale: categories, pages of products, a product with its variants. Values leave this module, not rows.

Each reader is told the currency: the shop's own, or the one that a customer has chosen (`store/currencies.py`). What has no price in it is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, and_, bindparam, case, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from store import stars
from store.catalog_view import CategoryView as CategoryView
from store.catalog_view import Page as Page
from store.catalog_view import ProductCard as ProductCard
from store.catalog_view import ProductView as ProductView
from store.catalog_view import VariantView as VariantView
from store.errors import NotForSale, NotFound
from store.models import MAIN_LOCATION, Category, Price, Product, StockLevel, Variant
from store.models.base import Id, table
from store.stock import PLENTY
from store.stock_levels import FREE

PAGE = 6


@dataclass(frozen=True, slots=True)
class Listing:
    """A page without its prices and without what is sold out: it stands as long as the catalogue does, whatever is ordered meanwhile."""

    rows: Sequence[Row[Any]]
    category: CategoryView
    currency: str
    before: int | None
    after: int | None


# Of tables, not of entities, where every page asks.
_level, _variant, _price = table(StockLevel), table(Variant), table(Price)


def free_pieces() -> ColumnElement[int]:
    """What can be ordered of the joined StockLevel; nothing where the outer join found no level."""
    return case((_level.c.allow_backorder, PLENTY), (FREE > 0, FREE), else_=0)


def at_main_location(variant_id: ColumnElement[int] | Any) -> ColumnElement[bool]:
    """The join from a variant to its stock."""
    return and_(_level.c.variant_id == variant_id, _level.c.location_id == MAIN_LOCATION)


def single_price(currency: ColumnElement[str] | str | Any) -> ColumnElement[bool]:
    """The join from Variant to its price for one piece: without it a variant is not for sale."""
    return and_(_price.c.variant_id == _variant.c.id, _price.c.currency == currency, _price.c.min_quantity == 1)


def _is_listed() -> ColumnElement[bool]:
    """Active, with something active to buy in the currency that is asked for. Sold-out products stay in the list."""
    has_price = single_price(bindparam("currency"))
    offer = exists().where(Variant.product_id == Product.id, Variant.status == "active", has_price)
    return and_(Product.status == "active", offer)


_CATEGORY = select(Category.id, Category.slug, Category.emoji, Category.title)
_ONE_CATEGORY = _CATEGORY.where(Category.id == bindparam("category_id"))
# Whether there is anything, not how much: counting 30,000 products takes fifty times as long as showing six.
_FILLED_CATEGORIES = (
    _CATEGORY.where(Category.hidden_at.is_(None))
    .where(exists().where(Product.category_id == Category.id, _is_listed()).correlate(Category))
    .order_by(Category.position, Category.id)
)


async def categories(session: AsyncSession, currency: str) -> list[CategoryView]:
    """The categories that have something to show, in the shop's order."""
    return [CategoryView(*row) for row in await session.execute(_FILLED_CATEGORIES, {"currency": currency})]


async def _category(session: AsyncSession, category_id: int) -> CategoryView:
    row = (await session.execute(_ONE_CATEGORY, {"category_id": category_id})).one_or_none()
    if row is None:
        raise NotFound(kind="category")
    return CategoryView(*row)


# A place in the list. As row values, which an index finds at any depth; spelled out with OR, all that stands before it would be read.
_key = tuple_(Product.position, Product.id)
_CURSOR = tuple_(
    select(Product.position).where(Product.id == bindparam("cursor")).scalar_subquery(), bindparam("cursor", type_=Id)
)
_ROW: tuple[Any, ...] = (Product.id, Product.title, Product.picture, Product.position)
_LISTED = select(*_ROW).where(_is_listed(), Product.category_id == bindparam("category_id"))
_FIRST = _LISTED.order_by(Product.position, Product.id).limit(bindparam("limit", type_=Integer))
_AFTER = _FIRST.where(_key > _CURSOR)
_BEFORE = (
    _LISTED.where(_key < _CURSOR)
    .order_by(Product.position.desc(), Product.id.desc())
    .limit(bindparam("limit", type_=Integer))
)


def _there(is_beyond: ColumnElement[bool]) -> ColumnElement[bool]:
    return _LISTED.with_only_columns(Product.id).where(is_beyond).exists()


_EDGES = select(
    _there(_key < tuple_(bindparam("first_position"), bindparam("first"))),
    _there(_key > tuple_(bindparam("last_position"), bindparam("last"))),
)


async def products_page(
    session: AsyncSession,
    category_id: int,
    currency: str,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Page:
    """The products behind the product *after*, or those in front of *before*, or the first ones. At most five statements.

    A cursor is the id of a product that may be archived or moved by now; where it leads nowhere, the first page comes.
    Raises: NotFound for no such category.
    """
    listed = await listing(session, category_id, currency, after=after, before=before, limit=limit)
    return await priced(session, listed)


async def priced(session: AsyncSession, listed: Listing) -> Page:
    """The page as it is now: what each product costs, and whether it is sold out. One statement."""
    cards = await cards_of(session, listed.rows, listed.currency)
    return Page(cards, listed.category, listed.before, listed.after)


async def listing(
    session: AsyncSession,
    category_id: int,
    currency: str,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Listing:
    """What `products_page` shows, but for prices and stock. At most four statements. Raises: NotFound."""
    category = await _category(session, category_id)
    listed = {"category_id": category_id, "currency": currency}
    rows = await _rows(session, listed, after, before, limit)
    return Listing(rows, category, currency, *await _edges(session, listed, rows))


async def _rows(
    session: AsyncSession, listed: dict[str, Any], after: int | None, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Up to *limit* listed products in the list's order."""
    wanted = listed | {"limit": limit}
    rows: Sequence[Row[Any]] = ()
    if after is not None:
        rows = (await session.execute(_AFTER, wanted | {"cursor": after})).all()
    elif before is not None:
        rows = (await session.execute(_BEFORE, wanted | {"cursor": before})).all()[::-1]
    # Fewer than a page in front of the cursor: together with what stands behind it, they are the first page.
    is_whole = len(rows) == limit if after is None else bool(rows)
    return rows if is_whole else (await session.execute(_FIRST, wanted)).all()


async def _edges(
    session: AsyncSession, listed: dict[str, Any], rows: Sequence[Row[Any]]
) -> tuple[int | None, int | None]:
    """The first product if there is something in front of it, the last if there is something behind it."""
    if not rows:
        return None, None
    first, last = rows[0], rows[-1]
    ends = {"first_position": first.position, "first": first.id, "last_position": last.position, "last": last.id}
    has_front, has_behind = (await session.execute(_EDGES, ends | listed)).one()
    return first.id if has_front else None, last.id if has_behind else None


_OFFERS = (
    select(_variant.c.product_id, func.min(_price.c.unit_minor), func.max(_price.c.unit_minor), func.max(free_pieces()))
    .join(_price, single_price(bindparam("currency")))
    .outerjoin(_level, at_main_location(_variant.c.id))
    .where(_variant.c.product_id.in_(bindparam("product_ids", expanding=True)), _variant.c.status == "active")
    .group_by(_variant.c.product_id)
)


async def cards_of(session: AsyncSession, rows: Sequence[Row[Any]], currency: str) -> tuple[ProductCard, ...]:
    """*rows* with an id, a title and a picture; those with nothing to buy in this currency are left out."""
    if not rows:
        return ()
    wanted = {"currency": currency, "product_ids": [row.id for row in rows]}
    found = {product_id: rest for product_id, *rest in await session.execute(_OFFERS, wanted)}
    return tuple(_card(row, currency, *found[row.id]) for row in rows if row.id in found)


def _card(row: Row[Any], currency: str, lowest_minor: int, highest_minor: int, free: int) -> ProductCard:
    return ProductCard(
        id=row.id,
        title=row.title,
        picture=row.picture,
        price_minor=lowest_minor,
        has_price_range=lowest_minor != highest_minor,
        currency=currency,
        is_sold_out=free == 0,
    )


_PRODUCT = select(Product).where(Product.id == bindparam("product_id"))
_VARIANTS = (
    select(
        Variant.id,
        Variant.sku,
        Variant.title,
        Price.unit_minor,
        Price.compare_at_minor,
        Price.currency,
        free_pieces(),
        Variant.weight_g,
        Variant.status == "active",
        stars.price_in_stars(),
    )
    .join(Price, single_price(bindparam("currency")))
    .outerjoin(StockLevel, at_main_location(Variant.id))
    .where(Variant.product_id == bindparam("product_id"))
    .order_by(Variant.position, Variant.id)
)


# One of these has a price, in whichever currency.
_IS_PRICED = (
    select(Price.id)
    .join(Variant, Variant.id == Price.variant_id)
    .where(Variant.product_id == bindparam("product_id"), Variant.status == "active")
    .limit(1)
)


async def product(session: AsyncSession, product_id: int, currency: str) -> ProductView:
    """The product, archived or not: its status tells. Raises: NotFound, also for a draft, which only the staff sees (`store/goods.py`)."""
    row = await session.scalar(_PRODUCT, {"product_id": product_id})
    if row is None or row.status == "draft":
        raise NotFound(kind="product")
    variants = await _variants(session, product_id, currency)
    is_priced = any(each.is_active for each in variants) or bool(
        await session.scalar(_IS_PRICED, {"product_id": product_id})
    )
    return _product_view(row, variants, currency, is_priced=is_priced)


def _product_view(row: Product, variants: tuple[VariantView, ...], currency: str, *, is_priced: bool) -> ProductView:
    return ProductView(
        id=row.id,
        category_id=row.category_id,
        kind=row.kind,
        status=row.status,
        title=row.title,
        description=row.description,
        picture=row.picture,
        variants=variants,
        version=row.version,
        currency=currency,
        is_priced=is_priced,
    )


async def _variants(session: AsyncSession, product_id: int, currency: str) -> tuple[VariantView, ...]:
    rows = await session.execute(_VARIANTS, {"product_id": product_id, "currency": currency})
    return tuple(VariantView(*row) for row in map(tuple, rows))


async def variant(session: AsyncSession, variant_id: int, currency: str) -> tuple[ProductView, VariantView]:
    """The variant with its product. Raises: NotFound; NotForSale when it has no price in this currency."""
    product_id = await session.scalar(select(Variant.product_id).where(Variant.id == variant_id))
    if product_id is None:
        raise NotFound(kind="variant")
    whole = await product(session, product_id, currency)
    for view in whole.variants:
        if view.id == variant_id:
            return whole, view
    raise NotForSale(variant_id=variant_id, product_id=product_id)
