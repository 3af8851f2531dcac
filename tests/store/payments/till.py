"""A shop's till for tests: an order that waits for money, the sandbox bank, and a clock that the test moves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select

from store import placing
from store.db import Database
from store.events import Event, revive
from store.models import Order, OutboxEvent, PaymentAttempt, ProviderEventRow, Refund, StockLevel
from store.models.base import Base
from store.payments import attempts, ledger
from store.payments.attempts import AttemptView
from store.payments.gateway import EventKind, PaymentGateway, ProviderEvent, Source
from store.payments.registry import Gateways, registry
from store.payments.sandbox import SandboxBank, SandboxGateway
from tests import builders

SECRET = "a secret that only tests know"
Row = TypeVar("Row", bound=Base)


@dataclass
class Till:
    """`bank` notifies the shop at once and by the shortest way: its gateway verifies, the ledger receives."""

    db: Database
    now: datetime = builders.NOW
    hears: bool = True  # whether notifications arrive
    bank: SandboxBank = field(init=False)
    gateway: SandboxGateway = field(init=False)

    def __post_init__(self) -> None:
        self.bank = SandboxBank(secret=SECRET, base_url="https://bank.test", post=self._notified)
        self.gateway = SandboxGateway(self.bank, secret=SECRET, clock=lambda: self.now)

    @property
    def gateways(self) -> Gateways:
        return registry(self.gateway)

    def passes(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now

    async def _notified(self, body: bytes, headers: dict[str, str]) -> int:
        if not self.hears:
            return 0
        await ledger.receive(self.db, await self.gateway.verify(body, headers, now=self.now), now=self.now)
        return 200

    async def attempt(self, order_id: int | None = None, *, gateway: PaymentGateway | None = None) -> AttemptView:
        """A linked attempt, of a new order unless one is given."""
        gateway = gateway or self.gateway
        order_id = order_id or await an_order(self.db, now=self.now)
        async with self.db.begin() as session:
            started = await attempts.start(session, order_id, gateway, now=self.now)
        link = await gateway.create(started.request("Order", "https://shop.test/back"))
        async with self.db.begin() as session:
            await attempts.linked(session, started.id, link, now=self.now)
        return started

    async def hear(self, *events: ProviderEvent) -> None:
        await ledger.receive(self.db, events, now=self.now)


async def an_order(
    db: Database,
    *,
    stock: int = 5,
    price_minor: int = 1500,
    method: str = "sandbox",
    currency: str = builders.CURRENCY,
    now: datetime = builders.NOW,
) -> int:
    """An order of one thing with a courier (2000 in all) that waits for its money; with *method* "cash" it is confirmed at once."""
    from store.payments.cash import CashOnDelivery

    capabilities = CashOnDelivery.capabilities if method == "cash" else SandboxGateway.capabilities
    await builders.a_shop(db, currency=currency)
    variant = await builders.a_variant(db, stock=stock, price_minor=price_minor, currency=currency)
    ready = await builders.a_ready_checkout(db, variant, payment_method=method)
    async with db.begin() as session:
        placed = await placing.place(
            session,
            ready.customer.id,
            ready.cart_id,
            ready.cart_version,
            capabilities=capabilities,
            payment_method=method,
            now=now,
        )
    return placed.order_id


def a_fact(attempt: AttemptView, kind: EventKind = EventKind.CAPTURED, **changes: Any) -> ProviderEvent:
    """What a provider says of *attempt*: by default that all its money came in."""
    values: dict[str, Any] = {
        "gateway": attempt.gateway,
        "account": attempt.account,
        "event_key": f"{attempt.merchant_ref}:{kind}",
        "kind": kind,
        "merchant_ref": attempt.merchant_ref,
        "occurred_at": builders.NOW,
        "source": Source.WEBHOOK,
        "amount_minor": attempt.amount_minor if kind is EventKind.CAPTURED else None,
        "currency": attempt.currency,
    }
    return ProviderEvent(**(values | changes))


async def the(db: Database, model: type[Row], row_id: int) -> Row:
    async with db.read() as session:
        return await session.get_one(model, row_id)


async def order(db: Database, order_id: int) -> Order:
    return await the(db, Order, order_id)


async def paid_attempt(db: Database, attempt: AttemptView) -> PaymentAttempt:
    return await the(db, PaymentAttempt, attempt.id)


async def refunds_of(db: Database, order_id: int) -> list[Refund]:
    async with db.read() as session:
        rows = await session.scalars(select(Refund).where(Refund.order_id == order_id).order_by(Refund.id))
        return list(rows)


async def told(db: Database, *types: type[Event]) -> list[Event]:
    """The events of these types (all, when none is named) that the outbox holds, oldest first."""
    async with db.read() as session:
        rows = (await session.scalars(select(OutboxEvent).order_by(OutboxEvent.id))).all()
    events = [revive(row.type, row.payload) for row in rows]
    return [event for event in events if not types or isinstance(event, types)]


async def fates(db: Database) -> list[tuple[str, str | None]]:
    """What became of the providers' events: (status, reason), oldest first."""
    async with db.read() as session:
        rows = await session.execute(
            select(ProviderEventRow.status, ProviderEventRow.reason).order_by(ProviderEventRow.id)
        )
        return [(status, reason) for status, reason in rows]


async def reserved(db: Database) -> int:
    async with db.read() as session:
        return int(await session.scalar(select(func.sum(StockLevel.reserved))) or 0)


def sums(rows: Iterable[PaymentAttempt]) -> list[tuple[int, int, int]]:
    return [(row.captured_minor, row.refund_reserved_minor, row.refunded_minor) for row in rows]
