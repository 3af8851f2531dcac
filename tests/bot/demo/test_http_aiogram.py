"""A real aiogram Bot talks to the Telegram in memory over a socket."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError
from aiogram.types import BufferedInputFile
from starlette.applications import Starlette

from bot.demo.faults import Fault
from bot.demo.http import routes
from bot.demo.people import Person
from bot.demo.world import World

from .test_media import a_picture

TOKEN = "4000000001:secret-token"


@pytest.fixture
async def bot(world: World) -> AsyncIterator[Bot]:
    listener = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=routes(world, TOKEN))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    serving = asyncio.create_task(server.serve([listener]))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(address))) as bot:
        yield bot
    server.should_exit = True
    await serving


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
