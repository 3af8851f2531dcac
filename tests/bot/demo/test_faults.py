"""Bad days on demand: at a rate, slow, garbled; and more messages than Telegram takes."""

import pytest

from bot.demo.faults import ALWAYS, Fault, GarbledAnswer
from bot.demo.floods import FloodLimits
from bot.demo.people import Person
from bot.demo.rules import BotApiError
from bot.demo.world import World

from .conftest import Clock


async def outcomes(world: World, count: int) -> list[bool]:
    """Which of *count* calls worked."""
    worked = []
    for _ in range(count):
        try:
            await world.call("getMe", {})
        except BotApiError:
            worked.append(False)
        else:
            worked.append(True)
    return worked


async def test_a_fault_comes_at_a_rate(clock: Clock) -> None:
    """The same calls meet the same faults."""
    worlds = World(clock), World(clock)
    for world in worlds:
        world.faults.add("getMe", Fault.SERVER_ERROR, ALWAYS, rate=0.1)
    first, second = [await outcomes(world, 500) for world in worlds]
    assert first == second
    assert 30 < first.count(False) < 70


async def test_a_slow_call_acts_after_a_while(clock: Clock) -> None:
    """As long as was planned, and without another fault."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    world = World(clock, sleep=sleep)
    world.faults.add("getMe", Fault.SLOW, delay_s=12)
    assert await world.call("getMe", {})
    assert slept == [12]


async def test_a_garbled_answer_is_that_of_a_call_that_acted(world: World, ann: Person) -> None:
    """Its caller cannot know."""
    world.faults.add("sendMessage", Fault.GARBAGE)
    with pytest.raises(GarbledAnswer):
        await world.call("sendMessage", {"chat_id": ann.id, "text": "x"})
    assert ann.screen == "x"


async def sends(world: World, chat_id: int, count: int, method: str = "sendMessage") -> int:
    """How many went through before one was refused."""
    for sent in range(count):
        try:
            await world.call(method, {"chat_id": chat_id, "text": "x", "action": "typing"})
        except BotApiError:
            return sent
    return count


async def test_one_chat_takes_a_burst_and_then_one_a_second(world: World, ann: Person, clock: Clock) -> None:
    """Chat actions do not count."""
    world.floods = FloodLimits(chat_burst=3)
    assert await sends(world, ann.id, 10) == 3
    assert await sends(world, ann.id, 10, "sendChatAction") == 10
    clock.advance(seconds=1)
    assert await sends(world, ann.id, 10) == 1


async def test_a_group_takes_twenty_a_minute(world: World, ann: Person, clock: Clock) -> None:
    """The refusal says how long to wait, and that is enough."""
    world.floods = FloodLimits()
    group = world.add_group("Staff", [ann.id])
    assert await sends(world, group.id, 30) == 20
    with pytest.raises(BotApiError) as error:
        await world.call("sendMessage", {"chat_id": group.id, "text": "x"})
    assert error.value.error_code == 429
    clock.advance(seconds=error.value.parameters["retry_after"])
    assert await sends(world, group.id, 30) == 1


async def test_all_chats_together_take_thirty_a_second(world: World) -> None:
    """Whoever they are."""
    world.floods = FloodLimits()
    people = [world.private_chat(world.add_user(f"P{number}").id) for number in range(40)]
    assert sum([await sends(world, chat.id, 1) for chat in people]) == 30
