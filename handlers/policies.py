"""Terms, privacy, and help with a payment: what everybody may ask at any time."""

from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.settings import Settings
from bot.ui.i18n import Translator
from bot.ui.policies import payment_help_screen, privacy_screen, terms_screen
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from bot.ui.settings_callbacks import ShowPrivacy, ShowTerms
from handlers.routing import customers_router

router = customers_router(__name__)


@router.message(Command("terms"))
async def type_terms(message: Message, seller: SellerView, settings: Settings, t: Translator) -> Screen:
    return terms_screen(t, shop=t.pick(seller.name), url=settings.terms_url)


@router.callback_query(ShowTerms.filter())
async def show_terms(query: CallbackQuery, seller: SellerView, settings: Settings, t: Translator) -> Screen:
    return terms_screen(t, shop=t.pick(seller.name), url=settings.terms_url)


@router.message(Command("privacy"))
async def type_privacy(message: Message, seller: SellerView, settings: Settings, t: Translator) -> Screen:
    return privacy_screen(t, shop=t.pick(seller.name), url=settings.privacy_url)


@router.callback_query(ShowPrivacy.filter())
async def show_privacy(query: CallbackQuery, seller: SellerView, settings: Settings, t: Translator) -> Screen:
    return privacy_screen(t, shop=t.pick(seller.name), url=settings.privacy_url)


@router.message(Command("paysupport"))
async def type_paysupport(message: Message, t: Translator) -> Screen:
    return payment_help_screen(t)
