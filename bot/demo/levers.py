"""What people can do behind the scenes: let time pass, pay at the sandbox bank, meddle with parcels, break things.

None of it touches the shop: levers move the clock, the bank's books, the carrier's parcels and Telegram's moods; the shop has to notice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.app import App
from bot.demo import backstage
from bot.demo.faults import ALWAYS, Fault
from bot.demo.travel import TravelClock
from bot.demo.world import World
from store.models import PaymentAttempt, Shipment
from store.parcels.sandbox import SandboxCarrier
from store.payments import sandbox_books
from store.payments.sandbox import SandboxBank
from store.payments.sandbox_books import PageClosed, UnknownPage

# Time is skipped from one thing that is due to the next, but the bank's and the carrier's own clocks are looked at now and then, too.
LONGEST_STEP = timedelta(hours=3)
SHORTEST_STEP = timedelta(minutes=10)
FLOOD_CALLS = 3
FLOOD_S = 5
# Until the switch is turned back.


class LeverJammed(Exception):
    """The lever cannot be pulled now; says why, for the person at the page."""


@dataclass
class Levers:
    app: App
    world: World
    clock: TravelClock
    bank: SandboxBank
    carrier: SandboxCarrier
    is_telegram_down: bool = False
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    # ---- time

    async def travel(self, hours: int) -> str:
        """The clock goes on, and the shop does what is due when it is due: nothing happens at once that would have happened in turn."""
        async with self._one_at_a_time:
            await self._until(self.clock() + timedelta(hours=hours))
        return "A day has passed" if hours == 24 else f"{hours} {'hour has' if hours == 1 else 'hours have'} passed"

    async def _until(self, moment: datetime) -> None:
        while (left := moment - self.clock()) > timedelta():
            self.clock.skip(min(left, await self._step()))
            await self.app.run_jobs_due()
        self.world.touch()

    async def _step(self) -> timedelta:
        now = self.clock()
        async with self.app.db.read() as session:
            due = await backstage.next_due(session, after=now)
        wait = due - now + timedelta(seconds=1) if due is not None else LONGEST_STEP
        return min(max(wait, SHORTEST_STEP), LONGEST_STEP)

    # ---- money

    async def pay(self, ref: str, verb: str) -> str:
        """*verb*: pay decline twice short late. Raises: LeverJammed."""
        async with self._one_at_a_time:
            if verb == "late":
                await self._let_expire(ref)
            await self._at_the_bank(ref, verb)
            await self.app.run_jobs_due()
        return _PAYMENTS[verb].told

    async def _at_the_bank(self, ref: str, verb: str) -> None:
        try:
            await _PAYMENTS[verb].act(self.bank, ref, self.clock())
        except UnknownPage:
            raise LeverJammed("The bank has no page for this payment.") from None
        except PageClosed:
            raise LeverJammed("The bank's page is closed: paid, declined or run out.") from None

    async def _let_expire(self, ref: str) -> None:
        """Late money is money that comes after its order has run out."""
        async with self.app.db.read() as session:
            expires_at = await session.scalar(
                select(PaymentAttempt.expires_at).where(
                    PaymentAttempt.merchant_ref == ref, PaymentAttempt.active_slot.is_not(None)
                )
            )
        if expires_at is not None and expires_at >= self.clock():
            await self._until(expires_at + timedelta(minutes=1))

    # ---- parcels

    async def parcel(self, shipment_id: int, verb: str) -> str:
        """*verb*: move stall lose fail locker. Raises: LeverJammed."""
        async with self._one_at_a_time:
            shipment = await self._shipment(shipment_id)
            number = shipment.tracking_number
            if number is None or not self.carrier.recognises(number):
                raise LeverJammed("Only a parcel of Sandbox Post can be meddled with.")
            _PARCELS[verb].act(self.carrier, number, self.clock())
            if verb == "move" and shipment.next_poll_at is not None:
                await self._until(shipment.next_poll_at + timedelta(seconds=1))
        return _PARCELS[verb].told

    async def _shipment(self, shipment_id: int) -> Shipment:
        async with self.app.db.read() as session:
            shipment = await session.get(Shipment, shipment_id)
        if shipment is None:
            raise LeverJammed("There is no such parcel.")
        return shipment

    # ---- bad days

    async def break_something(self, name: str, *, is_on: bool) -> str:
        """*name*: flood telegram carrier webhooks bank."""
        match name:
            case "flood":
                self.world.faults.add("*", Fault.FLOOD, FLOOD_CALLS, retry_after=FLOOD_S)
                told = f"Telegram answers the next {FLOOD_CALLS} calls with 429, retry after {FLOOD_S} s"
            case "telegram":
                self._telegram_is(down=is_on)
                told = "Telegram answers 502 now" if is_on else "Telegram works again"
            case "carrier":
                self.carrier.is_down = is_on
                told = "Sandbox Post does not answer now" if is_on else "Sandbox Post answers again"
            case "webhooks":
                self.bank.fault = sandbox_books.Fault.SILENT if is_on else sandbox_books.Fault.NONE
                told = "The bank's webhooks get lost now: the shop has to ask" if is_on else "Webhooks arrive again"
            case _:
                self.bank.fault = sandbox_books.Fault.DOWN if is_on else sandbox_books.Fault.NONE
                told = "The bank does not answer now" if is_on else "The bank answers again"
        self.world.touch()
        return told

    def _telegram_is(self, *, down: bool) -> None:
        self.is_telegram_down = down
        self.world.faults.clear()
        if down:
            self.world.faults.add("*", Fault.GATEWAY, ALWAYS)

    @property
    def broken(self) -> list[str]:
        """What is out of order at this moment."""
        states = {
            "telegram": self.is_telegram_down,
            "carrier": self.carrier.is_down,
            "webhooks": self.bank.fault is sandbox_books.Fault.SILENT,
            "bank": self.bank.fault is sandbox_books.Fault.DOWN,
        }
        return [name for name, is_broken in states.items() if is_broken]


@dataclass(frozen=True)
class _Payment:
    act: Callable[[SandboxBank, str, datetime], Awaitable[None]]
    told: str


_PAYMENTS: Mapping[str, _Payment] = {
    "pay": _Payment(lambda bank, ref, now: bank.pay(ref, now=now), "Paid at the bank"),
    "decline": _Payment(lambda bank, ref, now: bank.fail(ref, now=now), "The bank has declined the card"),
    "twice": _Payment(
        lambda bank, ref, now: bank.pay_twice(ref, now=now), "Paid twice: the second payment must go back"
    ),
    "short": _Payment(lambda bank, ref, now: bank.pay_short(ref, now=now), "Half of what is owed was paid"),
    "late": _Payment(
        lambda bank, ref, now: bank.pay_late(ref, now=now), "Paid at the bank once more, or too late: the shop decides"
    ),
}
PAYMENTS = tuple(_PAYMENTS)


@dataclass(frozen=True)
class _Mishap:
    act: Callable[[SandboxCarrier, str, datetime], None]
    told: str


_PARCELS: Mapping[str, _Mishap] = {
    "move": _Mishap(
        lambda carrier, number, now: carrier.move_on(number, now=now),
        "The parcel's next scan is done; the clock went on until the shop looked",
    ),
    "stall": _Mishap(
        lambda carrier, number, now: carrier.stall(number, now=now),
        "The parcel stands still from now on. Let days pass to see what the shop tells",
    ),
    "lose": _Mishap(
        lambda carrier, number, now: carrier.lose(number, now=now),
        "The parcel is lost. The carrier admits it after a day",
    ),
    "fail": _Mishap(
        lambda carrier, number, now: carrier.fail_next_attempt(number),
        "Nobody will be at home at the first delivery",
    ),
    "locker": _Mishap(
        lambda carrier, number, now: carrier.leave_in_locker(number),
        "The courier will leave it in a locker, to be fetched",
    ),
}
MISHAPS = tuple(_PARCELS)
