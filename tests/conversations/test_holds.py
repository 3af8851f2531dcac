"""The goods of an unpaid order are held for a while that its buyer can see, and reads about once more before it ends."""

from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, orders

REMINDER = "still waits for your payment"


async def test_the_payment_message_says_how_long_and_until_when(shop: Shop) -> None:
    """By the clock on the wall, and in minutes."""
    await orders(shop.ann)

    assert shop.ann.sees("We keep the goods for you for 30 minutes, until 2 Mar, 10:30")


async def test_one_reminder_comes_before_the_hold_ends_and_then_the_goods_are_released(shop: Shop) -> None:
    number = await orders(shop.ann)
    await shop.works(minutes=19)
    assert not shop.ann.sees(REMINDER)
    await shop.works(minutes=2)
    assert shop.ann.sees(f"Order {number} {REMINDER}") and shop.ann.sees("for 9 minutes, until 2 Mar, 10:30")
    said = len(shop.ann.from_bot)
    await shop.works(minutes=2)
    assert len(shop.ann.from_bot) == said
    await shop.works(minutes=9)

    assert shop.ann.sees(f"Order {number} has expired")


async def test_the_reminder_leads_to_the_payment(shop: Shop) -> None:
    await orders(shop.ann)
    await shop.works(minutes=21)
    await shop.ann.taps("Pay now")
    assert shop.ann.sees("for 9 minutes")
    await shop.pays(shop.ann)

    assert shop.ann.sees("is paid")


async def test_who_has_paid_is_not_reminded(shop: Shop) -> None:
    await orders(shop.ann)
    await shop.pays(shop.ann)
    await shop.works(minutes=21)

    assert not shop.ann.sees(REMINDER)


async def test_who_pays_in_cash_is_not_reminded(shop: Shop) -> None:
    await orders(shop.ann, payment=CASH)
    await shop.works(minutes=21)

    assert not shop.ann.sees(REMINDER)
