import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiogram.types import Message
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.demo.faults import Fault
from bot.demo.people import Person
from bot.demo.unrest import Unrest
from bot.errand import person_of
from bot.intake import Intake
from handlers.routing import AudienceRouter, everyone_router
from store.models import BotUpdate
from store.updates import UpdateStatus
from tests.apps import Stage


@pytest.fixture
def polled(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Updates wait to be fetched, and a pause between two attempts is over at once."""
    stage.world.deliver = None
    monkeypatch.setattr("bot.intake.FIRST_PAUSE_S", 0)
    return stage


@pytest.fixture
def hears(polled: Stage) -> Callable[[Callable[[Message], Awaitable[None]]], None]:
    def does(handler: Callable[[Message], Awaitable[None]]) -> None:
        router: AudienceRouter = everyone_router("tests")
        router.message()(handler)
        polled.listens_to(router)

    return does


async def polls_until(stage: Stage, is_done: Callable[[], bool]) -> None:
    """Polling goes on until the condition holds, then it is stopped and has come to its end."""
    polling = asyncio.create_task(stage.app.intake.poll())
    async with asyncio.timeout(20):
        while not is_done():
            assert not polling.done()
            await asyncio.sleep(0)
        stage.app.intake.stop()
        await polling


def waiting(stage: Stage) -> int:
    return len(stage.world.updates)


async def test_an_update_is_answered_and_confirmed(polled: Stage) -> None:
    await polled.ann.starts()
    await polls_until(polled, lambda: bool(polled.ann.screen))
    assert waiting(polled) == 0


async def test_nothing_is_confirmed_before_it_is_handled(polled: Stage, hears: Any) -> None:
    """A kill in the middle of it loses nothing."""
    entered, may_end = asyncio.Event(), asyncio.Event()

    async def slow(message: Message) -> None:
        entered.set()
        await may_end.wait()

    hears(slow)
    await polled.ann.sends("hi")
    polling = asyncio.create_task(polled.app.intake.poll())
    async with asyncio.timeout(20):
        await entered.wait()
        polled.app.intake.stop()
        assert waiting(polled) == 1
        may_end.set()
        await polling
    assert waiting(polled) == 0


async def test_one_persons_updates_are_handled_in_their_order(polled: Stage, hears: Any) -> None:
    heard: list[str] = []

    async def hear(message: Message) -> None:
        heard.append(message.text or "")

    hears(hear)
    for number in range(10):
        await polled.ann.sends(str(number))
    await polls_until(polled, lambda: len(heard) == 10)
    assert heard == [str(number) for number in range(10)]


async def test_people_do_not_wait_for_each_other(polled: Stage, hears: Any) -> None:
    """Ann's slow handler ends only after Ben's has run."""
    ben = Person(polled.world, polled.world.add_user("Ben").id)
    ben_was_here = asyncio.Event()

    async def hear(message: Message) -> None:
        if message.chat.id == ben.id:
            ben_was_here.set()
        await asyncio.wait_for(ben_was_here.wait(), 10)

    hears(hear)
    await polled.ann.sends("hi")
    await ben.sends("hi")
    await polls_until(polled, ben_was_here.is_set)


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.GATEWAY, Fault.RESET_BEFORE, Fault.RESET_AFTER])
async def test_a_broken_line_is_waited_out(polled: Stage, fault: Fault) -> None:
    polled.world.faults.add("getUpdates", fault, times=2)
    await polled.ann.starts()
    await polls_until(polled, lambda: bool(polled.ann.screen))


async def test_a_flood_limit_is_obeyed(polled: Stage) -> None:
    polled.world.faults.add("getUpdates", Fault.FLOOD, retry_after=1)
    await polled.ann.starts()
    await polls_until(polled, lambda: bool(polled.ann.screen))


async def test_a_second_program_with_the_same_token_is_named(polled: Stage, caplog: pytest.LogCaptureFixture) -> None:
    polling = asyncio.create_task(polled.app.intake.poll())
    async with asyncio.timeout(20):
        while "same BOT_TOKEN" not in caplog.text:
            await polled.world.call("getUpdates", {})
            await asyncio.sleep(0)
        polled.app.intake.stop()
        await polling


async def test_a_webhook_of_another_program_is_named(polled: Stage, caplog: pytest.LogCaptureFixture) -> None:
    polled.world.state.webhook.url = "https://elsewhere.example"
    await polls_until(polled, lambda: "webhook that another program has set" in caplog.text)


async def test_an_update_that_cannot_be_read_does_not_hold_up_the_others(
    polled: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """A new kind of update may come at any time."""
    polled.world.updates.put({"update_id": 0, "message": {"message_id": "no number", "text": "my street"}}, "message")
    await polled.ann.starts()
    await polls_until(polled, lambda: bool(polled.ann.screen))
    assert "update 0 cannot be read: message.message_id: int_parsing" in caplog.text
    assert "my street" not in caplog.text


async def test_only_what_there_are_handlers_for_is_asked_for(polled: Stage) -> None:
    await polls_until(polled, lambda: bool(polled.world.calls))
    allowed = str(polled.world.calls[0][1]["allowed_updates"])
    assert all(kind in allowed for kind in ("message", "callback_query", "my_chat_member"))
    assert "poll_answer" not in allowed


@pytest.mark.parametrize(
    ("content", "person"),
    [
        ({"message": {"from": {"id": 7}, "chat": {"id": -5}}}, 7),
        ({"callback_query": {"from": {"id": 8}}}, 8),
        ({"poll_answer": {"user": {"id": 7}}}, 7),
        ({"channel_post": {"chat": {"id": -9}}}, -9),
        ({"unheard_of": True}, None),
    ],
)
def test_every_update_is_somebodys(content: dict[str, Any], person: int | None) -> None:
    """Or nobody's, and then in a line of its own."""
    assert person_of({"update_id": 1} | content) == person


async def test_stopping_confirms_nothing_that_was_never_fetched(polled: Stage) -> None:
    known = polled.app.intake
    intake = Intake(polled.app.bot, polled.app.dp, known.errands, known._hook)
    intake.stop()
    await polled.ann.starts()
    await intake.poll()
    assert waiting(polled) == 1


@pytest.fixture
def stuck(hears: Any, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Who says "slow" is handled when the event comes; patience is over at once."""
    may_end = asyncio.Event()

    async def hear(message: Message) -> None:
        if message.text == "slow":
            await may_end.wait()

    hears(hear)
    monkeypatch.setattr("bot.intake.PATIENCE_S", 0)
    monkeypatch.setattr("bot.intake.LOOK_S", 0.01)
    monkeypatch.setattr("bot.errands.WATCHED_AFTER_START", timedelta(0))
    return may_end


async def test_what_takes_too_long_is_kept_and_confirmed(polled: Stage, stuck: asyncio.Event) -> None:
    """Its handler goes on; a kill now loses nothing."""
    await polled.ann.sends("slow")
    polling = asyncio.create_task(polled.app.intake.poll())
    async with asyncio.timeout(20):
        while waiting(polled):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
        [kept] = await rows(polled)
        assert kept.status == UpdateStatus.KEPT and kept.payload is not None
        stuck.set()
        polled.app.intake.stop()
        await polling
    [done] = await rows(polled)
    assert (done.status, done.payload) == (UpdateStatus.DONE, None)


async def test_what_cannot_be_kept_is_not_confirmed(
    polled: Stage, stuck: asyncio.Event, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A kill now loses nothing either: Telegram brings it again."""

    async def full(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr("store.updates.keep", full)
    await polled.ann.sends("slow")
    polling = asyncio.create_task(polled.app.intake.poll())
    async with asyncio.timeout(20):
        while "waits to be confirmed" not in caplog.text:  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
        assert waiting(polled) == 1
        stuck.set()
        polled.app.intake.stop()
        await polling
    assert waiting(polled) == 0


async def test_others_are_confirmed_up_to_the_one_in_hand(
    polled: Stage, stuck: asyncio.Event, monkeypatch: Any
) -> None:
    monkeypatch.setattr("bot.intake.PATIENCE_S", 60)
    for text in ("quick", "slow", "quick"):
        await Person(polled.world, polled.world.add_user("B").id).sends(text)
    polling = asyncio.create_task(polled.app.intake.poll())
    async with asyncio.timeout(20):
        while waiting(polled) != 2:  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
        stuck.set()
        polled.app.intake.stop()
        await polling
    assert waiting(polled) == 0


async def test_what_comes_twice_and_out_of_order_is_all_handled(polled: Stage, hears: Any) -> None:
    """By a server that is not as careful as the real one."""
    heard: list[str] = []

    async def hear(message: Message) -> None:
        heard.append(message.text or "")

    hears(hear)
    polled.world.updates.unrest = Unrest(repeat_rate=0.5, swap_rate=0.5, seed=3)
    for number in range(20):
        await polled.ann.sends(str(number))
    await polls_until(polled, lambda: len(set(heard)) == 20)


async def rows(stage: Stage) -> list[BotUpdate]:
    async with stage.app.db.read() as session:
        return list(await session.scalars(select(BotUpdate)))
