"""Real processes that start to race at the same word."""

import asyncio
import os
from collections.abc import Sequence

from tests import warm
from tests.warm import ROOT, Warm


async def told_by(module: str, arguments: Sequence[object], *, processes: int) -> list[bytes]:
    """The lines that so many processes (`python -m`, *module*) print after all of them were ready and all were told to go."""
    started = [
        await warm.started(module, *map(str, arguments), cwd=ROOT, env=dict(os.environ)) for _ in range(processes)
    ]
    try:
        await asyncio.gather(*map(_until_ready, started))
        for process in started:
            process.is_told(b"go\n")
        told = await asyncio.gather(*(process.stdout.read() for process in started))
    finally:
        for process in started:
            process.kill()
            await process.wait()
            await process.stderr.read()  # to its end, where it is closed
    return [line for out in told for line in out.splitlines()]


async def _until_ready(process: Warm) -> None:
    assert await process.stdout.readline() == b"ready\n", (await process.stderr.read()).decode()
