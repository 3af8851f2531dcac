"""A shop that works with one provider's double: its door is open over HTTP, its jobs run when the test says so, its clock is the test's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TypeVar

import httpx
from starlette.applications import Starlette

from bot.web import payments
from store.audit import SYSTEM
from store.db import Database
from store.order_status import OrderStatus
from store.payments import attempts, reconcile, refund_job, refunds
from store.payments.attempts import AttemptView
from store.payments.gateway import PaymentGateway
from store.payments.registry import registry
from tests.apps import Clock
from tests.store.payments import till


class ShopWithAProvider:
    """`client` is a browser, and the provider that brings notifications."""

    def __init__(self, db: Database, gateway: PaymentGateway, clock: Clock) -> None:
        self.db, self.gateway, self.clock = db, gateway, clock
        self.gateways = registry(gateway)
        self.client: httpx.AsyncClient

    async def attempt(self, order_id: int | None = None, *, currency: str = "CNY") -> AttemptView:
        """A linked attempt, of a new order (2000 in all) unless one is given."""
        order_id = order_id or await till.an_order(
            self.db, now=self.clock(), currency=currency, method=self.gateway.name
        )
        async with self.db.begin() as session:
            started = await attempts.start(session, order_id, self.gateway, now=self.clock())
        link = await self.gateway.create(started.request("Order", "https://shop.test/back"))
        async with self.db.begin() as session:
            await attempts.linked(session, started.id, link, now=self.clock())
            linked = await attempts.live(session, order_id)
        assert linked is not None
        return linked

    async def sweeps(self, **later: float) -> None:
        """Time passes, and every job that has something to do with money runs."""
        self.clock.goes_on(**later)
        now = self.clock()
        await reconcile.apply_waiting(self.db, now=now)
        await reconcile.check_pending(self.db, self.gateways, now=now)
        await reconcile.expire_unpaid(self.db, self.gateways, now=now)
        await refund_job.submit_due(self.db, self.gateways, now=now)

    async def gives_back(self, attempt: AttemptView, amount_minor: int) -> int:
        async with self.db.begin() as session:
            return await refunds.request(
                session, attempt.id, attempt.order_id, amount_minor, reason="staff", actor=SYSTEM, now=self.clock()
            )

    async def state(self, attempt: AttemptView) -> tuple[OrderStatus, str, tuple[int, int, int]]:
        """The order's status and the way its money stands, and the attempt's sums: captured, claimed, given back."""
        order, paid = await till.order(self.db, attempt.order_id), await till.paid_attempt(self.db, attempt)
        return OrderStatus(order.status), order.payment_status, till.sums([paid])[0]

    async def refunds(self, attempt: AttemptView) -> list[tuple[str, str, int]]:
        rows = await till.refunds_of(self.db, attempt.order_id)
        return [(row.reason, row.status, row.amount_minor) for row in rows]

    async def until_expired(self, attempt: AttemptView) -> None:
        assert attempt.expires_at is not None
        self.clock.at = attempt.expires_at + timedelta(seconds=1)


S = TypeVar("S", bound=ShopWithAProvider)


@asynccontextmanager
async def a_shop_with(db: Database, gateway: PaymentGateway, clock: Clock, kind: type[S]) -> AsyncIterator[S]:
    shop = kind(db, gateway, clock)
    web = Starlette(routes=payments.routes(db, shop.gateways, clock))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="https://shop.test") as client:
        shop.client = client
        yield shop
