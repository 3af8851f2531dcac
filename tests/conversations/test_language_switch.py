"""A chosen language counts at once, also for what stands in the chat already."""

from bot.ui.i18n import translator
from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, orders

RU = translator("ru")


async def _chooses_russian(shop: Shop) -> None:
    await shop.ann.sends("/language")
    await shop.ann.taps("Русский")
    await shop.works()


async def test_a_receipt_and_a_timeline_are_written_anew(shop: Shop) -> None:
    """In place: no message more than the one that was pressed."""
    await orders(shop.ann, payment=CASH)
    await shop.works()
    for label in ("Accept", "Pack", "Ship", "label"):
        await shop.max.taps(label)
    await shop.works(hours=6)
    assert shop.ann.sees("We write to you as soon as the parcel leaves.") and shop.ann.sees("Handed to the carrier")
    before = len(shop.ann.from_bot)
    await _chooses_russian(shop)
    assert shop.ann.sees(RU.label("We write to you as soon as the parcel leaves."))
    assert shop.ann.sees(RU.label("Handed to the carrier"))
    assert not shop.ann.sees("We write to you as soon as the parcel leaves.")
    assert len(shop.ann.from_bot) == before + 1


async def test_the_page_to_pay_on_is_asked_for_in_the_new_language(shop: Shop) -> None:
    """With the same link, and it turns into a receipt in that language."""
    await orders(shop.ann)
    before = await shop.ann.taps("Pay $")
    await _chooses_russian(shop)
    assert shop.ann.sees(RU.label("When you have paid, this message turns into your receipt."))
    assert not shop.ann.sees("When you have paid")
    pay = next(
        button["url"]
        for message in shop.ann.from_bot
        for row in (message.get("reply_markup") or {}).get("inline_keyboard", [])
        for button in row
        if "url" in button
    )
    assert pay == before


async def test_nobody_elses_messages_are_touched(shop: Shop) -> None:
    await orders(shop.ann, payment=CASH)
    await shop.works()
    await shop.ivan.sends("/language")
    await shop.ivan.taps("中文")
    await shop.works()
    assert shop.ann.sees("We write to you as soon as the parcel leaves.")
