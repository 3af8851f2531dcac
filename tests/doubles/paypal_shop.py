"""The shop's PayPal gateway, connected with PayPal's double; and a shop whose customers pay through it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from store.db import Database
from store.payments.attempts import AttemptView
from store.payments.paypal import PaypalGateway
from tests.apps import Clock
from tests.doubles.paypal import KEYS, PayPal
from tests.doubles.paypal_books import Notice
from tests.doubles.shop import ShopWithAProvider, a_shop_with

WEBHOOK = "/pay/paypal/webhook"


def connected(paypal: PayPal, client: httpx.AsyncClient | None = None) -> PaypalGateway:
    roots = [paypal.authority.root.certificate]
    return PaypalGateway(KEYS, client or paypal.client(), clock=paypal.clock, roots=lambda: roots)


def over_its_double() -> PaypalGateway:
    return connected(PayPal(Clock()))


class PaypalShop(ShopWithAProvider):
    paypal: PayPal

    async def approved(self) -> AttemptView:
        """An order whose buyer has agreed at PayPal; nobody has heard of it."""
        attempt = await self.attempt(currency="USD")
        assert attempt.provider_ref is not None
        self.paypal.books.approve(attempt.provider_ref)
        return attempt

    async def paid(self) -> AttemptView:
        """Approved, told, taken by the sweep, told."""
        attempt = await self.approved()
        await self.hears()
        await self.sweeps()
        await self.hears()
        return attempt

    def capture_of(self, attempt: AttemptView) -> str:
        assert attempt.provider_ref is not None
        unit = self.paypal.books.orders[attempt.provider_ref]["purchase_units"][0]
        return str(unit["payments"]["captures"][0]["id"])

    async def hears(self) -> list[Notice]:
        """What PayPal has to tell arrives; returns what it was."""
        notices, self.paypal.books.notices = self.paypal.books.notices, []
        for notice in notices:
            assert await self.is_told(notice) == 200
        return notices

    async def is_told(self, notice: Notice) -> int:
        answer = await self.client.post(WEBHOOK, content=notice.body, headers=self.paypal.signed(notice))
        return answer.status_code


@asynccontextmanager
async def a_paypal_shop(db: Database) -> AsyncIterator[PaypalShop]:
    clock = Clock()
    paypal = PayPal(clock)
    async with a_shop_with(db, connected(paypal), clock, PaypalShop) as shop:
        shop.paypal = paypal
        yield shop
