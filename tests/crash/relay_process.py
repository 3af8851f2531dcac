"""A relay in a process of its own, which kills itself at a point, or goes on until nothing is due.

`python -m tests.crash.relay_process DATABASE_URL TELEGRAM_URL POINT AHEAD_S CHAT…`; its clock goes *AHEAD_S* seconds fast, so that leases have run out.
"""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from markupsafe import escape
from sqlalchemy.ext.asyncio import AsyncSession

from bot.pictures import Pictures
from bot.session import Line
from bot.settings import load
from bot.speaker import Speaker
from bot.ui.screen import Screen
from notifications.relay import Relay
from notifications.sender import Sender
from notifications.telling import Recipient, Route, Telling
from store.db import Database
from store.events import Event, OrderEvent, OrderPlaced
from tests.programs import TOKEN

Method = Callable[..., Awaitable[Any]]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_at(point: str) -> None:
    """Of the points in the life of a delivery: claimed, marked, half sent (three of eight), sent, done."""
    match point:
        case "claimed":
            Sender.send = _on_call(Sender.send, 1, before=True)  # type: ignore[method-assign]  # put in its place on purpose
        case "marked":
            Sender._write = _on_call(Sender._write, 1, before=False)  # type: ignore[method-assign]  # put in its place on purpose
        case "half sent":
            Sender._send = _on_call(Sender._send, 3, before=False)  # type: ignore[method-assign]  # put in its place on purpose
        case "sent":
            Sender._write = _on_call(Sender._write, 2, before=True)  # type: ignore[method-assign]  # put in its place on purpose
        case "done":
            Sender._write = _on_call(Sender._write, 2, before=False)  # type: ignore[method-assign]  # put in its place on purpose


def _on_call(method: Method, number: int, *, before: bool) -> Any:
    calls = 0

    async def called(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += before
        if before and calls == number:
            die()
        result = await method(*arguments, **named)
        calls += not before
        if not before and calls == number:
            die()
        return result

    return called


async def main(url: str, telegram: str, point: str, ahead_s: float, chats: list[int]) -> None:
    async def to_all(_session: AsyncSession, _event: OrderEvent, *_: Any) -> list[Recipient]:
        return [Recipient(chat_id, "en") for chat_id in chats]

    async def news(_session: AsyncSession, event: OrderEvent, _tell: Telling) -> Screen:
        return Screen(escape(event.order_id))

    db, folder = Database(url), Path(tempfile.gettempdir())
    bot = Bot(TOKEN, session=Line(api=TelegramAPIServer.from_base(telegram), timeout=10))
    settings = load(bot_token=TOKEN, data_dir=folder, database_url=url)
    routes: dict[type[Event], tuple[Route, ...]] = {OrderPlaced: (Route("news", to_all, news),)}
    relay = Relay(db, Speaker(bot), pictures=Pictures(), settings=settings, carriers={}, routes=routes)
    dies_at(point)
    while await relay.run_once(datetime.now(UTC) + timedelta(seconds=ahead_s)):
        pass
    await bot.session.close()
    await db.close()


if __name__ == "__main__":
    database, telegram_url, where, ahead, *told = sys.argv[1:]
    asyncio.run(main(database, telegram_url, where, float(ahead), list(map(int, told))))
