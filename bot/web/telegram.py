"""Where Telegram brings updates. It hears "taken" only when an update was handled, or is kept in the database."""

import asyncio
import hmac
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errand import Errand, RawUpdate, is_hurried
from bot.errands import Errands
from bot.hook import PATH
from bot.intake import PATIENCE_S
from bot.web.bodies import body_of

log = logging.getLogger(__name__)

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name
BODY_LIMIT = 1024 * 1024
# Telegram comes again after this many seconds.
SOON_S, LATER_S = 1, 5

Endpoint = Callable[[Request], Awaitable[Response]]


def routes(errands: Errands, secret: str, closing: asyncio.Event) -> list[Route]:
    return [Route(PATH, _webhook(errands, secret.encode(), closing, errands.refused), methods=["POST"])]


def _webhook(errands: Errands, secret: bytes, closing: asyncio.Event, refused: Counter[str]) -> Endpoint:
    async def webhook(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(given, secret):
            return _refuse(HTTPStatus.UNAUTHORIZED, "secret", refused)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "type", refused)
        body = await body_of(request, limit=BODY_LIMIT)
        if body is None:
            return _refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "size", refused)
        update = _update_in(body)
        if update is None:
            return _refuse(HTTPStatus.BAD_REQUEST, "content", refused)
        if closing.is_set():
            return _come_again(SOON_S)
        if errands.is_full and not is_hurried(update):
            return _come_again(LATER_S)
        return await _taken(errands, errands.take(update))

    return webhook


async def _taken(errands: Errands, errand: Errand) -> Response:
    await asyncio.wait({errand.running}, timeout=PATIENCE_S)
    if errand.is_safe:
        return Response()
    if errand.running.done():  # the program closes before it was handled
        return _come_again(SOON_S)
    try:
        await errands.keep(errand)
    except (SQLAlchemyError, OSError) as error:
        log.warning("update %s is neither handled nor kept yet: %s", errand.id, type(error).__name__)
        return _come_again(LATER_S)
    return Response()


def _update_in(body: bytes) -> RawUpdate | None:
    try:
        update: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = update.get("update_id") if isinstance(update, dict) else None
    is_update = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63
    return update if is_update else None


def _refuse(status: HTTPStatus, reason: str, refused: Counter[str]) -> Response:
    refused[reason] += 1
    log.warning("refused what came to the webhook: %s (%d so far)", reason, refused[reason])
    return Response(status_code=status)


def _come_again(after_s: int) -> Response:
    return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(after_s)})
