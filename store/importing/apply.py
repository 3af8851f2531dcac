"""Plans written into the shop, inside the caller's one transaction: all of a file, or nothing of it.

Statements for hundreds of rows at a time, because everybody else's changes wait meanwhile on SQLite. The hot stock rows come last (`stocktake`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import pictures, prices, search
from store.audit import Actor
from store.importing.cells import is_link
from store.importing.goods import NAME_MAX, Home
from store.importing.plan import Change, VariantChange
from store.importing.shelf import Homes, StandingProduct
from store.importing.stocktake import Stocktake
from store.models import Category, ImportPicture, ImportProduct, Product, ProductPicture, Seller, Variant
from store.models.base import table
from store.pictures import PictureRow
from store.prices import Tag

_products, _variants = table(Product), table(Variant)
_PRODUCT_COLUMNS = ("kind", "status", "title", "description", "category_id")
_VARIANT_COLUMNS = ("title", "status", "weight_g", "digital_content")
_NEW_PRODUCT, _NEW_VARIANT = insert(_products), insert(_variants)
_NEW_PICTURE, _LINK = insert(table(ProductPicture)), insert(table(ImportPicture))
_PRODUCT = (
    update(_products)
    .where(_products.c.id == bindparam("row_id"))
    .values(version=_products.c.version + 1, **{name: bindparam(f"new_{name}") for name in _PRODUCT_COLUMNS})
)
_VARIANT = (
    update(_variants)
    .where(_variants.c.id == bindparam("row_id"))
    .values({name: bindparam(f"new_{name}") for name in _VARIANT_COLUMNS})
)
_LATER = insert(table(ImportProduct))
INDEXED_AT_ONCE = 400
_NOT_A_NAME = re.compile(r"[^\w]+")


@dataclass
class Writer:
    """*links* counts the pictures that are known by their address alone."""

    seller: Seller
    import_id: int
    homes: Homes
    actor: Actor
    now: datetime
    stocktake: Stocktake = field(init=False)
    links: int = 0
    indexed: int = 0
    _positions: dict[int, int] | None = None

    def __post_init__(self) -> None:
        self.stocktake = Stocktake(self.import_id, self.actor, self.now, self.seller.low_at)

    async def write(self, session: AsyncSession, changes: Sequence[Change]) -> None:
        """Everything of these products but the stock, which is noted for `finish`."""
        await self._make_homes(session)
        ids = await self._new_products(session, [change for change in changes if change.standing is None])
        ids |= {change.goods.handle: change.standing.id for change in changes if change.standing is not None}
        await self._changed_products(session, [change for change in changes if change.standing is not None])
        variants = await self._variants(session, changes, ids)
        await self._prices(session, changes, variants)
        await self._galleries(session, changes, ids)
        await self._be_found(session, [ids[change.goods.handle] for change in changes if change.is_found_otherwise])
        for change in changes:
            for each in change.variants:
                if each.has_stock:
                    self.stocktake.note(variants[each.piece.sku], each.piece, is_new=each.standing is None)

    async def _be_found(self, session: AsyncSession, product_ids: Sequence[int]) -> None:
        """The first few at once; of a long file the rest later: to index them takes longer than to write them, and everybody waits meanwhile."""
        self.indexed += len(product_ids)
        if self.indexed <= INDEXED_AT_ONCE:
            await search.index(session, product_ids)
        elif product_ids:
            rows = [{"import_id": self.import_id, "product_id": product_id} for product_id in product_ids]
            await session.execute(_LATER, rows)

    async def finish(self, session: AsyncSession) -> None:
        """Raises: Promised, when an order was faster; the caller rolls back."""
        await self.stocktake.take(session)

    async def _make_homes(self, session: AsyncSession) -> None:
        for home in self.homes.new.values():
            row = _category(home, self.homes, self.seller)
            made = Category(**row)
            session.add(made)
            await session.flush()
            self.homes.slugs.add(row["slug"])
            self.homes.next_position += 1
            self.homes.by_name[home.name.casefold()] = made.id
        self.homes.new.clear()

    async def _new_products(self, session: AsyncSession, changes: Sequence[Change]) -> dict[str, int]:
        """Handle → id."""
        if not changes:
            return {}
        await session.execute(_NEW_PRODUCT, [await self._row(session, change) for change in changes])
        handles = [change.goods.handle for change in changes]
        found = select(Product.slug, Product.id).where(Product.seller_id == self.seller.id, Product.slug.in_(handles))
        return {row.slug: row.id for row in await session.execute(found)}

    async def _row(self, session: AsyncSession, change: Change) -> dict[str, Any]:
        category_id = self._home_of(change)
        return {
            **change.columns,
            "seller_id": self.seller.id,
            "slug": change.goods.handle,
            "category_id": category_id,
            "position": await self._next_position(session, category_id),
            "picture": change.pictures[0] if change.pictures else None,
            "created_at": self.now,
        }

    def _home_of(self, change: Change) -> int:
        home = change.goods.about.get("home")
        if home is None or (found := self.homes.find(home)) is None:
            assert change.standing is not None, "a new product has a category, and its category has been made"
            return change.standing.category_id
        return found

    async def _next_position(self, session: AsyncSession, category_id: int) -> int:
        if self._positions is None:
            last = select(Product.category_id, func.max(Product.position)).group_by(Product.category_id)
            self._positions = {row[0]: row[1] for row in await session.execute(last)}
        position = self._positions[category_id] = self._positions.get(category_id, -1) + 1
        return position

    async def _changed_products(self, session: AsyncSession, changes: Sequence[Change]) -> None:
        rows = [self._changed_row(change, change.standing) for change in changes if change.standing is not None]
        if rows:
            await session.execute(_PRODUCT, rows)

    def _changed_row(self, change: Change, standing: StandingProduct) -> dict[str, Any]:
        after = {name: getattr(standing, name) for name in _PRODUCT_COLUMNS}
        after |= {**change.columns, "category_id": self._home_of(change)}
        return {"row_id": standing.id} | {f"new_{name}": value for name, value in after.items()}

    async def _variants(self, session: AsyncSession, changes: Sequence[Change], ids: dict[str, int]) -> dict[str, int]:
        """SKU → id."""
        new, changed, known = list[dict[str, Any]](), list[dict[str, Any]](), dict[str, int]()
        for change in changes:
            position = (
                1 + max((each.position for each in change.standing.variants.values()), default=-1)
                if change.standing
                else 0
            )
            for each in change.variants:
                if each.standing is None:
                    row = {"product_id": ids[change.goods.handle], "sku": each.piece.sku, "position": position}
                    new.append(each.columns | row)
                    position += 1
                else:
                    known[each.piece.sku] = each.standing.id
                    changed.extend(_changed_variant(each))
        if changed:
            await session.execute(_VARIANT, changed)
        if new:
            await session.execute(_NEW_VARIANT, new)
            made = select(Variant.sku, Variant.id).where(Variant.sku.in_([row["sku"] for row in new]))
            found = await session.execute(made)
            known |= {row.sku: row.id for row in found}
        return known

    async def _prices(self, session: AsyncSession, changes: Sequence[Change], variants: dict[str, int]) -> None:
        tags: dict[str, dict[int, Tag]] = {}
        for each in (each for change in changes for each in change.variants):
            own = {self.seller.currency: each.tag} if each.tag is not None else {}
            for currency, tag in (own | each.listed).items():
                tags.setdefault(currency, {})[variants[each.piece.sku]] = tag
        for currency, some in sorted(tags.items()):
            await prices.set_prices(session, currency, some, actor=self.actor, now=self.now)

    async def _galleries(self, session: AsyncSession, changes: Sequence[Change], ids: dict[str, int]) -> None:
        rows, links = list[dict[str, Any]](), list[tuple[int, str]]()
        for change in changes:
            if change.pictures is None:
                continue
            product_id = ids[change.goods.handle]
            gallery = _gallery(change.pictures, change.standing)
            if change.standing is None:
                rows.extend(_pictures(product_id, gallery, self.now))
            else:
                await pictures.set_gallery(session, product_id, gallery, now=self.now)
            links.extend((product_id, each.name) for each in gallery if is_link(each.name))
        if rows:
            await session.execute(_NEW_PICTURE, rows)
        await self._note_links(session, links)

    async def _note_links(self, session: AsyncSession, links: Sequence[tuple[int, str]]) -> None:
        self.links += len(links)
        common = {"import_id": self.import_id, "status": "link", "reason": "", "tries": 0, "due_at": self.now}
        rows = [common | {"product_id": product_id, "address": address} for product_id, address in links]
        if rows:
            await session.execute(_LINK, rows)


def _category(home: Home, homes: Homes, seller: Seller) -> dict[str, Any]:
    """A name with titles is a slug, as an exported file has it; without, it is what people read, and the slug is made of it."""
    slug = home.name if home.titles else _NOT_A_NAME.sub("-", home.name.casefold()).strip("-") or "goods"
    slug, n = slug[:NAME_MAX], 1
    while slug in homes.slugs:
        n += 1
        slug = f"{slug[: NAME_MAX - 4]}-{n}"
    return {
        "seller_id": seller.id,
        "slug": slug,
        "title": home.titles or {seller.language: home.name},
        "emoji": home.emoji,
        "position": homes.next_position,
    }


def _changed_variant(change: VariantChange) -> Iterable[dict[str, Any]]:
    if change.standing is None or not change.columns:
        return []
    after = {name: getattr(change.standing, name) for name in _VARIANT_COLUMNS} | change.columns
    return [{"row_id": change.standing.id} | {f"new_{name}": value for name, value in after.items()}]


def _gallery(wanted: Sequence[str], standing: StandingProduct | None) -> list[PictureRow]:
    """A picture that was fetched from its address before stays what it is."""
    known = {source: PictureRow(name, source) for name, source in standing.pictures if source} if standing else {}
    known |= {name: PictureRow(name, source) for name, source in standing.pictures} if standing else {}
    return [known.get(each, PictureRow(each)) for each in wanted]


def _pictures(product_id: int, gallery: Sequence[PictureRow], now: datetime) -> Iterable[dict[str, Any]]:
    for position, each in enumerate(gallery):
        yield {
            "product_id": product_id,
            "position": position,
            "name": each.name,
            "source": each.source,
            "created_at": now,
        }
