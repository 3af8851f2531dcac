"""The staff says which messages ask for a parcel."""

import pytest

from store import support
from store.audit import Actor
from store.db import Database
from store.errors import NotFound
from store.parcels import asking, corrections
from store.parcels.asking.intents import Intent
from store.parcels.asking.learned import learned
from store.support import Words
from tests.builders import NOW, a_customer

MAX = Actor.staff(7, "Max")
ODD = "any word of the sleigh from Lapland"


async def _said(db: Database, text: str) -> tuple[int, int]:
    """Ids of a customer's message, and of the answer to it."""
    ann = await a_customer(db)
    async with db.begin() as session:
        asked = await support.ask(session, ann.id, Words(text=text, chat_id=1, message_id=1), now=NOW)
        answer = await support.answer(
            session, asked.thread_id, Words(text="Yes", chat_id=2, message_id=2), actor=MAX, now=NOW
        )
    assert answer is not None
    return asked.message_id, answer


async def test_what_is_corrected_is_understood_from_then_on(db: Database) -> None:
    """Yes, then no: the latest word counts, and saying it twice is saying it once."""
    message_id, _ = await _said(db, ODD)
    async with db.read() as session:
        assert await corrections.knowing(session) is learned()
    for asks, meant in ((True, Intent.TRACK_ORDER), (True, Intent.TRACK_ORDER), (False, Intent.NONE)):
        async with db.begin() as session:
            await corrections.correct(session, message_id, asks=asks, actor=MAX, now=NOW)
            knowing = await corrections.knowing(session)
            assert knowing is await corrections.knowing(session), "it is learned once"
        assert asking.reading(ODD, knowing=knowing).intent is meant
        assert asking.reading("where is my parcel", knowing=knowing).intent is Intent.TRACK_ORDER


async def test_what_is_no_parcel_stays_what_it_is(db: Database) -> None:
    """A wish to cancel is still one, after somebody has said that it does not ask for a parcel."""
    message_id, _ = await _said(db, "please cancel my order")
    async with db.begin() as session:
        await corrections.correct(session, message_id, asks=False, actor=MAX, now=NOW)
        knowing = await corrections.knowing(session)
    assert asking.reading("please cancel my order", knowing=knowing).intent is Intent.CANCEL


async def test_only_customers_words_are_lessons(db: Database) -> None:
    _, answer_id = await _said(db, ODD)
    for message_id in (answer_id, 10**9):
        with pytest.raises(NotFound):
            async with db.begin() as session:
                await corrections.correct(session, message_id, asks=True, actor=MAX, now=NOW)
