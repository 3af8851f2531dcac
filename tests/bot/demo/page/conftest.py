"""The demo as `dukkan demo` opens it, without its socket."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.demo.guard import LocalOnly
from bot.demo.opening import Demo, open_demo
from bot.demo.people import Person
from bot.demo.scenes import CAST, Part, person
from bot.demo.state import Json

HOME = "http://127.0.0.1:8080"
ANN, MAX, THEO = (
    next(figure.user.id for figure in CAST if figure.part is part)
    for part in (Part.CUSTOMER, Part.OWNER, Part.STRANGER)
)


@dataclass
class Visitor:
    """The page's own calls, and the people that it shows."""

    demo: Demo
    client: httpx.AsyncClient

    async def asks(self, path: str) -> Any:
        answer = await self.client.get(path)
        answer.raise_for_status()
        return answer.json()

    async def does(self, what: str, /, **body: Any) -> httpx.Response:
        return await self.client.post(f"/demo/{what}", json=body)

    async def newest(self) -> Json:
        message: Json = (await self.asks("/demo/state"))["customer"]["messages"][-1]
        return message

    async def order(self) -> Json:
        order: Json = (await self.asks("/demo/backstage"))["orders"][0]
        return order

    def person(self, user_id: int) -> Person:
        chat_id = user_id if user_id == ANN else self.staff_chat
        return person(self.demo.world, user_id, chat_id)

    @property
    def staff_chat(self) -> int:
        return next(chat.id for chat in self.demo.world.chats.values() if not chat.is_private)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo's folder after its first start."""
    folder = tmp_path_factory.mktemp("seeded")

    async def opens_once() -> None:
        demo = await open_demo(folder, port=8080)
        await demo.stop()

    asyncio.run(opens_once())
    return folder


@pytest.fixture
def folder(seeded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(seeded, tmp_path / "demo"))


@pytest.fixture
async def visitor(folder: Path) -> AsyncIterator[Visitor]:
    demo = await open_demo(folder, port=8080)
    transport = httpx.ASGITransport(LocalOnly(demo.app.web))
    async with httpx.AsyncClient(transport=transport, base_url=HOME, headers={"Origin": HOME}) as client:
        yield Visitor(demo, client)
    await demo.stop()
