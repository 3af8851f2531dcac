"""A customer's orders: the list, one of them, calling one off."""

from datetime import datetime

from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.callbacks import AskCancel, CancelOrder, ShowOrder, ShowOrders
from bot.ui.errors import in_words
from bot.ui.i18n import Translator
from bot.ui.orders import cancel_screen, order_screen, orders_screen
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from handlers.routing import customers_router
from store import order_life, orders
from store.audit import Actor
from store.db import Database
from store.errors import NotAllowedNow, NotFound
from store.models import Customer
from store.order_story import story_of

router = customers_router(__name__)


@router.message(Command("orders"))
async def type_orders(message: Message, db: Database, customer: Customer, seller: SellerView, t: Translator) -> Screen:
    async with db.read() as session:
        return orders_screen(await orders.orders_page(session, customer.id), t, zone=seller.zone_for(customer))


@router.callback_query(ShowOrders.filter())
async def show_orders(
    query: CallbackQuery,
    callback_data: ShowOrders,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
) -> Screen:
    cursor = callback_data.cursor
    after, before = (cursor or None, None) if cursor >= 0 else (None, -cursor)
    async with db.read() as session:
        page = await orders.orders_page(session, customer.id, before=before, after=after)
        if not page.orders and cursor:
            page = await orders.orders_page(session, customer.id)
    return orders_screen(page, t, zone=seller.zone_for(customer))


@router.callback_query(ShowOrder.filter())
async def show_order(
    query: CallbackQuery,
    callback_data: ShowOrder,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
) -> Screen:
    async with db.read() as session:
        try:
            return order_screen(
                await story_of(session, customer.id, callback_data.order_id), t, zone=seller.zone_for(customer)
            )
        except NotFound as error:
            return await own_orders(session, customer, seller, t, in_words(error, t))


@router.callback_query(AskCancel.filter())
async def ask_cancel(
    query: CallbackQuery,
    callback_data: AskCancel,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
) -> Screen:
    async with db.read() as session:
        try:
            story = await story_of(session, customer.id, callback_data.order_id)
        except NotFound as error:
            return await own_orders(session, customer, seller, t, in_words(error, t))
    if not story.order.can_be_cancelled_by_buyer:
        return order_screen(story, t, zone=seller.zone_for(customer)).with_toast(in_words(NotAllowedNow(), t))
    return cancel_screen(story, t)


@router.callback_query(CancelOrder.filter())
async def cancel_order(
    query: CallbackQuery,
    callback_data: CancelOrder,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
    now: datetime,
) -> Screen:
    """Only with the effect that was confirmed: whoever paid since then is asked again, with the refund named."""
    order_id = callback_data.order_id
    try:
        async with db.begin() as session:
            story = await story_of(session, customer.id, order_id)
            if story.order.can_be_cancelled_by_buyer and story.refundable_minor and not callback_data.has_paid:
                return cancel_screen(story, t)
            actor = Actor.customer(customer.id, customer.name)
            await order_life.cancel(session, order_id, actor=actor, reason="customer", now=now)
            story = await story_of(session, customer.id, order_id)
    except (NotAllowedNow, NotFound) as error:
        return await _as_it_is(db, order_id, customer, seller, t, in_words(error, t))
    return order_screen(story, t, zone=seller.zone_for(customer)).with_toast(t.label("The order is cancelled"))


async def _as_it_is(
    db: Database, order_id: int, customer: Customer, seller: SellerView, t: Translator, why: str
) -> Screen:
    async with db.read() as session:
        try:
            story = await story_of(session, customer.id, order_id)
        except NotFound:
            return await own_orders(session, customer, seller, t, why)
    return order_screen(story, t, zone=seller.zone_for(customer)).with_toast(why)


async def own_orders(session: AsyncSession, customer: Customer, seller: SellerView, t: Translator, why: str) -> Screen:
    """What somebody sees who asked for an order that is not theirs: their own."""
    page = await orders.orders_page(session, customer.id)
    return orders_screen(page, t, zone=seller.zone_for(customer)).with_toast(why)
