"""Where providers report payments, and where customers come back from their pages.

A notification is answered as soon as it is stored: what it changes is done after the answer, and done later if the program dies in between.
"""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import pay_pages
from bot.web.bodies import body_of
from bot.web.pages import language_of, page
from store.db import Database, run_again
from store.payments import attempts, ledger
from store.payments.gateway import BadSignature, GatewayError, PaymentGateway, ProviderEvent, Reply
from store.payments.registry import Gateways

log = logging.getLogger(__name__)

BODY_LIMIT = 256 * 1024
_REFERENCE_LIMIT = 64
Clock = Callable[[], datetime]
Endpoint = Callable[[Request], Awaitable[Response]]


def routes(db: Database, gateways: Gateways, clock: Clock, *, refused: Counter[str] | None = None) -> list[Route]:
    """*refused* counts, by gateway, the notifications that their provider did not make."""
    counted: Counter[str] = Counter() if refused is None else refused
    return [
        Route("/pay/{gateway}/webhook", _webhook(db, gateways, clock, counted), methods=["POST"]),
        Route("/pay/{gateway}/return", _return(db, gateways, clock), methods=["GET"]),
        *pay_pages.routes(db, gateways, clock),
    ]


def _webhook(db: Database, gateways: Gateways, clock: Clock, refused: Counter[str]) -> Endpoint:
    async def webhook(request: Request) -> Response:
        gateway = gateways.get(request.path_params["gateway"])
        if gateway is None:
            return Response(status_code=404)
        body = await body_of(request, limit=BODY_LIMIT)  # the raw bytes, which alone are signed
        if body is None:
            return Response(status_code=413)
        now = clock()
        try:
            events = await gateway.verify(body, _headers(request), now=now)
        except BadSignature as error:
            refused[gateway.name] += 1
            log.warning("refused a notification to %s: %s (%d so far)", gateway.name, error, refused[gateway.name])
            return _response(gateway.reply(False))
        except GatewayError as error:
            log.warning("a notification of %s cannot be proven now: %s; it will be sent again", gateway.name, error)
            return _response(_later(gateway))
        try:
            stored = await _stored(db, events, now=now)
        except SQLAlchemyError:
            log.exception("a notification of %s could not be stored; its provider will send it again", gateway.name)
            return _response(_later(gateway))
        return _response(gateway.reply(True), then=BackgroundTask(_apply, db, stored, now=now))

    return webhook


async def _stored(db: Database, events: list[ProviderEvent], *, now: datetime) -> list[int]:
    """Committed when this returns: the evidence survives whatever follows. Only what is new is in the list."""
    ids = [await run_again(db, partial(ledger.record, event=event, now=now)) for event in events]
    return [stored_id for stored_id in ids if stored_id is not None]


async def _apply(db: Database, stored: list[int], *, now: datetime) -> None:
    for provider_event_id in stored:
        try:
            await ledger.apply_stored(db, provider_event_id, now=now)
        except SQLAlchemyError:
            log.exception("provider event %s could not be applied yet; the sweep will try", provider_event_id)


def _return(db: Database, gateways: Gateways, clock: Clock) -> Endpoint:
    async def came_back(request: Request) -> Response:
        """Proves nothing: anybody can open this address. The provider is asked a little sooner, that is all."""
        name, reference = request.path_params["gateway"], request.query_params.get("ref", "")
        if name not in gateways:
            return Response(status_code=404)
        # PostgreSQL knows no text with a NUL.
        if 0 < len(reference) <= _REFERENCE_LIMIT and reference.isprintable():
            async with db.begin() as session:
                await attempts.hasten(session, name, reference, now=clock())
        t = language_of(request)
        text = t("Go back to the chat: it will tell you as soon as the payment has arrived.")
        body = Markup('<div class="card"><h1>{title}</h1><p>{text}</p></div>').format(title=t("Thank you"), text=text)
        return page(t.label("Thank you"), body, t)

    return came_back


def _headers(request: Request) -> Mapping[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _later(gateway: PaymentGateway) -> Reply:
    """In the provider's own words for "no"; the status says that the shop is to blame."""
    return replace(gateway.reply(False), status=503)


def _response(reply: Reply, *, then: BackgroundTask | None = None) -> Response:
    return Response(reply.body, status_code=reply.status, media_type=reply.content_type, background=then)
