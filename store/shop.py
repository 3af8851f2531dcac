"""What the owner sets about the shop itself. Each is one thing, written at once; who changed it stands in the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, hours, price_lists, typed, zones
from store.audit import Actor
from store.errors import BadInput, CurrencyInUse
from store.goods import ARCHIVED
from store.models import DeliveryZone, Order, Price, Product, Seller, Variant
from store.money import PRICE_MAX_MINOR, exponent
from store.order_status import OrderStatus
from store.sellers import the_seller
from store.upsert import insert_ignoring

NAME_MAX, ABOUT_MAX, MESSAGE_MAX = 64, 400, 400
LOW_AT_MAX = 10_000
_OPEN_ORDERS = (OrderStatus.PENDING_PAYMENT, OrderStatus.CONFIRMED)


async def found(
    session: AsyncSession, *, name: str, language: str, currency: str = "USD", actor: Actor, now: datetime
) -> Seller:
    """There is a shop, with nothing in it yet; the one that is there, if there is one."""
    title = typed.readable(name, maximum=NAME_MAX) or "Shop"
    row = {"slug": "shop", "name": {language: title}, "about": {}, "currency": currency, "language": language}
    if await session.scalar(select(Seller.id).limit(1)) is None and await insert_ignoring(
        session, Seller, **row, timezone="UTC", created_at=now
    ):
        await audit.record(session, actor, "founded", "shop", (await the_seller(session)).id, now=now)
    return await the_seller(session)


async def set_name(session: AsyncSession, language: str, text: str, *, actor: Actor, now: datetime) -> None:
    """What the shop is called in this language. Raises: BadInput(field="name")."""
    seller = await the_seller(session)
    name = typed.line(text, "name", maximum=NAME_MAX)
    await _write(session, seller, "name", seller.name | {language: name}, actor, now)


async def set_about(session: AsyncSession, language: str, text: str, *, actor: Actor, now: datetime) -> None:
    """What the shop says of itself in this language. Raises: BadInput(field="about")."""
    seller = await the_seller(session)
    about = typed.lines(text, "about", maximum=ABOUT_MAX, minimum=1)
    await _write(session, seller, "about", seller.about | {language: about}, actor, now)


async def set_timezone(session: AsyncSession, zone: str, *, actor: Actor, now: datetime) -> None:
    """An IANA name: all hours and all moments that the shop tells are its own. Raises: BadInput(field="timezone", reason="unknown")."""
    if not zones.is_zone(zone):
        raise BadInput(field="timezone", reason="unknown")
    await _write(session, await the_seller(session), "timezone", zone, actor, now)


async def set_minimum(session: AsyncSession, minimum_minor: int, *, actor: Actor, now: datetime) -> None:
    """Goods for less than this are not ordered; 0 takes the limit away. Raises: BadInput(field="price", reason="too_high")."""
    if not 0 <= minimum_minor <= PRICE_MAX_MINOR:
        raise BadInput(field="price", reason="too_high")
    await _write(session, await the_seller(session), "minimum_minor", minimum_minor or None, actor, now)


async def set_low_at(session: AsyncSession, pieces: int, *, actor: Actor, now: datetime) -> None:
    """At how many pieces the stock of what is added from now on is low. Raises: BadInput(field="stock", reason="out_of_range")."""
    if not 0 <= pieces <= LOW_AT_MAX:
        raise BadInput(field="stock", reason="out_of_range", maximum=LOW_AT_MAX)
    await _write(session, await the_seller(session), "low_at", pieces, actor, now)


async def set_hours(
    session: AsyncSession, days: Sequence[str], spans: list[list[str]], *, actor: Actor, now: datetime
) -> None:
    """On these days ("0" is Monday) it is open in these spans. When no day has any left, it is open always: closing for good is a holiday."""
    seller = await the_seller(session)
    wanted = hours.with_days(seller.opening_hours, days, spans)
    await _write(session, seller, "opening_hours", wanted if any(wanted.values()) else None, actor, now)


async def open_always(session: AsyncSession, *, actor: Actor, now: datetime) -> None:
    await _write(session, await the_seller(session), "opening_hours", None, actor, now)


async def close_until(session: AsyncSession, until: datetime, *, actor: Actor, now: datetime) -> None:
    """No orders until then. Raises: BadInput(field="date", reason="past") when that is over already, or too far away."""
    if not now < until or (until - now).days > 366:
        raise BadInput(field="date", reason="past")
    await _write(session, await the_seller(session), "closed_until", until, actor, now)


async def reopen(session: AsyncSession, *, actor: Actor, now: datetime) -> None:
    """The holiday is over."""
    await _write(session, await the_seller(session), "closed_until", None, actor, now)


async def set_closed_message(session: AsyncSession, language: str, text: str, *, actor: Actor, now: datetime) -> None:
    """What customers read during a holiday, in this language; an empty text takes it back. Raises: BadInput(field="message")."""
    seller = await the_seller(session)
    message = typed.lines(text, "message", maximum=MESSAGE_MAX)
    others = {code: each for code, each in (seller.closed_message or {}).items() if code != language}
    wanted = others | ({language: message} if message else {})
    await _write(session, seller, "closed_message", wanted or None, actor, now)


@dataclass(frozen=True, slots=True)
class InTheWay:
    """What keeps a shop from another currency."""

    orders: int
    products: int


async def in_the_way(session: AsyncSession, currency: str) -> InTheWay:
    """Orders that are not over, and products that have no price in the new *currency*."""
    orders = select(func.count()).where(Order.currency != currency, Order.status.in_(_OPEN_ORDERS))
    priced = select(Price.id).where(Price.variant_id == Variant.id, Price.currency == currency).exists()
    without = select(func.count(Product.id.distinct())).join(Variant, Variant.product_id == Product.id)
    missing = without.where(Product.status != ARCHIVED, Variant.status == "active", ~priced)
    missing = missing.where(select(Price.id).where(Price.variant_id == Variant.id).exists())
    return InTheWay(await session.scalar(orders) or 0, await session.scalar(missing) or 0)


async def is_free_for(session: AsyncSession, currency: str) -> None:
    """Raises: CurrencyInUse, which says what has to be done first."""
    blocked = await in_the_way(session, currency)
    if blocked.orders or blocked.products:
        raise CurrencyInUse(orders=blocked.orders, products=blocked.products, currency=currency)


def read_currency(text: str) -> str:
    """Raises: BadInput(field="currency", reason="unknown")."""
    code = typed.line(text, "currency", maximum=8).upper()
    try:
        exponent(code)
    except ValueError:
        raise BadInput(field="currency", reason="unknown") from None
    return code


async def set_currency(session: AsyncSession, code: str, *, actor: Actor, now: datetime) -> None:
    """The shop sells in this currency. What a delivery costs and the smallest order keep their numbers, open carts are counted anew.

    Where it had a price list in it already, that list is the shop's own from now on, with what it says of deliveries and the smallest order.

    Nothing changes when it does already. Raises: CurrencyInUse while orders are open or products have no price in it;
    BadInput(field="currency", reason="unknown").
    """
    currency, seller = read_currency(code), await the_seller(session)
    # Of two who change it at once, the second counts from what the first has made of it.
    await session.refresh(seller, with_for_update=True)
    if currency == seller.currency:
        return
    await is_free_for(session, currency)
    shift = exponent(currency) - exponent(seller.currency)
    minimum = None if seller.minimum_minor is None else _shifted(seller.minimum_minor, shift)
    price_list = await price_lists.taken(session, currency)
    if price_list is None:
        await _reprice_zones(session, seller.currency, currency, shift)
    else:
        minimum = price_list.minimum_minor
    await price_lists.reprice_carts(session, seller.currency, currency, now=now)
    await _write(session, seller, "minimum_minor", minimum or None, actor, now)
    await _write(session, seller, "currency", currency, actor, now)


async def _reprice_zones(session: AsyncSession, before: str, currency: str, shift: int) -> None:
    """5.00 stays 5.00, whatever the currency's smallest part is."""
    for zone in await session.scalars(select(DeliveryZone).where(DeliveryZone.currency == before)):
        zone.currency = currency
        zone.price_minor = _shifted(zone.price_minor, shift)
        zone.per_kg_minor = _shifted(zone.per_kg_minor, shift)
        zone.free_over_minor = None if zone.free_over_minor is None else _shifted(zone.free_over_minor, shift)
    await session.flush()


def _shifted(amount_minor: int, shift: int) -> int:
    return int(amount_minor * 10**shift) if shift >= 0 else amount_minor // int(10**-shift)


async def _write(session: AsyncSession, seller: Seller, field: str, value: Any, actor: Actor, now: datetime) -> None:
    before = getattr(seller, field)
    changed = update(Seller).where(Seller.id == seller.id).values({field: value})
    await session.execute(changed.execution_options(synchronize_session=False))
    await session.refresh(seller)
    change = {"field": field, "before": _told(before), "after": _told(value)}
    await audit.record(session, actor, "set", "shop", seller.id, now=now, **change)


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
