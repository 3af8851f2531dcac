"""Stripe's own OpenAPI description judges what is sent to Stripe."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from store.payments.gateway import GatewayError, RefundRequest
from store.payments.stripe import StripeGateway
from tests.builders import NOW
from tests.doubles.stripe import Stripe, nobody_listens
from tests.doubles.stripe_gateways import an_order, connected
from tests.node_tools import a_spec_server

_BRACKETS = [f"--validator-{part}-{kind}-format=brackets" for part in ("form", "query") for kind in ("array", "object")]


class Judged(httpx.AsyncBaseTransport):
    """Every request goes to the spec server first; its verdict is kept. What is fine is answered by the double."""

    def __init__(self, spec_url: str, stripe: Stripe) -> None:
        self._spec, self._double = httpx.AsyncHTTPTransport(), httpx.ASGITransport(stripe.app)
        self._url = httpx.URL(spec_url)
        self.verdicts: list[tuple[str, str, str]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        # The SDK numbers the parts of a list in an address, which this judge takes for a slip.
        query = re.sub(rb"(\[|%5B)\d+(\]|%5D)=", b"[]=", request.url.query)
        url = self._url.copy_with(path=request.url.path, query=query or None)
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        judged = await self._spec.handle_async_request(
            httpx.Request(request.method, url, headers=headers, content=body)
        )
        await judged.aread()
        valid, errors = judged.headers["X-Steady-Request-Valid"], judged.headers["X-Steady-Error-Count"]
        self.verdicts.append((f"{request.method} {request.url.path}", valid, errors))
        if errors != "0":
            return httpx.Response(400, json={"error": {"type": "invalid_request_error", "code": "spec"}})
        return await self._double.handle_async_request(request)

    async def aclose(self) -> None:
        await self._spec.aclose()


@pytest.fixture
async def judged(node_tools: Path, shared_data: Path) -> AsyncIterator[tuple[Judged, StripeGateway, Stripe]]:
    spec = shared_data / "payments/stripe/spec3-2022-04-12.patched.json"
    async with a_spec_server(node_tools, "steady", *_BRACKETS, str(spec)) as url:
        stripe = Stripe(nobody_listens)
        transport = Judged(url, stripe)
        gateway = connected(stripe)
        gateway._client = httpx.AsyncClient(transport=transport)
        yield transport, gateway, stripe
        await gateway._client.aclose()


async def test_every_request_follows_stripes_description(judged: tuple[Judged, StripeGateway, Stripe]) -> None:
    """A whole life: page, questions, refund, its question, closing, the list of events."""
    transport, gateway, stripe = judged
    order = an_order(return_url="https://t.me/shop?start=o1")
    asked = replace(order, provider_ref=(await gateway.create(order)).provider_ref)
    await gateway.query(asked)
    await stripe.pay(order.merchant_ref)
    refund = RefundRequest(f"{order.merchant_ref}-r1", order.merchant_ref, asked.provider_ref, 900, "USD", "duplicate")
    await gateway.refund(refund)
    await gateway.query_refund(refund)
    await stripe.disputed(order.merchant_ref)
    await gateway.query(asked)
    await gateway.close(asked)
    await gateway.statement(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    assert {call for call, _, _ in transport.verdicts} >= {
        "POST /v1/checkout/sessions",
        f"GET /v1/checkout/sessions/{asked.provider_ref}",
        f"POST /v1/checkout/sessions/{asked.provider_ref}/expire",
        "POST /v1/refunds",
        "GET /v1/refunds",
        "GET /v1/disputes",
        "GET /v1/events",
    }
    assert [verdict for verdict in transport.verdicts if verdict[1:] != ("true", "0")] == []


async def test_the_judge_is_awake(judged: tuple[Judged, StripeGateway, Stripe]) -> None:
    """What Stripe would refuse, it refuses: an amount that is none, a key that is none, a reason that is none."""
    transport, gateway, _ = judged
    sdk = await gateway._stripe()
    for params in ({"mode": "payment", "line_items": [{"price_data": {"unit_amount": "19.99"}}]}, {"moode": "payment"}):
        with pytest.raises(GatewayError):
            await sdk.create_session(params, key="k")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(GatewayError):
        await sdk.create_refund({"payment_intent": "pi_1", "reason": "because"}, key="r")
    assert [verdict[1] for verdict in transport.verdicts] == ["false"] * 3
