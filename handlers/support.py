"""How to reach a person."""

from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.ui.i18n import Translator
from bot.ui.policies import support_screen
from bot.ui.screen import Screen
from bot.ui.settings_callbacks import ShowSupport
from handlers.routing import customers_router

router = customers_router(__name__)


@router.message(Command("support"))
async def type_support(message: Message, t: Translator) -> Screen:
    return support_screen(t)


@router.callback_query(ShowSupport.filter())
async def show_support(query: CallbackQuery, t: Translator) -> Screen:
    return support_screen(t)
