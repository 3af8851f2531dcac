"""Where carriers bring news of parcels. A push is answered as soon as it is kept: what it says is made out afterwards, and by a sweep if the program dies.

The address holds a name that nobody can guess: some carriers sign nothing, and what a stranger sends is not even kept.
"""

import hmac
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.bodies import body_of
from store.db import Database, run_again
from store.parcels import pushes
from store.parcels.carrier import Ack
from store.parcels.registry import Carriers
from store.seal import Seal

log = logging.getLogger(__name__)

# An aggregator's push tells the whole history of a parcel, of several legs.
BODY_LIMIT = 1024 * 1024
Clock = Callable[[], datetime]


def push_path(seal: Seal, carrier: str) -> str:
    """Where *carrier* brings its news; a part of it is secret."""
    return f"/carriers/{carrier}/push/{_secret(seal, carrier)}"


def _secret(seal: Seal, carrier: str) -> str:
    return seal.name_of(f"the pushes of {carrier}")


def routes(
    db: Database, carriers: Carriers, seal: Seal, clock: Clock, *, refused: Counter[str] | None = None
) -> list[Route]:
    """*refused* counts, by carrier, the pushes that came to a wrong address."""
    counted: Counter[str] = Counter() if refused is None else refused

    async def push(request: Request) -> Response:
        carrier = carriers.get(request.path_params["carrier"])
        if carrier is None:
            return Response(status_code=404)
        if not hmac.compare_digest(request.path_params["secret"].encode(), _secret(seal, carrier.name).encode()):
            counted[carrier.name] += 1
            log.warning("a push to %s came to a wrong address (%d so far)", carrier.name, counted[carrier.name])
            return Response(status_code=404)
        body = await body_of(request, limit=BODY_LIMIT)
        if not body:
            return Response(status_code=413 if body is None else 400)
        headers = {name.lower(): value for name, value in request.headers.items()}
        query = dict(request.query_params)
        record = partial(pushes.record, carrier=carrier.name, headers=headers, body=body, query=query, now=clock())
        try:
            push_id = await run_again(db, record)
        except SQLAlchemyError:
            log.exception("a push of %s could not be kept; it will be sent again", carrier.name)
            return _response(carrier.ack(False), status=503)
        then = BackgroundTask(_apply, db, carriers, push_id, clock) if push_id is not None else None
        return _response(carrier.ack(True), then=then)

    return [Route("/carriers/{carrier}/push/{secret}", push, methods=["POST"])]


async def _apply(db: Database, carriers: Carriers, push_id: int, clock: Clock) -> None:
    try:
        await pushes.apply_stored(db, carriers, push_id, now=clock())
    except SQLAlchemyError:
        log.exception("push %s is not understood yet; the sweep will try", push_id)


def _response(ack: Ack, *, status: int | None = None, then: BackgroundTask | None = None) -> Response:
    return Response(ack.body, status_code=status or ack.status, media_type=ack.content_type, background=then)
