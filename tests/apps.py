"""A running shop in the Telegram in memory, for tests of what surrounds the conversations."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiogram import Router
from markupsafe import Markup

from bot.app import App, build
from bot.demo.people import Person
from bot.demo.session import DEMO_TOKEN, WorldSession
from bot.demo.world import World
from bot.settings import Settings, load
from bot.ui.callbacks import ShowHome
from bot.ui.screen import Button, Screen
from tests.builders import NOW, a_shop

MENU = Screen(Markup("Menu"), ((Button("Go", ShowHome()),),))


@dataclass
class Clock:
    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def goes_on(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Stage:
    """Ann writes to the bot; Max and Petra are in the staff's group. *slept* is what the shop would have waited for, in seconds; while no *time_passes*, it waits."""

    world: World
    clock: Clock
    app: App
    ann: Person
    max: Person
    staff_chat: int
    slept: list[float] = field(default_factory=list)
    time_passes: asyncio.Event = field(default_factory=asyncio.Event)

    def listens_to(self, router: Router) -> None:
        """The test's own handlers come before all others."""
        self.app.dp.include_router(router)
        self.app.dp.sub_routers.insert(0, self.app.dp.sub_routers.pop())


def settings(url: str, folder: Path, **given: Any) -> Settings:
    return load(bot_token=DEMO_TOKEN, data_dir=folder, database_url=url, **({"throttle_per_s": 0} | given))


@contextlib.asynccontextmanager
async def a_stage(
    url: str, folder: Path, *, locks: bool = True, has_shop: bool = True, **given: Any
) -> AsyncIterator[Stage]:
    clock, slept, time_passes = Clock(), list[float](), asyncio.Event()
    time_passes.set()
    world = World(clock)
    ann, owner = world.add_user("Ann", language_code="en"), world.add_user("Max", language_code="en")
    group = world.add_group("Staff", [owner.id])

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)  # others go on meanwhile
        await time_passes.wait()

    options = settings(url, folder, staff_chat_id=group.id, owner_id=owner.id, **given)
    app = build(options, session=WorldSession(world), clock=clock, locks=locks, sleep=sleep)
    world.deliver = app.feed
    if has_shop:
        await a_shop(app.db)
    people = Person(world, ann.id), Person(world, owner.id, chat_id=group.id)
    try:
        yield Stage(world, clock, app, *people, group.id, slept, time_passes)
    finally:
        await app.stop()
