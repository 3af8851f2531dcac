"""Where a parcel goes: typed part by part in its country's order, pasted whole, kept for the next time under a name."""

import pytest
from aiogram.filters.callback_data import CallbackData

from bot.ui import address_callbacks
from bot.ui.address_callbacks import AskPart, ConfirmDraft, KeepPart, PickCountry
from store.address_rules import Part
from tests.conversations.conftest import Shop
from tests.conversations.walks import CARD, COURIER, answers, takes

PASTED = "Ann Lee\nRua Augusta 1\n1100-048 Lisboa\nPortugal"


async def _at_the_address(shop: Shop) -> None:
    await takes(shop.ann)
    for step in ("Checkout", "Ann"):
        await shop.ann.taps(step)
    await shop.ann.shares_contact()
    await shop.ann.taps(COURIER)


async def _has_saved(shop: Shop, text: str = PASTED) -> None:
    await shop.ann.sends("/addresses")
    await shop.ann.taps("Add an address")
    await shop.ann.sends(text)
    await shop.ann.taps("Use this address")


async def test_a_pasted_address_is_taken_apart_and_confirmed(shop: Shop) -> None:
    """One message instead of four answers."""
    await _at_the_address(shop)
    await shop.ann.sends(PASTED)
    for part in ("Street: Rua Augusta 1", "Postcode: 1100-048", "Town: Lisboa", "Country: Portugal"):
        assert shop.ann.sees(part)
    await shop.ann.taps("Use this address")
    await shop.ann.taps(CARD)

    assert shop.ann.sees("📍 Rua Augusta 1, 1100-048 Lisboa, Portugal")


async def test_a_chinese_address_needs_no_separators(shop: Shop) -> None:
    """省市区 are read off; what is missing is asked for."""
    await shop.lilei.sends("/addresses")
    await shop.lilei.taps("添加地址")
    await shop.lilei.sends("广东省深圳市南山区科技园路1号")
    assert shop.lilei.sees("还缺少：邮编")
    await shop.lilei.taps("没错，继续")
    await shop.lilei.sends("518000")

    assert shop.lilei.sees("518000, 广东省深圳市南山区, 科技园路1号, 中国")


async def test_a_part_that_was_read_wrong_is_mended_before_it_is_used(shop: Shop) -> None:
    await _at_the_address(shop)
    await shop.ann.sends(PASTED)
    await shop.ann.taps("✏️ Street")
    await shop.ann.sends("Rua Augusta 11")
    assert shop.ann.sees("Street: Rua Augusta 11")
    await shop.ann.taps("Use this address")
    await shop.ann.taps(CARD)

    assert shop.ann.sees("Rua Augusta 11, 1100-048 Lisboa")


async def test_what_is_missing_in_a_pasted_address_is_asked(shop: Shop) -> None:
    await _at_the_address(shop)
    await shop.ann.sends("1 Elm Street, Springfield, USA")
    assert shop.ann.sees("Still missing: State, Postcode")
    await shop.ann.taps("Right, go on")
    await shop.ann.sends("illinois")
    await shop.ann.sends("62704")
    await shop.ann.taps(CARD)

    assert shop.ann.sees("1 Elm Street, Springfield, IL 62704, United States")


async def test_a_pasted_address_without_its_country_waits_for_it(shop: Shop) -> None:
    await _at_the_address(shop)
    await shop.ann.sends("1 Elm Street\nSpringfield IL 62704")
    assert shop.ann.sees("Which country is this address in?")
    await shop.ann.sends("usa")

    assert shop.ann.sees("Town: Springfield") and shop.ann.sees("State: IL")


async def test_the_questions_follow_the_country(shop: Shop) -> None:
    """America's order, with its states to choose from."""
    await _at_the_address(shop)
    await shop.ann.sends("usa")
    await shop.ann.sends("350 5th Ave")
    await shop.ann.sends("Los Angeles")
    assert shop.ann.sees("Which state in United States?")
    await shop.ann.taps("California")
    assert shop.ann.sees("It looks like 95014")
    await shop.ann.sends("90013")
    await shop.ann.taps(CARD)

    assert shop.ann.sees("350 5th Ave, Los Angeles, CA 90013, United States")


