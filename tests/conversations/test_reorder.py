"""The same again: one press from the order to the cart, one more to the review."""

from sqlalchemy import update

from store.models import Product
from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, orders


async def _has_ordered(shop: Shop) -> str:
    number = await orders(shop.ann, payment=CASH)
    await shop.works()
    await shop.ann.sends("/orders")
    await shop.ann.taps(number)
    return number


async def test_an_order_is_placed_again_without_a_question(shop: Shop) -> None:
    number = await _has_ordered(shop)
    await shop.ann.taps("Order again")
    assert shop.ann.sees("Your order again, at today's prices") and shop.ann.sees("1 × Stoneware mug")
    await shop.ann.taps("Checkout")
    await shop.ann.taps("Place order")
    await shop.works()
    await shop.ann.sends("/orders")

    assert len([label for label in shop.ann.buttons if "-" in label]) == 2
    assert shop.ann.sees(number)


async def test_what_is_gone_is_named(shop: Shop) -> None:
    await _has_ordered(shop)
    async with shop.app.db.begin() as session:
        await session.execute(update(Product).values(status="archived"))
    await shop.ann.taps("Order again")

    assert shop.ann.sees("Not all of it can be had:")
    assert shop.ann.sees("no longer sold")
    assert shop.ann.sees("Your cart is empty")


async def test_who_came_too_late_to_pay_can_order_it_again(shop: Shop) -> None:
    await orders(shop.ann)
    await shop.works(minutes=31)
    await shop.ann.taps("Order again")
    await shop.ann.taps("Checkout")
    await shop.ann.taps("Place order")

    assert shop.ann.sees("is placed")
