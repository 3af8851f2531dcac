from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiogram.filters import Command
from aiogram.types import Message

from bot.ui.callbacks import ShowHome
from bot.ui.screen import Screen
from handlers.routing import AudienceRouter, everyone_router
from tests.apps import MENU, Stage, a_stage
from tests.bot.updates import Heard


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(sqlite_url, tmp_path) as stage:
        yield stage


@pytest.fixture
def router() -> AudienceRouter:
    """The test's own conversation; /menu shows MENU."""
    router = everyone_router("tests")

    @router.message(Command("menu"))
    async def menu(message: Message) -> Screen:
        return MENU

    return router


@pytest.fixture
def says(stage: Stage, router: AudienceRouter) -> Callable[[Callable[..., Awaitable[Any]]], None]:
    """What a press of "Go" does from now on."""

    def does(handler: Callable[..., Awaitable[Any]]) -> None:
        router.callback_query(ShowHome.filter())(handler)
        stage.listens_to(router)

    return does


@pytest.fixture
def hears(stage: Stage) -> Heard:
    def does(handler: Callable[..., Awaitable[Any]]) -> None:
        router = everyone_router("tests")
        router.message()(handler)
        stage.listens_to(router)

    return does
