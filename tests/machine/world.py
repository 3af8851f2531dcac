"""What people, a bank, a carrier and the clock can do to the shop, one act at a time, and what a restart does after a crash."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import order_life, packing, placing, shipping, stock
from store.audit import SYSTEM, Actor
from store.errors import StoreError
from store.models import Order, PaymentAttempt, Refund, Shipment
from store.order_status import RefundStatus
from store.parcels import tracking
from store.parcels.carrier import ScanReport, Stage, Tracked
from store.payments import attempts, by_hand, cash, choice, ledger, reconcile, refund_job, refunds
from store.payments.gateway import GatewayError, PaymentGateway
from store.payments.registry import Gateways, registry
from store.payments.sandbox_bank import SandboxBank
from store.payments.sandbox_books import Books, Fault, PageClosed, RefundMode
from store.placing import Placed
from tests.builders import NOW
from tests.machine.goods import Basket
from tests.machine.points import Crash, MortalDatabase, MortalGateway, Points

SECRET = "a secret that only tests know"
STAFF = Actor.staff(77, "Ben")
REFUSALS = (StoreError, GatewayError, PageClosed)


class World:
    """One shop with its bank. `now` moves only when somebody says so. What the bank knows survives the shop's crashes."""

    def __init__(self, url: str, points: Points, *, bank_path: Path | None = None) -> None:
        self.points, self._bank_path = points, bank_path
        self.db = MortalDatabase(url, points)
        self.begin_anew()

    def begin_anew(self) -> None:
        """The bank has empty books, the clock stands at the beginning."""
        self.now = NOW
        self.gifts: dict[int, bool] = {}  # a staff's refund: whether its order was paid
        self.letters: list[bytes] = []  # every notification that the bank has sent, word for word
        self.bank = SandboxBank(secret=SECRET, base_url="https://bank.test", post=self._post, path=self._bank_path)
        gateway = MortalGateway(self.bank, secret=SECRET, clock=lambda: self.now)
        gateway.points = self.points
        self.gateway = gateway
        self.cash = cash.CashOnDelivery()

    @property
    def gateways(self) -> Gateways:
        return registry(self.gateway, self.cash)

    @property
    def books(self) -> Books:
        """What the bank knows, without asking it: it may be down."""
        return self.bank._books

    # --- living and dying

    async def lives(self, act: Awaitable[object], *, crash: int) -> object:
        """What *act* returns; None when it was refused, or when the program died at its *crash*-th point (0: it lives) and was started again."""
        self.points.arm(crash)
        try:
            return await act
        except REFUSALS:
            return None
        except Crash:
            return None
        finally:
            if self.points.is_dead:
                await self._restart()
            self.points.restart()

    async def _restart(self) -> None:
        """New connections; the engine only keeps the statements that it has compiled."""
        await self.db.close()
        self.points.restart()
        await self.sweeps()

    async def sweeps(self) -> int:
        """Every job once, as after a start. How much there was to do."""
        done = await reconcile.apply_waiting(self.db, now=self.now)
        done += await reconcile.check_pending(self.db, self.gateways, now=self.now)
        done += await reconcile.expire_unpaid(self.db, self.gateways, now=self.now)
        return done + await refund_job.submit_due(self.db, self.gateways, now=self.now)

    async def a_quiet_day(self, *, hours: int) -> None:
        """Time passes in which nobody buys anything, the bank works, and whoever is owed cash fetches it."""
        self.bank.fault, self.bank.refund_mode = Fault.NONE, RefundMode.OK
        self.now += timedelta(hours=hours)
        while await self.bank.deliver_due(now=self.now) + await self.sweeps():
            await self._hand_out_cash()

    async def _hand_out_cash(self) -> None:
        waiting = select(Refund.id).where(Refund.status == RefundStatus.PENDING, Refund.provider_ref.is_(None))
        async with self.db.read() as session:
            refund_ids = (await session.scalars(waiting)).all()
        for refund_id in refund_ids:
            await self.lives(self.settle_by_hand(refund_id), crash=0)

    async def _post(self, body: bytes, headers: dict[str, str]) -> int:
        """The way of a notification: verified, stored, applied. Nobody answers in a shop that has died of it."""
        if body not in self.letters:
            self.letters.append(body)
        try:
            await ledger.receive(self.db, await self.gateway.verify(body, headers, now=self.now), now=self.now)
        except Crash:
            return 0
        return 200

    # --- customers

    async def place(self, basket: Basket) -> Placed:
        gateway: PaymentGateway = self.gateway if basket.payment_method == "sandbox" else self.cash
        async with self.db.begin() as session:
            return await placing.place(
                session,
                basket.customer_id,
                basket.cart_id,
                basket.version,
                capabilities=gateway.capabilities,
                payment_method=basket.payment_method,
                now=self.now,
            )

    async def open_page(self, order_id: int) -> str:
        async with self.db.begin() as session:
            attempt = await attempts.start(session, order_id, self.gateway, now=self.now)
        link = await self.gateway.create(attempt.request())
        async with self.db.begin() as session:
            await attempts.linked(session, attempt.id, link, now=self.now)
        return attempt.merchant_ref

    async def pay(self, order_id: int, how: str) -> None:
        ref = await self.open_page(order_id)
        if how:
            await self.at_the_bank(how, ref)

    async def at_the_bank(self, how: str, ref: str) -> None:
        """pay, pay_short, pay_twice, pay_late, fail, or repeat: the bank sends everything about the page once more."""
        await getattr(self.bank, how)(ref, now=self.now)

    async def old_letter(self, number: int) -> None:
        """The bank sends an old notification once more, out of its turn, signed anew."""
        body = self.letters[number % len(self.letters)]
        await self._post(body, self.bank.sign(body, now=self.now))

    async def pays_another_way(self, customer_id: int, order_id: int, method: str) -> None:
        if await reconcile.close_live(self.db, self.gateways, order_id, now=self.now):
            async with self.db.begin() as session:
                await choice.choose(session, customer_id, order_id, self.gateways[method], now=self.now)

    # --- staff

    async def cancel(self, order_id: int, actor: Actor) -> None:
        await self._in_one(lambda s: order_life.cancel(s, order_id, actor=actor, reason="machine", now=self.now))

    async def accept(self, order_id: int) -> None:
        await self._in_one(lambda s: order_life.accept(s, order_id, actor=STAFF, now=self.now))

    async def pack(self, order_id: int) -> None:
        await self._in_one(lambda s: packing.pack(s, order_id, actor=STAFF, now=self.now))

    async def ship(self, order_id: int) -> None:
        await self._in_one(
            lambda s: shipping.ship(s, order_id, carrier="sandbox", tracking_number=None, actor=STAFF, now=self.now)
        )

    async def ready(self, order_id: int) -> None:
        await self._in_one(lambda s: shipping.ready_for_pickup(s, order_id, actor=STAFF, now=self.now))

    async def hand_over(self, order_id: int) -> None:
        await self._in_one(lambda s: shipping.hand_over(s, order_id, actor=STAFF, now=self.now))

    async def receive_cash(self, order_id: int) -> None:
        await self._in_one(lambda s: cash.receive(s, order_id, actor=STAFF, now=self.now))

    async def settle_by_hand(self, refund_id: int) -> None:
        await self._in_one(lambda s: by_hand.settle(s, refund_id, actor=STAFF, now=self.now))

    async def refund(self, order_id: int, per_cent: int) -> None:
        """Remembers whether the order was paid by then: what is given back before that is owed again."""

        async def some(session: AsyncSession) -> None:
            amount = await refunds.refundable(session, order_id) * per_cent // 100
            is_paid = await _has_come_in(session, order_id)
            ids = await refunds.request_amount(session, order_id, amount, reason="staff", actor=STAFF, now=self.now)
            self.gifts |= dict.fromkeys(ids, is_paid)

        await self._in_one(some)

    async def count_stock(self, variant_id: int, difference: int, *, source_id: int) -> None:
        count = stock.receive if difference > 0 else stock.adjust
        async with self.db.begin() as session:
            await count(session, variant_id, difference, reason="", actor=SYSTEM, source_id=source_id, now=self.now)

    # --- the carrier

    async def scans(self, order_id: int, stages: Sequence[Stage]) -> None:
        """The carrier reports these of the order's parcels that have left."""
        on_the_way = select(Shipment.id).where(
            Shipment.order_id == order_id, Shipment.shipped_at.is_not(None), Shipment.kind == "courier"
        )
        async with self.db.read() as session:
            shipment_ids = (await session.scalars(on_the_way)).all()
        told = Tracked("", tuple(ScanReport(stage, self.now) for stage in stages))
        for shipment_id in shipment_ids:
            async with self.db.begin() as session:
                await tracking.apply(session, shipment_id, told, now=self.now)

    async def _in_one(self, work: Callable[[AsyncSession], Awaitable[object]]) -> None:
        async with self.db.begin() as session:
            await work(session)


async def _has_come_in(session: AsyncSession, order_id: int) -> bool:
    """Whether the order's whole total has come in, without what was never meant for it."""
    order = await session.get_one(Order, order_id, populate_existing=True)
    captured = select(func.sum(PaymentAttempt.captured_minor)).where(PaymentAttempt.group_id == order.group_id)
    surplus = select(func.sum(Refund.amount_minor)).where(
        Refund.order_id == order_id, Refund.reason != "staff", Refund.status != RefundStatus.FAILED
    )
    came_in = int(await session.scalar(captured) or 0) - int(await session.scalar(surplus) or 0)
    return came_in >= order.total_minor
