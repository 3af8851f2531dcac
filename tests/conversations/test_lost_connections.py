"""The line to the database breaks while somebody orders. They notice nothing."""

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from store.db import Database
from store.models import Order
from tests.conversations.conftest import Shop
from tests.conversations.walks import answers, takes
from tests.lines import cut, cut_before, cut_in_commit

Cut = Callable[[Database], contextlib.AbstractContextManager[Any]]

CUTS: dict[str, Cut] = {
    "in the middle": partial(cut_before, beginning="INSERT INTO orders"),
    "before the commit arrived": partial(cut_in_commit, is_committed=False),
    "after the commit, before its answer": partial(cut_in_commit, is_committed=True),
}


@pytest.fixture
def shop_url(db_url: str) -> str:
    if db_url.startswith("sqlite"):
        pytest.skip("SQLite is no server")
    return db_url


@pytest.mark.parametrize("cuts", CUTS.values(), ids=list(CUTS))
async def test_an_order_is_placed_once(shop: Shop, cuts: Cut) -> None:
    await takes(shop.ann)
    await answers(shop.ann)
    with cuts(shop.app.db):
        await shop.ann.taps("Place order")
    async with shop.app.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Order)) == 1
    await shop.pays(shop.ann)
    assert shop.ann.sees("is paid")


async def test_the_next_tap_and_the_next_job_find_new_connections(shop: Shop) -> None:
    await takes(shop.ann)
    await cut(shop.app.db)
    await answers(shop.ann)
    await shop.ann.taps("Place order")
    await cut(shop.app.db)
    await shop.works(minutes=45)
    assert shop.ann.sees("expired")
