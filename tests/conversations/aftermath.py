"""What follows every story: the world moves on, and every button that the story ever showed is pressed again, by whoever had it and by a stranger.

One of the changes follows each story, by its name; `test_every_button.py` has one story with every kind of button and goes through all of them.
"""

import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from bot.demo.people import Person
from bot.demo.state import RenderedCallback
from store import order_life
from store.audit import SYSTEM
from store.errors import NotAllowedNow
from store.models import Order, PaymentAttempt, Price, Product, StockLevel

if TYPE_CHECKING:
    from tests.conversations.conftest import Shop

ANSWER = "answerCallbackQuery"
SORRY = "went wrong on our side"


async def goods_are_withdrawn(shop: "Shop") -> None:
    async with shop.app.db.begin() as session:
        await session.execute(update(Product).values(status="archived"))


async def everything_is_sold(shop: "Shop") -> None:
    async with shop.app.db.begin() as session:
        await session.execute(update(StockLevel).values(on_hand=StockLevel.reserved))


async def prices_change(shop: "Shop") -> None:
    async with shop.app.db.begin() as session:
        await session.execute(update(Price).values(unit_minor=Price.unit_minor + 100))


async def everything_is_paid(shop: "Shop") -> None:
    async with shop.app.db.read() as session:
        live = select(PaymentAttempt.merchant_ref).where(
            PaymentAttempt.gateway == "sandbox", PaymentAttempt.active_slot == 1
        )
        refs = list(await session.scalars(live))
    for ref in refs:
        await shop.bank.pay(ref, now=shop.clock())
    await shop.works(minutes=1)


async def everything_is_called_off(shop: "Shop") -> None:
    async with shop.app.db.read() as session:
        ids = list(await session.scalars(select(Order.id)))
    for order_id in ids:
        with suppress(NotAllowedNow):
            async with shop.app.db.begin() as session:
                await order_life.cancel(session, order_id, actor=SYSTEM, reason="test", now=shop.clock())
    await shop.works(minutes=1)


async def the_program_restarts(shop: "Shop") -> None:
    await shop.restart()


CHANGES: tuple[Callable[["Shop"], Awaitable[None]], ...] = (
    goods_are_withdrawn,
    everything_is_sold,
    prices_change,
    everything_is_paid,
    everything_is_called_off,
    the_program_restarts,
)


async def follows(shop: "Shop", story: str) -> None:
    """Each press is answered once and apologised for never; the stranger learns nothing and moves nothing."""
    shop.world.faults.clear()
    shown = list({(each.chat_id, each.data): each for each in shop.world.rendered_callbacks}.values())
    await CHANGES[zlib.crc32(story.encode()) % len(CHANGES)](shop)
    await _a_stranger_presses(shop, shown)
    for each in shown:
        for person in _who_had_it(shop, each):
            await press(shop, person, each.message_id, each.data)


def _who_had_it(shop: "Shop", shown: RenderedCallback) -> list[Person]:
    if shown.chat_id < 0:
        return [shop.petra.at(shown.chat_id), shop.max.at(shown.chat_id)]
    people = {person.id: person for person in (shop.ann, shop.lilei, shop.ivan)}
    return [people.get(shown.chat_id) or Person(shop.world, shown.chat_id)]


async def press(shop: "Shop", person: Person, message_id: int, data: str) -> None:
    """The button, whether it still stands there or not."""
    before = shop.world.counts[ANSWER]
    await person.taps_data(message_id, data)
    assert shop.world.counts[ANSWER] - before == 1, data
    assert SORRY not in person.toast, data


async def _a_stranger_presses(shop: "Shop", shown: list[RenderedCallback]) -> None:
    """Somebody who was added to the staff group without a role, and whose changed client sends what others' buttons carry."""
    mallory = Person(shop.world, shop.world.add_user("Mallory", language_code="en").id)
    await mallory.starts()
    shop.world.chats[shop.staff_chat].members[mallory.id] = "member"
    before = await _orders(shop)
    for each in shown:
        if each.chat_id == shop.staff_chat:
            await press(shop, mallory.at(shop.staff_chat), each.message_id, each.data)
        await press(shop, mallory, mallory.from_bot[-1]["message_id"], each.data)
    assert await _orders(shop) == before
    seen = str(mallory.chat)
    assert not [number for _, number, *_ in before if number in seen]
    assert not [secret for secret in ("Rua Augusta", "912345678", "13812345678", "9161234567") if secret in seen]


async def _orders(shop: "Shop") -> list[tuple[Any, ...]]:
    async with shop.app.db.read() as session:
        columns = (Order.id, Order.number, Order.status, Order.version, Order.payment_status, Order.fulfilment_status)
        return [tuple(row) for row in await session.execute(select(*columns).order_by(Order.id))]
