"""A payment card's number in the chat is refused before anybody reads it, whatever was asked: it is deleted, and nothing of it is kept."""

import logging

from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Filter
from aiogram.types import Message

from bot.refusals import reason
from bot.speaker import Speaker, Turn
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from bot.ui.unexpected import card_number_screen
from handlers.routing import InPrivate, customers_router
from store.card_numbers import has_card_number

log = logging.getLogger(__name__)

router = customers_router(__name__)


class HoldsCardNumber(Filter):
    async def __call__(self, message: Message) -> bool:
        return has_card_number(message.text or message.caption or "")


# A question to the shop can be changed after it was sent: the change would be carried over.
@router.edited_message(InPrivate(), HoldsCardNumber())
@router.message(HoldsCardNumber())
async def refuse(message: Message, speaker: Speaker, t: Translator, raw_state: str | None = None) -> Screen:
    awaiting = next((each for each in Awaiting if each == raw_state), None)
    return card_number_screen(t, is_deleted=await _deleted(message, speaker), awaiting=awaiting)


async def _deleted(message: Message, speaker: Speaker) -> bool:
    done: list[bool] = []

    async def work(turn: Turn) -> None:
        try:
            await turn("deleteMessage", message_id=message.message_id)
        except TelegramAPIError as error:
            log.warning("a message with a card's number could not be deleted: %s", reason(error))
        else:
            done.append(True)

    await speaker.say(message.chat.id, work, place=("card", message.message_id))
    return bool(done)
