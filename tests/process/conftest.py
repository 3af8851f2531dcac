from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.programs import Starts, Telegram, a_telegram, programs


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with a_telegram() as telegram:
        yield telegram


@pytest.fixture
async def dukkan(tmp_path: Path) -> AsyncIterator[Starts]:
    async with programs(tmp_path, is_warm=True) as start:
        yield start
