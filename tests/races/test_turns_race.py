"""Two workers behind a load balancer get one person's presses at once."""

import asyncio
from pathlib import Path
from typing import Any

from aiogram.types import Message

from handlers.routing import everyone_router
from tests.apps import Stage, a_stage


async def test_with_redis_the_presses_of_one_person_take_turns(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    assert await most_at_once(sqlite_url, tmp_path, redis_url=redis_url) == 1


async def test_without_it_they_go_side_by_side(sqlite_url: str, tmp_path: Path) -> None:
    """Control: each worker has a lock of its own. What counts is guarded in the database."""
    assert await most_at_once(sqlite_url, tmp_path) == 2


async def most_at_once(url: str, folder: Path, **given: Any) -> int:
    """How many of Ann's messages were at work at the same time, of five to each worker."""
    at_work: list[int] = [0]

    async def slow(message: Message) -> None:
        at_work.append(at_work[-1] + 1)
        await asyncio.sleep(0.02)
        at_work.append(at_work[-1] - 1)

    async with a_stage(url, folder, **given) as first, a_stage(url, folder, has_shop=False, **given) as second:
        for stage in (first, second):
            await stage.ann.starts()
            listens(stage, slow)
        await asyncio.gather(*(stage.ann.sends("hi") for stage in (first, second) for _ in range(5)))
    return max(at_work)


def listens(stage: Stage, handler: Any) -> None:
    router = everyone_router("tests")
    router.message()(handler)
    stage.listens_to(router)
