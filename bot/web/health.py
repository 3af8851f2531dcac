"""What a process manager or a load balancer asks: does the loop turn, and can this process serve people?

Anybody may ask, so the answers name parts and seconds, nothing else. A role that this process does not have is not in them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.pulse import Aid, Beat, Pulse
from store import migrate
from store.db import Database

READY_WITHIN_S = 5

Vitals = Callable[[], Mapping[str, Pulse | Aid]]


def routes(db: Database, vitals: Vitals, closing: asyncio.Event) -> list[Route]:
    return [
        Route("/health/live", _live, methods=["GET"]),
        Route("/health/ready", _ready(db, vitals, closing), methods=["GET"]),
    ]


async def _live(_request: Request) -> JSONResponse:
    """That it is answered is the answer: a database that is down is not mended by a restart."""
    return JSONResponse({"status": "alive"})


def _ready(db: Database, vitals: Vitals, closing: asyncio.Event) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def ready(_request: Request) -> JSONResponse:
        pulses = vitals()
        wrong = await why_not_ready(db, pulses, closing)
        parts = {name: pulse.told() for name, pulse in pulses.items()}
        told = {"status": "not ready", "reason": wrong} if wrong else {"status": _status(pulses)}
        return JSONResponse(told | parts, status_code=503 if wrong else 200)

    return ready


async def why_not_ready(db: Database, pulses: Mapping[str, Pulse | Aid], closing: asyncio.Event) -> str | None:
    """None when this process goes on, the database answers and has this program's schema, and nothing is stuck."""
    if closing.is_set():
        return "closing"
    stuck = [name for name, pulse in pulses.items() if pulse.state is Beat.STUCK]
    return await _why_no_database(db) or (f"{stuck[0]} is stuck" if stuck else None)


async def _why_no_database(db: Database) -> str | None:
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            revision = await migrate.current(db)
    except (SQLAlchemyError, OSError, TimeoutError):
        return "the database does not answer"
    return None if revision == migrate.head() else "the database has another schema"


def _status(pulses: Mapping[str, Pulse | Aid]) -> str:
    """Telegram may be down while payments still come in: degraded is not unready."""
    return "ready" if all(pulse.state is Beat.OK for pulse in pulses.values()) else "degraded"
