"""What is said in a chat: in order, once, and in the end; in memory and over a socket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable

import pytest
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest

from bot import speaker as module
from bot.demo.faults import Fault
from bot.lanes import Lane, Lanes, Parked
from bot.refusals import CLOSED_DOORS, WORDS, Refusal, refusal
from bot.ui.screen import Doubt
from tests.bot.speaking import Hall, a_hall

BROKEN = [Fault.SERVER_ERROR, Fault.GATEWAY, Fault.RESET_BEFORE]


@pytest.fixture(params=["memory", "http"])
async def hall(request: pytest.FixtureRequest) -> AsyncIterator[Hall]:
    async with a_hall(with_sockets=request.param == "http") as hall:
        yield hall


def all_at_once(*sayings: Awaitable[None]) -> "asyncio.Future[list[None]]":
    return asyncio.gather(*sayings)


async def test_all_that_comes_after_a_flood_limit_waits_behind_it(hall: Hall) -> None:
    """In its order; another chat goes on."""
    hall.world.faults.add("sendMessage", Fault.FLOOD, retry_after=4, chat_id=hall.ann)
    talk = all_at_once(*(hall.says(hall.ann, f"{n}", place=n) for n in range(4)), hall.says(hall.ben, "Ben's"))
    assert await hall.time.is_waited_for() == [4]
    await hall.says(hall.ben, "more")
    assert (hall.heard(hall.ann), hall.heard(hall.ben)) == ([], ["Ben's", "more"])
    hall.time.goes_on(4)
    await talk
    assert hall.heard(hall.ann) == ["0", "1", "2", "3"]


async def test_without_lanes_what_comes_later_overtakes(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it is the lane that keeps the order."""

    @contextlib.asynccontextmanager
    async def no_turn(self: Lanes, chat_id: int, rank: int) -> AsyncIterator[Lane]:
        yield Lane()

    monkeypatch.setattr(Lanes, "turn", no_turn)
    hall.world.faults.add("sendMessage", Fault.FLOOD, retry_after=4, chat_id=hall.ann)
    talk = all_at_once(*(hall.says(hall.ann, f"{n}", place=n) for n in range(4)))
    await hall.time.is_waited_for()
    hall.time.goes_on(4)
    await talk
    assert hall.heard(hall.ann) != ["0", "1", "2", "3"]


@pytest.mark.parametrize("fault", BROKEN)
async def test_what_a_broken_line_swallowed_comes_again_in_its_place(hall: Hall, fault: Fault) -> None:
    """With growing pauses, and before anything that was said after it."""
    hall.world.faults.add("sendMessage", fault, times=3)
    talk = all_at_once(hall.says(hall.ann, "1", "2", place=1), hall.says(hall.ann, "3", place=2))
    for pause in (0.5, 1, 2):
        assert await hall.time.is_waited_for() == [pause]
        hall.time.goes_on(pause)
    await talk
    assert hall.heard(hall.ann) == ["1", "2", "3"]


async def test_pauses_are_bounded(hall: Hall) -> None:
    hall.world.faults.add("sendMessage", Fault.SERVER_ERROR, times=9)
    talk = asyncio.ensure_future(hall.says(hall.ann, "1"))
    pauses = []
    for _ in range(9):
        pauses += await hall.time.is_waited_for()
        hall.time.goes_on(pauses[-1])
    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    await talk


async def test_after_a_few_seconds_nobody_waits_but_it_still_comes(hall: Hall) -> None:
    hall.world.faults.add("sendMessage", Fault.FLOOD, retry_after=60)
    await hall.says(hall.ann, "late")
    assert (hall.heard(hall.ann), await hall.time.is_waited_for()) == ([], [60])
    hall.time.goes_on(60)
    await hall.speaker.finish()
    assert hall.heard(hall.ann) == ["late"]


async def test_of_the_screens_that_wait_for_one_place_the_last_wins(hall: Hall) -> None:
    """The person has pressed on; another person's answer in the same chat is not the same place."""
    hall.world.faults.add("sendMessage", Fault.FLOOD, retry_after=60)
    await hall.says(hall.ann, "old")
    talk = all_at_once(hall.says(hall.ann, "new"), hall.says(hall.ann, "other", place="elsewhere"))
    await hall.time.is_waited_for()
    hall.time.goes_on(60)
    await talk
    assert hall.heard(hall.ann) == ["new", "other"]


