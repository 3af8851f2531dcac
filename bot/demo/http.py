"""The Telegram in memory as a Bot API server: for bots in a process of their own, in any language."""

import hmac
import json
import re
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.demo.faults import GatewayError, LineReset
from bot.demo.methods_params import UPLOAD_MAX_BYTES, Upload
from bot.demo.rules import BotApiError, Unsupported, bad_request
from bot.demo.state import Json
from bot.demo.world import World

TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
MULTIPART_OVERHEAD_BYTES = 1024 * 1024


def routes(world: World, token: str) -> list[Route]:
    """`/bot<token>/<method>` and `/file/bot<token>/<path>`, for the one bot that *token* names."""

    async def call(request: Request) -> Response:
        try:
            _authorize(request.path_params["token"], token)
            result = await world.call(request.path_params["method"], await _params(request))
        except BotApiError as refused:
            return _refusal(refused)
        except Unsupported as unknown:
            return _refusal(BotApiError(404, f"Not Found: method not found: {unknown}"))
        except GatewayError as proxy:
            return Response(proxy.page, proxy.status, media_type=proxy.media_type)
        except LineReset:
            return BrokenLine()
        return JSONResponse({"ok": True, "result": result})

    async def download(request: Request) -> Response:
        try:
            _authorize(request.path_params["token"], token)
        except BotApiError as refused:
            return _refusal(refused)
        stored = world.file_at(request.path_params["path"])
        if stored is None:
            return _refusal(BotApiError(404, "Not Found"))
        return Response(stored.content, media_type="application/octet-stream")

    return [
        Route("/bot{token}/{method}", call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", download, methods=["GET"]),
    ]


class BrokenLine(Response):
    """Promises an answer and ends without one: the server then closes the connection under its client."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})


def _authorize(given: str, token: str) -> None:
    if not TOKEN.fullmatch(given):
        raise BotApiError(401, "Unauthorized: invalid token specified")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise BotApiError(401, "Unauthorized")


def _refusal(refused: BotApiError) -> JSONResponse:
    wait = refused.parameters.get("retry_after")
    headers = {"Retry-After": str(wait)} if wait else None
    return JSONResponse(refused.as_json(), refused.error_code, headers)


async def _params(request: Request) -> Json:
    """Query, JSON object, form and multipart mean the same; the body wins."""
    if int(request.headers.get("content-length") or 0) > UPLOAD_MAX_BYTES + MULTIPART_OVERHEAD_BYTES:
        raise BotApiError(413, "Request Entity Too Large")
    return dict(request.query_params) | await _body(request)


async def _body(request: Request) -> Json:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return _json_object(await request.body())
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form() as form:
            return {name: await _value(value) for name, value in form.items()}
    return {}


def _json_object(body: bytes) -> Json:
    try:
        values: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("can't parse JSON of the request") from None
    if not isinstance(values, dict):
        raise bad_request("expected a JSON Object in the request")
    return values


async def _value(value: UploadFile | str) -> Upload | str:
    if isinstance(value, str):
        return value
    return Upload(value.filename or "file", await value.read(), value.content_type or "application/octet-stream")
