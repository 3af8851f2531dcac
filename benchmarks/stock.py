"""The other side of the tap: a bot as aiogram's documentation writes one, which shows one screen from constants."""

import sys
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from benchmarks.bot_api import BOT, CHAT, PHOTO, TOKEN
from benchmarks.filling import FIRST_TELEGRAM_ID
from bot.ui.callbacks import ShowCategory

PERSON = {"id": FIRST_TELEGRAM_ID + 1, "is_bot": False, "first_name": "Ann", "username": "ann", "language_code": "en"}
CAPTION = "<b>🏺 Shelf 1</b>\n\n" + "\n".join(f"• Stoneware mug {number}: $15.00" for number in range(13, 19))
PRODUCTS = [[(f"Stoneware mug {n}", f"p:{n}:12"), (f"Stoneware mug {n + 1}", f"p:{n + 1}:12")] for n in (13, 15, 17)]
ROWS = [*PRODUCTS, [("◀ Previous", "c:1:-13"), ("Next ▶", "c:1:18")], [("◀ Back", "cs"), ("🏠 Home", "h")]]


def tap(update_id: int, person: dict[str, Any] = PERSON) -> dict[str, Any]:
    """A press of "Next" under the page that stands there, as Telegram sends it: with the whole old message."""
    keyboard = [[{"text": text, "callback_data": data} for text, data in row] for row in ROWS]
    message = {
        "message_id": 7,
        "from": BOT,
        "chat": CHAT | {"id": person["id"]},
        "date": 1772445600,
        "edit_date": 1772445700,
        "photo": PHOTO,
        "caption": CAPTION,
        "caption_entities": [{"type": "bold", "offset": 0, "length": 10}],
        "reply_markup": {"inline_keyboard": keyboard},
    }
    press = {"id": str(10**15 + update_id), "from": person, "chat_instance": "1234567890123456789"}
    data = ShowCategory(category_id=1, cursor=12).pack()
    return {"update_id": update_id, "callback_query": press | {"message": message, "data": data}}


def dispatcher() -> Dispatcher:
    router = Router()

    @router.callback_query(ShowCategory.filter())
    async def show(query: CallbackQuery, callback_data: ShowCategory) -> None:
        buttons = [[InlineKeyboardButton(text=text, callback_data=data) for text, data in row] for row in ROWS]
        await query.answer()
        assert query.message is not None and query.bot is not None
        await query.bot.edit_message_media(
            InputMediaPhoto(media=str(PHOTO[-1]["file_id"]), caption=CAPTION, parse_mode="HTML"),
            chat_id=query.message.chat.id,
            message_id=query.message.message_id,
            reply_markup=InlineKeyboardMarkup(inline_keyboard=buttons),
        )

    dp = Dispatcher()
    dp.include_router(router)
    return dp


def bot(session: BaseSession) -> Bot:
    return Bot(TOKEN, session=session)


def serve(port: int, api_url: str) -> None:
    """As a webhook. It says that an update was taken when it was handled, as Dukkan does."""
    app, speaking = web.Application(), bot(AiohttpSession(api=TelegramAPIServer.from_base(api_url)))
    SimpleRequestHandler(dispatcher(), speaking, handle_in_background=False).register(app, path="/telegram/webhook")
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
