"""What a process manager asks: is the loop alive, and can the shop serve people?"""

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from store import migrate
from store.db import Database

READY_WITHIN_S = 5


def routes(db: Database) -> list[Route]:
    return [
        Route("/health/live", _live, methods=["GET"]),
        Route("/health/ready", _ready(db), methods=["GET"]),
    ]


async def _live(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "alive"})


def _ready(db: Database) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def ready(_request: Request) -> JSONResponse:
        reason = await why_not_ready(db)
        return JSONResponse({"status": reason or "ready"}, status_code=503 if reason else 200)

    return ready


async def why_not_ready(db: Database) -> str | None:
    """None when the database answers and has this program's schema."""
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            revision = await migrate.current(db)
    except (SQLAlchemyError, OSError, TimeoutError):
        return "the database does not answer"
    return None if revision == migrate.head() else "the database has another schema"
