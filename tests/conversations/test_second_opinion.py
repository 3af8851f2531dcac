"""The calls of whole stories, by the rules of an independent checker. It goes with every other story too: see conftest."""

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto

from bot.calls import call
from bot.demo.session import DEMO_TOKEN
from tests.conversations.conftest import Shop
from tests.conversations.second_opinion import DoublyChecked
from tests.conversations.walks import CASH, PICKUP, answers, orders, takes


async def test_buying_paying_shipping_and_arriving(shop: Shop) -> None:
    """By card with the sandbox bank, the card's whole life in the staff chat, and the parcel to the door."""
    await orders(shop.ann)
    await shop.pays(shop.ann)
    for label in ("Accept", "Pack", "Ship", "label"):
        await shop.max.taps(label)
    for _ in range(20):
        await shop.works(hours=6)
    await shop.ann.sends("/orders")
    assert _checked(shop) > 40


@pytest.mark.parametrize("person", ["lilei", "ivan"])
async def test_every_language(shop: Shop, person: str) -> None:
    """Text of other scripts has other lengths."""
    reader = getattr(shop, person)
    await reader.starts()
    for command in ("/catalog", "/cart", "/orders", "/track", "/help", "/language"):
        await reader.sends(command)
    assert _checked(shop) >= 7


async def test_cash_pick_up_and_calling_off(shop: Shop) -> None:
    await orders(shop.ann, payment=CASH)
    await shop.works()
    await takes(shop.ann)
    await answers(shop.ann, delivery=PICKUP, payment="Pay at pick-up", first=False)
    for label in ("Place order", "Show order", "Cancel order", "Cancel it"):
        await shop.ann.taps(label)
    await shop.works(minutes=1)
    assert _checked(shop) > 25


def _checked(shop: Shop) -> int:
    session = shop.app.bot.session
    assert isinstance(session, DoublyChecked)
    return session.checked


async def test_it_objects_to_what_telegram_would_refuse(shop: Shop) -> None:
    """A control: markup, a caption inside an edit, and callback data that are too long."""
    session = DoublyChecked(shop.world)
    bot = Bot(DEMO_TOKEN, session=session)
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="x" * 65)]])
    media = InputMediaPhoto(media="x", caption="<b>x", parse_mode="HTML")
    for refused in (
        bot.send_message(shop.ann.id, "a < b", parse_mode="HTML"),
        bot.send_message(shop.ann.id, "x", reply_markup=keyboard),
        bot.edit_message_media(media, chat_id=shop.ann.id, message_id=1),
        bot(call("sendMessage", chat_id=shop.ann.id, text="<br>", parse_mode="HTML")),
    ):
        with pytest.raises(TelegramBadRequest):
            await refused
    assert len(session.objections) == 4
