from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.apps import Stage, a_stage


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with a_stage(sqlite_url, tmp_path) as stage:
        yield stage
