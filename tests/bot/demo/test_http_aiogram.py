"""A real aiogram Bot talks to the Telegram in memory over a socket."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.types import BufferedInputFile

from bot.demo.faults import Fault
from bot.demo.people import Person
from bot.demo.server import serving
from bot.demo.world import World

from .test_media import a_picture

TOKEN = "4000000001:secret-token"


@pytest.fixture
async def bot(world: World) -> AsyncIterator[Bot]:
    async with serving(world, TOKEN) as address:
        async with Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(address))) as bot:
            yield bot


async def test_a_bot_over_http(bot: Bot, world: World, ann: Person) -> None:
    """It polls, sends a file, is refused, and loses an answer after the call has acted."""
    await ann.sends("hello")
    updates = await bot.get_updates(timeout=5)
    assert updates[0].message
    assert updates[0].message.text == "hello"
    await bot.send_photo(ann.id, BufferedInputFile(a_picture().content, "mug.png"), caption="Mug")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(5, "x")
    world.faults.add("sendMessage", Fault.RESET_AFTER)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(ann.id, "lost")
    assert ann.screen == "lost"
