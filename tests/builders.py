"""What tests start from: a shop, goods, people, a filled cart, a checkout that is ready to be placed. Each opens its own transaction."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import carts, checkout, customers, placing
from store import stock as stock_levels
from store.audit import SYSTEM
from store.db import Database
from store.models import (
    Address,
    Category,
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
CURRENCY = "USD"
COURIER_MINOR = 500
CASH = Capabilities(currencies=None, hold=None, is_offline=True)

_numbers = itertools.count(1)


async def a_shop(db: Database, *, currency: str = CURRENCY) -> Seller:
    """The shop, with a courier (500 everywhere), a pick-up point and digital delivery; the one that is there already, if there is one."""
    async with db.begin() as session:
        seller = await session.scalar(select(Seller))
        if seller is None:
            seller = Seller(slug="shop", name={"en": "Shop"}, currency=currency, timezone="UTC", created_at=NOW)
            session.add(seller)
            await session.flush()
            session.add_all(_methods(seller))
    return seller


def _methods(seller: Seller) -> list[DeliveryMethod]:
    courier = DeliveryMethod(code="courier", kind="courier", carrier="sandbox", title={"en": "Courier"})
    pickup = DeliveryMethod(code="pickup", kind="pickup", title={"en": "Pick-up"}, details={"en": "Pier 3, 10-18"})
    digital = DeliveryMethod(code="digital", kind="digital", title={"en": "Download"})
    for position, (method, price_minor) in enumerate(((courier, COURIER_MINOR), (pickup, 0), (digital, 0))):
        method.seller_id, method.position = seller.id, position
        days = {"min_days": 2, "max_days": 4} if method is courier else {"min_days": 0, "max_days": 0}
        method.zones = [DeliveryZone(country="*", currency=seller.currency, price_minor=price_minor, **days)]
    return [courier, pickup, digital]


async def a_category(db: Database, *, slug: str = "goods") -> Category:
    """The category with this slug; made when it is not there."""
    seller = await a_shop(db)
    async with db.begin() as session:
        category = await session.scalar(select(Category).where(Category.slug == slug))
        if category is None:
            category = Category(seller_id=seller.id, slug=slug, emoji="🏺", title={"en": slug.title()})
            session.add(category)
    return category


async def a_product(
    db: Database, *, kind: str = "physical", category: str = "goods", title: str = "Mug", position: int = 0
) -> Product:
    """A product without variants, so nothing to buy yet."""
    home = await a_category(db, slug=category)
    async with db.begin() as session:
        product = Product(
            seller_id=home.seller_id,
            category_id=home.id,
            slug=f"product-{next(_numbers)}",
            kind=kind,
            title={"en": title},
            description={"en": f"A good {title.lower()}."},
            position=position,
            created_at=NOW,
        )
        session.add(product)
    return product


async def a_variant(
    db: Database,
    *,
    stock: int = 1,
    price_minor: int = 1500,
    kind: str = "physical",
    title: str = "Mug",
    weight_g: int = 300,
    product: Product | None = None,
    category: str = "goods",
    low_at: int = 0,
    tiers: Mapping[int, int] | None = None,
    currency: str = CURRENCY,
) -> Variant:
    """A variant that can be bought, of a product of its own unless one is given. *tiers*: least quantity → unit price."""
    product = product or await a_product(db, kind=kind, title=title, category=category)
    is_digital = kind == "digital"
    async with db.begin() as session:
        variant = Variant(
            product_id=product.id,
            sku=f"SKU-{next(_numbers)}",
            weight_g=0 if is_digital else weight_g,
            digital_content="Key: 1234" if is_digital else None,
        )
        prices = {1: price_minor} | dict(tiers or {})
        variant.prices = [
            Price(currency=currency, min_quantity=least, unit_minor=unit_minor) for least, unit_minor in prices.items()
        ]
        session.add(variant)
        await session.flush()
        await _put_in_stock(session, variant.id, stock, low_at)
    return variant


async def _put_in_stock(session: AsyncSession, variant_id: int, quantity: int, low_at: int) -> None:
    """Through the door, so that the moves add up."""
    await stock_levels.receive(
        session, variant_id, quantity, reason="test", actor=SYSTEM, source_id=variant_id, now=NOW
    )
    await session.execute(update(StockLevel).where(StockLevel.variant_id == variant_id).values(low_at=low_at))


async def a_customer(db: Database, *, name: str = "Ann", language: str = "en") -> Customer:
    """Somebody new."""
    telegram_id = 1000 + next(_numbers)
    async with db.begin() as session:
        return await customers.identify(
            session, telegram_id, name=name, username=name.lower(), language=language, now=NOW
        )


async def an_address(db: Database, customer: Customer, *, country: str = "PT", postcode: str = "1100-148") -> Address:
    async with db.begin() as session:
        return await customers.add_address(
            session, customer.id, country=country, city="Lisbon", street="Rua Augusta 1", postcode=postcode, now=NOW
        )


async def a_cart(db: Database, customer: Customer, *variants: Variant, quantity: int = 1) -> carts.CartView:
    """The customer's cart after *quantity* of each variant was put in."""
    async with db.begin() as session:
        for variant in variants:
            view = await carts.add(session, customer.id, variant.id, quantity=quantity, now=NOW)
    return view


@dataclass(frozen=True, slots=True)
class Ready:
    """A checkout at its review screen: nothing is missing, the total was seen."""

    customer: Customer
    variants: tuple[Variant, ...]
    cart_id: int
    cart_version: int
    total_minor: int
    payment_method: str


async def a_ready_checkout(
    db: Database,
    *variants: Variant,
    customer: Customer | None = None,
    quantity: int = 1,
    delivery: str = "courier",
    payment_method: str = "sandbox",
) -> Ready:
    """A customer who has answered everything for a cart of *variants* (one new physical variant, if none is given).

    *delivery* is the code of the method, for a cart with something physical in it: courier or pickup.
    """
    variants = variants or (await a_variant(db, stock=max(quantity, 1)),)
    customer = customer or await a_customer(db)
    cart = await a_cart(db, customer, *variants, quantity=quantity)
    address = await an_address(db, customer)
    async with db.begin() as session:
        if not cart.is_digital:
            await checkout.set_contact(session, customer.id, name="Ann Lee", phone="+351912345678", now=NOW)
            method = await session.scalar(select(DeliveryMethod.id).where(DeliveryMethod.code == delivery))
            await checkout.set_delivery(session, customer.id, method or 0, now=NOW)
            await checkout.set_address(session, customer.id, address.id, now=NOW)
        await checkout.set_payment(session, customer.id, payment_method, now=NOW)
        view = await checkout.view(session, customer.id)
        assert view.step is checkout.Step.REVIEW and view.quote is not None and view.cart.id is not None
        await checkout.seen(session, customer.id, view.quote.total_minor, now=NOW)
    return Ready(customer, variants, view.cart.id, view.cart.version, view.quote.total_minor, payment_method)


async def a_confirmed_order(
    db: Database,
    *variants: Variant,
    customer: Customer | None = None,
    quantity: int = 1,
    delivery: str = "courier",
    capabilities: Capabilities = CASH,
) -> int:
    """An order that the merchant can work on: to be paid in cash on delivery. Its id."""
    ready = await a_ready_checkout(
        db, *variants, customer=customer, quantity=quantity, delivery=delivery, payment_method="cash"
    )
    async with db.begin() as session:
        placed = await placing.place(
            session,
            ready.customer.id,
            ready.cart_id,
            ready.cart_version,
            capabilities=capabilities,
            payment_method="cash",
            now=NOW,
        )
    return placed.order_id
