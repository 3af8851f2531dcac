"""Questions to the shop: one open thread a customer, and whatever both sides write stands in it."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.ui.i18n import LANGUAGES
from store import saved_replies, support, support_edits, support_threads
from store.audit import Actor
from store.db import Database
from store.errors import BadInput, NotFound
from store.models import OutboxEvent, SupportMessage, SupportThread
from store.support import Words
from tests.builders import NOW, a_confirmed_order, a_customer, a_shop

MAX = Actor.staff(7, "Max")


def words(text: str, number: int) -> Words:
    return Words(text=text, chat_id=1, message_id=number)


async def asks(db: Database, customer_id: int, text: str = "Hello?", number: int = 1) -> support.Asked:
    async with db.begin() as session:
        return await support.ask(session, customer_id, words(text, number), now=NOW)


async def count(db: Database, what: type[SupportThread] | type[SupportMessage] | type[OutboxEvent]) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count()).select_from(what)) or 0


async def test_the_same_message_counts_once(db: Database) -> None:
    ann = await a_customer(db)
    first, again = [await asks(db, ann.id) for _ in range(2)]
    assert first.message_id == again.message_id
    assert (await count(db, SupportMessage), await count(db, OutboxEvent)) == (1, 1)


async def test_a_thread_is_closed_once(db: Database) -> None:
    ann = await a_customer(db)
    thread_id = (await asks(db, ann.id)).thread_id
    async with db.begin() as session:
        assert await support.close(session, thread_id, actor=MAX, now=NOW)
        assert not await support.close(session, thread_id, actor=MAX, now=NOW)
        assert not await support.claim(session, thread_id, actor=MAX, now=NOW)


async def test_a_closed_thread_stays_closed_beside_an_open_one(db: Database) -> None:
    """An answer to the old one goes where the customer is talking now."""
    ann = await a_customer(db)
    old = (await asks(db, ann.id)).thread_id
    async with db.begin() as session:
        await support.close(session, old, actor=MAX, now=NOW)
    new = (await asks(db, ann.id, "Again", 2)).thread_id
    async with db.begin() as session:
        assert not await support.reopen(session, old, actor=MAX, now=NOW)
        answered = await support.answer(session, old, words("Yes?", 3), actor=MAX, now=NOW)
        assert answered is not None
        assert (await support_threads.message(session, answered)).thread_id == new


async def test_an_answer_ends_the_waiting_and_says_whose_it_was(db: Database) -> None:
    ann = await a_customer(db)
    thread_id = (await asks(db, ann.id)).thread_id
    async with db.begin() as session:
        assert (await support_threads.thread(session, thread_id)).waiting_since == NOW
        await support.answer(session, thread_id, words("Yes?", 3), actor=MAX, now=NOW)
        thread = await support_threads.thread(session, thread_id)
    assert (thread.waiting_since, thread.answered_by, thread.claimed_name) == (None, "Max", "Max")


async def test_only_the_buyers_own_order_is_asked_about(db: Database) -> None:
    order_id = await a_confirmed_order(db)
    ivan = await a_customer(db, name="Ivan")
    async with db.begin() as session:
        with pytest.raises(NotFound):
            await support.ask(session, ivan.id, words("mine?", 1), order_id=order_id, now=NOW)
    assert await count(db, SupportThread) == 0


async def test_whoever_waits_longest_comes_first_and_the_answered_last(db: Database) -> None:
    people = [await a_customer(db, name=name) for name in ("Ann", "Ben", "Cem")]
    threads = [(await asks(db, each.id, each.name, number)).thread_id for number, each in enumerate(people)]
    async with db.begin() as session:
        await support.answer(session, threads[0], words("Yes", 9), actor=MAX, now=NOW)
        page = await support_threads.open_threads(session)
    assert [each.customer_name for each in page.threads] == ["Ben", "Cem", "Ann"]


async def test_a_reminder_comes_once_and_again_for_the_next_question(db: Database) -> None:
    ann = await a_customer(db)
    thread_id = (await asks(db, ann.id)).thread_id
    late = NOW + support_edits.REMIND_AFTER
    assert await support_edits.remind_due(db, now=late - timedelta(seconds=1)) == 0
    assert [await support_edits.remind_due(db, now=late) for _ in range(2)] == [1, 0]
    async with db.begin() as session:
        await support.answer(session, thread_id, words("Sorry", 2), actor=MAX, now=late)
        await support.ask(session, ann.id, words("And?", 3), now=late)
    assert await support_edits.remind_due(db, now=late + support_edits.REMIND_AFTER) == 1


async def test_an_edit_that_changes_nothing_is_nobodys_news(db: Database) -> None:
    """A reaction comes as an edit, too."""
    ann = await a_customer(db)
    asked = await asks(db, ann.id)
    async with db.begin() as session:
        await support_edits.edit(session, asked.message_id, words("Hello?", 1), now=NOW)
    assert await count(db, OutboxEvent) == 1


async def test_what_no_database_can_keep_is_left_out(db: Database) -> None:
    """Half of a character, and the one that ends strings elsewhere."""
    ann = await a_customer(db)
    asked = await asks(db, ann.id, "a\x00b\ud800c")
    async with db.read() as session:
        assert (await support_threads.message(session, asked.message_id)).text == "abc"


@pytest.mark.parametrize(("title", "text"), [("", "x"), ("x" * 33, "x"), ("x", " "), ("x", "x" * 2001)])
async def test_a_saved_reply_has_bounds(sqlite_db: Database, title: str, text: str) -> None:
    await a_shop(sqlite_db)
    async with sqlite_db.begin() as session:
        with pytest.raises(BadInput):
            await saved_replies.save(session, title, text, actor=MAX, now=NOW)


@pytest.mark.parametrize(
    ("title", "offered"),
    [
        ("?Delivery", {"en": "Delivery", "zh": "Delivery", "ru": "Delivery"}),
        ("?ru Доставка", {"ru": "Доставка"}),
        ("? zh 配送", {"zh": "配送"}),
        ("?do you deliver", dict.fromkeys(LANGUAGES, "do you deliver")),
        ("Delivery", {}),
        ("?", {}),
    ],
)
async def test_a_title_says_who_is_offered_the_reply(
    sqlite_db: Database, title: str, offered: Mapping[str, str]
) -> None:
    """Two letters at the beginning are a language only if the shop speaks it."""
    await a_shop(sqlite_db)
    async with sqlite_db.begin() as session:
        await saved_replies.save(session, title, "Two days.", actor=MAX, now=NOW)
        found = {each: await saved_replies.faqs(session, each) for each in LANGUAGES}
    assert {language: faqs[0].title for language, faqs in found.items() if faqs} == offered
