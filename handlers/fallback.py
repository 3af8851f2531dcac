"""What nobody else understood: never silence, one helpful line, and the ways on. An edited message is ignored on purpose: it was answered."""

from aiogram.types import CallbackQuery, Message

from bot.ui.account import expected_screen, gone_screen, not_understood_screen
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from handlers.routing import customers_router

router = customers_router(__name__)


@router.message()
async def not_understood(message: Message, t: Translator, raw_state: str | None = None) -> Screen | None:
    """Where an answer is awaited, what it should look like: a sticker is no street."""
    if message.pinned_message or message.new_chat_members or message.left_chat_member:
        return None
    awaiting = next((each for each in Awaiting if each == raw_state), None)
    return expected_screen(awaiting, t) if awaiting is not None else not_understood_screen(t)


@router.callback_query()
async def gone(query: CallbackQuery, t: Translator) -> Screen:
    return gone_screen(t)
