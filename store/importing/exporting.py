"""The whole shop's goods as rows in its own columns: what `own.read` makes the same goods of again."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store.db import Database
from store.importing.cells import PICTURES_PARTED_BY, escaped
from store.importing.columns import BY_LANGUAGE, Column, header
from store.importing.shelf import StandingProduct, StandingVariant, galleries_of, variants_of
from store.models import Category, Price, Product, Variant
from store.models.base import Texts
from store.money import to_decimal
from store.payments.telegram_facts import XTR
from store.sellers import the_seller

PAGE = 500
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

Cells = list[str]


@dataclass(frozen=True, slots=True)
class _Home:
    slug: str
    title: Texts
    emoji: str


async def rows(db: Database) -> AsyncIterator[list[Cells]]:
    """The header, then page by page the goods: category by category as customers see them. Products without a variant are left out.

    Raises: NotFound without a shop.
    """
    async with db.read() as session:
        seller = await the_seller(session)
        columns = header(await _languages(session), seller.language, await _currencies(session, seller.currency))
        homes = await _homes(session)
        ids = list(await session.scalars(_in_order(seller.id)))
    yield [[column.name if column.language == seller.language else column.header for column in columns]]
    for start in range(0, len(ids), PAGE):
        async with db.read() as session:
            page = await _page(session, ids[start : start + PAGE], columns, homes, seller.currency)
        yield page


def _in_order(seller_id: int) -> Any:
    return (
        select(Product.id)
        .join(Category, Category.id == Product.category_id)
        .where(Product.seller_id == seller_id)
        .order_by(Category.position, Category.id, Product.position, Product.id)
    )


async def _languages(session: AsyncSession) -> list[str]:
    """Every language that anything is written in."""
    found = set[str]()
    for key, *columns in (
        (Product.id, Product.title, Product.description),
        (Variant.id, Variant.title),
        (Category.id, Category.title),
    ):
        async for page in _pages(session, key, columns):
            found.update(language for _, *each in page for texts in each for language, text in texts.items() if text)
    return sorted(found)


async def _currencies(session: AsyncSession, own: str) -> list[str]:
    """Every further one that anything has a price in."""
    listed = select(Price.currency).where(Price.currency != own, Price.min_quantity == 1).distinct()
    return sorted(await session.scalars(listed))


async def _pages(session: AsyncSession, key: Any, columns: Sequence[Any]) -> AsyncIterator[Sequence[Any]]:
    """The rows of a table with their keys; not all at once."""
    last = 0
    while page := (await session.execute(select(key, *columns).where(key > last).order_by(key).limit(PAGE * 4))).all():
        yield page
        last = page[-1][0]


async def _homes(session: AsyncSession) -> dict[int, _Home]:
    rows = await session.execute(select(Category.id, Category.slug, Category.title, Category.emoji))
    return {row.id: _Home(row.slug, row.title, row.emoji) for row in rows}


async def _page(
    session: AsyncSession, ids: Sequence[int], columns: Sequence[Column], homes: dict[int, _Home], currency: str
) -> list[Cells]:
    found = (await session.execute(select(*_PRODUCT).where(Product.id.in_(ids)))).all()
    galleries = await galleries_of(session, {row.id: row.picture for row in found})
    products = {row.id: StandingProduct(*row[:-1], galleries[row.id]) for row in found}
    for variant in await variants_of(session, list(products), currency):
        if products[variant.product_id].kind != "digital":
            variant.listed.pop(XTR, None)  # nobody can pay it, and no file may bring it back
        products[variant.product_id].variants[variant.sku] = variant
    standing = [products[product_id] for product_id in ids if product_id in products]
    return [cells for each in standing for cells in _product(each, columns, homes[each.category_id], currency)]


def _product(product: StandingProduct, columns: Sequence[Column], home: _Home, currency: str) -> Iterable[Cells]:
    texts: dict[str, Texts] = {
        "title": product.title,
        "description": product.description,
        "category_title": home.title,
    }
    about = {
        "category": home.slug,
        "category_emoji": home.emoji,
        "kind": product.kind,
        "status": product.status,
        "pictures": f" {PICTURES_PARTED_BY} ".join(name for name, _ in product.pictures),
    }
    for n, variant in enumerate(product.variants.values()):
        told = {"handle": product.slug} | (about if n == 0 else {}) | _variant(variant, currency)
        spoken = {"option": variant.title} | (texts if n == 0 else {})
        yield [escaped(_cell(column, told, spoken, variant)) for column in columns]


def _cell(column: Column, told: dict[str, str], spoken: dict[str, Texts], variant: StandingVariant) -> str:
    if column.currency:
        return _listed(column, variant)
    if column.name in BY_LANGUAGE:
        return spoken.get(column.name, {}).get(column.language, "")
    return told.get(column.name, "")


def _listed(column: Column, variant: StandingVariant) -> str:
    if (tag := variant.listed.get(column.currency)) is None:
        return ""
    minor = tag.unit_minor if column.name == "price" else tag.compare_at_minor
    return "" if minor is None else str(to_decimal(minor, column.currency))


def _variant(variant: StandingVariant, currency: str) -> dict[str, str]:
    prices = (variant.price_minor, variant.compare_at_minor)
    price, compare_at = ("" if minor is None else str(to_decimal(minor, currency)) for minor in prices)
    return {
        "sku": variant.sku,
        "variant_status": variant.status,
        "price": price,
        "compare_at": compare_at,
        "currency": currency,
        "stock": str(variant.on_hand),
        "backorder": "yes" if variant.allow_backorder else "no",
        "weight_g": str(variant.weight_g),
        "digital_content": variant.digital_content or "",
    }


class CsvFile:
    """UTF-8 with a mark at its beginning, without which Excel takes it for another encoding; lines end as RFC 4180 says."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)

    def add(self, rows: list[Cells]) -> None:
        self._writer.writerows(rows)

    def close(self) -> None:
        self._file.close()


