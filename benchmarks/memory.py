"""Resident memory of `dukkan run` on SQLite, open and polling, against a Python that has imported aiogram and nothing else."""

import asyncio
import os
import signal
import sys
import tempfile
from pathlib import Path

import psutil

from benchmarks import bot_api
from benchmarks.frame import Claim, Result, in_turns, keep

TURNS = 3
ROOT = Path(__file__).parents[1]
ONLY_IMPORTED = "import aiogram, sys; print(flush=True); sys.stdin.read()"
PATIENCE_S = 120


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        await _dukkan("seed", folder=Path(folder))
        turns = await in_turns(lambda: _running_mb(Path(folder)), _imported_mb, turns=TURNS)
    claims = [Claim("memory", turns.ratio, milestone=1.6, goal=1.3, at_most=True)]
    numbers = turns.numbers("dukkan run, MB", "import aiogram, MB")
    keep(Result("memory", "resident memory of `dukkan run` on SQLite", "bare `import aiogram`", claims, numbers))


async def _running_mb(folder: Path) -> float:
    async with bot_api.serving() as api, asyncio.timeout(PATIENCE_S):
        process = await _start("run", folder=folder, BOT_TOKEN=bot_api.TOKEN, TELEGRAM_API_URL=api.url)
        try:
            await api.polled.wait()
            return _resident_mb(process)
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def _imported_mb() -> float:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ONLY_IMPORTED, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    resident_mb = _resident_mb(process)
    await process.communicate(b"")  # ends it
    return resident_mb


def _resident_mb(process: asyncio.subprocess.Process) -> float:
    return float(psutil.Process(process.pid).memory_info().rss) / 2**20


async def _dukkan(*command: str, folder: Path) -> None:
    if await (await _start(*command, folder=folder)).wait():
        raise RuntimeError(f"dukkan {' '.join(command)} failed")


async def _start(*command: str, folder: Path, **settings: str) -> asyncio.subprocess.Process:
    own = {"DATA_DIR": str(folder), "WEB_PORT": "0", "LOG_LEVEL": "WARNING", "PYTHONPATH": str(ROOT)}
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *command, cwd=folder, env=environment | own | settings
    )


if __name__ == "__main__":
    asyncio.run(main())
