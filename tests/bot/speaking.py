"""A speaker in the Telegram in memory, with or without a socket between them, and a time that only the test lets go on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from starlette.applications import Starlette

from bot.demo import http
from bot.demo.rules import BotApiError
from bot.demo.session import DEMO_TOKEN, WorldSession
from bot.demo.world import World
from bot.session import Line
from bot.speaker import Speaker, Turn
from tests.apps import Clock
from tests.sockets import served


@dataclass
class Time:
    at: float = 1000.0
    _sleepers: list[tuple[float, "asyncio.Future[None]"]] = field(default_factory=list)

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        waking = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.at + seconds, waking))
        await waking

    def goes_on(self, seconds: float) -> None:
        self.at += seconds
        for until, waking in self._sleepers:
            if until <= self.at and not waking.done():
                waking.set_result(None)

    async def is_waited_for(self, sleepers: int = 1) -> list[float]:
        """So many wait; the seconds until each wakes."""
        async with asyncio.timeout(10):
            while len(found := [until - self.at for until, waking in self._sleepers if not waking.done()]) < sleepers:  # noqa: ASYNC110 - whatever happens first, over a socket or not
                await asyncio.sleep(0.001)
        return found


@dataclass
class Hall:
    """Where a speaker speaks. Ann and Ben have a chat each with the bot."""

    world: World
    time: Time
    speaker: Speaker
    ann: int
    ben: int

    async def says(self, chat_id: int, *texts: str, place: object = "below", **values: Any) -> None:
        async def work(turn: Turn) -> None:
            for text in texts:
                await turn("sendMessage", text=text, **values)

        await self.speaker.say(chat_id, work, place=place)

    def heard(self, chat_id: int) -> list[str]:
        messages = self.world.chats[chat_id].messages.values()
        return [str(message["text"]) for message in messages if "text" in message]

    def refuses(self, name: str, code: int, words: str) -> None:
        """Telegram refuses the next call of the method *name* so."""
        refusals, before = [BotApiError(code, words)], self.world.faults.before

        async def refuse(method: str, chat_id: str) -> None:
            if method == name and refusals:
                raise refusals.pop()
            await before(method, chat_id)

        self.world.faults.before = refuse  # type: ignore[method-assign]  # put in its place on purpose


@contextlib.asynccontextmanager
async def a_hall(*, with_sockets: bool) -> AsyncIterator[Hall]:
    world, time = World(Clock()), Time()
    ann, ben = (world.add_user(name).id for name in ("Ann", "Ben"))
    world.private_chat(ann), world.private_chat(ben)
    async with contextlib.AsyncExitStack() as stack:
        session: Any = WorldSession(world)
        if with_sockets:
            url = await stack.enter_async_context(served(Starlette(routes=http.routes(world, DEMO_TOKEN))))
            session = Line(api=TelegramAPIServer.from_base(url), timeout=5)
        bot = await stack.enter_async_context(Bot(DEMO_TOKEN, session=session))
        hall = Hall(world, time, Speaker(bot, sleep=time.sleep, now=time), ann, ben)
        yield hall
        await hall.speaker.finish(within_s=0)
