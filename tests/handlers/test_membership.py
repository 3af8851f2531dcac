from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import database
from tests.apps import Stage, a_stage


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(sqlite_url, tmp_path) as stage:
        await database.grant_owner(stage.app.db, stage.app.settings, now=stage.clock())
        yield stage


async def test_a_group_tells_the_owner_its_number(stage: Stage) -> None:
    """No merchant can know it otherwise."""
    group = stage.world.add_group("Packing", [stage.max.id], bot_status="left")
    await stage.max.at(group.id).adds_bot(group.id)
    assert f"STAFF_CHAT_ID={group.id}" in stage.max.at(group.id).screen


async def test_a_strangers_group_is_told_nothing(stage: Stage) -> None:
    group = stage.world.add_group("Gossip", [stage.ann.id], bot_status="left")
    await stage.ann.at(group.id).adds_bot(group.id)
    assert stage.ann.at(group.id).from_bot == []


async def test_the_staff_chat_itself_is_told_nothing_new(stage: Stage) -> None:
    await stage.max.removes_bot(stage.staff_chat)
    await stage.max.adds_bot(stage.staff_chat)
    assert stage.max.from_bot == []
