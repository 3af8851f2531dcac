"""The front door, and the links that lead past it: t.me/<bot>?start=p_12."""

import re

from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.callbacks import ShowHome
from bot.ui.catalog import categories_screen, category_screen, product_screen
from bot.ui.i18n import Translator
from bot.ui.orders import order_screen
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from bot.ui.start import start_screen
from handlers.routing import customers_router
from store import carts, catalog, checkout, order_search, order_story
from store.db import Database
from store.errors import NotFound
from store.models import Customer

router = customers_router(__name__)

_LINK = re.compile(r"([pco])_([A-Za-z0-9-]{1,62})")


@router.message(CommandStart())
async def start(
    message: Message, command: CommandObject, db: Database, customer: Customer, seller: SellerView, t: Translator
) -> Screen:
    """The shop, or what a link points at; a link to something that is gone leads to the shop."""
    async with db.read() as session:
        if link := _LINK.fullmatch(command.args or ""):
            try:
                return await _linked(session, link[1], link[2], customer, seller, t)
            except NotFound:
                pass
        return await home(session, customer, seller, t)


@router.callback_query(ShowHome.filter())
async def show_home(
    query: CallbackQuery, db: Database, customer: Customer, seller: SellerView, t: Translator
) -> Screen:
    async with db.read() as session:
        return await home(session, customer, seller, t)


@router.message(Command("catalog"))
async def show_catalog(message: Message, db: Database, t: Translator) -> Screen:
    async with db.read() as session:
        return categories_screen(await catalog.categories(session), t)


async def home(session: AsyncSession, customer: Customer, seller: SellerView, t: Translator) -> Screen:
    """The front door with the person's own cart in it."""
    cart = await carts.cart(session, customer.id)
    return start_screen(
        t,
        name=seller.name,
        about=seller.about,
        cart_quantity=cart.quantity,
        has_checkout=await checkout.is_begun(session, customer.id),
    )


async def _linked(
    session: AsyncSession, kind: str, target: str, customer: Customer, seller: SellerView, t: Translator
) -> Screen:
    if kind == "o":
        order_id = await order_search.by_secret(session, customer.id, target)
        if order_id is None:
            raise NotFound(what="order")
        story = await order_story.story_of(session, customer.id, order_id)
        return order_screen(story, t, zone=seller.timezone)
    row_id = _row_id(target)
    if kind == "c":
        return category_screen(await catalog.products_page(session, row_id), t)
    return product_screen(await catalog.product(session, row_id), t)


def _row_id(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise NotFound(what="link")
    return int(text)
