"""Ten words of one customer at once, and a question just while its thread is closed.

The controls leave out the lock on the customer, and let the other side go first after the look at what is open.
SQLite has one writer: there is no lock to leave out.
"""

import asyncio
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import support, support_threads
from store.audit import Actor
from store.db import Database
from store.models import Customer, SupportMessage, SupportThread
from store.support import Words
from tests.builders import NOW, a_customer
from tests.races.crowd import all_at_once

MAX = Actor.staff(7, "Max")
WORDS = 10


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    async def alone_with(session: AsyncSession, customer_id: int) -> Customer:
        return await session.get_one(Customer, customer_id)

    monkeypatch.setattr(support, "_alone_with", alone_with)


async def asks(db: Database, customer_id: int, number: int) -> support.Asked:
    async with db.begin() as session:
        words = Words(text="Hello?", chat_id=1, message_id=number)
        return await support.ask(session, customer_id, words, now=NOW)


async def closes(db: Database, thread_id: int) -> bool:
    async with db.begin() as session:
        return await support.close(session, thread_id, actor=MAX, now=NOW)


async def count(db: Database, what: type[SupportThread] | type[SupportMessage]) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count()).select_from(what)) or 0


async def test_many_words_at_once_open_one_thread(db: Database) -> None:
    """Ten messages of one person, handled at the same moment by as many processes."""
    ann = await a_customer(db)
    asked = await all_at_once(partial(asks, db, ann.id, number) for number in range(WORDS))
    assert [type(each) for each in asked] == [support.Asked] * WORDS
    assert sum(each.is_first for each in asked if isinstance(each, support.Asked)) == 1
    assert (await count(db, SupportThread), await count(db, SupportMessage)) == (1, WORDS)


async def test_without_the_lock_all_but_one_are_refused(
    served: Database, without_lock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control. All saw that no thread is open, and each opened one."""
    everybody, looks = asyncio.Barrier(WORDS), support.open_thread_of

    async def open_thread_of(session: AsyncSession, customer_id: int) -> SupportThread | None:
        found = await looks(session, customer_id)
        await everybody.wait()
        return found

    monkeypatch.setattr(support, "open_thread_of", open_thread_of)
    ann = await a_customer(served)
    asked = await all_at_once(partial(asks, served, ann.id, number) for number in range(WORDS))
    assert sum(isinstance(each, Exception) for each in asked) == WORDS - 1
    assert await count(served, SupportMessage) == 1


async def an_answered_thread(db: Database) -> SupportThread:
    """Nobody waits in it."""
    ann = await a_customer(db)
    async with db.begin() as session:
        asked = await support.ask(session, ann.id, Words(text="Hello?"), now=NOW)
        await support.answer(session, asked.thread_id, Words(text="Yes?"), actor=MAX, now=NOW)
        return await session.get_one(SupportThread, asked.thread_id)


async def unheard(db: Database, thread_id: int) -> bool:
    """Whether somebody waits in a closed thread, where nobody looks."""
    async with db.read() as session:
        thread = await support_threads.thread(session, thread_id)
    return not thread.is_open and thread.waiting_since is not None


async def test_a_question_is_not_lost_in_the_closing_of_its_thread(db: Database) -> None:
    """It stands in the thread that was closed after it, or has opened the next."""
    thread = await an_answered_thread(db)
    asked, is_closed = await asyncio.gather(asks(db, thread.customer_id, 1), closes(db, thread.id))
    assert is_closed
    assert not await unheard(db, asked.thread_id)


async def test_without_the_lock_a_question_waits_in_a_closed_thread(
    served: Database, without_lock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control. The thread was open when the question looked, and closed when it was written."""
    thread, is_closed, looks = await an_answered_thread(served), asyncio.Event(), support.open_thread_of

    async def open_thread_of(session: AsyncSession, customer_id: int) -> SupportThread | None:
        found = await looks(session, customer_id)
        await is_closed.wait()
        return found

    async def then_tells() -> bool:
        done = await closes(served, thread.id)
        is_closed.set()
        return done

    monkeypatch.setattr(support, "open_thread_of", open_thread_of)
    await asyncio.gather(asks(served, thread.customer_id, 1), then_tells())
    assert await unheard(served, thread.id)
