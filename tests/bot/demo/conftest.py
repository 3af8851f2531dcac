"""A world with a clock that stands still until a test moves it, and Ann in it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.demo.people import Person
from bot.demo.rules import BotApiError
from bot.demo.world import World

Refusal = Callable[..., Awaitable[str]]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock)


@pytest.fixture
async def ann(world: World) -> Person:
    """A person who has pressed Start; the bot's queue is empty again."""
    ann = Person(world, world.add_user("Ann", language_code="en", username="ann").id)
    await ann.starts()
    world.updates.forget()
    return ann


@pytest.fixture
def refusal(world: World) -> Refusal:
    """`await refusal(method, **params)`: the description of the error that the call must meet."""

    async def refused(method: str, **params: Any) -> str:
        with pytest.raises(BotApiError) as error:
            await world.call(method, params)
        return error.value.description

    return refused
