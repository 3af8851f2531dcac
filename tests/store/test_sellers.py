import pytest

from store import sellers
from store.db import Database
from store.errors import NotFound
from tests.builders import a_shop


async def test_there_is_one_shop(db: Database) -> None:
    """Everything belongs to it."""
    shop = await a_shop(db)
    async with db.read() as session:
        assert (await sellers.the_seller(session)).id == shop.id


async def test_before_the_first_seed_there_is_none(db: Database) -> None:
    """Whoever asks then learns it at once, not by a strange error later."""
    async with db.read() as session:
        with pytest.raises(NotFound):
            await sellers.the_seller(session)
