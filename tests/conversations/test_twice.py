"""Telegram delivers at least once. Here it delivers everything twice, and nobody notices."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from store import updates
from store.models import Coupon, CouponUse, Order, PaymentAttempt, Refund, Shipment
from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, answers, orders, takes


@pytest.fixture
def twice(shop: Shop) -> Iterator[Shop]:
    async def deliver(update: dict[str, Any]) -> None:
        await shop.app.feed(update)
        await shop.app.feed(update)

    shop.world.deliver = deliver
    yield shop
    shop.world.deliver = shop.app.feed


async def count(shop: Shop, model: type) -> int:
    async with shop.app.db.read() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_what_is_added_twice_is_in_the_cart_once(twice: Shop) -> None:
    await takes(twice.ann)
    assert twice.ann.sees("1 × ")
    assert not twice.ann.sees("2 × ")


async def test_without_the_mark_it_would_be_there_twice(twice: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""

    async def no_mark(*_: object, **__: object) -> None:
        """As before there was one."""

    monkeypatch.setattr(updates, "mark", no_mark)
    await takes(twice.ann)
    assert twice.ann.sees("2 × ")


async def test_an_order_is_placed_once_and_its_pay_page_stands(twice: Shop) -> None:
    await orders(twice.ann)
    await twice.pays(twice.ann)
    assert twice.ann.sees("is paid")
    assert (await count(twice, Order), await count(twice, PaymentAttempt)) == (1, 1)


async def test_every_answer_of_the_checkout_leads_to_the_next_question(twice: Shop) -> None:
    """The second "Rua Augusta 1" does not answer the question for the postcode."""
    await takes(twice.ann)
    await answers(twice.ann, payment=CASH)
    assert twice.ann.sees("Rua Augusta 1") and twice.ann.sees("Ann Lee")
    await twice.ann.taps("Place order")
    assert twice.ann.sees("is confirmed")


async def test_an_address_of_the_account_is_typed_without_a_cart(twice: Shop) -> None:
    """The second "usa" neither searches the shop, nor ends the form."""
    await twice.ann.sends("/addresses")
    await twice.ann.taps("Add an address")
    await twice.ann.sends("Portugal")
    assert twice.ann.sees("Street, house and flat?")
    for text in ("Rua Augusta 1", "1100-048", "Lisboa"):
        await twice.ann.sends(text)
    assert twice.ann.sees("Rua Augusta 1, 1100-048 Lisboa")


async def test_a_place_that_comes_twice_leads_on_in_the_checkout(twice: Shop) -> None:
    await takes(twice.ann)
    await answers(twice.ann)
    await twice.ann.taps("Point on the map")
    await twice.ann.sends_location(38.7, -9.1)
    assert "With a point on the map" in twice.ann.screen


async def test_a_search_beside_a_checkout_is_found_twice(twice: Shop) -> None:
    """The second one is not answered with the checkout's question."""
    await takes(twice.ann)
    await twice.ann.taps("Checkout")
    await twice.ann.taps("Ann")
    await twice.ann.sends("/cart")
    await twice.ann.sends("mug")
    assert "Stoneware mug" in twice.ann.screen
    assert "phone" not in twice.ann.screen


async def test_the_answers_of_a_checkout_are_not_lost_in_an_address_that_was_left(twice: Shop) -> None:
    """A form that was left half filled in the account is not what the checkout asks now."""
    await twice.ann.sends("/addresses")
    await twice.ann.taps("Add an address")
    await twice.ann.sends("Portugal")
    await takes(twice.ann)
    await twice.ann.taps("Checkout")
    await twice.ann.sends("Ann Lee")
    assert "phone number" in twice.ann.screen


async def test_what_the_staff_does_is_done_once(twice: Shop) -> None:
    """With a tracking number that is typed, and money that goes back in parts."""
    await orders(twice.ann)
    await twice.pays(twice.ann)
    await twice.works()
    card = twice.max.from_bot[-1]["message_id"]
    for label in ("Accept", "Pack"):
        await twice.max.taps(label)
    await twice.max.sends("RB123456785PT", reply_to=card)
    assert twice.max.sees("RB123456785PT")
    await twice.max.sends("refund 1.00", reply_to=card)
    assert (await count(twice, Shipment), await count(twice, Refund)) == (1, 1)


@pytest.mark.parametrize("commands", [("/cancel",), ("/language",), ("/start", "/cart", "/orders", "/track", "/help")])
async def test_commands_may_come_twice(twice: Shop, commands: tuple[str, ...]) -> None:
    for command in commands:
        await twice.ann.sends(command)
        assert twice.ann.screen


async def test_a_coupon_is_made_once_and_used_once(twice: Shop) -> None:
    await twice.max.sends("/coupon WELCOME10 10%")
    assert await count(twice, Coupon) == 1
    assert twice.max.sees("WELCOME10: −10%, 0 orders have it") and not twice.max.sees(
        "There is a coupon with this code already"
    )
    await takes(twice.ann)
    await answers(twice.ann)
    await twice.ann.taps("I have a code")
    await twice.ann.sends("WELCOME10")
    assert twice.ann.sees("Total: $20.10")
    await twice.ann.taps("Place order")
    assert await count(twice, CouponUse) == 1


async def test_the_link_of_a_coupon_may_be_followed_twice(twice: Shop) -> None:
    await twice.max.sends("/coupon WELCOME10 10%")
    await twice.ann.sends("/start k_WELCOME10")
    assert twice.ann.sees("10% off your order")
