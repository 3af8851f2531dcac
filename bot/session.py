"""The line to Telegram: every call as one JSON request (multipart where a file travels), errors as aiogram knows them."""

import datetime
import json
import os
import secrets
import ssl
from collections.abc import AsyncGenerator
from enum import Enum
from http import HTTPStatus
from typing import Any, cast

import aiohttp
import certifi
from aiogram import Bot
from aiogram.client.default import Default
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetFile, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile
from aiohttp.hdrs import CONTENT_TYPE
from pydantic import BaseModel

from bot.calls import Call, NeverSent, PerhapsSent

Files = dict[str, InputFile]

# More than the relay and a crowd of people keep busy at once; each connection costs Telegram a handshake.
CONNECTIONS = 100
# Shorter than what Telegram's servers allow: a line that they have closed meanwhile loses a call.
KEEPALIVE_S = 30
CONNECT_S = 10

_JSON: dict[str, str] = {CONTENT_TYPE: "application/json"}
_AS_IT_IS = frozenset({str, int, bool, float, type(None)})
# The line was refused, or the wait for one was too long: nothing has left yet.
_NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


def plain(value: Any, bot: Bot, files: Files) -> Any:
    """What JSON can hold of a call's value, None where nothing is to be sent. Files are put into *files* under the name that stands for them."""
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, dict):
        return _present(value, bot, files)
    if isinstance(value, list | tuple):
        return [item for each in value if (item := plain(each, bot, files)) is not None]
    if isinstance(value, BaseModel):
        # pydantic's own dump costs ten times as much, and knows nothing more about what bots send.
        return _present({**value.__dict__, **(value.__pydantic_extra__ or {})}, bot, files)
    return _special(value, bot, files)


def _present(values: dict[str, Any], bot: Bot, files: Files) -> dict[str, Any]:
    return {name: item for name, value in values.items() if (item := plain(value, bot, files)) is not None}


def _special(value: Any, bot: Bot, files: Files) -> Any:
    if isinstance(value, Default):
        return plain(bot.default[value.name], bot, files)
    if isinstance(value, InputFile):
        name = secrets.token_urlsafe(10)
        files[name] = value
        return f"attach://{name}"
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime.timedelta):
        value = datetime.datetime.now(datetime.UTC) + value
    return round(value.timestamp()) if isinstance(value, datetime.datetime) else value


class Line(BaseSession):
    """aiogram's session with one pool of connections, opened by the first call. The token is never in an exception's text."""

    _http: aiohttp.ClientSession | None = None

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> TelegramType:
        body, headers = await _body(bot, method)
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        limit = aiohttp.ClientTimeout(total=self.timeout if timeout is None else timeout, connect=CONNECT_S)
        try:
            # Nobody but the server that was named gets a request with the token in its address.
            async with self._opened().post(
                url, data=body, headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                content = await answer.read()
        except (TimeoutError, aiohttp.ClientError) as error:
            # Without its cause: some of aiohttp's errors name the address.
            raise _lost(method, error) from None
        return self._read(bot, method, answer.status, content)

    def _read(self, bot: Bot, method: TelegramMethod[TelegramType], status: int, content: bytes) -> TelegramType:
        text = content.decode("utf-8", "replace")
        if status == HTTPStatus.OK and isinstance(method, Call):
            result = _result_of(text)
            if result is not None:
                return cast("TelegramType", result)
        response = self.check_response(bot=bot, method=method, status_code=status, content=_worded(status, text))
        return cast("TelegramType", response.result)

    def _opened(self) -> aiohttp.ClientSession:
        if self._http is None or self._http.closed:
            connector = aiohttp.TCPConnector(
                limit=CONNECTIONS, keepalive_timeout=KEEPALIVE_S, ttl_dns_cache=300, ssl=_trust()
            )
            self._http = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._http

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109 - aiogram's signature
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        limit = aiohttp.ClientTimeout(total=timeout, connect=CONNECT_S)
        try:
            async with self._opened().get(url, headers=headers, timeout=limit, allow_redirects=False) as answer:
                if raise_for_status and answer.status != HTTPStatus.OK:
                    raise FileNotFoundError(
                        f"Telegram answers {answer.status}"
                    )  # aiohttp's own error names the address
                async for chunk in answer.content.iter_chunked(chunk_size):
                    yield chunk
        except (TimeoutError, aiohttp.ClientError) as error:
            raise _lost(GetFile(file_id=""), error) from None

    async def close(self) -> None:
        """No connection is open any more."""
        if self._http is not None:
            await self._http.close()


async def _body(bot: Bot, method: TelegramMethod[Any]) -> tuple[Any, dict[str, str] | None]:
    if isinstance(method, Call) and (text := _as_json(method.__pydantic_extra__ or {})) is not None:
        return text, _JSON
    files: Files = {}
    values = {name: value for name, value in plain(method, bot, files).items() if value != ""}
    return (await _form(bot, values, files), None) if files else (json.dumps(values).encode(), _JSON)


def _as_json(values: dict[str, Any]) -> bytes | None:
    """None when there is more in the values than JSON can hold: a file, or one of aiogram's objects."""
    try:
        return json.dumps(values).encode()
    except TypeError:
        return None


async def _form(bot: Bot, values: dict[str, Any], files: Files) -> aiohttp.FormData:
    """Files are read before anything is sent: one that is missing is no trouble of the line's."""
    form = aiohttp.FormData(quote_fields=False)
    for name, value in values.items():
        form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    for name, file in files.items():
        content = b"".join([chunk async for chunk in file.read(bot)])
        form.add_field(name, content, filename=file.filename or name)
    return form


def _result_of(text: str) -> Any:
    """None for anything but a success: check_response then finds the words for it."""
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    return answer.get("result") if isinstance(answer, dict) and answer.get("ok") is True else None


def _worded(status: int, text: str) -> str:
    """aiogram needs a description in every refusal; a proxy may have none."""
    if status == HTTPStatus.OK or '"description"' in text:
        return text
    try:
        answer = json.loads(text)
    except ValueError:
        return text
    return json.dumps({**answer, "description": f"HTTP {status}"}) if isinstance(answer, dict) else text


def _lost(method: TelegramMethod[Any], error: Exception) -> TelegramNetworkError:
    """What broke, in words without an address: a Bot API address holds the token."""
    kind = NeverSent if isinstance(error, _NOT_CONNECTED) else PerhapsSent
    return kind(method=method, message=f"{type(error).__name__}{_why(error)}")


def _why(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):  # names the host alone
        return f": {error}"
    number = getattr(error, "errno", None)
    return f": {os.strerror(number)}" if number else ""


def _trust() -> ssl.SSLContext:
    """The machine's own authorities (a company's proxy has one), and those that come with the program."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
