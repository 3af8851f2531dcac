import pytest
from sqlalchemy import insert

from store import arrivals, living
from store.arrivals import Arrival
from store.db import Database
from store.models import ConversationState
from tests.builders import NOW, a_customer, a_shop


async def look(db: Database, **asked: int | str | None) -> Arrival | None:
    async with db.read() as session:
        return await arrivals.look(session, **({"telegram_id": None} | asked))  # type: ignore[arg-type]  # the given values are of several types


async def test_before_there_is_a_shop_there_is_nothing_to_know(db: Database) -> None:
    assert await look(db, telegram_id=1) is None


async def test_all_that_is_known_comes_at_once(db: Database) -> None:
    await a_shop(db)
    customer = await a_customer(db)
    async with db.begin() as session:
        await session.execute(insert(ConversationState).values(key="1:2:3", state="note", data={}, updated_at=NOW))
        await living.stands(session, 2, living.pay_slot(5), 77, now=NOW)
    seen = await look(db, telegram_id=customer.telegram_id, conversation="1:2:3", chat_id=2, message_id=77)
    assert seen is not None
    assert seen.customer is not None
    assert (seen.customer.id, seen.awaited, seen.slot) == (customer.id, "note", "pay:5")


@pytest.mark.parametrize("asked", [{}, {"telegram_id": 404, "conversation": "4:0:4", "chat_id": 4, "message_id": 4}])
async def test_of_a_stranger_only_the_shop_is_known(db: Database, asked: dict[str, int | str]) -> None:
    await a_shop(db)
    await a_customer(db)
    seen = await look(db, **asked)
    assert seen is not None
    assert (seen.customer, seen.awaited, seen.slot) == (None, None, None)
