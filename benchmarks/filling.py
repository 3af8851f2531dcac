"""Shops large enough to measure, filled in bulk: goods, and people whose checkout waits for nothing but the button."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from store.db import Database
from store.models import (
    Address,
    Base,
    Cart,
    CartLine,
    Category,
    Checkout,
    Customer,
    DeliveryMethod,
    DeliveryZone,
    Price,
    Product,
    Seller,
    StockLevel,
    Variant,
)
from store.payments.gateway import Capabilities

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ONLINE = Capabilities(currencies=None, hold=timedelta(minutes=30))
CURRENCY = "USD"
PAYMENT = "sandbox"
PRICE_MINOR, SHIPPING_MINOR = 1500, 500
FIRST_TELEGRAM_ID = 10_000
_AT_ONCE = 2000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """A review screen on which everything is answered and the total was seen."""

    customer_id: int
    cart_id: int
    variant_ids: tuple[int, ...]

    @property
    def total_minor(self) -> int:
        return PRICE_MINOR * len(self.variant_ids) + SHIPPING_MINOR


async def open_shop(db: Database) -> None:
    """An empty shop with a courier and a point to pick things up."""
    seller = {"id": 1, "slug": "shop", "name": {"en": "Shop"}, "currency": CURRENCY, "created_at": NOW}
    common = {"seller_id": 1, "details": {}, "is_active": True}
    courier = common | {"id": 1, "code": "courier", "kind": "courier", "carrier": "sandbox", "title": {"en": "Courier"}}
    pickup = common | {"id": 2, "code": "pickup", "kind": "pickup", "carrier": None, "title": {"en": "Pick-up"}}
    zone = {"country": "*", "currency": CURRENCY, "min_days": 2, "max_days": 4}
    prices = [{"method_id": 1, "price_minor": SHIPPING_MINOR} | zone, {"method_id": 2, "price_minor": 0} | zone]
    await _insert(db, Seller, [seller])
    await _insert(db, DeliveryMethod, [courier | {"position": 0}, pickup | {"position": 1}])
    await _insert(db, DeliveryZone, prices)


async def fill_shelves(db: Database, sizes: Sequence[int], *, stock: int) -> None:
    """One category for each of *sizes*, with that many products of one variant; ids count from 1 through all of them."""
    await _insert(db, Category, [_category(number) for number in range(1, len(sizes) + 1)])
    homes = [home for home, size in enumerate(sizes, start=1) for _ in range(size)]
    ids = range(1, len(homes) + 1)
    await _insert(db, Product, [_product(number, home) for number, home in zip(ids, homes, strict=True)])
    await _insert(db, Variant, [{"id": n, "product_id": n, "sku": f"SKU-{n}", "weight_g": 300} for n in ids])
    price = {"currency": CURRENCY, "min_quantity": 1, "unit_minor": PRICE_MINOR}
    await _insert(db, Price, [{"variant_id": number} | price for number in ids])
    await _insert(db, StockLevel, [{"variant_id": n, "location_id": 1, "on_hand": stock, "low_at": 0} for n in ids])


def _category(number: int) -> Row:
    return {"id": number, "seller_id": 1, "slug": f"shelf-{number}", "emoji": "🏺", "title": {"en": f"Shelf {number}"}}


def _product(number: int, home: int) -> Row:
    texts = {"title": {"en": f"Stoneware mug {number}"}, "description": {"en": "A good mug."}}
    place = {"seller_id": 1, "category_id": home, "slug": f"product-{number}", "position": number // 3}
    return {"id": number, "kind": "physical", "status": "active", "created_at": NOW} | texts | place


async def fill_carts(db: Database, baskets: Sequence[tuple[int, ...]]) -> list[Ready]:
    """A new customer for each basket of variant ids, with everything answered."""
    first = await _next_id(db)
    ready = [Ready(first + n, first + n, basket) for n, basket in enumerate(baskets)]
    await _insert(db, Customer, [_customer(each.customer_id) for each in ready])
    await _insert(db, Address, [_address(each.customer_id) for each in ready])
    await _insert(db, Cart, [_cart(each) for each in ready])
    await _insert(db, CartLine, [line for each in ready for line in _lines(each)])
    await _insert(db, Checkout, [_checkout(each) for each in ready])
    return ready


async def _next_id(db: Database) -> int:
    async with db.read() as session:
        return (await session.scalar(select(func.max(Customer.id))) or 0) + 1


def _customer(number: int) -> Row:
    who = {"name": "Ann", "username": "ann", "language": "en"}
    return {"id": number, "telegram_id": FIRST_TELEGRAM_ID + number, "created_at": NOW} | who


def _address(customer_id: int) -> Row:
    place = {"country": "PT", "city": "Lisbon", "street": "Rua Augusta 1", "postcode": "1100-148"}
    return {"id": customer_id, "customer_id": customer_id, "created_at": NOW} | place


def _cart(ready: Ready) -> Row:
    moments = {"created_at": NOW, "updated_at": NOW}
    return {"id": ready.cart_id, "customer_id": ready.customer_id, "seller_id": 1, "currency": CURRENCY} | moments


def _lines(ready: Ready) -> Iterator[Row]:
    return ({"cart_id": ready.cart_id, "variant_id": variant, "quantity": 1} for variant in ready.variant_ids)


def _checkout(ready: Ready) -> Row:
    contact = {"contact_name": "Ann Lee", "contact_phone": "+351912345678", "address_id": ready.customer_id}
    chosen = {"delivery_method_id": 1, "payment_method": PAYMENT, "expected_total_minor": ready.total_minor}
    return {"cart_id": ready.cart_id, "updated_at": NOW} | contact | chosen


def baskets(count: int, *, lines: int, variants: int, seed: int = 1) -> list[tuple[int, ...]]:
    """*count* baskets of *lines* different variants each, the same ones in every run."""
    chance = random.Random(seed)
    return [tuple(chance.sample(range(1, variants + 1), lines)) for _ in range(count)]


async def _insert(db: Database, model: type[Base], rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), _AT_ONCE):
        async with db.begin() as session:
            await session.execute(insert(model.__table__), rows[start : start + _AT_ONCE])  # type: ignore[arg-type]  # a Table, typed as any FromClause
