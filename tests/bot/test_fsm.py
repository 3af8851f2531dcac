import asyncio

import pytest
from aiogram.fsm.storage.base import StorageKey

from bot.fsm import DatabaseStorage, PersonLocks
from store.db import Database
from tests.builders import NOW

ANN = StorageKey(bot_id=1, chat_id=7, user_id=7)
ANN_IN_A_GROUP = StorageKey(bot_id=1, chat_id=-100, user_id=7)
BEN = StorageKey(bot_id=1, chat_id=8, user_id=8)


def storage(db: Database) -> DatabaseStorage:
    return DatabaseStorage(db, lambda: NOW)


async def test_a_state_outlives_the_program(db: Database) -> None:
    """Whoever was asked for a postcode before a restart answers after it."""
    await storage(db).set_state(ANN, "note")
    await storage(db).set_state(ANN, "address_city")
    assert await storage(db).get_state(ANN) == "address_city"


async def test_a_state_belongs_to_one_person_in_one_chat(sqlite_db: Database) -> None:
    await storage(sqlite_db).set_state(ANN, "note")
    assert await storage(sqlite_db).get_state(ANN_IN_A_GROUP) is None
    assert await storage(sqlite_db).get_state(BEN) is None


async def test_a_state_that_ends_leaves_no_row(sqlite_db: Database) -> None:
    await storage(sqlite_db).set_state(ANN, "note")
    await storage(sqlite_db).set_state(ANN, None)
    assert await storage(sqlite_db).get_state(ANN) is None


async def test_two_updates_that_set_the_first_state_at_once_both_succeed(db: Database) -> None:
    """Without locks, as on two machines."""
    await asyncio.gather(*(storage(db).set_state(ANN, name) for name in ("note", "quantity")))
    assert await storage(db).get_state(ANN) in ("note", "quantity")


async def test_a_state_carries_no_data(sqlite_db: Database) -> None:
    """What was asked before is in the shop's tables, where a stale button finds it too."""
    await storage(sqlite_db).set_data(ANN, {})
    assert await storage(sqlite_db).get_data(ANN) == {}
    with pytest.raises(TypeError):
        await storage(sqlite_db).set_data(ANN, {"order": 5})


async def test_one_persons_updates_wait_for_each_other_in_their_order() -> None:
    """Also when they come from two chats."""
    locks, told = PersonLocks(), list[str]()

    async def handle(key: StorageKey, name: str) -> None:
        async with locks.lock(key):
            told.append(f"{name} begins")
            await asyncio.sleep(0)
            told.append(f"{name} ends")

    await asyncio.gather(handle(ANN, "first"), handle(ANN_IN_A_GROUP, "second"))
    assert told == ["first begins", "first ends", "second begins", "second ends"]


async def test_two_people_do_not_wait_for_each_other() -> None:
    locks = PersonLocks()
    async with locks.lock(ANN), asyncio.timeout(1), locks.lock(BEN):
        pass


async def test_nobody_is_remembered_who_has_no_turn() -> None:
    """A shop runs for months."""
    locks = PersonLocks()
    async with locks.lock(ANN):
        assert locks._turns
    assert not locks._turns
