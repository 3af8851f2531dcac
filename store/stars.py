"""Prices in Telegram Stars: a list beside the shop's own. Digital goods are sold for Stars alone, and none is invented at the checkout."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from sqlalchemy import ScalarSelect, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import prices
from store.audit import Actor
from store.errors import BadInput
from store.models import Price, Product, Variant
from store.money import to_decimal
from store.payments.telegram_facts import XTR
from store.sellers import the_seller

# So much one invoice takes.
MOST = 100_000


def price_in_stars() -> ScalarSelect[int | None]:
    """Of one piece of the Variant that the statement around it reads."""
    own = select(Price.unit_minor).where(Price.variant_id == Variant.id, Price.currency == XTR, Price.min_quantity == 1)
    return own.correlate(Variant).scalar_subquery()


def read(text: str) -> int:
    """ "450", with or without the star. Raises: BadInput(field="stars")."""
    digits = text.replace("⭐", "").replace(" ", "").strip()
    if not digits.isascii() or not digits.isdecimal() or not 1 <= int(digits[:9]) <= MOST or len(digits) > 9:
        raise BadInput(field="stars", reason="out_of_range", maximum=MOST)
    return int(digits)


async def price_all(session: AsyncSession, worth: Decimal, *, actor: Actor, now: datetime) -> int:
    """Every digital variant costs its price in the shop's currency at *worth* a Star, rounded up: written down, one by one, as any price. How many changed.

    Raises: BadInput(field="stars") for a rate that makes a price no invoice takes.
    """
    seller = await the_seller(session)
    rows = await session.execute(
        select(Variant.id, Price.unit_minor)
        .join(Product, Product.id == Variant.product_id)
        .join(Price, (Price.variant_id == Variant.id) & (Price.currency == seller.currency) & (Price.min_quantity == 1))
        .where(Product.kind == "digital", Price.unit_minor > 0)
    )
    tags = {variant_id: prices.Tag(_stars(unit_minor, seller.currency, worth)) for variant_id, unit_minor in rows}
    return await prices.set_prices(session, XTR, tags, actor=actor, now=now)


def _stars(unit_minor: int, currency: str, worth: Decimal) -> int:
    if worth <= 0:
        raise BadInput(field="stars", reason="out_of_range", maximum=MOST)
    stars = int((to_decimal(unit_minor, currency) / worth).to_integral_value(ROUND_CEILING))
    if not 1 <= stars <= MOST:
        raise BadInput(field="stars", reason="out_of_range", maximum=MOST)
    return stars


async def without_price(session: AsyncSession) -> Sequence[str]:
    """The SKUs of digital goods on sale that nobody can pay in Stars."""
    rows = await session.scalars(
        select(Variant.sku)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.kind == "digital", Product.status == "active", Variant.status == "active")
        .where(price_in_stars().is_(None))
        .order_by(Variant.id)
    )
    return rows.all()
