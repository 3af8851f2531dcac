"""What becomes of a typed answer about the shop: one function a question, each in the transaction of its handler."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.categories import shelf_screen, shelves_screen
from bot.ui.deliveries import delivery_card, zone_screen
from bot.ui.hours import hours_screen
from bot.ui.price_lists import filled_note, offer_screen
from bot.ui.screen import Screen
from bot.ui.shop import currency_screen, holiday_screen, shop_screen, shop_texts_screen, zones_screen
from bot.ui.shop_callbacks import ShopField, ShopText, ZoneField
from handlers.goods_desk import GoodsDesk
from handlers.staff_price_lists import list_shown
from handlers.staff_shop import seller_now
from store import (
    captions,
    categories,
    currencies,
    delivery_edits,
    goods_variants,
    hours,
    price_filling,
    price_lists,
    shelf,
    shop,
    typed,
    zones,
)
from store.db import Database, before_acting
from store.errors import BadInput
from store.payments.telegram_facts import XTR
from store.staff import Permission

Asked = Mapping[str, Any]
# Answered by `fill_list`.
LIST_RATE = "list_rate"
Answer = Callable[[AsyncSession, Asked, str, GoodsDesk], Awaitable[Screen]]

_OF_CATEGORIES = frozenset({ShopField.CATEGORY.value, "category_title", "category_emoji"})


def permission_for(ask: str) -> Permission:
    return Permission.CATALOGUE if ask in _OF_CATEGORIES else Permission.SETTINGS


async def _shop(session: AsyncSession, desk: GoodsDesk) -> Screen:
    return shop_screen(await seller_now(session), desk.t, desk.now, note=_done(desk))


def _done(desk: GoodsDesk) -> str:
    return desk.t.label("Written down.")


async def _currency(session: AsyncSession, _asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    """What would be in the way is said at once; the change itself is confirmed by a press."""
    seller, currency = await seller_now(session), shop.read_currency(text)
    if currency == seller.currency:
        return await _shop(session, desk)
    await shop.is_free_for(session, currency)
    return currency_screen(seller, currency, desk.t)


async def _list(session: AsyncSession, _asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    """Confirmed by a press as well: there it is known who could take the money."""
    seller, currency = await seller_now(session), shop.read_currency(text)
    if currency in (seller.currency, XTR):
        raise BadInput(field="currency", reason="own" if currency == seller.currency else "unknown")
    return offer_screen(currency, desk.t)


async def _list_minimum(session: AsyncSession, asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    currency = asked["currency"]
    minimum_minor = captions.price(text, currency)
    await price_lists.set_minimum(session, currency, minimum_minor, actor=desk.actor, now=desk.now)
    return await list_shown(session, currency, desk, note=_done(desk))


async def fill_list(db: Database, asked: Asked, text: str, desk: GoodsDesk) -> price_filling.Filled:
    """Before the answer's own transaction, which it would keep too long. No piece is the answer yet: the message of somebody who died between two
    of them comes again, and what is missing is filled. Raises: BadInput."""
    currency, rate = asked["currency"], price_lists.read_rate(text)
    with before_acting():
        return await price_filling.fill(db, currency, rate, anew=False, actor=desk.actor, now=desk.now)


async def list_filled(session: AsyncSession, asked: Asked, done: price_filling.Filled, desk: GoodsDesk) -> Screen:
    return await list_shown(session, asked["currency"], desk, note=filled_note(done.prices, done.zones, desk.t))


async def _zone(session: AsyncSession, _asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    found = zones.find(typed.line(text, "timezone", maximum=64))
    if not found:
        raise BadInput(field="timezone", reason="unknown")
    if len(found) > 1:
        return zones_screen(found, desk.t)
    await shop.set_timezone(session, found[0], actor=desk.actor, now=desk.now)
    return await _shop(session, desk)


async def _minimum(session: AsyncSession, _asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    amount = captions.price(text, (await seller_now(session)).currency)
    await shop.set_minimum(session, amount, actor=desk.actor, now=desk.now)
    return await _shop(session, desk)


async def _low_at(session: AsyncSession, _asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    await shop.set_low_at(session, shelf.read(text).pieces, actor=desk.actor, now=desk.now)
    return await _shop(session, desk)


async def _text(session: AsyncSession, asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    which = ShopText(asked["text"])
    write = {
        ShopText.NAME: shop.set_name,
        ShopText.ABOUT: shop.set_about,
        ShopText.MESSAGE: shop.set_closed_message,
    }[which]
    await write(session, asked["language"], text, actor=desk.actor, now=desk.now)
    return shop_texts_screen(await seller_now(session), which, desk.t)


async def _hours(session: AsyncSession, asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    await shop.set_hours(session, list(asked["days"]), hours.read(text), actor=desk.actor, now=desk.now)
    return hours_screen(await seller_now(session), desk.t, note=_done(desk))


async def _holiday(session: AsyncSession, _asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    until = hours.read_day(text, (await seller_now(session)).timezone, desk.now)
    await shop.close_until(session, until, actor=desk.actor, now=desk.now)
    return holiday_screen(await seller_now(session), desk.t, desk.now, note=_done(desk))


async def _method_title(session: AsyncSession, asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    at = asked["method_id"], asked["language"], text
    await delivery_edits.set_title(session, *at, actor=desk.actor, now=desk.now)
    return await _method(session, asked["method_id"], desk)


async def _method_details(session: AsyncSession, asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    language = captions.language_of(text, asked["language"])
    await delivery_edits.set_details(session, asked["method_id"], language, text, actor=desk.actor, now=desk.now)
    return await _method(session, asked["method_id"], desk)


async def _method(session: AsyncSession, method_id: int, desk: GoodsDesk) -> Screen:
    return delivery_card(await delivery_edits.method(session, method_id), desk.t, note=_done(desk))


async def _new_zone(session: AsyncSession, asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    country, price = delivery_edits.read_zone(text, await currencies.offered(session))
    zone_id = await delivery_edits.add_zone(session, asked["method_id"], country, price, actor=desk.actor, now=desk.now)
    return zone_screen(*await delivery_edits.zone(session, zone_id), desk.t, note=_done(desk))


async def _zone_field(session: AsyncSession, asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    _, here = await delivery_edits.zone(session, asked["zone_id"])
    values = _zone_values(ZoneField(asked["field"]), text, here.currency)
    await delivery_edits.set_zone(session, asked["zone_id"], actor=desk.actor, now=desk.now, **values)
    return zone_screen(*await delivery_edits.zone(session, asked["zone_id"]), desk.t, note=_done(desk))


def _zone_values(field: ZoneField, text: str, currency: str) -> dict[str, Any]:
    match field:
        case ZoneField.PRICE:
            return {"price_minor": captions.price(text, currency)}
        case ZoneField.PER_KG:
            return {"per_kg_minor": captions.price(text, currency)}
        case ZoneField.FREE_OVER:
            return {"free_over_minor": captions.price(text, currency) or None}
        case ZoneField.DAYS:
            first, last = delivery_edits.read_days(text)
            return {"min_days": first, "max_days": last}
        case ZoneField.POSTCODES:
            prefix = typed.line(text, "postcode", maximum=16)
            return {"postcode_prefix": "" if prefix == delivery_edits.EVERYWHERE else prefix.upper()}
        case ZoneField.WEIGHT:
            weight_g = goods_variants.read_weight(text)
            if weight_g > delivery_edits.WEIGHT_MAX_G:
                raise BadInput(field="weight", reason="out_of_range", maximum=delivery_edits.WEIGHT_MAX_G)
            return {"max_weight_g": weight_g or None}


async def _category(session: AsyncSession, _asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    language = captions.language_of(text, desk.language)
    await categories.create(session, text, language=language, actor=desk.actor, now=desk.now)
    return shelves_screen(await categories.every(session), desk.t)


async def _category_title(session: AsyncSession, asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    at = asked["category_id"], asked["language"], text
    await categories.rename(session, *at, actor=desk.actor, now=desk.now)
    return shelf_screen(await categories.category(session, asked["category_id"]), desk.t, note=_done(desk))


async def _category_emoji(session: AsyncSession, asked: Asked, text: str, desk: GoodsDesk) -> Screen:
    await categories.set_emoji(session, asked["category_id"], text, actor=desk.actor, now=desk.now)
    return shelf_screen(await categories.category(session, asked["category_id"]), desk.t, note=_done(desk))


ANSWERS: Mapping[str, Answer] = {
    ShopField.CURRENCY.value: _currency,
    ShopField.ZONE.value: _zone,
    ShopField.MINIMUM.value: _minimum,
    ShopField.LOW_AT.value: _low_at,
    ShopField.HOLIDAY.value: _holiday,
    ShopField.CATEGORY.value: _category,
    ShopField.LIST.value: _list,
    "list_min": _list_minimum,
    "text": _text,
    "hours": _hours,
    "method_title": _method_title,
    "method_details": _method_details,
    "new_zone": _new_zone,
    "zone_field": _zone_field,
    "category_title": _category_title,
    "category_emoji": _category_emoji,
}
