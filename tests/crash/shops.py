"""Shops that a test starts, talks to by lines, and sees die: `tests/crash/bot_victim.py` is their end of the line."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.demo.world import World
from tests.builders import NOW
from tests.crash.morgue import KILLED

# After a death, until it is started again: longer than a delivery's lease, and shorter than Telegram keeps the press of a button.
AWAY = timedelta(seconds=130)


@dataclass
class Shops:
    """The warm process that forks shops, and the shop that runs at the moment."""

    process: asyncio.subprocess.Process
    folder: Path
    settings: dict[str, Any]
    now: datetime = NOW
    target: str | None = None
    deaths: int = 0
    is_open: bool = False

    async def begin(self, *, warms: bool = False) -> None:
        self.is_open = True
        wanted = {"settings": self.settings, "folder": str(self.folder), "target": self.target, "warms": warms}
        await self._write(wanted | {"now": self.now.isoformat()})

    async def works(self, world: World, do: str = "jobs", **more: str) -> None:
        """Whatever people asked for is done and told, by however many programs it takes."""
        while not await self._is_done(world, {"do": do, **more}):
            self.deaths, self.target = self.deaths + 1, None
            self.now += AWAY
            await self.begin()

    async def end(self) -> None:
        await self._write({"do": "end"})
        assert await self._read() == "0"

    async def give_up(self) -> None:
        """Whatever it is doing, no shop of this story reads what is for the next one."""
        if self.is_open:
            await self._write({"do": "end"})
        while self.is_open:
            await self._read()

    async def _is_done(self, world: World, line: dict[str, str]) -> bool:
        """False when the program died meanwhile."""
        reading = asyncio.create_task(self._read())
        while len(world.updates) and not reading.done():
            await asyncio.wait({reading}, timeout=0.005)
        if not reading.done():
            await self._write(line | {"now": self.now.isoformat()})
        answer = await reading
        assert answer in ("done", str(KILLED)), answer
        return answer == "done"

    async def _write(self, line: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        await self.process.stdin.drain()

    async def _read(self) -> str:
        assert self.process.stdout is not None
        answer = (await self.process.stdout.readline()).decode().strip()
        self.is_open = answer == "done"
        return answer
