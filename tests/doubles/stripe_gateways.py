"""The shop's Stripe gateway, connected with Stripe's double."""

from datetime import timedelta
from typing import Any

import httpx

from store.payments.gateway import PaymentRequest
from store.payments.stripe import StripeGateway
from tests.apps import Clock
from tests.builders import NOW
from tests.doubles.stripe import SECRET_KEY, WEBHOOK_SECRET, Stripe, nobody_listens

SHOP = "https://shop.test"


async def at_once(_seconds: float) -> None:
    """Nobody waits in a test."""


def connected(stripe: Stripe, **changes: Any) -> StripeGateway:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(stripe.app))
    values: dict[str, Any] = {
        "secret_key": SECRET_KEY,
        "webhook_secret": WEBHOOK_SECRET,
        "base_url": SHOP,
        "clock": stripe.clock,
        "api_url": "https://stripe.test",
        "sleep": at_once,
    }
    return StripeGateway(client, **(values | changes))


def over_its_double() -> StripeGateway:
    return connected(Stripe(nobody_listens, Clock()))


def an_order(ref: str = "ORDER1-0123456789ab", **changes: Any) -> PaymentRequest:
    values: dict[str, Any] = {"merchant_ref": ref, "amount_minor": 2000, "currency": "USD", "title": "Shop 1"}
    return PaymentRequest(**({"expires_at": NOW + timedelta(minutes=30)} | values | changes))
