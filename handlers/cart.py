"""The cart: more, less, out."""

from datetime import datetime

from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.ui.callbacks import AskEmptyCart, EmptyCart, SetLine, ShowCart
from bot.ui.cart import cart_screen, emptied_screen, empty_cart_screen
from bot.ui.doors import notice
from bot.ui.errors import in_words
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from handlers.routing import customers_router
from store import carts
from store.db import Database
from store.errors import StoreError
from store.models import Customer

router = customers_router(__name__)


@router.message(Command("cart"))
async def type_cart(
    message: Message, db: Database, customer: Customer, seller: SellerView, t: Translator, now: datetime
) -> Screen:
    async with db.read() as session:
        return cart_screen(await carts.cart(session, customer.id), t, notice=notice(seller, customer, t, now))


@router.callback_query(ShowCart.filter())
async def show_cart(
    query: CallbackQuery,
    callback_data: ShowCart,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
    now: datetime,
) -> Screen:
    async with db.read() as session:
        cart = await carts.cart(session, customer.id)
    return cart_screen(cart, t, page=callback_data.page, notice=notice(seller, customer, t, now))


@router.callback_query(SetLine.filter())
async def set_line(
    query: CallbackQuery,
    callback_data: SetLine,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
    now: datetime,
) -> Screen:
    """A button of an old cart changes nothing in the present one unless the thing is in it."""
    variant_id, page = callback_data.variant_id, callback_data.page
    said = notice(seller, customer, t, now)
    try:
        async with db.begin() as session:
            cart = await carts.cart(session, customer.id)
            if all(line.variant_id != variant_id for line in cart.lines):
                return cart_screen(cart, t, page=page, notice=said).with_toast(_changed(t))
            cart = await carts.set_quantity(session, customer.id, variant_id, callback_data.quantity, now=now)
    except StoreError as error:
        async with db.read() as session:
            cart = await carts.cart(session, customer.id)
        return cart_screen(cart, t, page=page, notice=said).with_toast(in_words(error, t))
    return cart_screen(cart, t, page=page, notice=said)


@router.callback_query(AskEmptyCart.filter())
async def ask_empty_cart(query: CallbackQuery, db: Database, customer: Customer, t: Translator) -> Screen:
    async with db.read() as session:
        return empty_cart_screen(await carts.cart(session, customer.id), t)


@router.callback_query(EmptyCart.filter())
async def empty_cart(
    query: CallbackQuery,
    callback_data: EmptyCart,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
    now: datetime,
) -> Screen:
    """Only what the question was about is thrown out."""
    async with db.begin() as session:
        cart = await carts.cart(session, customer.id)
        if (cart.id, cart.version) != (callback_data.cart_id, callback_data.version):
            return cart_screen(cart, t, notice=notice(seller, customer, t, now)).with_toast(_changed(t))
        await carts.clear(session, customer.id, now=now)
    return emptied_screen(t)


def _changed(t: Translator) -> str:
    return t.label("Your cart has changed")