async def test_an_unusual_postcode_is_asked_about_and_can_be_kept(shop: Shop) -> None:
    """The rules are older than some streets."""
    await _at_the_address(shop)
    for text in ("Portugal", "Rua Augusta 1", "11000"):
        await shop.ann.sends(text)
    assert shop.ann.sees("11000 looks unusual for a postcode there")
    await shop.ann.sends("11001")
    assert shop.ann.sees("11001 looks unusual")
    await shop.ann.taps("Keep it")
    await shop.ann.sends("Lisboa")
    await shop.ann.taps(CARD)

    assert shop.ann.sees("Rua Augusta 1, 11001 Lisboa")


async def test_back_goes_part_by_part_and_keeps_them(shop: Shop) -> None:
    await _at_the_address(shop)
    for text in ("Portugal", "Rua Augusta 1", "1100-048"):
        await shop.ann.sends(text)
    await shop.ann.taps("Back")
    await shop.ann.taps("Back")
    await shop.ann.taps("✅ Rua Augusta 1")
    await shop.ann.sends("Lisboa")
    await shop.ann.taps(CARD)

    assert shop.ann.sees("Rua Augusta 1, 1100-048 Lisboa, Portugal")


async def test_a_street_of_two_lines_is_a_street(shop: Shop) -> None:
    """Not every line break makes an address."""
    await _at_the_address(shop)
    await shop.ann.sends("Portugal")
    await shop.ann.sends("Rua Augusta 1\n2 esq., by the pharmacy, ring twice")

    assert shop.ann.sees("📍 Rua Augusta 1 2 esq., by the pharmacy, ring twice, Portugal")


async def test_addresses_are_kept_named_changed_and_removed_from_the_account(shop: Shop) -> None:
    """Without anything in the cart."""
    ann = shop.ann
    await _has_saved(shop)
    assert ann.toast == "The address is saved"
    await ann.taps("1. Rua Augusta 1")
    await ann.taps("Name it")
    await ann.sends("Grandma")
    assert ann.sees("Grandma")
    await ann.taps("Change it")
    await ann.taps("✏️ Street")
    await ann.sends("Rua do Ouro 2")
    await ann.taps("Use this address")
    await ann.taps("1. Grandma")
    assert ann.sees("Rua do Ouro 2, 1100-048 Lisboa")
    await ann.taps("Remove it")
    await ann.taps("Keep it")
    await ann.taps("Remove it")
    await ann.taps("Remove it")

    assert ann.sees("No addresses yet")


async def test_a_saved_address_is_one_press_in_the_checkout(shop: Shop) -> None:
    """By the name that it was given."""
    await _has_saved(shop)
    await shop.ann.taps("1. Rua Augusta 1")
    await shop.ann.taps("Name it")
    await shop.ann.taps("At work")
    await _at_the_address(shop)
    await shop.ann.taps("1. At work")

    assert shop.ann.sees("How would you like to pay?")


async def test_a_checkout_whose_address_is_removed_asks_again(shop: Shop) -> None:
    """A parcel does not go to a place that its customer took off the list; one that is changed goes to the new one."""
    await takes(shop.ann)
    await answers(shop.ann)
    await shop.ann.sends("/addresses")
    await shop.ann.taps("1. Rua Augusta 1")
    await shop.ann.taps("Change it")
    await shop.ann.taps("✏️ Street")
    await shop.ann.sends("Rua do Ouro 2")
    await shop.ann.taps("Use this address")
    await shop.ann.taps("Continue checkout")
    assert shop.ann.sees("📍 Rua do Ouro 2")
    await shop.ann.sends("/addresses")
    for label in ("1. Rua do Ouro 2", "Remove it", "Remove it", "Continue checkout"):
        await shop.ann.taps(label)

    assert shop.ann.sees("Which country should it go to?")


