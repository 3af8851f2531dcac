"""Help, the language, and leaving a question unanswered."""

from datetime import datetime

from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.ui.account import help_screen, language_screen, left_screen
from bot.ui.callbacks import SetLanguage, ShowHelp, ShowLanguages
from bot.ui.i18n import LANGUAGE_NAMES, Translator, translator
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from handlers.routing import customers_router
from handlers.start import home
from store import carts, checkout, customers, drafts, living
from store.db import Database
from store.drafts import Draft
from store.models import Customer

router = customers_router(__name__)


@router.message(Command("help"))
async def type_help(message: Message, t: Translator) -> Screen:
    return help_screen(t)


@router.callback_query(ShowHelp.filter())
async def show_help(query: CallbackQuery, t: Translator) -> Screen:
    return help_screen(t)


@router.message(Command("language"))
async def type_language(message: Message, t: Translator) -> Screen:
    return language_screen(t)


@router.callback_query(ShowLanguages.filter())
async def show_languages(query: CallbackQuery, t: Translator) -> Screen:
    return language_screen(t)


@router.callback_query(SetLanguage.filter())
async def set_language(
    query: CallbackQuery,
    callback_data: SetLanguage,
    db: Database,
    customer: Customer,
    seller: SellerView,
    t: Translator,
    now: datetime,
) -> Screen:
    """The shop's front door, in the new language; what stands in the chat about orders follows."""
    if callback_data.language not in LANGUAGE_NAMES:
        return language_screen(t)
    async with db.begin() as session:
        await customers.set_language(session, customer.id, callback_data.language)
        await living.redraw(session, customer.telegram_id, now=now)
        chosen = translator(callback_data.language)
        return (await home(session, customer, seller, chosen, now)).with_toast(LANGUAGE_NAMES[chosen.language])


@router.message(Command("cancel"))
async def leave(
    message: Message, db: Database, customer: Customer, t: Translator, raw_state: str | None = None
) -> Screen:
    """Whatever was being asked is not asked any more; the cart and what was answered before stay."""
    async with db.begin() as session:
        begun = [await drafts.kept(session, customer.id, kind) for kind in Draft]
        for kind in Draft:
            await drafts.drop(session, customer.id, kind)
        cart = await carts.cart(session, customer.id)
        has_checkout = await checkout.is_begun(session, customer.id)
    return left_screen(
        t,
        was_asked=raw_state is not None,
        cart_quantity=cart.quantity,
        had_draft=any(begun),
        has_checkout=has_checkout,
    )
