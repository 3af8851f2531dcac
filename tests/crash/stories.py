"""What happens in a shop, told as acts that a person would press again: each is done when its trace is there, and only then not done once more."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from store import shipping
from store.models import Order, PaymentAttempt, Refund, Shipment
from store.parcels import poll
from store.parcels.sandbox import SandboxCarrier
from store.payments.sandbox_books import RefundMode
from tests.builders import NOW
from tests.machine import goods
from tests.machine.goods import Basket, Goods
from tests.machine.points import Points
from tests.machine.world import STAFF, World


class Shop(World):
    """A world of one order, with a carrier; whatever is not in the database lies in files of the bank and the carrier."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, Points(), bank_path=folder / "bank.json")
        self.carrier = SandboxCarrier(path=folder / "carrier.json")
        self.basket = Basket(0, 0, 0, "")

    async def column(self, wanted: Any) -> Any:
        async with self.db.read() as session:
            return await session.scalar(select(wanted).order_by(wanted.desc()).limit(1))

    async def order_id(self) -> int:
        return int(await self.column(Order.id))

    @property
    def ref(self) -> str:
        return next(iter(self.books.pages))


@dataclass(frozen=True, slots=True)
class Act:
    """*do* is pressed when *is_done* does not see it yet. *after*: how much time has passed since the act before."""

    do: Callable[[Shop], Awaitable[object]]
    is_done: Callable[[Shop], Awaitable[bool]]
    after: timedelta = timedelta(minutes=1)


async def press_place(shop: Shop) -> None:
    await shop.place(shop.basket)


async def is_placed(shop: Shop) -> bool:
    return bool(await shop.column(Order.id))


async def open_page(shop: Shop) -> None:
    await shop.open_page(await shop.order_id())


async def has_link(shop: Shop) -> bool:
    """A customer who got no link presses again, as long as nothing is paid."""
    return bool(await shop.column(PaymentAttempt.pay_url))


async def pay(shop: Shop) -> None:
    await shop.bank.pay_late(shop.ref, now=shop.now)


async def is_paid(shop: Shop) -> bool:
    return shop.books.pages[shop.ref].captured_minor > 0


async def pay_again(shop: Shop) -> None:
    await shop.bank.pay_late(shop.ref, now=shop.now)


async def is_paid_twice(shop: Shop) -> bool:
    page = shop.books.pages[shop.ref]
    return page.captured_minor > page.amount_minor


async def give_back_half(shop: Shop) -> None:
    shop.bank.refund_mode = RefundMode.SLOW
    await shop.refund(await shop.order_id(), 50)


async def is_given_back(shop: Shop) -> bool:
    async with shop.db.read() as session:
        return bool(await session.scalar(select(Refund.id).where(Refund.reason == "staff")))


async def cancel(shop: Shop) -> None:
    await shop.cancel(await shop.order_id(), STAFF)


async def is_cancelled(shop: Shop) -> bool:
    return str(await shop.column(Order.status)) == "cancelled"


async def accept(shop: Shop) -> None:
    await shop.accept(await shop.order_id())


async def is_accepted(shop: Shop) -> bool:
    return bool(await shop.column(Order.accepted_at))


async def pack(shop: Shop) -> None:
    await shop.pack(await shop.order_id())


async def is_packed(shop: Shop) -> bool:
    return bool(await shop.column(Shipment.id))


async def ship(shop: Shop) -> None:
    """As the staff's button does: the parcel, its label from the carrier, then it goes."""
    order_id = await shop.order_id()
    async with shop.db.begin() as session:
        parcel = await shipping.the_parcel(session, order_id, actor=STAFF, now=shop.now)
    number = await shop.carrier.new_label(key=str(parcel), destination_country="PT", now=shop.now)
    async with shop.db.begin() as session:
        await shipping.ship_parcel(
            session, parcel, carrier="sandbox", tracking_number=number, actor=STAFF, now=shop.now
        )


async def is_shipped(shop: Shop) -> bool:
    return bool(await shop.column(Shipment.shipped_at))


async def sweep(shop: Shop) -> None:
    await shop.bank.deliver_due(now=shop.now)
    await shop.sweeps()
    await poll.poll_due(shop.db, {"sandbox": shop.carrier}, now=shop.now)


async def never(_shop: Shop) -> bool:
    """A job runs again whenever its time comes."""
    return False


PLACED = (Act(press_place, is_placed),)
PAID = (*PLACED, Act(open_page, has_link), Act(pay, is_paid), Act(sweep, never))
STORIES: dict[str, tuple[Act, ...]] = {
    "place": PLACED,
    "pay": PAID,
    "pay too late": (*PLACED, Act(open_page, has_link), Act(sweep, never, timedelta(hours=1)), Act(pay, is_paid)),
    "refund": (*PAID, Act(pay_again, is_paid_twice), Act(give_back_half, is_given_back), Act(sweep, never)),
    "cancel": (*PAID, Act(cancel, is_cancelled), Act(sweep, never)),
    "ship": (*PAID, Act(accept, is_accepted), Act(pack, is_packed), Act(ship, is_shipped), Act(sweep, never)),
}


async def prepare(shop: Shop, opened: Goods) -> None:
    """The first day of a shop whose first customer is about to press "Place the order"."""
    await goods.first_day(shop.db, opened, (3, 3, 3))
    shop.basket = await goods.fill_basket(
        shop.db, opened, 0, {0: 1, 1: 2}, delivery="courier", payment_method="sandbox"
    )


async def tell(shop: Shop, story: str) -> None:
    """Whatever of the story has left no trace yet is done."""
    shop.now = NOW
    for act in STORIES[story]:
        shop.now += act.after
        if not await act.is_done(shop):
            await act.do(shop)


async def come_to_rest(shop: Shop) -> None:
    """Days pass: every job has run as often as it wanted to, the parcel has arrived."""
    for hours in (0, 1, 25, 25, 25):
        await shop.a_quiet_day(hours=hours)
        await sweep(shop)
