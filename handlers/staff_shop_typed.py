"""What the owner types about the shop: a button asks, the question is remembered, a text answers it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.categories import ask_category_title_screen, ask_emoji_screen
from bot.ui.deliveries import (
    ask_delivery_details_screen,
    ask_delivery_title_screen,
    ask_new_zone_screen,
    ask_zone_screen,
)
from bot.ui.hours import ask_hours_screen
from bot.ui.price_lists import ask_list_screen
from bot.ui.screen import Screen
from bot.ui.shop import ask_shop_screen, ask_shop_text_screen, shop_screen
from bot.ui.shop_callbacks import (
    AskCategoryTitle,
    AskDeliveryDetails,
    AskDeliveryTitle,
    AskEmoji,
    AskHours,
    AskList,
    AskNewZone,
    AskShop,
    AskShopText,
    AskZone,
)
from bot.ui.states import Awaiting
from handlers.awaits import Awaits
from handlers.goods_desk import GoodsDesk, goods_router
from handlers.shop_answers import ANSWERS, LIST_RATE, fill_list, list_filled, permission_for
from handlers.staff_shop import seller_now
from store import categories, delivery_edits
from store.db import Database
from store.drafts import Draft
from store.price_filling import Filled
from store.staff import Permission

router = goods_router(__name__)

Draw = Callable[[AsyncSession], Awaitable[Screen]]


async def _ask(db: Database, desk: GoodsDesk, draw: Draw, *, ask: str, **about: Any) -> Screen:
    """The question, remembered with what it is about. Raises: NotPermitted, NotFound."""
    async with db.begin() as session:
        await desk.requires(session, permission_for(ask))
        await desk.asks(session, Draft.SHOP, ask=ask, **about)
        return desk.question(await draw(session))


@router.callback_query(AskShop.filter())
async def ask_shop(query: CallbackQuery, callback_data: AskShop, db: Database, desk: GoodsDesk) -> Screen:
    async def draw(session: AsyncSession) -> Screen:
        return ask_shop_screen(await seller_now(session), callback_data.field, desk.t)

    return await _ask(db, desk, draw, ask=callback_data.field.value)


@router.callback_query(AskList.filter())
async def ask_list(query: CallbackQuery, callback_data: AskList, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data

    async def draw(session: AsyncSession) -> Screen:
        return ask_list_screen(await seller_now(session), wanted.currency, wanted.field, desk.t)

    return await _ask(db, desk, draw, ask=f"list_{wanted.field}", currency=wanted.currency)


@router.callback_query(AskShopText.filter())
async def ask_shop_text(query: CallbackQuery, callback_data: AskShopText, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data

    async def draw(_session: AsyncSession) -> Screen:
        return ask_shop_text_screen(wanted.text, wanted.language, desk.t)

    return await _ask(db, desk, draw, ask="text", text=wanted.text.value, language=wanted.language)


@router.callback_query(AskHours.filter())
async def ask_hours(query: CallbackQuery, callback_data: AskHours, db: Database, desk: GoodsDesk) -> Screen:
    async def draw(_session: AsyncSession) -> Screen:
        return ask_hours_screen(callback_data.days, desk.t)

    return await _ask(db, desk, draw, ask="hours", days=callback_data.days.value)


@router.callback_query(AskDeliveryTitle.filter())
async def ask_delivery_title(
    query: CallbackQuery, callback_data: AskDeliveryTitle, db: Database, desk: GoodsDesk
) -> Screen:
    wanted = callback_data

    async def draw(session: AsyncSession) -> Screen:
        found = await delivery_edits.method(session, wanted.method_id)
        return ask_delivery_title_screen(found, wanted.language, desk.t)

    return await _ask(db, desk, draw, ask="method_title", method_id=wanted.method_id, language=wanted.language)


@router.callback_query(AskDeliveryDetails.filter())
async def ask_delivery_details(
    query: CallbackQuery, callback_data: AskDeliveryDetails, db: Database, desk: GoodsDesk
) -> Screen:
    wanted = callback_data

    async def draw(session: AsyncSession) -> Screen:
        return ask_delivery_details_screen(await delivery_edits.method(session, wanted.method_id), desk.t)

    return await _ask(db, desk, draw, ask="method_details", method_id=wanted.method_id, language=wanted.language)


@router.callback_query(AskNewZone.filter())
async def ask_new_zone(query: CallbackQuery, callback_data: AskNewZone, db: Database, desk: GoodsDesk) -> Screen:
    async def draw(session: AsyncSession) -> Screen:
        return ask_new_zone_screen(await delivery_edits.method(session, callback_data.method_id), desk.t)

    return await _ask(db, desk, draw, ask="new_zone", method_id=callback_data.method_id)


@router.callback_query(AskZone.filter())
async def ask_zone(query: CallbackQuery, callback_data: AskZone, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data

    async def draw(session: AsyncSession) -> Screen:
        return ask_zone_screen(*await delivery_edits.zone(session, wanted.zone_id), wanted.field, desk.t)

    return await _ask(db, desk, draw, ask="zone_field", zone_id=wanted.zone_id, field=wanted.field.value)


@router.callback_query(AskCategoryTitle.filter())
async def ask_category_title(
    query: CallbackQuery, callback_data: AskCategoryTitle, db: Database, desk: GoodsDesk
) -> Screen:
    wanted = callback_data

    async def draw(session: AsyncSession) -> Screen:
        row = await categories.category(session, wanted.category_id)
        return ask_category_title_screen(row, wanted.language, desk.t)

    about = {"category_id": wanted.category_id, "language": wanted.language}
    return await _ask(db, desk, draw, ask="category_title", **about)


@router.callback_query(AskEmoji.filter())
async def ask_emoji(query: CallbackQuery, callback_data: AskEmoji, db: Database, desk: GoodsDesk) -> Screen:
    async def draw(session: AsyncSession) -> Screen:
        return ask_emoji_screen(await categories.category(session, callback_data.category_id), desk.t)

    return await _ask(db, desk, draw, ask="category_emoji", category_id=callback_data.category_id)


@router.message(Awaits(Awaiting.SHOP))
async def answer(message: Message, db: Database, desk: GoodsDesk) -> Screen:
    """What was asked is written down; what cannot be used stays asked. Raises: NotPermitted, NotFound, BadInput, CurrencyInUse."""
    text = message.text or ""
    filled = await _filled(db, text, desk)
    async with db.begin() as session:
        asked = await desk.asked(session, Draft.SHOP)
        if filled is not None:
            screen = await list_filled(session, asked, filled, desk)
        else:
            screen = await _answered(session, asked, text, desk)
        await desk.asks(session, Draft.SHOP, answered_by=message.message_id)
        return screen


async def _filled(db: Database, text: str, desk: GoodsDesk) -> Filled | None:
    """What a price list was filled with, if it was a rate that was asked for. Raises: NotPermitted, BadInput."""
    async with db.read() as session:
        asked = await desk.asked(session, Draft.SHOP)
        if asked.get("ask") != LIST_RATE:
            return None
        await desk.requires(session, permission_for(LIST_RATE))
    return await fill_list(db, asked, text, desk)


async def _answered(session: AsyncSession, asked: Mapping[str, Any], text: str, desk: GoodsDesk) -> Screen:
    ask = str(asked.get("ask", ""))
    await desk.requires(session, permission_for(ask))
    write = ANSWERS.get(ask)
    if write is None:  # it was answered, and nothing is asked any more
        return shop_screen(await seller_now(session), desk.t, desk.now)
    return await write(session, asked, text, desk)


async def answered_before(session: AsyncSession, message_id: int, desk: GoodsDesk) -> Screen | None:
    """The shop as it is, if just this message has changed it. Raises: NotPermitted."""
    asked = await desk.asked(session, Draft.SHOP)
    if asked.get("answered_by") != message_id:
        return None
    await desk.requires(session, Permission.SETTINGS)
    return shop_screen(await seller_now(session), desk.t, desk.now)
