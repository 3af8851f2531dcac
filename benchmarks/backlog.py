"""An outbox full of news for people who each wait for one: orders that live again, told to their buyers by the real route."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from sqlalchemy import delete, func, select

from benchmarks import crowd
from benchmarks.bot_api import TOKEN
from benchmarks.filling import NOW, baskets, fill_carts, fill_shelves, open_shop
from bot.settings import Settings, load
from store import migrate, outbox
from store.db import Database
from store.events import OrderRevived
from store.models import Delivery, Order, OutboxEvent

SHELF = 200


class Nowhere(BaseSession):
    """A Telegram that takes everything at once: what is left is our own work."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = 0

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> TelegramType:
        self.taken += 1
        return cast("TelegramType", {"message_id": self.taken})

    async def stream_content(self, url: str, **_: Any) -> AsyncIterator[bytes]:  # type: ignore[override]  # a generator, which aiogram declares as a coroutine
        yield b""

    async def close(self) -> None: ...


def settings(url: str, folder: Path, **given: Any) -> Settings:
    return load(bot_token=TOKEN, data_dir=folder, database_url=url, staff_chat_id=None, owner_id=None, **given)


async def a_shop_with_orders(db: Database, people: int) -> None:
    """Everybody has ordered, and nobody has been told anything."""
    await migrate.upgrade_database(db)
    await open_shop(db)
    await fill_shelves(db, [SHELF], stock=1_000_000)
    await crowd.press(db, await fill_carts(db, baskets(people, lines=1, variants=SHELF)))
    await forget(db)


async def forget(db: Database) -> None:
    async with db.begin() as session:
        await session.execute(delete(Delivery))
        await session.execute(delete(OutboxEvent))


async def something_happens(db: Database, orders: int) -> None:
    """News of each of the first so many orders waits in the outbox."""
    async with db.begin() as session:
        ids = await session.scalars(select(Order.id).order_by(Order.id).limit(orders))
        await outbox.write(session, *(OrderRevived(order_id=order_id) for order_id in ids), now=NOW)


async def delivered(db: Database) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count()).where(Delivery.status == "sent")) or 0