async def test_what_waits_too_long_is_dropped_and_logged(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    hall.world.faults.add("sendMessage", Fault.FLOOD, retry_after=module.GIVE_UP_S + 1)
    await hall.says(hall.ann, "late")
    await hall.speaker.finish()
    assert "was dropped" in caplog.text


async def test_what_still_waits_at_the_end_is_dropped_and_logged(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    hall.world.faults.add("sendMessage", Fault.FLOOD, retry_after=60)
    await hall.says(hall.ann, "late")
    await hall.speaker.finish(within_s=0)
    assert "1 screens were not sent" in caplog.text


async def test_the_answer_to_a_press_does_not_wait_for_its_chat(hall: Hall) -> None:
    await hall.says(hall.ann, "menu")
    hall.world.faults.add("sendMessage", Fault.FLOOD, retry_after=60)
    await hall.says(hall.ann, "late")
    query = hall.world.open_query(hall.ann, hall.ann, 1, "x")
    await hall.speaker.aside("answerCallbackQuery", callback_query_id=query.id)
    assert not hall.world.unanswered


@pytest.mark.parametrize(("retry_after", "is_answered"), [(11, True), (13, False)])
async def test_the_answer_to_a_press_waits_no_longer_than_it_is_of_use(
    hall: Hall, retry_after: int, is_answered: bool
) -> None:
    await hall.says(hall.ann, "menu")
    query = hall.world.open_query(hall.ann, hall.ann, 1, "x")
    hall.world.faults.add("answerCallbackQuery", Fault.FLOOD, retry_after=retry_after)
    answer = asyncio.ensure_future(hall.speaker.aside("answerCallbackQuery", callback_query_id=query.id))
    if is_answered:
        await hall.time.is_waited_for()
        hall.time.goes_on(retry_after)
    await answer
    assert (not hall.world.unanswered) is is_answered


async def test_a_press_that_waited_too_long_is_not_an_error(hall: Hall) -> None:
    await hall.speaker.aside("answerCallbackQuery", callback_query_id="12345")


async def test_what_may_have_come_comes_twice_unless_silence_is_better(hall: Hall) -> None:
    for doubt in Doubt:
        hall.world.faults.add("sendMessage", Fault.RESET_AFTER)
        talk = asyncio.ensure_future(hall.says(hall.ann, doubt, doubt=doubt, place=doubt))
        if doubt is Doubt.REPEAT:
            await hall.time.is_waited_for()
            hall.time.goes_on(1)
        await talk
    assert hall.heard(hall.ann) == ["repeat", "repeat", "silence"]


async def test_what_surely_did_not_come_is_repeated_whatever_it_is(hall: Hall) -> None:
    hall.world.faults.add("sendMessage", Fault.FLOOD, retry_after=3)
    talk = asyncio.ensure_future(hall.says(hall.ann, "x", doubt=Doubt.SILENCE))
    await hall.time.is_waited_for()
    hall.time.goes_on(3)
    await talk
    assert hall.heard(hall.ann) == ["x"]


async def test_a_group_that_became_a_supergroup_is_followed(hall: Hall) -> None:
    group = hall.world.add_group("Desk", [hall.ann], kind="group")
    new_id = await upgraded(hall, group.id)
    await hall.says(group.id, "1", "2")
    await hall.says(group.id, "3")
    assert hall.heard(new_id)[-3:] == ["1", "2", "3"]


async def upgraded(hall: Hall, group_id: int) -> int:
    from bot.demo.people import Person

    return await Person(hall.world, hall.ann, chat_id=group_id).upgrades_group(group_id)


async def test_what_the_relay_says_waits_elsewhere(hall: Hall) -> None:
    """Whatever goes wrong is raised at once, and a closed chat is not even tried."""
    for fault in (*BROKEN, Fault.FLOOD):
        hall.world.faults.add("sendMessage", fault, retry_after=9)
        with pytest.raises(Exception) as caught:
            async with hall.speaker.relays(hall.ann) as turn:
                await turn("sendMessage", text="x")
        assert not isinstance(caught.value, Parked)
    with pytest.raises(Parked) as parked:
        async with hall.speaker.relays(hall.ann) as turn:
            pass
    assert (parked.value.seconds, hall.heard(hall.ann)) == (9, [])


async def test_a_topic_that_is_gone_is_spoken_of_in_its_chat(hall: Hall) -> None:
    hall.refuses("sendMessage", 400, "Bad Request: message thread not found")
    await hall.says(hall.ann, "x", message_thread_id=7)
    assert hall.heard(hall.ann) == ["x"]


@pytest.mark.parametrize("name", sorted(CLOSED_DOORS - {Refusal.FORBIDDEN}))
async def test_a_closed_door_is_logged_and_not_an_error(
    hall: Hall, name: Refusal, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody can be apologised to there."""
    hall.refuses("sendMessage", 403, f"Forbidden: {WORDS[name][0]}")
    await hall.says(hall.ann, "x")
    assert "was not sent" in caplog.text


async def test_a_fault_of_ours_is_raised_while_somebody_waits(hall: Hall) -> None:
    with pytest.raises(TelegramBadRequest):
        await hall.says(hall.ann, "<br>", parse_mode="HTML")


@pytest.mark.parametrize("name", WORDS)
async def test_every_refusal_has_its_name(hall: Hall, name: Refusal) -> None:
    for words in WORDS[name]:
        hall.refuses("sendMessage", 400, f"Bad Request: {words.capitalize()}, and more")
        with pytest.raises(TelegramAPIError) as caught:
            await hall.speaker.bot.send_message(hall.ann, "x")
        assert refusal(caught.value) is name
