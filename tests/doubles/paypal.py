"""PayPal as the shop meets it: its addresses, its tokens, its idempotency, its certificates and its signatures."""

import base64
import json
import uuid
import zlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from store.payments.paypal_keys import PaypalKeys, paypal_keys
from tests.doubles.authority import Authority, Vouched
from tests.doubles.paypal_books import Books, Notice, Refused
from tests.doubles.wire import a_moment

SIGNER = "messageverificationcerts.sandbox.paypal.com"
CERTIFICATE = "CERT-360caa42-fca2a594-1d93a270"
ELSEWHERE = b"instead of a certificate: the address leads somewhere else"
CERTIFICATE_URL = f"https://api.sandbox.paypal.com/v1/notifications/certs/{CERTIFICATE}"
KEYS: PaypalKeys = paypal_keys(
    client_id="AfVhQ4v0r3zExampleExampleExample-_1",
    client_secret="EJvdIcO0o9yExampleExampleExample-_2",
    webhook_id="1JE4291016473214C",
    mode="sandbox",
    brand="Mugs & more",
    prefix="PAYPAL__MAIN",
)


class PayPal:
    """`faults` name what goes wrong: "down" answers 503 to everything, "lost create" does it and answers 500, and so on for capture and refund."""

    def __init__(self, clock: Callable[[], datetime], *, authority: Authority | None = None) -> None:
        self.books = Books(clock)
        self.clock = clock
        self.authority = authority or Authority(clock())
        self.signer = self.authority.leaf(SIGNER)
        self.certificates: dict[str, bytes] = {CERTIFICATE: self.signer.pem + self.authority.between.pem}
        self.faults: set[str] = set()
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self._answered: dict[tuple[str, str], tuple[bytes, Any]] = {}
        self.app = Starlette(routes=self._routes())

    def client(self) -> httpx.AsyncClient:
        """A client for which the world is this PayPal."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), timeout=10)

    def times(self, what: str) -> int:
        """How often something was asked for whose path ends so."""
        return sum(each.endswith(what) for each in self.asked)

    # --- notifications

    def sign(self, body: bytes, *, at: datetime | None = None, by: Vouched | None = None) -> dict[str, str]:
        """The headers of a sending."""
        key = (by or self.signer).key
        assert isinstance(key, RSAPrivateKey)
        sent_id, sent_at = str(uuid.uuid4()), (at or self.clock()).strftime("%Y-%m-%dT%H:%M:%SZ")
        signed = f"{sent_id}|{sent_at}|{KEYS.webhook_id}|{zlib.crc32(body)}".encode()
        return {
            "paypal-transmission-id": sent_id,
            "paypal-transmission-time": sent_at,
            "paypal-transmission-sig": base64.b64encode(key.sign(signed, PKCS1v15(), hashes.SHA256())).decode(),
            "paypal-cert-url": CERTIFICATE_URL,
            "paypal-auth-algo": "SHA256withRSA",
        }

    async def deliver(self, to: Callable[[bytes, dict[str, str]], Awaitable[object]]) -> None:
        """Everything there is to tell, once."""
        while self.books.notices:
            notice = self.books.notices.pop(0)
            await to(notice.body, self.signed(notice))

    def signed(self, notice: Notice) -> dict[str, str]:
        return self.sign(notice.body, at=notice.at)

    # --- the web

    def _routes(self) -> list[Route]:
        return [
            Route("/v1/oauth2/token", self._token, methods=["POST"]),
            Route("/v1/notifications/certs/{name}", self._certificate),
            Route("/v1/notifications/verify-webhook-signature", self._guarded(self._verify), methods=["POST"]),
            Route("/v1/reporting/transactions", self._guarded(self._statement)),
            Route("/v2/checkout/orders", self._guarded(self._create), methods=["POST"]),
            Route("/v2/checkout/orders/{id}", self._guarded(self._order)),
            Route("/v2/checkout/orders/{id}/capture", self._guarded(self._capture), methods=["POST"]),
            Route("/v2/payments/captures/{id}", self._guarded(self._capture_of)),
            Route("/v2/payments/captures/{id}/refund", self._guarded(self._refund), methods=["POST"]),
            Route("/v2/payments/refunds/{id}", self._guarded(self._refund_of)),
        ]

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        await a_moment()
        expected = base64.b64encode(f"{KEYS.client_id}:{KEYS.client_secret}".encode()).decode()
        if request.headers["authorization"] != f"Basic {expected}":
            return JSONResponse({"error": "invalid_client"}, 401)
        assert await request.body() == b"grant_type=client_credentials"
        self.tokens.add(token := f"token-{len(self.asked)}")
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": 32400})

    async def _certificate(self, request: Request) -> Response:
        self.asked.append("certificate")
        await a_moment()
        pem = self.certificates.get(request.path_params["name"])
        if pem == ELSEWHERE:
            return RedirectResponse("https://evil.test/v1/notifications/certs/CERT-1")
        return Response(status_code=404) if pem is None else Response(pem, media_type="text/plain")

    def _guarded(self, answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            self.asked.append(f"{request.method} {request.url.path}")
            await a_moment()
            if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
                return _refusal(401, "AUTHENTICATION_FAILURE", "INVALID_TOKEN")
            if "down" in self.faults:
                return _refusal(503, "SERVICE_UNAVAILABLE", "")
            if request.method == "POST" and request.headers.get("content-type") != "application/json":
                return _refusal(415, "UNSUPPORTED_MEDIA_TYPE", "")
            try:
                return await answer(request)
            except Refused as refused:
                return _refusal(refused.status, _NAMES[refused.status], refused.issue)

        return guarded

    async def _once(self, request: Request, what: str, do: Callable[[Any], Any]) -> Response:
        """The same key gives the stored answer, and another body under it is refused."""
        body, key = await request.body(), (request.url.path, request.headers["paypal-request-id"])
        if key in self._answered:
            stored_body, stored = self._answered[key]
            if stored_body != body and what != "create":
                raise Refused(422, "DUPLICATE_REQUEST_ID")
            return JSONResponse(stored, 200)
        made = json.loads(json.dumps(do(json.loads(body))))
        self._answered[key] = (body, made)
        if f"lost {what}" in self.faults:
            return _refusal(500, "INTERNAL_SERVER_ERROR", "")
        return JSONResponse(made, 201)

    async def _create(self, request: Request) -> Response:
        return await self._once(request, "create", self.books.create)

    async def _order(self, request: Request) -> Response:
        return JSONResponse(self.books.order(request.path_params["id"]))

    async def _capture(self, request: Request) -> Response:
        return await self._once(request, "capture", lambda _: self.books.capture(request.path_params["id"]))

    async def _capture_of(self, request: Request) -> Response:
        return JSONResponse(self.books.capture_of(request.path_params["id"]))

    async def _refund(self, request: Request) -> Response:
        return await self._once(request, "refund", lambda asked: self.books.refund(request.path_params["id"], asked))

    async def _refund_of(self, request: Request) -> Response:
        return JSONResponse(self.books.refund_of(request.path_params["id"]))

    async def _statement(self, request: Request) -> Response:
        asked = request.query_params
        since, until = (datetime.fromisoformat(asked[name]) for name in ("start_date", "end_date"))
        assert (until - since).days <= 31
        lines, size, page = self.books.statement(since, until), int(asked["page_size"]), int(asked["page"])
        part = lines[(page - 1) * size : page * size]
        return JSONResponse({"transaction_details": part, "page": page, "total_pages": -(-len(lines) // size)})

    async def _verify(self, request: Request) -> Response:
        """The signature is over the event's own bytes, which must stand in the question as they were sent."""
        body = await request.body()
        asked = json.loads(body)
        event = body[body.index(b'"webhook_event": ') + len(b'"webhook_event": ') : -1]
        signed = f"{asked['transmission_id']}|{asked['transmission_time']}|{asked['webhook_id']}|{zlib.crc32(event)}"
        is_ours = asked["cert_url"] == CERTIFICATE_URL and _is_signed(self.signer, asked, signed.encode())
        return JSONResponse({"verification_status": "SUCCESS" if is_ours else "FAILURE"})


_NAMES = {404: "RESOURCE_NOT_FOUND", 422: "UNPROCESSABLE_ENTITY"}


def _is_signed(signer: Vouched, asked: dict[str, Any], signed: bytes) -> bool:
    key = signer.certificate.public_key()
    assert isinstance(key, RSAPublicKey)
    try:
        key.verify(base64.b64decode(asked["transmission_sig"]), signed, PKCS1v15(), hashes.SHA256())
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not signed
        return False
    return True


def _refusal(status: int, name: str, issue: str) -> Response:
    details = [{"issue": issue}] if issue else []
    content = {"name": name, "message": _MESSAGES.get(status, name), "debug_id": "b1d1f06c7246c", "details": details}
    return JSONResponse(content, status, headers={"PayPal-Debug-Id": "b1d1f06c7246c"})


_MESSAGES = {
    401: "Authentication failed due to missing authorization header, or invalid authentication credentials.",
    404: "The specified resource does not exist.",
    422: "The requested action could not be performed, semantically incorrect, or failed business validation.",
    500: "An internal server error occurred.",
}
