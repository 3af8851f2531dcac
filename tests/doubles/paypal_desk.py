"""One gateway with its PayPal and no shop: what is asked and told stands side by side."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from store.payments.gateway import EventKind, PaymentRequest, ProviderEvent, RefundRequest
from tests.apps import Clock
from tests.builders import NOW
from tests.doubles.paypal import PayPal
from tests.doubles.paypal_shop import connected

REF = "ORDER1-0123456789ab"
FACTS = ("event_key", "kind", "merchant_ref", "amount_minor", "currency", "provider_ref", "refund_ref", "occurred_at")


class Desk:
    """A gateway with its PayPal, and what PayPal has told it so far."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.paypal = PayPal(self.clock)
        self.client = self.paypal.client()
        self.gateway = connected(self.paypal, self.client)
        self.told: list[ProviderEvent] = []

    @property
    def books(self) -> Any:
        return self.paypal.books

    async def hears(self) -> list[ProviderEvent]:
        async def listen(body: bytes, headers: dict[str, str]) -> None:
            self.told.extend(await self.gateway.verify(body, headers, now=self.clock()))

        await self.paypal.deliver(listen)
        return self.told

    async def opened(self, **changes: Any) -> PaymentRequest:
        request = replace(asked(), **changes)
        return replace(request, provider_ref=(await self.gateway.create(request)).provider_ref)

    async def approved(self, **changes: Any) -> PaymentRequest:
        request = await self.opened(**changes)
        self.books.approve(request.provider_ref)
        return request

    async def paid(self) -> tuple[PaymentRequest, str]:
        """A taken order, and its capture's number."""
        request = await self.approved()
        facts = await self.gateway.query(request)
        assert facts[-1].kind is EventKind.CAPTURED and facts[-1].provider_ref is not None
        return request, facts[-1].provider_ref


@asynccontextmanager
async def a_desk() -> AsyncIterator[Desk]:
    desk = Desk()
    async with desk.client:
        yield desk


def asked() -> PaymentRequest:
    return PaymentRequest(
        REF, 2000, "USD", "Shop 1", NOW + timedelta(minutes=30), "https://t.me/shop_bot?start=o_1", language="zh"
    )


def a_refund(request: PaymentRequest, number: int = 1, amount_minor: int = 900, **known: Any) -> RefundRequest:
    return RefundRequest(
        f"{request.merchant_ref}-r{number:08x}",
        request.merchant_ref,
        request.provider_ref,
        amount_minor,
        request.currency,
        "staff",
        **known,
    )


def told(events: list[ProviderEvent]) -> list[tuple[object, ...]]:
    return [tuple(getattr(event, name) for name in FACTS) for event in events]


def forgotten(request: PaymentRequest) -> PaymentRequest:
    """With a number that PayPal does not know."""
    return replace(request, provider_ref="5O190127TN364715T")
