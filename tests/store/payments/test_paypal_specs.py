"""PayPal's own specifications judge what the gateway sends, and what the double answers to it."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from store.payments.gateway import Closed, EventKind, GatewayError, RefundOutcome
from tests.doubles.paypal import KEYS
from tests.doubles.paypal_desk import Desk, a_refund, asked
from tests.doubles.paypal_shop import connected
from tests.node_tools import a_spec_server
from tests.sockets import served

ORDERS, PAYMENTS, WEBHOOKS = "/v2/checkout/", "/v2/payments/", "/v1/notifications/verify"

ASKED = (
    "POST /v2/checkout/orders",
    "GET /v2/checkout/orders/*",
    "POST /v2/checkout/orders/*/capture",
    "GET /v2/payments/captures/*",
    "POST /v2/payments/captures/*/refund",
    "GET /v2/payments/refunds/*",
    "POST /v1/notifications/verify-webhook-signature",
)


class Ways(httpx.AsyncBaseTransport):
    """Leads each request to whoever serves its path, and remembers it."""

    def __init__(self, ways: dict[str, str]) -> None:
        self.ways = ways
        self.sent: list[httpx.Request] = []
        self._line = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        path = request.url.raw_path.decode()
        base = next(base for start, base in self.ways.items() if path.startswith(start))
        led = httpx.Request(request.method, base + path, headers=_without_host(request), content=request.content)
        return await self._line.handle_async_request(led)

    async def aclose(self) -> None:
        await self._line.aclose()


def _without_host(request: httpx.Request) -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.headers.items() if name not in ("host", "content-length")]


@asynccontextmanager
async def judged(desk: Desk, node_tools: Path, specs: Path) -> AsyncIterator[Ways]:
    """The desk's gateway with Prism between it and its PayPal: what either says against the specification is an error."""
    async with AsyncExitStack() as stack:
        paypal = await stack.enter_async_context(served(desk.paypal.app))
        ways = {}
        for start, spec in ((ORDERS, "checkout_orders_v2.fixed.json"), (PAYMENTS, "payments_payment_v2.fixed.json")):
            proxy = ("prism", "proxy", "--errors", str(specs / spec), paypal)
            ways[start] = await stack.enter_async_context(a_spec_server(node_tools, *proxy))
        line = Ways(ways | {"/": paypal})
        client = await stack.enter_async_context(httpx.AsyncClient(transport=line, timeout=30))
        desk.gateway = connected(desk.paypal, client)
        yield line


@pytest.fixture
def specs(shared_data: Path) -> Path:
    return shared_data / "payments" / "paypal"


async def a_life(desk: Desk) -> None:
    """Every request that the gateway can make, with the longest and strangest that the shop may give it."""
    long = replace(asked(), title="安" * 200, merchant_ref="A" * 19 + "-0123456789ab", language="fa", return_url=None)
    for request in (long, asked(), replace(asked(), merchant_ref="JPY-0001", currency="JPY", amount_minor=10**9)):
        link = await desk.gateway.create(request)
        assert await desk.gateway.create(request) == link
        request = replace(request, provider_ref=link.provider_ref)
        assert await desk.gateway.query(request) == []
        assert await desk.gateway.create(request) == link
        desk.books.approve(link.provider_ref)
        desk.told = await desk.gateway.query(request)
        assert desk.told[-1].kind is EventKind.CAPTURED
        assert await desk.gateway.close(request) is Closed.ALREADY_PAID
        first = a_refund(request, 1, 100)
        made = await desk.gateway.refund(first)
        assert made.outcome is RefundOutcome.SUCCEEDED
        assert await desk.gateway.query_refund(first) == made
        assert await desk.gateway.query_refund(replace(first, refund_id=made.provider_ref)) == made
        assert (await desk.gateway.refund(a_refund(request, 2, 10**10))).error == "REFUND_AMOUNT_EXCEEDED"
        assert len(await desk.gateway.query(request)) == 2
    desk.books.dispute(desk.told[-1].provider_ref, "CHARGEBACK", knows=False)
    assert (await desk.hears())[-1].kind is EventKind.CHARGEBACK
    desk.books.captures_end = "INSTRUMENT_DECLINED"
    request = await desk.approved(merchant_ref="DECLINED-1")
    assert (await desk.gateway.query(request))[-1].kind is EventKind.FAILED
    assert await desk.gateway.query(replace(request, provider_ref="5O190127TN364715T")) == []


async def test_prism_finds_nothing_wrong_with_either_side(node_tools: Path, specs: Path) -> None:
    """And it looks: a request and an answer that break the specification are errors."""
    desk = Desk()
    async with judged(desk, node_tools, specs) as line, httpx.AsyncClient(transport=line) as client:
        await a_life(desk)
        made = next(request for request in line.sent if request.url.path.endswith("/orders"))
        bad = json.loads(made.content) | {"intent": "PAY"}
        headers = {name: made.headers[name] for name in ("authorization", "content-type", "prefer")}
        url = f"{KEYS.base}/v2/checkout/orders"
        refused = await client.post(url, json=bad, headers=headers | {"paypal-request-id": "another"})
        assert (refused.status_code, "intent" in refused.text) == (422, True)
        request = await desk.opened(merchant_ref="WEIRD-1")
        desk.books.orders[request.provider_ref]["status"] = "WEIRD"
        with pytest.raises(GatewayError, match="500"):
            await desk.gateway.query(request)


async def test_steady_counts_no_errors(node_tools: Path, specs: Path) -> None:
    """In anything that was sent, by the untouched specifications; the question about a notification included."""
    desk = Desk()
    sent: list[httpx.Request] = []

    async def remember(request: httpx.Request) -> None:
        sent.append(request)

    async with desk.paypal.client() as client:
        client.event_hooks = {"request": [remember]}
        desk.paypal.certificates.clear()
        desk.gateway = connected(desk.paypal, client)
        await a_life(desk)
    counts: set[tuple[str, str]] = set()
    async with AsyncExitStack() as stack:
        judge = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
        for start, spec in (
            (ORDERS, "checkout_orders_v2.json"),
            (PAYMENTS, "payments_payment_v2.json"),
            (WEBHOOKS, "notifications_webhooks_v1.json"),
        ):
            url = await stack.enter_async_context(a_spec_server(node_tools, "steady", str(specs / spec)))
            ours = [request for request in sent if request.url.path.startswith(start)]
            counts |= {await _judgement(judge, url, request) for request in ours}
    assert counts == {(what, "0") for what in ASKED}


async def _judgement(judge: httpx.AsyncClient, url: str, request: httpx.Request) -> tuple[str, str]:
    answer = await judge.request(
        request.method, url + request.url.raw_path.decode(), headers=_without_host(request), content=request.content
    )
    what = re.sub(r"/[0-9][0-9A-Z]{16}", "/*", request.url.path)
    return f"{request.method} {what}", answer.headers["X-Steady-Error-Count"]
