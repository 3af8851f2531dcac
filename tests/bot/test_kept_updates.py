"""Updates that the database keeps: a process dies, another one takes them up."""

import asyncio

import pytest
from aiogram.types import Message
from sqlalchemy import update

from bot.errands import MOST_TRIES
from store import updates
from store.models import BotUpdate
from store.updates import UpdateStatus
from tests.apps import Stage
from tests.bot.updates import Heard, a_text, errands_of, hears_all, keeps, other_process, row, said, taken_up
from tests.builders import NOW


async def test_what_a_dead_process_held_is_taken_up_when_its_lease_has_run_out(stage: Stage, hears: Heard) -> None:
    heard = await hears_all(stage, hears)
    await keeps(stage)
    await taken_up(errands_of(stage))
    assert heard == []
    stage.clock.goes_on(seconds=31)
    await taken_up(errands_of(stage))
    assert heard == ["1"]
    done = await row(stage)
    assert done is not None and done.status == UpdateStatus.DONE


async def test_who_polls_alone_takes_everything_up_at_once(stage: Stage, hears: Heard) -> None:
    heard = await hears_all(stage, hears)
    for update_id in (3, 1, 2):
        await keeps(stage, update_id=update_id)
    await taken_up(errands_of(stage), everybodys=True)
    assert heard == ["1", "2", "3"]


async def test_what_is_in_hand_is_held_on_to(stage: Stage, hears: Heard) -> None:
    """A lease lasts half a minute; a handler may take longer."""
    may_end = asyncio.Event()

    async def hear(message: Message) -> None:
        await may_end.wait()

    hears(hear)
    errand = errands_of(stage).take(a_text(stage))
    await errands_of(stage).keep(errand)
    for _ in range(3):
        stage.clock.goes_on(seconds=20)
        await errands_of(stage).take_up()
        assert await other_process(stage).take_up() == 0
    may_end.set()
    await errand.over()


async def test_one_that_ended_three_processes_is_set_aside_and_the_others_are_handled(
    stage: Stage, hears: Heard
) -> None:
    heard = await hears_all(stage, hears)
    await keeps(stage, update_id=1, tries=MOST_TRIES)
    await keeps(stage, update_id=2, tries=1)
    await taken_up(errands_of(stage), everybodys=True)
    first = await row(stage, 1)
    assert first is not None and (first.status, first.last_error) == (UpdateStatus.SET_ASIDE, "the process ended")
    assert heard == ["2"]


async def test_soon_after_a_start_a_try_is_noted_before_it_begins(stage: Stage, hears: Heard) -> None:
    noted: list[int] = []

    async def hear(message: Message) -> None:
        if (found := await row(stage, message.message_id)) is not None and found.payload is not None:
            noted.append(found.tries)

    hears(hear)
    errands_of(stage).begin()
    await stage.app.feed(a_text(stage))
    assert noted == [1]
    stage.clock.goes_on(minutes=2)
    await stage.app.feed(a_text(stage, update_id=2))
    assert await row(stage, 2) is None


async def test_what_was_handled_before_a_kill_is_not_answered_again(stage: Stage, hears: Heard) -> None:
    """It was noted as done, and Telegram did not hear of it."""
    heard = await hears_all(stage, hears)
    errands_of(stage).begin()
    await stage.app.feed(a_text(stage))
    again = other_process(stage)
    again.begin()
    await again.take(a_text(stage)).over()
    assert heard == ["1"]


async def test_what_acted_before_a_kill_gets_an_answer_after_it(stage: Stage) -> None:
    """The mark alone does not say that the person was answered."""
    async with stage.app.db.begin() as session:
        await updates.mark(session, stage.app.bot.id, 1, now=NOW)
    errands_of(stage).begin()
    await stage.app.feed(a_text(stage, "/cancel"))
    assert said(stage)


async def test_what_is_not_finished_when_the_program_closes_is_free_for_the_next(
    stage: Stage, hears: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = asyncio.Event()

    async def hear(message: Message) -> None:
        entered.set()
        await asyncio.Event().wait()

    hears(hear)
    monkeypatch.setattr("bot.errands.CLOSING_S", 0)
    errand = errands_of(stage).take(a_text(stage))
    await entered.wait()
    await errands_of(stage).close()
    assert errand.is_safe and not errand.is_settled
    left = await row(stage)
    assert left is not None and (left.status, left.claimed_by) == (UpdateStatus.KEPT, None)


async def test_what_was_set_aside_can_be_tried_again_or_dropped(stage: Stage, hears: Heard) -> None:
    heard = await hears_all(stage, hears)
    for update_id in (1, 2):
        await keeps(stage, update_id=update_id, tries=3)
    async with stage.app.db.begin() as session:
        await session.execute(update(BotUpdate).values(status=UpdateStatus.SET_ASIDE))
        assert await updates.replay(session, 1) and not await updates.replay(session, 5)
        assert await updates.drop(session, 2) and not await updates.drop(session, 1)
    await taken_up(errands_of(stage))
    assert heard == ["1"]


async def test_of_those_that_were_tried_one_is_tried_at_a_time(stage: Stage, hears: Heard) -> None:
    """And the others are noted only when their turn comes: they must not be set aside with the one that ends the process."""
    tries: list[list[int]] = []

    async def hear(message: Message) -> None:
        noted = [await row(stage, number) for number in (1, 2, 3)]
        tries.append([each.tries for each in noted if each is not None])

    hears(hear)
    for update_id in (1, 2, 3):
        await keeps(stage, update_id=update_id)
    await taken_up(errands_of(stage), everybodys=True)
    assert tries == [[2, 1, 1], [2, 2, 1], [2, 2, 2]]
