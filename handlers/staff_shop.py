"""The shop's settings: what is pressed. Only those with the permission; everything is read again at every press."""

from collections.abc import Awaitable, Callable

from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.first_hour import payments_screen
from bot.ui.hours import hours_screen
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from bot.ui.shop import holiday_screen, shop_screen, shop_texts_screen
from bot.ui.shop_callbacks import (
    CloseDays,
    EndHoliday,
    OpenAlways,
    PickZone,
    SetCurrency,
    ShowHoliday,
    ShowHours,
    ShowPayments,
    ShowShop,
    ShowShopTexts,
    TakeHoliday,
)
from handlers.goods_desk import GoodsDesk, goods_router
from store import hours, sellers, shop
from store.db import Database
from store.payments import takers
from store.payments.registry import Gateways
from store.staff import Permission

router = goods_router(__name__)

Act = Callable[[AsyncSession], Awaitable[None]]
Draw = Callable[[SellerView, Translator], Screen]


async def seller_now(session: AsyncSession) -> SellerView:
    """As it is in this transaction."""
    return SellerView.of(await sellers.the_seller(session))


async def _set(db: Database, desk: GoodsDesk, act: Act, draw: Draw) -> Screen:
    """Acts for somebody who may, then shows what has become of it."""
    async with db.begin() as session:
        await desk.requires(session, Permission.SETTINGS)
        await act(session)
        seller = await seller_now(session)
    return draw(seller, desk.t).with_toast(desk.t.label("Changed"))


async def _seen(db: Database, desk: GoodsDesk) -> SellerView:
    async with db.read() as session:
        await desk.requires(session, Permission.SETTINGS)
        return await seller_now(session)


@router.message(Command("shop"))
async def type_shop(message: Message, db: Database, desk: GoodsDesk) -> Screen:
    return shop_screen(await _seen(db, desk), desk.t, desk.now)


@router.callback_query(ShowShop.filter())
async def show_shop(query: CallbackQuery, db: Database, desk: GoodsDesk) -> Screen:
    return shop_screen(await _seen(db, desk), desk.t, desk.now)


@router.callback_query(ShowPayments.filter())
async def show_payments(query: CallbackQuery, db: Database, desk: GoodsDesk, gateways: Gateways) -> Screen:
    await _seen(db, desk)
    return payments_screen(list(gateways), desk.t)


@router.callback_query(ShowShopTexts.filter())
async def show_texts(query: CallbackQuery, callback_data: ShowShopTexts, db: Database, desk: GoodsDesk) -> Screen:
    return shop_texts_screen(await _seen(db, desk), callback_data.text, desk.t)


@router.callback_query(ShowHours.filter())
async def show_hours(query: CallbackQuery, db: Database, desk: GoodsDesk) -> Screen:
    return hours_screen(await _seen(db, desk), desk.t)


@router.callback_query(ShowHoliday.filter())
async def show_holiday(query: CallbackQuery, db: Database, desk: GoodsDesk) -> Screen:
    return holiday_screen(await _seen(db, desk), desk.t, desk.now)


@router.callback_query(PickZone.filter())
async def pick_zone(query: CallbackQuery, callback_data: PickZone, db: Database, desk: GoodsDesk) -> Screen:
    async def act(session: AsyncSession) -> None:
        await shop.set_timezone(session, callback_data.zone, actor=desk.actor, now=desk.now)

    return await _set(db, desk, act, lambda seller, t: shop_screen(seller, t, desk.now))


@router.callback_query(SetCurrency.filter())
async def set_currency(
    query: CallbackQuery, callback_data: SetCurrency, db: Database, desk: GoodsDesk, gateways: Gateways
) -> Screen:
    """Not what nobody could pay in. Raises: CurrencyNotTaken, CurrencyInUse."""
    takers.check(gateways, callback_data.currency)

    async def act(session: AsyncSession) -> None:
        await shop.set_currency(session, callback_data.currency, actor=desk.actor, now=desk.now)

    return await _set(db, desk, act, lambda seller, t: shop_screen(seller, t, desk.now))


@router.callback_query(CloseDays.filter())
async def close_days(query: CallbackQuery, callback_data: CloseDays, db: Database, desk: GoodsDesk) -> Screen:
    async def act(session: AsyncSession) -> None:
        await shop.set_hours(session, list(callback_data.days.value), [], actor=desk.actor, now=desk.now)

    return await _set(db, desk, act, hours_screen)


@router.callback_query(OpenAlways.filter())
async def open_always(query: CallbackQuery, db: Database, desk: GoodsDesk) -> Screen:
    async def act(session: AsyncSession) -> None:
        await shop.open_always(session, actor=desk.actor, now=desk.now)

    return await _set(db, desk, act, hours_screen)


@router.callback_query(TakeHoliday.filter())
async def take_holiday(query: CallbackQuery, callback_data: TakeHoliday, db: Database, desk: GoodsDesk) -> Screen:
    async def act(session: AsyncSession) -> None:
        until = hours.days_from(desk.now, callback_data.days, desk.zone)
        await shop.close_until(session, until, actor=desk.actor, now=desk.now)

    return await _set(db, desk, act, lambda seller, t: holiday_screen(seller, t, desk.now))


@router.callback_query(EndHoliday.filter())
async def end_holiday(query: CallbackQuery, db: Database, desk: GoodsDesk) -> Screen:
    async def act(session: AsyncSession) -> None:
        await shop.reopen(session, actor=desk.actor, now=desk.now)

    return await _set(db, desk, act, lambda seller, t: holiday_screen(seller, t, desk.now))
