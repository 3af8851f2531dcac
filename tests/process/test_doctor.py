import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.programs import ROOT, TOKEN, Starts, Telegram, a_seeded_file

pytestmark = pytest.mark.slow


async def test_the_doctor_looks_at_a_shop_that_runs(telegram: Telegram, dukkan: Starts, tmp_path: Path) -> None:
    """From a process of its own, and disturbs nobody."""
    await a_seeded_file(tmp_path)
    await telegram.ann.starts()
    settings = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url, "OWNER_ID": str(telegram.ann.id)}
    program = await dukkan(**settings)
    await program.shows(lambda: bool(telegram.ann.screen))
    doctor = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor", "--json"),
        cwd=tmp_path,
        env=settings | {"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await doctor.communicate()
    found = {each["check"]: each["state"] for each in json.loads(told)}
    assert doctor.returncode == 0 and TOKEN not in told.decode()
    assert found["database"] == found["schema"] == found["token"] == found["staff chat"] == "ok"
    assert program.process.returncode is None
