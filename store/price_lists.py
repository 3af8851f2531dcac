"""The merchant's further currencies: which are offered, and what is missing in them. Prices are written in `store/prices.py`, from a rate in `store/price_filling.py`."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, carts, typed
from store.audit import Actor
from store.db import affected
from store.delivery import COURIER
from store.errors import BadInput, NotFound
from store.models import Cart, CartLine, DeliveryMethod, DeliveryZone, Price, PriceList, Product, Variant
from store.models.base import table
from store.money import PRICE_MAX_MINOR, is_currency
from store.payments.telegram_facts import XTR
from store.sellers import the_seller
from store.upsert import insert_ignoring

MAXIMUM = 10


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
    check_further(currency, seller.currency)
    if (await session.scalar(select(func.count(PriceList.id))) or 0) >= MAXIMUM:
        raise BadInput(field="currency", reason="too_many", maximum=MAXIMUM)
    row = {"seller_id": seller.id, "currency": currency, "created_at": now}
    if await insert_ignoring(session, PriceList, **row):
        await audit.record(session, actor, "currency_offered", "shop", seller.id, now=now, currency=currency)


def check_further(currency: str, own: str) -> None:
    """There may be a list in it beside the shop's *own*. Raises: BadInput(field="currency", reason) unknown, own."""
    if not is_currency(currency) or currency == XTR:
        raise BadInput(field="currency", reason="unknown")
    if currency == own:
        raise BadInput(field="currency", reason="own")


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
