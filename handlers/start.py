"""The front door, and the links that lead past it: t.me/<bot>?start=p_12."""

from contextlib import suppress
from datetime import datetime

from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import CallbackQuery, Message
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cache import Pages
from bot.settings import Settings
from bot.ui import links
from bot.ui.callbacks import ShowHome
from bot.ui.catalog import categories_screen, category_screen, product_screen
from bot.ui.doors import notice
from bot.ui.first_hour import first_hour_screen
from bot.ui.i18n import Translator
from bot.ui.linked import with_alternatives, with_checkout
from bot.ui.links import Link, Target
from bot.ui.orders import order_screen
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from bot.ui.start import start_screen
from handlers.routing import customers_router
from store import alternatives, carts, catalog, checkout, favourites, first_hour, order_search, order_story
from store.db import Database
from store.errors import NotFound
from store.models import Customer
from store.payments.registry import Gateways

router = customers_router(__name__)


@router.message(CommandStart())
async def start(
    message: Message,
    command: CommandObject,
    db: Database,
    customer: Customer,
    seller: SellerView,
    currency: str,
    t: Translator,
    settings: Settings,
    gateways: Gateways,
    now: datetime,
) -> Screen:
    """The shop, or what a link points at; a link to something that is gone leads to the shop. Its owner is led through the first hour."""
    async with db.read() as session:
        if (link := links.read(command.args or "")) is not None:
            with suppress(NotFound):
                screen = await linked(session, link, customer, seller, currency, t)
                is_begun = await checkout.is_begun(session, customer.id)
                return with_checkout(screen, t) if is_begun else screen
        return await _front(session, customer, seller, t, settings, gateways, now)


@router.callback_query(ShowHome.filter())
async def show_home(
    query: CallbackQuery,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
    settings: Settings,
    gateways: Gateways,
    now: datetime,
) -> Screen:
    async with db.read() as session:
        return await _front(session, customer, seller, t, settings, gateways, now)


async def _front(
    session: AsyncSession,
    customer: Customer,
    seller: SellerView,
    t: Translator,
    settings: Settings,
    gateways: Gateways,
    now: datetime,
) -> Screen:
    """The front door; to the owner of a shop that cannot sell yet, what it still needs."""
    if customer.telegram_id == settings.owner_id:
        progress = await first_hour.progress(session)
        if not progress.can_sell:
            return first_hour_screen(progress, has_payments=bool(gateways), name=t.pick(seller.name), t=t)
    return await home(session, customer, seller, t, now)


@router.message(Command("catalog"))
async def show_catalog(message: Message, pages: Pages, t: Translator) -> Screen:
    return categories_screen(await pages.categories(), t)


async def home(session: AsyncSession, customer: Customer, seller: SellerView, t: Translator, now: datetime) -> Screen:
    """The front door with the person's own cart in it."""
    cart = await carts.cart(session, customer.id)
    return start_screen(
        t,
        name=seller.name,
        about=seller.about,
        cart_quantity=cart.quantity,
        has_checkout=await checkout.is_begun(session, customer.id),
        notice=notice(seller, customer, t, now),
    )


async def linked(
    session: AsyncSession, link: Link, customer: Customer, seller: SellerView, currency: str, t: Translator
) -> Screen:
    """Raises: NotFound for what is gone, and for what never was for this person to see."""
    if link.to is Target.ORDER:
        order_id = await order_search.by_secret(session, customer.id, link.name)
        if order_id is None:
            raise NotFound(what="order")
        story = await order_story.story_of(session, customer.id, order_id)
        return order_screen(story, t, zone=seller.zone_for(customer))
    if (row_id := link.row_id) is None:
        raise NotFound(what="link")
    if link.to is Target.CATEGORY:
        return category_screen(await catalog.products_page(session, row_id, currency), t)
    return await _product(session, row_id, customer, currency, t)


async def _product(session: AsyncSession, product_id: int, customer: Customer, currency: str, t: Translator) -> Screen:
    """What cannot be had now comes with what can."""
    product = await catalog.product(session, product_id, currency)
    screen = product_screen(product, t, regard=await favourites.regard(session, customer.id, product))
    if product.is_for_sale and not product.is_sold_out:
        return screen
    return with_alternatives(screen, await alternatives.instead_of(session, product), t)
