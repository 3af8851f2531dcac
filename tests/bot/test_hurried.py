"""Telegram's own payment form gives up after ten seconds: nothing may stand before its question."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram.types import Message

from bot.demo.people import Person
from bot.demo.state import PaymentQuestion
from store.db import Database
from tests.apps import Stage
from tests.bot.updates import Heard

CROWD = 100


@pytest.fixture
async def busy(stage: Stage, hears: Heard) -> AsyncIterator[asyncio.Event]:
    """Ann's message and those of a hundred others are being handled, until the event."""
    may_end, begun = asyncio.Event(), asyncio.Semaphore(0)

    async def hear(message: Message) -> None:
        begun.release()
        await may_end.wait()

    hears(hear)
    stage.world.deliver = None
    people = [stage.ann, *(Person(stage.world, stage.world.add_user("B").id) for _ in range(CROWD - 1))]
    for person in people:
        await person.sends("hi")
    yield may_end
    may_end.set()


async def is_answered(question: PaymentQuestion) -> None:
    async with asyncio.timeout(10):
        while question.is_ok is None:  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


async def stopped(stage: Stage, polling: "asyncio.Task[None]", may_end: asyncio.Event) -> None:
    may_end.set()
    stage.app.intake.stop()
    await polling


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """The database takes connections, and answers nothing until the event; then the line breaks."""
    breaks = asyncio.Event()

    @contextlib.asynccontextmanager
    async def reads(_db: Database) -> AsyncIterator[None]:
        await breaks.wait()
        raise OSError
        yield

    monkeypatch.setattr(Database, "read", reads)
    return breaks


async def test_bug_14_a_database_that_is_stuck_is_a_refusal_within_two_seconds(
    stage: Stage, stuck: asyncio.Event
) -> None:
    """Of the ten that Telegram waits; after them the buyer would be told that the shop is broken."""
    began = asyncio.get_running_loop().time()
    question = await stage.ann.pays_an_invoice()
    assert question.is_ok is False and question.error.startswith("The shop does not answer just now.")
    assert asyncio.get_running_loop().time() - began < 2


async def test_without_its_time_limit_it_would_never_be_answered(
    stage: Stage, stuck: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr("handlers.invoices.DECIDES_WITHIN_S", 60)
    asking = asyncio.create_task(stage.ann.pays_an_invoice())
    done, _ = await asyncio.wait({asking}, timeout=0.3)
    assert not done
    stuck.set()
    assert (await asking).is_ok is False


async def test_bug_14_a_hundred_at_once_are_answered_within_two_seconds(stage: Stage, busy: asyncio.Event) -> None:
    """While a hundred messages are in hand."""
    stage.world.deliver = stage.app.feed
    loop, people = asyncio.get_running_loop(), [stage.ann.id, *(stage.world.add_user("C").id for _ in range(99))]

    async def asks(person_id: int) -> float:
        began = loop.time()
        question = await Person(stage.world, person_id).pays_an_invoice(payload=f"ORDER{person_id}-0123456789ab")
        assert question.is_ok is False
        return loop.time() - began

    took = sorted(await asyncio.gather(*map(asks, people)))
    assert took[-1] < 2, took[-5:]


@pytest.mark.parametrize("kind", ["pre_checkout_query", "shipping_query"])
async def test_it_is_answered_with_clear_words(stage: Stage, kind: str) -> None:
    """The invoice is none of the shop's."""
    question = await stage.ann.pays_an_invoice(kind)
    assert question.is_ok is False and question.error.startswith("This invoice cannot be paid here.")


async def test_it_waits_for_nobody(stage: Stage, busy: asyncio.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ann's own message is not handled yet, her lock is held, and Telegram shows a hundred updates before hers."""
    monkeypatch.setattr("bot.intake.IMPATIENCE_S", 0)
    monkeypatch.setattr("bot.intake.LOOK_S", 0.05)
    question = await stage.ann.pays_an_invoice()
    polling = asyncio.create_task(stage.app.intake.poll())
    await is_answered(question)
    assert not busy.is_set()
    await stopped(stage, polling, busy)


async def test_it_comes_in_while_others_are_in_hand(
    stage: Stage, busy: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch that takes long does not keep the next one from being fetched."""
    monkeypatch.setattr("bot.intake.LOOK_S", 0.05)
    monkeypatch.setattr("bot.intake.MOST_SHOWN", CROWD + 5)
    del stage.world.state.queue[5:]
    polling = asyncio.create_task(stage.app.intake.poll())
    async with asyncio.timeout(10):
        while not stage.app.intake._shown:  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
    question = await stage.ann.pays_an_invoice()
    await is_answered(question)
    await stopped(stage, polling, busy)


async def test_with_the_lock_it_would_wait(stage: Stage, busy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: taken for any other update of Ann's."""
    monkeypatch.setattr("bot.errands.is_hurried", lambda _update: False)
    errands = stage.app.intake.errands
    errands.take(stage.world.state.queue[0].update)
    question = await stage.ann.pays_an_invoice()
    late = errands.take(stage.world.state.queue[-1].update)
    done, _ = await asyncio.wait({late.running}, timeout=0.2)
    assert not done and question.is_ok is None
    busy.set()
    await late.over()
    assert question.is_ok is False
