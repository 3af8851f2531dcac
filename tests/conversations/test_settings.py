"""What somebody wants to be told, by which clock, and when their phone stays silent."""

import pytest

from tests.conversations.conftest import Shop


async def test_settings_show_how_things_are_and_switch_in_place(shop: Shop) -> None:
    """One message, whose buttons say what is on and what is off."""
    await shop.ann.sends("/settings")
    assert shop.ann.sees("Clock: Lisbon, 10:00 (UTC)")
    assert shop.ann.sees("Quiet hours: 22:00–08:00")
    for label in ("✅ Reminders", "⬜ Reminders", "✅ Offers"):
        await shop.ann.taps(label)
    assert "✅ Reminders" in shop.ann.buttons and "⬜ Offers, discounts" in shop.ann.buttons
    assert len(shop.ann.from_bot) == 1


async def test_a_clock_is_found_by_the_name_of_a_city(shop: Shop) -> None:
    """And forgotten again."""
    await shop.ann.sends("/settings")
    await shop.ann.taps("🕐 Clock")
    await shop.ann.sends("Atlantis")
    assert shop.ann.sees("I do not know this city")
    await shop.ann.sends("上海")
    assert shop.ann.sees("Clock: Shanghai, 18:00 (UTC+8)")
    await shop.ann.taps("🕐 Clock")
    await shop.ann.taps("As my parcels go")
    assert shop.ann.sees("Clock: Lisbon, 10:00 (UTC)")


async def test_of_several_clocks_one_is_chosen(shop: Shop) -> None:
    """A country may have many."""
    await shop.ivan.sends("/settings")
    await shop.ivan.taps("🕐")
    await shop.ivan.sends("Россия")
    await shop.ivan.taps("Владивосток")
    assert shop.ivan.sees("Владивосток, 20:00 (UTC+10)")


async def test_a_night_is_chosen_or_none(shop: Shop) -> None:
    """The choice is marked."""
    await shop.ann.sends("/settings")
    await shop.ann.taps("🌙 Quiet hours")
    assert "✅ 22:00–08:00" in shop.ann.buttons
    await shop.ann.taps("23:00")
    assert shop.ann.sees("Quiet hours: 23:00–09:00")
    await shop.ann.taps("🌙 Quiet hours")
    await shop.ann.taps("Never quiet")
    assert shop.ann.sees("Quiet hours: none")


async def test_stop_ends_marketing_and_says_what_still_comes(shop: Shop) -> None:
    """Twice is no harm; the settings say so too."""
    await shop.ann.sends("/stop")
    assert shop.ann.sees("no more reminders and offers") and shop.ann.sees("News of your orders")
    await shop.ann.sends("/stop")
    assert shop.ann.sees("You get no reminders and offers")
    await shop.ann.taps("⚙️ Settings")
    assert shop.ann.buttons[:3] == ["✅ Parcel's steps", "⬜ Reminders", "⬜ Offers, discounts"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/terms", "Terms of Harbor Goods"),
        ("/privacy", "Your data at Harbor Goods"),
        ("/paysupport", "About a payment"),
        ("/support", "Write to us"),
    ],
)
async def test_what_everybody_may_ask_is_answered_and_leads_home(shop: Shop, command: str, words: str) -> None:
    """Telegram wants these of a bot that takes payments."""
    await shop.ann.sends(command)
    assert words in shop.ann.screen
    await shop.ann.taps("Home")
    assert shop.ann.sees("Harbor Goods")


async def test_the_merchants_own_terms_are_a_link_away(shop: Shop) -> None:
    """Where the settings name them."""
    shop.given = {"terms_url": "https://shop.example/terms", "privacy_url": "https://shop.example/privacy"}
    await shop.restart()
    await shop.ann.sends("/terms")
    assert await shop.ann.taps("Read all the terms") == "https://shop.example/terms"
    await shop.ann.sends("/privacy")
    assert await shop.ann.taps("Read the policy") == "https://shop.example/privacy"
