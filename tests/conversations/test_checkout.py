"""The questions of the checkout, and everything that people do instead of answering them."""

import pytest

from tests.conversations.conftest import Shop
from tests.conversations.walks import CARD, COURIER, answers, takes, types_address


async def _at_the_phone(shop: Shop) -> None:
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.sends("Ann Lee")


async def test_progress_is_told(shop: Shop) -> None:
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    assert shop.ann.sees("Checkout 1/5")
    await shop.ann.sends("Ann Lee")
    await shop.ann.sends("+351 912 345 678")
    assert shop.ann.sees("Checkout 2/5")


async def test_the_telegram_name_is_one_press(shop: Shop) -> None:
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.taps("Ann")

    assert shop.ann.sees("phone number")


async def test_somebody_elses_contact_is_not_taken(shop: Shop) -> None:
    """Anybody's card can be shared from an address book."""
    await _at_the_phone(shop)
    await shop.ann.shares_contact(of_user_id=shop.ivan.id)

    assert shop.ann.sees("This is somebody else's number")
    assert not shop.ann.sees("Checkout 2/5")
    await shop.ann.shares_contact()
    assert shop.ann.sees("Checkout 2/5")


async def test_the_keyboard_that_shares_a_number_goes_away(shop: Shop) -> None:
    await _at_the_phone(shop)
    assert shop.ann.keyboard == ["📱 Share my phone number"]
    await shop.ann.sends("+351 912 345 678")

    assert shop.ann.keyboard == []


async def test_a_wrong_number_is_explained_and_asked_again(shop: Shop) -> None:
    await _at_the_phone(shop)
    await shop.ann.sends("call me")
    assert shop.ann.sees("no phone number")
    await shop.ann.sends("+351 912 345 678")

    assert shop.ann.sees("Checkout 2/5")


async def test_an_unknown_country_is_asked_again(shop: Shop) -> None:
    await _at_the_phone(shop)
    await shop.ann.shares_contact()
    await shop.ann.taps(COURIER)
    await shop.ann.sends("Atlantis")
    assert shop.ann.sees("I do not know this country")
    await types_address(shop.ann)

    assert shop.ann.sees("How would you like to pay?")


async def test_back_keeps_what_was_answered(shop: Shop) -> None:
    await _at_the_phone(shop)
    await shop.ann.shares_contact()
    await shop.ann.taps(COURIER)
    await types_address(shop.ann)
    for shown in ("Where should it go?", "How should it get to you?", "+351912345678", "Ann Lee"):
        await shop.ann.taps("Back")
        assert shop.ann.sees(shown)
    for label in ("Ann Lee", "+351912345678"):
        await shop.ann.taps(label)

    assert shop.ann.sees("How would you like to pay?")


async def test_back_from_an_edit_leads_to_the_review(shop: Shop) -> None:
    await takes(shop.ann)
    await answers(shop.ann)
    for part in ("delivery", "address", "payment"):
        await shop.ann.taps(f"Edit {part}")
        await shop.ann.taps("Back")

        assert shop.ann.sees("Place order")


async def test_each_part_can_be_edited_from_the_review(shop: Shop) -> None:
    await takes(shop.ann)
    await answers(shop.ann)
    await shop.ann.taps("Edit contact")
    await shop.ann.sends("Grandma Lee")
    await shop.ann.taps("+351912345678")

    assert shop.ann.sees("Grandma Lee")
    assert shop.ann.sees("Place order")


async def test_a_note_reaches_the_review_and_can_be_taken_back(shop: Shop) -> None:
    await takes(shop.ann)
    await answers(shop.ann)
    await shop.ann.taps("Add a note")
    await shop.ann.sends("Please ring <twice> & wait")
    assert shop.ann.sees("📝 Please ring <twice> & wait")
    await shop.ann.taps("Edit note")
    await shop.ann.taps("Remove the note")

    assert not shop.ann.from_bot[-1]["text"].count("ring")


async def test_whoever_leaves_goes_on_where_they_were(shop: Shop) -> None:
    """Even after days and a restart."""
    await _at_the_phone(shop)
    await shop.ann.sends("+351 912 345 678")
    await shop.ann.sends("/start")
    await shop.restart()
    await shop.works(days=2)
    await shop.ann.taps("Continue checkout")

    assert shop.ann.sees("How should it get to you?")


async def test_a_half_typed_address_survives_a_restart(shop: Shop) -> None:
    await _at_the_phone(shop)
    await shop.ann.shares_contact()
    await shop.ann.taps(COURIER)
    await shop.ann.sends("Portugal")
    await shop.restart()
    for part in ("Rua Augusta 1", "1100-048", "Lisboa"):
        await shop.ann.sends(part)
    await shop.ann.taps(CARD)

    assert shop.ann.sees("Rua Augusta 1, 1100-048 Lisboa, Portugal")


@pytest.mark.parametrize("thing", ["sticker", "voice", "photo"])
async def test_a_thing_instead_of_an_answer_gets_a_hint(shop: Shop, thing: str) -> None:
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await getattr(shop.ann, f"sends_{thing}")()
    assert shop.ann.sees("I am waiting for the name")
    await shop.ann.sends("Ann Lee")

    assert shop.ann.sees("phone number")


async def test_cancel_leaves_the_question_and_keeps_the_cart(shop: Shop) -> None:
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.sends("/cancel")
    assert shop.ann.sees("I am not waiting for an answer any more")
    assert shop.ann.sees("Your cart is as you left it")
    await shop.ann.sends("Ann Lee")

    assert shop.ann.sees("I found nothing for Ann Lee")


async def test_a_command_is_never_an_answer(shop: Shop) -> None:
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.sends("/cart")

    assert shop.ann.sees("Your cart")
    assert not shop.ann.sees("phone number")


async def test_an_edited_message_is_not_a_second_answer(shop: Shop) -> None:
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.sends("Ann")
    said = len(shop.ann.from_bot)
    mine = [message["message_id"] for message in shop.ann.chat if message["from"]["id"] == shop.ann.id][-1]
    await shop.ann.edits(mine, "Ann Lee")

    assert len(shop.ann.from_bot) == said
