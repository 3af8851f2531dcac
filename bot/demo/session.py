"""aiogram's way into the Telegram in memory: the same Bot, without sockets and without a token that opens anything."""

import json
from collections.abc import AsyncGenerator
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile

from bot.demo.faults import GatewayError, LineReset
from bot.demo.methods_params import Upload
from bot.demo.rules import BotApiError
from bot.demo.state import Json
from bot.demo.world import World

DEMO_TOKEN = "4000000001:demo-token-that-opens-nothing"  # noqa: S105 - aiogram wants one, nobody else does


class WorldSession(BaseSession):
    """Calls become the form that would travel to a server, and answers come back as JSON through aiogram's own reading:
    what a real session would raise or return is what this one raises or returns."""

    def __init__(self, world: World, **settings: Any) -> None:
        super().__init__(**settings)
        self.world = world

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> TelegramType:
        status, content = await self._answer(bot, method)
        response = self.check_response(bot=bot, method=method, status_code=status, content=content)
        return cast("TelegramType", response.result)

    async def _answer(self, bot: Bot, method: TelegramMethod[TelegramType]) -> tuple[int, str]:
        form = await self._form(bot, method)
        try:
            result = await self.world.call(method.__api_method__, form)
        except BotApiError as refused:
            return refused.error_code, json.dumps(refused.as_json())
        except GatewayError as proxy:
            return proxy.status, proxy.page
        except LineReset as lost:
            raise TelegramNetworkError(method=method, message=f"ServerDisconnectedError: {lost}") from lost
        return 200, json.dumps({"ok": True, "result": result})

    async def _form(self, bot: Bot, method: TelegramMethod[TelegramType]) -> Json:
        files: dict[str, InputFile] = {}
        values = method.model_dump(warnings=False)
        form = {key: self.prepare_value(value, bot=bot, files=files) for key, value in values.items()}
        uploads = {key: await _upload(bot, key, file) for key, file in files.items()}
        return {key: value for key, value in form.items() if value} | uploads

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109 - aiogram's signature
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """A file of the world, by the address that Bot.download makes of its path."""
        stored = self.world.file_at("/".join(url.rsplit("/", 2)[-2:]))
        if stored is None:
            raise FileNotFoundError(url)
        for start in range(0, len(stored.content), chunk_size):
            yield stored.content[start : start + chunk_size]

    async def close(self) -> None:
        """Nothing is open."""


async def _upload(bot: Bot, key: str, file: InputFile) -> Upload:
    content = b"".join([chunk async for chunk in file.read(bot)])
    return Upload(file.filename or key, content)