class Workbook:
    """Row by row into a file: a sheet of 50,000 rows would not fit into a small machine's memory as objects."""

    def __init__(self, path: Path) -> None:
        from openpyxl import Workbook as Book

        self._path = path
        self._book = Book(write_only=True)
        self._sheet = self._book.create_sheet("goods")

    def add(self, rows: list[Cells]) -> None:
        for cells in rows:
            self._sheet.append([cell or None for cell in cells])

    def close(self) -> None:
        self._book.save(self._path)


def file_at(path: Path) -> CsvFile | Workbook:
    """By the name's end: `.xlsx` is a workbook, everything else CSV."""
    return Workbook(path) if path.suffix.lower() == ".xlsx" else CsvFile(path)


TEMPLATE: tuple[dict[str, str], ...] = (
    {
        "handle": "blue-mug",
        "title": "Blue mug",
        "title:zh": "蓝色马克杯",
        "title:ru": "Синяя кружка",
        "description": "Stoneware, 300 ml. Goes into the dishwasher.",
        "category": "mugs",
        "category_title": "Mugs",
        "category_title:zh": "马克杯",
        "category_title:ru": "Кружки",
        "category_emoji": "☕",
        "kind": "physical",
        "status": "active",
        "pictures": "blue-mug.jpg | https://shop.example/blue-mug-2.jpg",
        "sku": "MUG-BLUE-S",
        "option": "Small",
        "option:zh": "小号",
        "option:ru": "Маленькая",
        "price": "12.50",
        "compare_at": "15.00",
        "stock": "20",
        "backorder": "no",
        "weight_g": "350",
    },
    {
        "handle": "blue-mug",
        "sku": "MUG-BLUE-L",
        "option": "Large",
        "option:zh": "大号",
        "option:ru": "Большая",
        "price": "14.50",
        "stock": "8",
        "backorder": "no",
        "weight_g": "450",
    },
)


def template() -> str:
    """A small file to begin with: one product in two sizes, in three languages."""
    columns = [column.header for column in header(("en", "zh", "ru"), "en")]
    columns = [name.removesuffix(":en") for name in columns]
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, restval="")
    writer.writeheader()
    writer.writerows(TEMPLATE)
    return file.getvalue()


async def write(db: Database, path: Path) -> int:
    """The file holds all goods of the shop; how many rows they take. Raises: NotFound without a shop."""
    file, count = file_at(path), -1
    async for page in rows(db):
        await asyncio.to_thread(file.add, page)
        count += len(page)
    await asyncio.to_thread(file.close)
    return count
