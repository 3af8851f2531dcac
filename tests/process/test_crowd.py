"""The crowd of `make crowd`, as small and as short as it still says something."""

from pathlib import Path

import pytest

from store.db import Database
from tests.builders import a_confirmed_order, a_shop, a_variant
from tests.process.crowd import Plan, a_crowd, compare, run, told

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("db_url", ["sqlite", "postgres"], indirect=True)]


async def test_a_crowd_before_a_shop_that_is_killed(db_url: str, tmp_path: Path) -> None:
    """On a bad line, and all the same everybody is answered, once, and the books agree with what they saw."""
    plan = Plan(people=20, seconds=14, kills=1, fault_rate=0.03, think_s=0.8)
    crowd = await run(plan, tmp_path, db_url)
    assert not crowd.unanswered, told(crowd)
    assert not crowd.wrong, told(crowd)
    assert crowd.killed == 1
    assert crowd.world.faults.met


async def test_the_comparison_notices_an_order_that_nobody_saw(db: Database, db_url: str) -> None:
    """A control: with one order too many the books agree, and the people do not."""
    await a_shop(db)
    await a_confirmed_order(db, await a_variant(db, stock=2))
    crowd = a_crowd(Plan(people=1))
    await compare(crowd, db_url)
    assert len(crowd.wrong) == 2
    assert "orders that people did not see" in crowd.wrong[0]
