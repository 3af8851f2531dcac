"""What is remembered of Telegram's updates."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from store import updates
from store.db import Database, run_again, writing_first
from store.models import BotUpdate, IdempotencyKey
from store.updates import AlreadyActed
from store.upsert import insert_ignoring
from tests.builders import NOW

MARK = partial(updates.mark, bot_id=7, update_id=1, now=NOW)


async def acts(db: Database, key: str) -> None:
    async with db.begin() as session:
        await insert_ignoring(session, IdempotencyKey, scope="test", key=key, created_at=NOW)


async def acted(db: Database) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count()).select_from(IdempotencyKey)) or 0


async def has_acted(db: Database) -> bool:
    async with db.read() as session:
        return await updates.has_acted(session, 7, 1)


async def test_an_update_acts_once(db: Database) -> None:
    """All transactions of its first handling, and none of the second."""
    with writing_first(MARK):
        await acts(db, "a")
        await acts(db, "b")
    with writing_first(MARK), pytest.raises(AlreadyActed):
        await acts(db, "c")
    assert await acted(db) == 2


async def test_what_was_rolled_back_has_not_acted(db: Database) -> None:
    """Nor does the next transaction of the same handling forget the mark."""
    with writing_first(MARK) as mark:
        with pytest.raises(ZeroDivisionError):
            async with db.begin():
                raise ZeroDivisionError
        assert not mark.is_committed
        assert not await has_acted(db)
        await acts(db, "a")
    assert await has_acted(db)


async def test_what_only_reads_leaves_no_mark(db: Database) -> None:
    with writing_first(MARK) as mark:
        assert not await has_acted(db)
    assert not mark.is_committed


async def test_two_bots_do_not_share_their_numbers(db: Database) -> None:
    for bot_id in (7, 8):
        with writing_first(partial(updates.mark, bot_id=bot_id, update_id=1, now=NOW)):
            await acts(db, str(bot_id))
    assert await acted(db) == 2


async def handled_twice(db: Database) -> list[BaseException | None]:
    async def handle(name: str) -> None:
        with writing_first(MARK):
            await run_again(db, partial(insert_ignoring, model=IdempotencyKey, scope="test", key=name, created_at=NOW))

    return list(await asyncio.gather(handle("a"), handle("b"), return_exceptions=True))


async def test_of_two_that_handle_it_at_once_one_acts(db: Database) -> None:
    outcomes = await handled_twice(db)
    assert [type(each) for each in outcomes if each] == [AlreadyActed]
    assert await acted(db) == 1


async def test_without_the_mark_both_would_act(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the race is one."""
    monkeypatch.setattr("store.updates.insert_ignoring", always)
    assert await handled_twice(db) == [None, None]
    assert await acted(db) == 2


async def always(*_: object, **__: object) -> bool:
    return True


async def test_a_mark_is_forgotten_when_telegram_has_forgotten_its_update(db: Database) -> None:
    """What is still to be handled is never forgotten."""
    with writing_first(MARK):
        await acts(db, "a")
    async with db.begin() as session:
        kept = {"status": "kept", "payload": {"update_id": 2}, "received_at": NOW}
        await insert_ignoring(session, BotUpdate, bot_id=7, update_id=2, **kept)
    assert await updates.sweep(db, now=NOW + timedelta(hours=47)) == 0
    assert await updates.sweep(db, now=NOW + timedelta(hours=49)) == 1
    async with db.read() as session:
        assert list(await session.scalars(select(BotUpdate.update_id))) == [2]
