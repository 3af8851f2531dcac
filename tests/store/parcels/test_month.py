"""A small month of parcels in every run; `make month` lives a large one."""

from datetime import timedelta

from store.db import Database
from tests.store.parcels.month import lived


async def test_every_milestone_is_told_once_and_in_order(sqlite_db: Database) -> None:
    """Carriers repeat, reorder, delay, are down and busy: nothing is lost, repeated or asked for too soon."""
    month = await lived(sqlite_db, parcels=40, days=8, seed=7, tick=timedelta(hours=1), temper=6)
    assert month.told > 100
    assert sum(month.bad_answers.values()) > 5
    assert (month.lost, month.repeated, month.disordered, month.wrong_end) == (0, 0, 0, 0)
    assert (month.too_soon, month.over_budget) == (0, 0)
