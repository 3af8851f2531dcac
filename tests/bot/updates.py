"""Updates by hand, for tests of what becomes of them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiogram.types import Message

from bot.errands import Errands
from store import updates
from store.db import Database
from store.models import BotUpdate, IdempotencyKey
from store.updates import Lease
from store.upsert import insert_ignoring
from tests.apps import Stage
from tests.builders import NOW

Heard = Callable[[Callable[..., Awaitable[Any]]], None]


def a_text(stage: Stage, text: str = "hi", update_id: int = 1) -> dict[str, Any]:
    person = stage.world.user_json(stage.ann.id)
    chat = stage.world.chat_json(stage.world.private_chat(stage.ann.id))
    message = {"message_id": update_id, "from": person, "chat": chat, "date": 0, "text": text}
    return {"update_id": update_id, "message": message}


def errands_of(stage: Stage) -> Errands:
    return stage.app.intake.errands


def other_process(stage: Stage) -> Errands:
    """On the same database and with the same conversations."""
    return Errands(stage.app.bot, stage.app.dp, stage.app.db, stage.clock, sleep=_no_sleep)


async def _no_sleep(_seconds: float) -> None:
    await asyncio.sleep(0)


async def row(stage: Stage, update_id: int = 1) -> BotUpdate | None:
    async with stage.app.db.read() as session:
        return await session.get(BotUpdate, (stage.app.bot.id, update_id))


async def acts(db: Database, key: str) -> None:
    async with db.begin() as session:
        await insert_ignoring(session, IdempotencyKey, scope="test", key=key, created_at=NOW)


def said(stage: Stage) -> list[str]:
    return [str(message.get("text") or message.get("caption")) for message in stage.ann.from_bot]


async def keeps(stage: Stage, *, holder: str = "gone", seconds: float = 30, update_id: int = 1, tries: int = 1) -> None:
    """Another process held an update."""
    lease = Lease(holder, stage.clock(), stage.clock() + timedelta(seconds=seconds))
    async with stage.app.db.begin() as session:
        payload = a_text(stage, update_id=update_id)
        await updates.keep(session, stage.app.bot.id, payload, tries=tries, lease=lease)


async def hears_all(stage: Stage, hears: Heard) -> list[str]:
    heard: list[str] = []

    async def hear(message: Message) -> None:
        heard.append(str(message.message_id))

    hears(hear)
    return heard


async def taken_up(errands: Errands, **how: bool) -> None:
    await errands.take_up(**how)
    await asyncio.gather(*(errand.over() for errand in list(errands._in_hand.values())))
