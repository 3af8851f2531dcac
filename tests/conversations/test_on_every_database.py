"""Whole purchases on each engine that is here. The other stories run on SQLite, and by `make test-databases` on each of the others too."""

import pytest

from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, answers, fills_in, order_number, orders, takes


@pytest.fixture
def shop_url(db_url: str) -> str:
    return db_url


async def test_a_parcel_is_bought_by_card(shop: Shop) -> None:
    await takes(shop.ann, more=1)
    await answers(shop.ann)
    await shop.ann.taps("Place order")
    await shop.pays(shop.ann)
    assert shop.ann.sees(f"Thank you! Order {order_number(shop.ann)} is paid")


async def test_a_parcel_is_paid_at_the_door(shop: Shop) -> None:
    """It goes straight to the staff."""
    number = await orders(shop.ann, payment=CASH)
    await shop.works()
    assert shop.ann.sees(f"Order {number} is confirmed")
    assert shop.max.sees(number)


async def test_an_order_that_nobody_pays_expires(shop: Shop) -> None:
    await orders(shop.ann)
    await shop.works(minutes=45)
    assert shop.ann.sees("expired")


async def test_somebody_pays_twice_and_gets_the_second_back(shop: Shop) -> None:
    await takes(shop.ann)
    await answers(shop.ann)
    await shop.ann.taps("Place order")
    await shop.pays(shop.ann, how="pay_twice")
    assert shop.ann.sees("is paid")


async def test_what_was_begun_goes_on_after_a_restart(shop: Shop) -> None:
    """The awaited text stands in the database."""
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.restart()
    await fills_in(shop.ann)
    await shop.ann.taps("Place order")
    assert shop.ann.sees("To pay")
