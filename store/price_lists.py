"""The merchant's further currencies: which are offered, what is missing in them, and a list filled once from a rate. Prices are written in `store/prices.py`."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, carts, prices, typed
from store.audit import Actor
from store.db import affected
from store.delivery import COURIER
from store.errors import BadInput, NotFound
from store.models import Cart, CartLine, DeliveryMethod, DeliveryZone, Price, PriceList, Product, Variant
from store.models.base import table
from store.money import PRICE_MAX_MINOR, exponent, to_decimal
from store.payments.telegram_facts import XTR
from store.sellers import the_seller
from store.upsert import insert_ignoring

MAXIMUM = 10
# What stands in a zone besides its money: two that are alike in it are the same place and weight.
_PLACE = ("method_id", "country", "postcode_prefix", "max_weight_g")
_MONEY = ("price_minor", "per_kg_minor", "free_over_minor")

_price, _zone = table(Price).c, table(DeliveryZone).c


@dataclass(frozen=True, slots=True)
class ListView:
    """`missing` products are not sold in it: they have prices, but none in this currency. `delivers`: whether a courier does."""

    currency: str
    missing: int
    delivers: bool
    minimum_minor: int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a list that is offered no more had said."""

    minimum_minor: int | None


@dataclass(frozen=True, slots=True)
class Filled:
    prices: int
    zones: int


async def lists(session: AsyncSession) -> list[ListView]:
    """The further currencies, as they were added, with what they lack."""
    rows = await session.scalars(select(PriceList).order_by(PriceList.id))
    return [await _view(session, row) for row in rows]


async def _view(session: AsyncSession, row: PriceList) -> ListView:
    sold = select(Price.id).join(Variant, Variant.id == Price.variant_id)
    sold = sold.where(Variant.product_id == Product.id, Variant.status == "active", Price.min_quantity == 1)
    here = sold.where(Price.currency == row.currency)
    missing = select(func.count(Product.id)).where(Product.status == "active", sold.exists(), ~here.exists())
    delivers = (
        select(DeliveryZone.id)
        .join(DeliveryMethod, DeliveryMethod.id == DeliveryZone.method_id)
        .where(DeliveryMethod.is_active, DeliveryMethod.kind == COURIER, DeliveryZone.currency == row.currency)
        .limit(1)
    )
    return ListView(
        row.currency,
        await session.scalar(missing) or 0,
        await session.scalar(delivers) is not None,
        row.minimum_minor,
    )


async def offer(session: AsyncSession, currency: str, *, actor: Actor, now: datetime) -> None:
    """Customers may choose this currency. Stars are no such list: digital goods are sold for them by themselves.

    Raises: BadInput(field="currency", reason) unknown, own, too_many.
    """
    seller = await the_seller(session)
    _check(currency)
    if currency == seller.currency:
        raise BadInput(field="currency", reason="own")
    if (await session.scalar(select(func.count(PriceList.id))) or 0) >= MAXIMUM:
        raise BadInput(field="currency", reason="too_many", maximum=MAXIMUM)
    row = {"seller_id": seller.id, "currency": currency, "created_at": now}
    if await insert_ignoring(session, PriceList, **row):
        await audit.record(session, actor, "currency_offered", "shop", seller.id, now=now, currency=currency)


def _check(currency: str) -> None:
    try:
        exponent(currency)
    except ValueError:
        raise BadInput(field="currency", reason="unknown") from None
    if currency == XTR:
        raise BadInput(field="currency", reason="unknown")


async def withdraw(session: AsyncSession, currency: str, *, actor: Actor, now: datetime) -> None:
    """Nobody buys in this currency any more; carts in it cost what they do in the shop's own. Its prices are kept, in case it comes back."""
    seller = await the_seller(session)
    if await taken(session, currency) is None:
        return
    await reprice_carts(session, currency, seller.currency, now=now)
    await audit.record(session, actor, "currency_withdrawn", "shop", seller.id, now=now, currency=currency)


async def taken(session: AsyncSession, currency: str) -> Taken | None:
    """It is offered no more; None where it was not."""
    row = await session.scalar(select(PriceList).where(PriceList.currency == currency).with_for_update())
    if row is None:
        return None
    gone = delete(PriceList).where(PriceList.id == row.id).execution_options(synchronize_session=False)
    return Taken(row.minimum_minor) if await affected(session, gone) else None


