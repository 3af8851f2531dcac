"""The ways of delivery: what the owner presses."""

from aiogram.types import CallbackQuery

from bot.ui.deliveries import deliveries_screen, delivery_card, zone_screen
from bot.ui.i18n import LANGUAGES, noop, translator
from bot.ui.screen import Screen
from bot.ui.shop_callbacks import (
    AddDelivery,
    MethodKind,
    RemoveZone,
    ShowDeliveries,
    ShowDelivery,
    ShowZone,
    SwitchDelivery,
)
from handlers.goods_desk import GoodsDesk, goods_router
from store import delivery_edits
from store.db import Database
from store.staff import Permission

router = goods_router(__name__)

# What a new way is called, in every language, until the owner says it better.
_TITLE = {
    MethodKind.COURIER: noop("Courier"),
    MethodKind.PICKUP: noop("Pick-up"),
    MethodKind.DIGITAL: noop("By message"),
}


@router.callback_query(ShowDeliveries.filter())
async def show_deliveries(query: CallbackQuery, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session, Permission.SETTINGS)
        return deliveries_screen(await delivery_edits.methods(session), desk.t)


@router.callback_query(ShowDelivery.filter())
async def show_delivery(query: CallbackQuery, callback_data: ShowDelivery, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session, Permission.SETTINGS)
        return delivery_card(await delivery_edits.method(session, callback_data.method_id), desk.t)


@router.callback_query(ShowZone.filter())
async def show_zone(query: CallbackQuery, callback_data: ShowZone, db: Database, desk: GoodsDesk) -> Screen:
    async with db.read() as session:
        await desk.requires(session, Permission.SETTINGS)
        return zone_screen(*await delivery_edits.zone(session, callback_data.zone_id), desk.t)


@router.callback_query(AddDelivery.filter())
async def add_delivery(query: CallbackQuery, callback_data: AddDelivery, db: Database, desk: GoodsDesk) -> Screen:
    kind = callback_data.kind
    titles = {code: translator(code).label(_TITLE[kind]) for code in LANGUAGES}
    async with db.begin() as session:
        await desk.requires(session, Permission.SETTINGS)
        method_id = await delivery_edits.add(session, kind.value, titles, actor=desk.actor, now=desk.now)
        card = delivery_card(await delivery_edits.method(session, method_id), desk.t)
    return card.with_toast(desk.t.label("Added"))


@router.callback_query(SwitchDelivery.filter())
async def switch_delivery(query: CallbackQuery, callback_data: SwitchDelivery, db: Database, desk: GoodsDesk) -> Screen:
    wanted = callback_data
    async with db.begin() as session:
        await desk.requires(session, Permission.SETTINGS)
        await delivery_edits.set_active(session, wanted.method_id, wanted.is_active, actor=desk.actor, now=desk.now)
        card = delivery_card(await delivery_edits.method(session, wanted.method_id), desk.t)
    return card.with_toast(desk.t.label("Changed"))


@router.callback_query(RemoveZone.filter())
async def remove_zone(query: CallbackQuery, callback_data: RemoveZone, db: Database, desk: GoodsDesk) -> Screen:
    async with db.begin() as session:
        await desk.requires(session, Permission.SETTINGS)
        method_id = await delivery_edits.remove_zone(session, callback_data.zone_id, actor=desk.actor, now=desk.now)
        card = delivery_card(await delivery_edits.method(session, method_id), desk.t)
    return card.with_toast(desk.t.label("Removed"))
