"""What a person wants to be told, when it may make a sound, and by which clock."""

from datetime import datetime

from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.callbacks import ShowProduct
from bot.ui.currency import chosen_toast, currencies_screen
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from bot.ui.settings import quiet_hours_screen, settings_screen, stopped_screen, zone_screen
from bot.ui.settings_callbacks import (
    AskCurrency,
    AskQuietHours,
    AskZone,
    ChooseCurrency,
    ForgetZone,
    SetQuietHours,
    SetTopic,
    SetZone,
    ShowSettings,
)
from bot.ui.states import Awaiting
from handlers import catalog
from handlers.awaits import Awaits
from handlers.routing import customers_router
from store import carts, currencies, preferences, presentment, zones
from store.db import Database
from store.errors import BadInput
from store.models import Customer

router = customers_router(__name__)


@router.message(Command("settings"))
async def type_settings(
    message: Message, db: Database, customer: Customer, seller: SellerView, t: Translator, now: datetime
) -> Screen:
    async with db.read() as session:
        return await _settings(session, customer, seller, t, now)


@router.callback_query(ShowSettings.filter())
async def show_settings(
    query: CallbackQuery, db: Database, customer: Customer, seller: SellerView, t: Translator, now: datetime
) -> Screen:
    async with db.read() as session:
        return await _settings(session, customer, seller, t, now)


async def _settings(
    session: AsyncSession, customer: Customer, seller: SellerView, t: Translator, now: datetime
) -> Screen:
    """As they are in this transaction."""
    changed, offered = await preferences.customer(session, customer.id), await currencies.offered(session)
    currency = await currencies.of(session, customer.id) if len(offered) > 1 else None
    return settings_screen(changed, t, shop_zone=seller.timezone, now=now, currency=currency)


@router.callback_query(SetTopic.filter())
async def set_topic(
    query: CallbackQuery,
    callback_data: SetTopic,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
    now: datetime,
) -> Screen:
    async with db.begin() as session:
        await preferences.set_topic(session, customer.id, callback_data.topic, wanted=callback_data.wanted)
        return await _settings(session, customer, seller, t, now)


@router.message(Command("stop"))
async def stop(message: Message, db: Database, customer: Customer, t: Translator) -> Screen:
    async with db.begin() as session:
        was_told = await preferences.stop_marketing(session, customer.id)
    return stopped_screen(t, was_told=was_told)


@router.callback_query(AskQuietHours.filter())
async def ask_quiet_hours(query: CallbackQuery, customer: Customer, t: Translator) -> Screen:
    return quiet_hours_screen(customer, t)


@router.callback_query(SetQuietHours.filter())
async def set_quiet_hours(
    query: CallbackQuery,
    callback_data: SetQuietHours,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
    now: datetime,
) -> Screen:
    hours = callback_data.start, callback_data.until
    async with db.begin() as session:
        await preferences.set_quiet_hours(session, customer.id, hours if hours[0] != hours[1] else None)
        return await _settings(session, customer, seller, t, now)


@router.callback_query(AskZone.filter())
async def ask_zone(
    query: CallbackQuery, customer: Customer, seller: SellerView, t: Translator, now: datetime
) -> Screen:
    return zone_screen(customer, t, shop_zone=seller.timezone, now=now)


@router.message(Awaits(Awaiting.TIMEZONE))
async def type_zone(
    message: Message, db: Database, customer: Customer, seller: SellerView, t: Translator, now: datetime
) -> Screen:
    """One zone is taken at once; of several, the person chooses."""
    found = zones.find(message.text or "")
    if len(found) != 1:
        return zone_screen(customer, t, shop_zone=seller.timezone, now=now, found=found, unknown=not found)
    return await _settled(db, customer, found[0], seller, t, now)


@router.callback_query(SetZone.filter())
async def set_zone(
    query: CallbackQuery,
    callback_data: SetZone,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
    now: datetime,
) -> Screen:
    try:
        return await _settled(db, customer, callback_data.zone, seller, t, now)
    except BadInput:  # a changed client can send anything
        return zone_screen(customer, t, shop_zone=seller.timezone, now=now, unknown=True)


@router.callback_query(ForgetZone.filter())
async def forget_zone(
    query: CallbackQuery, db: Database, customer: Customer, seller: SellerView, t: Translator, now: datetime
) -> Screen:
    return await _settled(db, customer, None, seller, t, now)


async def _settled(
    db: Database, customer: Customer, zone: str | None, seller: SellerView, t: Translator, now: datetime
) -> Screen:
    async with db.begin() as session:
        await preferences.set_timezone(session, customer.id, zone)
        return await _settings(session, customer, seller, t, now)


@router.callback_query(AskCurrency.filter())
async def ask_currency(
    query: CallbackQuery, callback_data: AskCurrency, db: Database, currency: str, t: Translator
) -> Screen:
    async with db.read() as session:
        offered = await currencies.offered(session)
    return currencies_screen(offered, currency, t, product_id=callback_data.product_id)


@router.callback_query(ChooseCurrency.filter())
async def choose_currency(
    query: CallbackQuery,
    callback_data: ChooseCurrency,
    db: Database,
    customer: Customer,
    seller: SellerView,
    currency: str,
    t: Translator,
    now: datetime,
) -> Screen:
    """Where it was chosen on a product's page, the product again. Of a currency that is gone, the others are shown."""
    wanted = callback_data
    try:
        async with db.begin() as session:
            await presentment.choose(session, customer.id, wanted.currency, now=now)
            cart = await carts.cart(session, customer.id)
            screen = await _settings(session, customer, seller, t, now)
    except BadInput:
        others: Screen = await ask_currency(query, AskCurrency(product_id=wanted.product_id), db, currency, t)
        return others
    if wanted.product_id:
        at = ShowProduct(product_id=wanted.product_id, cursor=0)
        screen = await catalog.show_product(query, at, db, customer, wanted.currency, t)
    said: Screen = screen.with_toast(chosen_toast(cart, wanted.currency, t))
    return said
