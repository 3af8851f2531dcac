"""A row that may be there already."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from store.db import Database
from store.models import CartLine, IdempotencyKey
from store.upsert import insert_ignoring
from tests.builders import NOW

ROW = {"scope": "test", "key": "1", "created_at": NOW}


async def test_the_first_one_inserts_and_the_transaction_lives_on_after_the_second(db: Database) -> None:
    async with db.begin() as session:
        assert await insert_ignoring(session, IdempotencyKey, **ROW)
        assert not await insert_ignoring(session, IdempotencyKey, **ROW)
        assert await insert_ignoring(session, IdempotencyKey, **ROW | {"key": "2"})
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(IdempotencyKey)) == 2


async def test_what_another_transaction_committed_counts(db: Database) -> None:
    for is_first in (True, False):
        async with db.begin() as session:
            assert await insert_ignoring(session, IdempotencyKey, **ROW) is is_first


async def test_only_a_taken_key_is_ignored(db: Database) -> None:
    """A line for a cart that does not exist is a slip in the program, not a repetition."""
    with pytest.raises(IntegrityError):
        async with db.begin() as session:
            await insert_ignoring(session, CartLine, cart_id=999, variant_id=999, quantity=1)
