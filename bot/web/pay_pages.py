"""The shop's own short addresses to pay at: each leads on to the provider's page, as long as there is something to pay."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.ui.format import money
from bot.ui.i18n import Translator, translator
from bot.ui.pay_methods import method_label
from bot.web.pages import language_of, page
from store.db import Database
from store.payments.gateway import GatewayError, HasLongAddress, OpensInBrowser, PaymentGateway
from store.payments.open_pages import OpenPage, open_page
from store.payments.registry import Gateways

log = logging.getLogger(__name__)

_REFERENCE_LIMIT = 64
_NO_ADDRESS = "127.0.0.1"
Clock = Callable[[], datetime]
Endpoint = Callable[[Request], Awaitable[Response]]


def routes(db: Database, gateways: Gateways, clock: Clock) -> list[Route]:
    pay_page = _Opening(db, gateways, clock)
    return [
        Route("/pay/{gateway}/open/{ref}", pay_page.show, methods=["GET"]),
        Route("/pay/{gateway}/open/{ref}", pay_page.go_on, methods=["POST"]),
    ]


class _Opening:
    """Whoever has the reference may pay."""

    def __init__(self, db: Database, gateways: Gateways, clock: Clock) -> None:
        self._db, self._gateways, self._clock = db, gateways, clock

    async def show(self, request: Request) -> Response:
        """On to the provider; where it has to see that somebody comes from the shop's own page, there is one with a button."""
        gateway = self._gateways.get(request.path_params["gateway"])
        if not isinstance(gateway, HasLongAddress | OpensInBrowser):
            return Response(status_code=404)
        to_pay = await self._to_pay(request, gateway)
        if to_pay is None:
            return _nothing_to_pay(language_of(request))
        if isinstance(gateway, OpensInBrowser):
            return _doorway(gateway.name, to_pay, language_of(request))
        try:
            address = gateway.address(to_pay.attempt.request(_title(to_pay)))
        except GatewayError as error:
            log.warning("attempt %s: %s", to_pay.attempt.id, error)
            return _nothing_to_pay(language_of(request))
        # Signed for this moment: nobody keeps it, and the provider's page does not learn where its visitor came from.
        return _on_to(address, "no-referrer")

    async def go_on(self, request: Request) -> Response:
        """Only a press opens a page at the provider: what looks at links in chats does not press."""
        gateway = self._gateways.get(request.path_params["gateway"])
        if not isinstance(gateway, OpensInBrowser):
            return Response(status_code=404)
        to_pay = await self._to_pay(request, gateway)
        if to_pay is None:
            return _nothing_to_pay(language_of(request))
        payer_ip = request.client.host if request.client else _NO_ADDRESS
        try:
            address = await gateway.open(to_pay.attempt.request(_title(to_pay)), payer_ip=payer_ip)
        except GatewayError as error:
            log.warning("attempt %s: %s", to_pay.attempt.id, error)
            return _later(language_of(request))
        return _on_to(address, "strict-origin")

    async def _to_pay(self, request: Request, gateway: PaymentGateway) -> OpenPage | None:
        reference = request.path_params["ref"][:_REFERENCE_LIMIT]
        # None of ours has such a letter, and PostgreSQL knows no text with a NUL.
        if not (reference.isascii() and reference.isprintable()):
            return None
        async with self._db.read() as session:
            return await open_page(session, gateway, reference, now=self._clock())


def _doorway(gateway: str, to_pay: OpenPage, t: Translator) -> Response:
    attempt, method = to_pay.attempt, method_label(gateway, t)
    body = Markup(
        '<div class="card"><h1>{title}</h1><p class="amount">{amount}</p>'
        '<form method="post" class="actions"><button class="primary">{go}</button></form></div>'
    ).format(
        title=_title(to_pay),
        amount=money(attempt.amount_minor, attempt.currency, t.language),
        go=t("Pay with {method}", method=method),
    )
    shown = page(method, body, t)
    # The provider compares the merchant's registered domain with where its visitor comes from; the rest of the address is nobody's business.
    shown.headers["Referrer-Policy"] = "strict-origin"
    policy = shown.headers["Content-Security-Policy"]
    shown.headers["Content-Security-Policy"] = policy.replace("form-action 'self'", "form-action 'self' https:")
    return shown


def _on_to(address: str, referrer: str) -> Response:
    return RedirectResponse(address, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": referrer})


def _title(to_pay: OpenPage) -> str:
    """In the buyer's language, as in the chat: a provider compares what it was told there with what it is told here."""
    return f"{translator(to_pay.language).pick(to_pay.shop)} {to_pay.order_number}"


def _nothing_to_pay(t: Translator) -> Response:
    return _told(t("There is nothing to pay at this address."), t, status=404)


def _later(t: Translator) -> Response:
    text = t("The payment page does not open just now. Nothing was charged. Please try again in a moment.")
    return _told(text, t, status=503)


def _told(text: Markup, t: Translator, *, status: int) -> Response:
    return page(t.label("Payment"), Markup('<div class="card"><p>{}</p></div>').format(text), t, status=status)