async def test_an_address_that_is_being_typed_survives_a_restart_and_an_emptied_cart(shop: Shop) -> None:
    """What was typed is saved, even if there is nothing left to send."""
    await _at_the_address(shop)
    for text in ("Portugal", "Rua Augusta 1", "1100-048"):
        await shop.ann.sends(text)
    await shop.restart()
    await shop.ann.taps("✅") if shop.ann.sees("✅") else None
    await shop.ann.sends("Lisboa")
    await shop.ann.sends("/addresses")

    assert shop.ann.sees("Rua Augusta 1, 1100-048 Lisboa, Portugal")


async def test_the_story_of_an_address_shows_every_kind_of_its_buttons(shop: Shop) -> None:
    """And each is pressed again when the world has moved on, by Ann and by a stranger (`aftermath.py`)."""
    ann = shop.ann
    await _has_saved(shop)
    for label in (
        "1. Rua",
        "Point on the map",
        "I am there now",
        "Point on the map",
        "Back",
        "Name it",
        "At home",
        "Name it",
        "No name",
        "Remove it",
        "Keep it",
        "Change it",
        "✏️ Postcode",
    ):
        await ann.taps(label)
    for label in ("Back", "Use this address", "Add an address"):
        await ann.taps(label)
    await ann.taps("Portugal")
    for text in ("Rua 2", "1"):
        await ann.sends(text)
    await ann.taps("Keep it")
    await ann.taps("Back")
    await ann.sends("/addresses")
    await ann.taps("Add an address")
    await ann.sends("HK")
    await ann.taps("Kowloon")
    await ann.taps("Leave it out")
    await ann.sends("Nathan Road 1")
    await ann.taps("1. Nathan")
    await ann.taps("Remove it")
    kinds = {kind.__prefix__ for kind in vars(address_callbacks).values() if _is_own(kind)}
    shown = {each.data.partition(":")[0] for each in shop.world.rendered_callbacks if each.recipient == ann.id}

    assert kinds - shown == set()


def _is_own(kind: object) -> bool:
    is_kind = isinstance(kind, type) and issubclass(kind, CallbackData)
    return is_kind and kind.__module__ == address_callbacks.__name__


@pytest.mark.parametrize(
    "text", ["x" * 300, "\u202e1100", "Rua\x00", "; DROP TABLE addresses", "<b>", "/x", "。，，，", ",,,,"]
)
async def test_no_text_breaks_the_form(shop: Shop, text: str) -> None:
    """Whatever is typed is taken, or asked for again with the reason."""
    await _at_the_address(shop)
    for sent in (text, "Portugal", text, text):
        await shop.ann.sends(sent)

    assert shop.ann.from_bot


async def test_a_checkout_asks_for_its_own_address_whatever_was_begun_in_the_account(shop: Shop) -> None:
    """What was left half typed there neither takes over the checkout's answers, nor leads out of it."""
    await shop.ann.sends("/addresses")
    await shop.ann.taps("Add an address")
    await shop.ann.sends("usa")
    await _at_the_address(shop)
    for text in ("Portugal", "Rua Augusta 1", "1100-048", "Lisboa"):
        await shop.ann.sends(text)

    assert shop.ann.sees("How would you like to pay?")


async def test_an_address_that_is_confirmed_twice_is_asked_for_no_more(shop: Shop) -> None:
    """An impatient second press of a button that was there a moment ago: the checkout has gone on."""
    await _at_the_address(shop)
    await shop.ann.sends(PASTED)
    message = shop.ann.from_bot[-1]["message_id"]
    await shop.ann.taps("Use this address")
    for pressed in (ConfirmDraft(), KeepPart(part=Part.POSTCODE), AskPart(part=Part.CITY), PickCountry(country="US")):
        await shop.ann.taps_data(message, pressed.pack())
        assert shop.ann.sees("How would you like to pay?"), pressed


async def test_a_press_on_a_form_of_the_account_that_is_done_shows_where_things_stand(shop: Shop) -> None:
    """There is no cart, and nobody is told that it is empty."""
    await shop.ann.sends("/addresses")
    await shop.ann.taps("Add an address")
    await shop.ann.sends(PASTED)
    message = shop.ann.from_bot[-1]["message_id"]
    await shop.ann.taps("Use this address")
    await shop.ann.taps_data(message, ConfirmDraft().pack())

    assert shop.ann.sees("Your addresses") and shop.ann.sees("Rua Augusta 1")
