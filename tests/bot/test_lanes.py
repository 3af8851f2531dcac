import asyncio

import pytest

from bot import lanes as module
from bot.lanes import PEOPLE, RELAY, Lanes, Parked
from tests.bot.speaking import Time

ANN, BEN, CIA = 1, 2, 3


async def spoken(lanes: Lanes, *ranks: int) -> list[int]:
    """In which order those speak who all want to while somebody else does."""
    order: list[int] = []

    async def speak(number: int, rank: int) -> None:
        async with lanes.turn(ANN, rank):
            await asyncio.sleep(0)
            order.append(number)

    async with lanes.turn(ANN, PEOPLE):
        waiting = [asyncio.create_task(speak(number, rank)) for number, rank in enumerate(ranks)]
        await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    return order


async def test_one_speaks_at_a_time_in_the_order_in_which_they_came() -> None:
    assert await spoken(Lanes(), *[PEOPLE] * 5) == [0, 1, 2, 3, 4]


async def test_whoever_answers_a_person_goes_before_the_relay() -> None:
    assert await spoken(Lanes(), RELAY, PEOPLE, RELAY, PEOPLE) == [1, 3, 0, 2]


@pytest.mark.parametrize("is_given_its_turn_first", [True, False])
async def test_whoever_gives_up_waiting_holds_up_nobody(is_given_its_turn_first: bool) -> None:
    lanes = Lanes()
    async with lanes.turn(ANN, PEOPLE):
        impatient = asyncio.create_task(lanes.lane(ANN).enter(PEOPLE))
        await asyncio.sleep(0)
        if not is_given_its_turn_first:
            impatient.cancel()
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    assert await spoken(lanes, PEOPLE) == [0]


async def test_the_relay_does_not_wait_long_for_a_busy_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has other chats to go to."""
    monkeypatch.setattr(module, "RELAY_WAITS_S", 0.01)
    lanes = Lanes()
    async with lanes.turn(ANN, PEOPLE):
        with pytest.raises(Parked):
            async with lanes.turn(ANN, RELAY):
                pass
    assert await spoken(lanes, RELAY) == [0]


def test_a_flood_limit_closes_its_chat_alone() -> None:
    lanes = Lanes(Time())
    lanes.refused(lanes.lane(ANN), 30)
    assert (lanes.closed_for(lanes.lane(ANN)), lanes.closed_for(lanes.lane(BEN)) <= 0) == (30, True)


def test_one_chat_after_another_refused_means_the_whole_bot() -> None:
    """Telegram does not say whose limit it is; calling on and on makes it longer."""
    lanes = Lanes(Time())
    for chat_id, seconds in ((ANN, 5), (BEN, 7), (CIA, 6)):
        lanes.refused(lanes.lane(chat_id), seconds)
    assert lanes.closed_for(lanes.lane(99)) == 7


def test_a_message_that_is_taken_in_between_means_that_it_is_not() -> None:
    lanes = Lanes(Time())
    for chat_id in (ANN, BEN, CIA):
        lanes.refused(lanes.lane(chat_id), 5)
        lanes.let_in()
    assert lanes.closed_for(lanes.lane(99)) <= 0


async def test_chats_in_which_nothing_goes_on_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop meets many people."""
    monkeypatch.setattr(module, "LANES_KEPT", 10)
    lanes = Lanes(Time())
    lanes.refused(lanes.lane(ANN), 5)
    for chat_id in range(100, 200):
        async with lanes.turn(chat_id, PEOPLE):
            pass
    assert len(lanes._lanes) <= 12 and lanes.closed_for(lanes.lane(ANN)) == 5
