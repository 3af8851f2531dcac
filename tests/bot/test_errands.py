"""One update, whatever happens: tried again, kept, set aside; never lost, never twice."""

import asyncio
from typing import Any

import pytest
from aiogram.types import Message
from markupsafe import Markup
from sqlalchemy import func, select

from bot.errands import MOST_TRIES
from bot.ui.screen import Screen
from store.db import Database
from store.models import OutboxEvent
from store.updates import UpdateStatus
from tests.apps import Stage
from tests.bot.updates import Heard, a_text, acts, errands_of, hears_all, row, said

SORRY = "Sorry, something went wrong"


async def test_what_fails_once_is_tried_again_and_nobody_notices(stage: Stage, hears: Heard) -> None:
    tries: list[Message] = []

    async def hear(message: Message) -> Screen:
        tries.append(message)
        if len(tries) < MOST_TRIES:
            raise ZeroDivisionError
        return Screen(Markup("Done"))

    hears(hear)
    await stage.app.feed(a_text(stage))
    assert said(stage) == ["Done"]
    assert await row(stage) is None


async def test_what_fails_three_times_is_set_aside_and_apologised_for_once(stage: Stage, hears: Heard) -> None:
    tries: list[Message] = []

    async def hear(message: Message) -> None:
        tries.append(message)
        raise ZeroDivisionError

    hears(hear)
    await stage.app.feed(a_text(stage))
    kept = await row(stage)
    assert kept is not None and kept.payload is not None and kept.reference is not None
    assert (kept.status, kept.tries, kept.last_error) == (UpdateStatus.SET_ASIDE, 3, "ZeroDivisionError")
    assert len(tries) == 3
    assert [text.startswith(SORRY) and kept.reference in text for text in said(stage)] == [True]


async def test_the_staff_hears_of_it_once_an_hour(stage: Stage, hears: Heard) -> None:
    async def hear(message: Message) -> None:
        raise ZeroDivisionError

    hears(hear)
    for update_id, hours in ((1, 0), (2, 0), (3, 1.5)):
        stage.clock.goes_on(hours=hours)
        await stage.app.feed(a_text(stage, update_id=update_id))
    async with stage.app.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(OutboxEvent)) == 2
    await stage.app.run_jobs_due()
    assert stage.max.sees("3 things that people wrote or pressed could not be handled")


async def test_what_has_acted_is_not_tried_again(stage: Stage, hears: Heard) -> None:
    async def hear(message: Message, db: Database) -> None:
        await acts(db, "a")
        raise ZeroDivisionError

    hears(hear)
    await stage.app.feed(a_text(stage))
    assert [text.startswith(SORRY) for text in said(stage)] == [True]
    done = await row(stage)
    assert done is not None and done.status == UpdateStatus.DONE


async def test_a_straggler_is_kept_while_its_handler_goes_on(stage: Stage, hears: Heard) -> None:
    may_end = asyncio.Event()

    async def hear(message: Message) -> None:
        await may_end.wait()

    hears(hear)
    errand = errands_of(stage).take(a_text(stage))
    await errands_of(stage).keep(errand)
    kept = await row(stage)
    assert kept is not None and kept.payload == errand.update and errand.is_safe
    may_end.set()
    await errand.over()
    done = await row(stage)
    assert done is not None and (done.status, done.payload) == (UpdateStatus.DONE, None)


async def test_an_update_that_is_in_hand_is_not_taken_twice(stage: Stage, hears: Heard) -> None:
    """Telegram lost patience and brought it again."""
    heard: list[Message] = []

    async def hear(message: Message) -> None:
        heard.append(message)
        await asyncio.sleep(0)

    hears(hear)
    await asyncio.gather(*(stage.app.feed(a_text(stage)) for _ in range(3)))
    assert len(heard) == 1


async def test_a_person_waits_behind_her_own_straggler(stage: Stage, hears: Heard) -> None:
    may_end, heard = asyncio.Event(), list[str]()

    async def hear(message: Message) -> None:
        if message.text == "slow":
            await may_end.wait()
        heard.append(message.text or "")

    hears(hear)
    errands = [errands_of(stage).take(a_text(stage, text, number)) for number, text in enumerate(("slow", "quick"), 1)]
    await errands_of(stage).keep(errands[0])
    may_end.set()
    await asyncio.gather(*(errand.over() for errand in errands))
    assert heard == ["slow", "quick"]


async def test_while_the_database_is_away_nothing_is_given_up(stage: Stage, hears: Heard) -> None:
    """More often than three times."""
    heard = await hears_all(stage, hears)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "read", _gone)
        handling = asyncio.create_task(stage.app.feed(a_text(stage)))
        async with asyncio.timeout(10):
            while len(stage.slept) < 10:  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0)
    await handling
    assert heard == ["1"]
    assert await row(stage) is None


def _gone(_db: Database) -> Any:
    raise OSError("the disk is gone")
