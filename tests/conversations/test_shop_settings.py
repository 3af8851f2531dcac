"""The owner arranges the shop from the chat: money, clock, hours, holidays, deliveries, categories. And what customers then meet."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from bot.demo.people import Person
from store import staff
from store.models import Category, Order, Product, Seller
from tests.conversations.conftest import Shop
from tests.conversations.walks import answers, takes, types


@pytest.fixture
async def max_alone(shop: Shop) -> Person:
    """Max in his own chat with the bot."""
    person = Person(shop.world, shop.max.id)
    await person.starts()
    return person


async def orders_of(shop: Shop) -> int:
    async with shop.app.db.read() as session:
        return await session.scalar(select(func.count(Order.id))) or 0


async def test_the_shop_is_set_up_from_the_chat(shop: Shop, max_alone: Person) -> None:
    await max_alone.sends("/shop")
    await types(max_alone, "Smallest order", "25")
    await types(max_alone, "Low stock", "5")
    await types(max_alone, "Time zone", "Tokyo")
    for told in ("Smallest order: $25.00", "Stock is low at: 5", "Asia/Tokyo"):
        assert max_alone.sees(told), told
    await max_alone.taps("Name")
    await types(max_alone, "✏️ Русский", "Чайная гавань")
    await shop.ivan.starts()
    assert shop.ivan.sees("Чайная гавань")


async def test_below_the_smallest_order_the_cart_says_what_is_missing(shop: Shop, max_alone: Person) -> None:
    """Before anything is typed, and at the very last press too."""
    await takes(shop.ann)
    await answers(shop.ann)
    await max_alone.sends("/shop")
    await types(max_alone, "Smallest order", "500")
    await shop.ann.taps("Place order")
    assert "Orders begin at $500.00" in shop.ann.toast
    assert shop.ann.sees("more to go")
    assert not [label for label in shop.ann.buttons if label.startswith("Checkout")]
    assert await orders_of(shop) == 0


async def test_in_a_holiday_carts_are_kept_and_nothing_is_ordered(shop: Shop, max_alone: Person) -> None:
    await takes(shop.ann)
    await max_alone.sends("/shop")
    await max_alone.taps("Holiday")
    await max_alone.taps("What customers read")
    await types(max_alone, "✏️ English", "We are at the sea.")
    await max_alone.taps("Back")
    await types(max_alone, "A date", "9.3")
    assert max_alone.sees("Holiday until 9 Mar")

    for label in ("➕", "Home"):
        await shop.ann.taps(label)
        assert shop.ann.sees("take orders again from 9 Mar"), label
    await takes(shop.ann)
    assert shop.ann.sees("We are at the sea.")
    await shop.ann.taps("Checkout")
    for told in ("We are closed now", "9 Mar", "We are at the sea.", "Your cart stays"):
        assert shop.ann.sees(told), told
    await shop.ann.taps("Back")
    assert shop.ann.sees("take orders again from 9 Mar")

    shop.clock.at = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    await answers(shop.ann)
    await shop.ann.taps("Place order")
    assert await orders_of(shop) == 1


async def test_a_shop_that_closes_in_the_middle_keeps_what_was_answered(shop: Shop, max_alone: Person) -> None:
    """Ann is at the last page when the shop closes: nothing is placed, and she goes on where she was."""
    await takes(shop.ann)
    await answers(shop.ann)
    await max_alone.sends("/shop")
    await max_alone.taps("Holiday")
    await max_alone.taps("Until tomorrow")
    await shop.ann.taps("Place order")
    assert "We are closed now" in shop.ann.toast
    assert await orders_of(shop) == 0
    await max_alone.taps("Open again now")
    await shop.ann.taps("Back")
    await shop.ann.taps("Checkout")
    await shop.ann.taps("Place order")
    assert await orders_of(shop) == 1


async def test_outside_the_opening_hours_the_next_opening_is_told(shop: Shop, max_alone: Person) -> None:
    """It is Monday, ten o'clock in Lisbon; the shop opens at two after its break."""
    async with shop.app.db.begin() as session:
        await session.execute(update(Seller).values(timezone="Europe/Lisbon"))
    await max_alone.sends("/shop")
    await max_alone.taps("Hours")
    await types(max_alone, "Mon to Fri", "8-9:30, 14:00-18:00")
    await types(max_alone, "Sat", "noon")
    assert max_alone.sees("like 9:00-13:00")
    await max_alone.sends("10-14")
    assert max_alone.sees("Mon–Fri: 08:00–09:30, 14:00–18:00")
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    assert shop.ann.sees("take orders again from 2 Mar, 14:00")
    shop.clock.at += timedelta(hours=4, minutes=1)
    await shop.ann.taps("Back")
    await shop.ann.taps("Checkout")
    assert not shop.ann.sees("are closed now")


