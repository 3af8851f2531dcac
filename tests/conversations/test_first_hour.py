"""From a bot without a shop to the first sale, with nothing but the chat."""

from pathlib import Path

from sqlalchemy import select

from bot.demo.people import Person
from store.models import Order, Seller
from tests.apps import Stage, a_stage
from tests.conversations.shelves import a_picture


def owner_of(stage: Stage) -> Person:
    return Person(stage.world, stage.max.id)


async def test_the_owner_opens_a_shop_and_sells_within_the_hour(sqlite_url: str, tmp_path: Path) -> None:
    """Three ticks: a product, a delivery, a way to pay. Until then customers read a kind word."""
    async with a_stage(sqlite_url, tmp_path, has_shop=False) as stage:
        ann, max_alone = stage.ann, owner_of(stage)
        await ann.starts()
        assert ann.sees("not open yet")
        await max_alone.starts()
        for told in ("Your shop is new", "⬜ a product", "⬜ a way of delivery", "✅ a way to pay"):
            assert max_alone.sees(told), told
        await ann.starts()
        await ann.taps("Browse")
        assert ann.sees("The shop is being stocked")

        await max_alone.taps("Delivery")
        await max_alone.taps("➕ Pick-up")
        await max_alone.starts()
        assert max_alone.sees("✅ a way of delivery")
        await max_alone.sends_photo(a_picture(), "Blue mug\n$15\nHolds a lot of tea.")
        await max_alone.taps("Stock")
        await max_alone.sends("5")
        await max_alone.starts()
        assert "✏️ Go on with it" in max_alone.buttons
        for label in ("Go on with it", "Blue mug", "Publish"):
            await max_alone.taps(label)
        await max_alone.starts()
        assert "🛍 Browse" in max_alone.buttons

        for label in ("Home", "Browse", "Goods", "Blue mug", "Add to cart", "Checkout"):
            await ann.taps(label)
        await ann.sends("Ann Lee")
        await ann.shares_contact("+351912345678")
        for label in ("Pick-up", "Pay at pick-up", "Place order"):
            await ann.taps(label)
        async with stage.app.db.read() as session:
            assert await session.scalar(select(Order.total_minor)) == 1500


async def test_nobody_but_the_owner_founds_a_shop(sqlite_url: str, tmp_path: Path) -> None:
    """And the owner not by talking in a group."""
    async with a_stage(sqlite_url, tmp_path, has_shop=False) as stage:
        await stage.ann.starts()
        await stage.max.sends("/start")
        async with stage.app.db.read() as session:
            assert await session.scalar(select(Seller.id)) is None


async def test_a_shop_is_founded_once(sqlite_url: str, tmp_path: Path) -> None:
    """Whatever the owner presses in the meantime."""
    async with a_stage(sqlite_url, tmp_path, has_shop=False) as stage:
        max_alone = owner_of(stage)
        for _ in range(3):
            await max_alone.starts()
        await max_alone.taps("Payments")
        assert max_alone.sees("cash on delivery")
        async with stage.app.db.read() as session:
            assert len(list(await session.scalars(select(Seller.id)))) == 1
