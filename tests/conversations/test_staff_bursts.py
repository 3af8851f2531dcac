"""More orders at once than a group may be told, and orders that nobody takes care of."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.demo.floods import FloodLimits
from bot.demo.people import Person
from notifications import bursts
from store.models import Delivery, Order, Seller
from tests.builders import a_variant
from tests.conversations.conftest import Shop
from tests.conversations.test_staff import a_paid_order, cards, presses
from tests.order_builders import a_paid_order as an_order_in_the_books

ORDERS = 60


@pytest.fixture
def is_followed() -> bool:
    """Sixty cards have the buttons of one."""
    return False


async def a_burst(shop: Shop, count: int = ORDERS) -> list[str]:
    """So many orders are paid in the same moment; their numbers."""
    variant = await a_variant(shop.app.db, stock=count, category="burst")
    return [(await an_order_in_the_books(shop.app.db, variant, delivery="standard")).number for _ in range(count)]


async def until_all_are_told(shop: Shop, numbers: list[str]) -> timedelta:
    """How long the group waits for the last of them, at the pace that Telegram allows."""
    shop.world.floods, began = FloodLimits(), shop.clock()
    for _ in range(600):
        await shop.works(seconds=1)
        told = "\n".join(str(message.get("text")) for message in shop.max.from_bot)
        if all(number in told for number in numbers):
            return shop.clock() - began
    raise AssertionError("not all of them were told")


async def test_a_burst_is_told_within_a_minute_and_none_is_lost(shop: Shop) -> None:
    """Sixty orders: some cards, the rest in lists."""
    numbers = await a_burst(shop)
    assert await until_all_are_told(shop, numbers) < timedelta(minutes=1)
    assert len(shop.max.from_bot) < 20
    async with shop.app.db.read() as session:
        assert not list(await session.scalars(select(Delivery.id).where(Delivery.status == "failed")))


async def test_without_lists_a_burst_takes_minutes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: sixty cards at twenty a minute."""
    monkeypatch.setattr(bursts, "CARDS_AT_ONCE", 10**6)
    numbers = await a_burst(shop)
    assert await until_all_are_told(shop, numbers) > timedelta(minutes=1, seconds=30)


async def test_a_press_brings_an_orders_card_which_lives_from_then_on(shop: Shop) -> None:
    numbers = await a_burst(shop, 12)
    await shop.works()
    assert shop.max.sees("4 more new orders")
    await presses(shop, shop.max, numbers[-1])
    assert numbers[-1] in cards(shop)[-1]
    await presses(shop, shop.petra, "Accept")
    assert "Petra accepted" in cards(shop)[-1]
    assert len([text for text in cards(shop) if f"Order {numbers[-1]}" in text]) == 1


async def test_a_few_orders_have_their_cards(shop: Shop) -> None:
    await a_burst(shop, bursts.CARDS_AT_ONCE)
    await shop.works()
    assert len(cards(shop)) == bursts.CARDS_AT_ONCE


# ---- nobody reacts


def the_owner(shop: Shop) -> Person:
    return shop.max.at(shop.max.id)


async def test_an_order_that_nobody_accepts_is_called_out_once_a_level(shop: Shop) -> None:
    """First in the staff chat, then to the owner in private; no level twice."""
    await the_owner(shop).starts()
    number = await a_paid_order(shop)
    await shop.works(minutes=16)
    assert shop.max.sees("Nobody has accepted it for 16 minutes")
    assert not the_owner(shop).sees("Nobody has accepted")
    await shop.works(minutes=46)
    assert the_owner(shop).sees(number)
    for _ in range(5):
        await shop.works(minutes=30)
    said = [message for message in shop.max.from_bot if "Nobody has accepted" in str(message.get("text"))]
    assert len(said) == 2


async def test_an_accepted_order_is_nobodys_worry(shop: Shop) -> None:
    await a_paid_order(shop)
    await presses(shop, shop.petra, "Accept")
    await shop.works(hours=3)
    assert not shop.max.sees("Nobody has accepted")


async def test_an_order_whose_money_is_all_given_back_is_nobodys_worry(shop: Shop) -> None:
    await a_paid_order(shop)
    await presses(shop, shop.max, "Refund", "Refund $")
    await shop.works(hours=3)
    assert shop.ann.sees("is back with you")
    assert not shop.max.sees("Nobody has accepted")


async def test_a_closed_shop_reminds_nobody_and_counts_open_time_alone(shop: Shop) -> None:
    """It is ten in the morning on a Monday; the shop opens at noon."""
    await a_paid_order(shop)
    async with shop.app.db.begin() as session:
        seller = (await session.scalars(select(Seller))).one()
        seller.opening_hours, seller.timezone = {"0": [["12:00", "18:00"]]}, "UTC"
    await shop.works(hours=1, minutes=50)
    await shop.works(minutes=20)
    assert not shop.max.sees("Nobody has accepted")
    await shop.works(minutes=10)
    assert shop.max.sees("Nobody has accepted it")


async def test_an_owner_who_never_wrote_to_the_bot_stops_nothing(shop: Shop) -> None:
    await a_paid_order(shop)
    await shop.works(minutes=70)
    await shop.works(minutes=70)
    async with shop.app.db.read() as session:
        assert await session.scalar(select(Order.nudges)) == 2