async def test_a_way_of_delivery_is_added_and_chosen(shop: Shop, max_alone: Person) -> None:
    await max_alone.sends("/shop")
    await max_alone.taps("Delivery")
    await max_alone.taps("➕ Courier")
    await types(max_alone, "✏️ English", "Night rider")
    await types(max_alone, "➕ Country", "Portugal 7,50")
    for label, text in (("Free from", "100"), ("Days", "1-2"), ("Each further kg", "2"), ("Heaviest", "20000")):
        await types(max_alone, label, text)
    for told in ("First kilogram: $7.50", "Free from: $100.00", "Days: 1–2", "Heaviest: 20000 g"):
        assert max_alone.sees(told), told
    await takes(shop.ann)
    await answers(shop.ann, delivery="Night rider")
    assert shop.ann.sees("$7.50")


@pytest.mark.parametrize("text", ["Atlantis 5", "PT", "PT -5", "5", "PT five", "* *", "PT 5 €"])
async def test_a_zone_that_makes_no_sense_is_asked_for_again(shop: Shop, max_alone: Person, text: str) -> None:
    await max_alone.sends("/shop")
    await max_alone.taps("Delivery")
    await max_alone.taps("➕ Courier")
    await types(max_alone, "➕ Country", text)
    assert not max_alone.sees("First kilogram")
    await max_alone.sends("PT 5")
    assert max_alone.sees("First kilogram: $5.00")


async def test_another_currency_waits_for_orders_and_prices(shop: Shop, max_alone: Person) -> None:
    """It says what has to be done first, and does it when that is done."""
    await max_alone.sends("/shop")
    await types(max_alone, "Currency", "eur")
    assert max_alone.sees("Products without a price in EUR")
    async with shop.app.db.begin() as session:
        await session.execute(update(Product).values(status="archived"))
    await max_alone.sends("EUR")
    await max_alone.taps("Sell in EUR")
    assert max_alone.sees("Currency: EUR")


async def test_categories_are_made_named_moved_and_removed(shop: Shop, max_alone: Person) -> None:
    await max_alone.sends("/shop")
    await max_alone.taps("Categories")
    await types(max_alone, "➕ New category", "🧸 Toys")
    await max_alone.taps("🧸 Toys")
    await types(max_alone, "✏️ 中文", "玩具")
    await max_alone.taps("▲ Up")
    await max_alone.taps("Ceramics")
    await max_alone.taps("Move its products")
    await max_alone.taps("🧸 Toys")
    await max_alone.taps("Remove it")
    async with shop.app.db.read() as session:
        titles = [row["en"] for row in await session.scalars(select(Category.title).order_by(Category.position))]
    assert "Ceramics" not in titles
    assert titles.index("Toys") == len(titles) - 2
    await shop.lilei.starts()
    await shop.lilei.taps("逛")
    assert shop.lilei.sees("玩具")


async def test_a_hidden_category_is_not_offered(shop: Shop, max_alone: Person) -> None:
    await max_alone.sends("/shop")
    await max_alone.taps("Categories")
    await max_alone.taps("Ceramics")
    await max_alone.taps("Hide")
    await shop.ann.starts()
    await shop.ann.taps("Browse")
    assert not [label for label in shop.ann.buttons if "Ceramics" in label]


@pytest.mark.parametrize("role", [None, staff.Role.PACKER, staff.Role.SUPPORT])
async def test_the_shop_is_set_by_its_owner_and_managers_alone(shop: Shop, role: staff.Role | None) -> None:
    """Not by a command, and not by the buttons of somebody else's screen."""
    boss = Person(shop.world, shop.max.id)
    await boss.starts()
    await boss.sends("/shop")
    for label in ("Holiday", "Back", "Hours", "Back", "Delivery", "Back", "Categories", "Back"):
        await boss.taps(label)
    async with shop.app.db.begin() as session:
        await staff.revoke(session, shop.petra.id, now=shop.clock())
        if role is not None:
            await staff.grant(session, shop.petra.id, role, now=shop.clock())
    petra = Person(shop.world, shop.petra.id)
    await petra.starts()
    await petra.sends("/shop")
    assert not petra.sees("Currency:")
    shown = {each.data for each in shop.world.rendered_callbacks if each.data.startswith(("se", "sk"))}
    for data in sorted(shown):
        await petra.taps_data(petra.from_bot[-1]["message_id"], data)
        assert petra.toast == "Your role does not include this.", data
