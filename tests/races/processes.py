"""Real processes that start to race at the same word."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


async def told_by(command: Sequence[str], *, processes: int) -> list[bytes]:
    """The lines that so many processes print after all of them were ready and all were told to go."""
    started = [
        await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE) for _ in range(processes)
    ]
    try:
        await asyncio.gather(*map(_until_ready, started))
        answers = await asyncio.gather(*(process.communicate(b"go\n") for process in started))
    finally:
        for process in started:
            if process.returncode is None:
                process.kill()
                await process.wait()
    return [line for out, _ in answers for line in out.splitlines()]


async def _until_ready(process: Process) -> None:
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