async def set_minimum(
    session: AsyncSession, currency: str, minimum_minor: int | None, *, actor: Actor, now: datetime
) -> None:
    """The least that is ordered for in this currency. Raises: NotFound where it is not offered, BadInput(field="minimum")."""
    if minimum_minor is not None and not 0 <= minimum_minor <= PRICE_MAX_MINOR:
        raise BadInput(field="minimum", reason="out_of_range")
    changed = update(PriceList).where(PriceList.currency == currency).values(minimum_minor=minimum_minor or None)
    if not await affected(session, changed.execution_options(synchronize_session=False)):
        raise NotFound(what="currency")
    seller = await the_seller(session)
    change = {"field": "minimum_minor", "currency": currency, "after": minimum_minor}
    await audit.record(session, actor, "set", "shop", seller.id, now=now, **change)


async def reprice_carts(session: AsyncSession, before: str, after: str, *, now: datetime) -> None:
    """Open carts are paid in another currency. Nothing that was seen in the old one can be compared: it is read anew before anything is ordered."""
    open_ones = select(Cart.id).where(Cart.open_slot == 1, Cart.currency == before).order_by(Cart.id)
    ids = list(await session.scalars(open_ones.with_for_update()))
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        line, cart = table(CartLine), table(Cart)
        await session.execute(
            update(cart)
            .where(cart.c.id.in_(some), cart.c.open_slot == 1)
            .values(currency=after, version=cart.c.version + 1, updated_at=now)
        )
        await session.execute(update(line).where(line.c.cart_id.in_(some)).values(seen_minor=None))
        await carts.forget_reviews(session, some)


def read_rate(text: str) -> Decimal:
    """ "0.92" or "0,92". Raises: BadInput(field="rate")."""
    clean = typed.line(text, "rate", maximum=20).replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", clean, re.ASCII):
        raise BadInput(field="rate", reason="out_of_range")
    return Decimal(clean)


async def fill(
    session: AsyncSession, currency: str, rate: Decimal, *, anew: bool, actor: Actor, now: datetime
) -> Filled:
    """What one unit of the shop's currency is worth, applied once: prices and deliveries that have none in *currency* get one, with *anew* all.

    They are written down one by one, as any price, and stay when the rate moves. Raises: BadInput(field="rate"), BadInput(field="currency").
    """
    own = (await the_seller(session)).currency
    _check(currency)
    if currency == own:
        raise BadInput(field="currency", reason="own")
    if not rate.is_finite() or rate <= 0:
        raise BadInput(field="rate", reason="out_of_range")
    written = await _fill_prices(session, own, currency, rate, anew=anew, actor=actor, now=now)
    zones = await _fill_zones(session, own, currency, rate)
    if zones:
        seller = await the_seller(session)
        await audit.record(session, actor, "deliveries_filled", "shop", seller.id, now=now, currency=currency, n=zones)
    return Filled(written, zones)


async def _fill_prices(
    session: AsyncSession, own: str, currency: str, rate: Decimal, *, anew: bool, actor: Actor, now: datetime
) -> int:
    statement = select(_price.variant_id, _price.unit_minor, _price.compare_at_minor).where(
        _price.currency == own, _price.min_quantity == 1
    )
    if not anew:
        statement = statement.where(~_has_price(currency))
    tags = {}
    for row in await session.execute(statement):
        unit, before = (_converted(each, own, currency, rate) for each in (row.unit_minor, row.compare_at_minor))
        tags[row.variant_id] = prices.Tag(unit or 0, before)
    return await prices.set_prices(session, currency, tags, actor=actor, now=now)


def _has_price(currency: str) -> ColumnElement[bool]:
    other = table(Price).alias("other")
    same = other.c.variant_id == _price.variant_id
    return exists().where(same, other.c.currency == currency, other.c.min_quantity == 1)


async def _fill_zones(session: AsyncSession, own: str, currency: str, rate: Decimal) -> int:
    """A place that has a price in *currency* keeps it."""
    rows = [row._mapping for row in await session.execute(select(*_zone).order_by(_zone.id))]
    there = {tuple(row[name] for name in _PLACE) for row in rows if row["currency"] == currency}
    new: list[dict[str, Any]] = []
    for row in rows:
        if row["currency"] != own or tuple(row[name] for name in _PLACE) in there:
            continue
        money = {name: _converted(row[name], own, currency, rate) for name in _MONEY}
        rest = {name: row[name] for name in (*_PLACE, "min_days", "max_days")}
        new.append(rest | money | {"currency": currency})
    if new:
        await session.execute(insert(table(DeliveryZone)), new)
    return len(new)


def _converted(amount_minor: int | None, own: str, currency: str, rate: Decimal) -> int | None:
    """Raises: BadInput(field="rate") for a sum that no price may have."""
    if amount_minor is None:
        return None
    scaled = (to_decimal(amount_minor, own) * rate).scaleb(exponent(currency))
    minor = int(scaled.to_integral_value(ROUND_HALF_UP))
    if minor > PRICE_MAX_MINOR or (amount_minor and not minor):
        raise BadInput(field="rate", reason="out_of_range")
    return minor
