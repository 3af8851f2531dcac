"""Every question of the checkout takes a press or words."""

import pytest

from tests.conversations.conftest import Shop
from tests.conversations.walks import takes, types_address


async def _at_the_delivery(shop: Shop) -> None:
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.sends("Ann Lee")
    await shop.ann.sends("+351 912 345 678")


async def test_a_whole_checkout_can_be_typed(shop: Shop) -> None:
    """Whoever uses no buttons: everything but opening the cart and placing the order."""
    await _at_the_delivery(shop)
    await shop.ann.sends("standard")
    await types_address(shop.ann)
    await shop.ann.sends("cash on delivery")
    assert shop.ann.sees("💳 Cash on delivery")
    await shop.ann.taps("Edit address")
    await shop.ann.sends("1")

    assert shop.ann.sees("Place order")


@pytest.mark.parametrize("word", ["2", "Express courier", "express", "Экспресс"])
async def test_a_choice_is_meant_by_its_number_its_name_or_a_part_of_it(shop: Shop, word: str) -> None:
    """In whichever of the shop's languages."""
    await _at_the_delivery(shop)
    await shop.ann.sends(word)
    await types_address(shop.ann)
    await shop.ann.taps("Back")
    await shop.ann.taps("Back")

    assert shop.ann.sees("✅ Express")


@pytest.mark.parametrize("word", ["courier", "0", "9", "by pigeon", "—"])
async def test_words_that_mean_none_or_two_are_asked_again(shop: Shop, word: str) -> None:
    await _at_the_delivery(shop)
    await shop.ann.sends(word)
    assert shop.ann.sees("I do not know which one you mean")
    await shop.ann.sends("1")

    assert shop.ann.sees("Which country should it go to?")


async def test_a_new_address_can_be_sent_instead_of_choosing_one(shop: Shop) -> None:
    """At the list of those that are saved."""
    await _at_the_delivery(shop)
    await shop.ann.sends("1")
    await types_address(shop.ann)
    await shop.ann.taps("Back")
    await shop.ann.sends("Rua do Ouro 2\n1100-061 Lisboa\nPortugal")
    assert shop.ann.sees("Street: Rua do Ouro 2")
    await shop.ann.taps("Use this address")

    assert shop.ann.sees("How would you like to pay?")
