"""The merchant's coupons: /coupons lists them, /coupon makes one, and a late parcel's card gives one away."""

from datetime import datetime

from aiogram import Bot
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.ui.coupon_callbacks import Apologise, AskApology, ListCoupons, ShowCoupon, SwitchCoupon
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from bot.ui.staff_coupons import ask_apology_screen, coupons_screen, staff_coupon_screen
from handlers.staff_desk import Desk, desk_router
from handlers.staff_support import AtTheDesk
from store import coupon_edits, coupon_typed, shipments, staff
from store.db import Database
from store.models import Coupon
from store.order_story import story
from store.staff import Permission

router = desk_router(__name__)


@router.message(Command("coupons"), AtTheDesk())
async def type_coupons(message: Message, db: Database, desk: Desk, now: datetime) -> Screen:
    return await _coupons(db, desk, now)


@router.callback_query(ListCoupons.filter())
async def list_coupons(query: CallbackQuery, db: Database, desk: Desk, now: datetime) -> Screen:
    return await _coupons(db, desk, now)


async def _coupons(db: Database, desk: Desk, now: datetime) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
        return coupons_screen(await coupon_edits.coupons(session, now=now), desk.t, now=now)


@router.message(Command("coupon"), AtTheDesk())
async def make_coupon(
    message: Message,
    command: CommandObject,
    bot: Bot,
    db: Database,
    desk: Desk,
    seller: SellerView,
    now: datetime,
) -> Screen:
    """Without words it shows how. Raises: BadInput, NotPermitted."""
    if not (words := command.args or ""):
        return await _coupons(db, desk, now)
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
        wanted = coupon_typed.read(words, currency=seller.currency, zone=desk.zone, now=now)
        made = await coupon_edits.create(session, wanted, actor=desk.actor, now=now)
    return await _screen(made, bot, desk, now)


@router.callback_query(ShowCoupon.filter())
async def show_coupon(
    query: CallbackQuery, callback_data: ShowCoupon, bot: Bot, db: Database, desk: Desk, now: datetime
) -> Screen:
    async with db.read() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
        row = await coupon_edits.coupon(session, callback_data.coupon_id)
    return await _screen(row, bot, desk, now)


@router.callback_query(SwitchCoupon.filter())
async def switch_coupon(
    query: CallbackQuery, callback_data: SwitchCoupon, bot: Bot, db: Database, desk: Desk, now: datetime
) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.CATALOGUE)
        row = await coupon_edits.switch(
            session, callback_data.coupon_id, is_active=callback_data.is_active, actor=desk.actor, now=now
        )
    return await _screen(row, bot, desk, now)


async def _screen(row: Coupon, bot: Bot, desk: Desk, now: datetime) -> Screen:
    return staff_coupon_screen(row, desk.t, desk.zone, bot_username=(await bot.me()).username or "", now=now)


@router.callback_query(AskApology.filter())
async def ask_apology(query: CallbackQuery, callback_data: AskApology, db: Database, desk: Desk) -> Screen:
    """Who may give money back may promise some."""
    async with db.read() as session:
        order_id = await shipments.order_id_of(session, callback_data.shipment_id)
        told = await desk.asks(session, Permission.REFUND, order_id)
    return ask_apology_screen(told, callback_data.shipment_id, desk.t, desk.zone, desk.carriers)


@router.callback_query(Apologise.filter())
async def apologise(query: CallbackQuery, callback_data: Apologise, db: Database, desk: Desk, now: datetime) -> Screen:
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.REFUND)
        await coupon_edits.apologise(
            session, callback_data.shipment_id, callback_data.percent, actor=desk.actor, now=now
        )
        told = await story(session, await shipments.order_id_of(session, callback_data.shipment_id))
    return desk.card(told, desk.t.label("The buyer has a coupon now"))
