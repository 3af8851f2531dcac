"""Every button that a rich story ever showed, pressed again when the world has moved on: one answer, no apology, nobody else's things."""

import re

import pytest
from aiogram.filters.callback_data import CallbackData
from sqlalchemy import select

from bot.demo.people import Person
from bot.demo.state import RenderedCallback
from bot.ui import (
    callbacks,
    search_callbacks,
    settings_callbacks,
    wish_callbacks,
)
from store.models import Order
from tests.conversations.aftermath import everything_is_sold, goods_are_withdrawn, press, prices_change
from tests.conversations.conftest import Shop
from tests.conversations.shelves import has_gallery
from tests.conversations.walks import CARD, CASH, PICKUP, answers, order_number, takes, types_address

# Pressed in stories of their own, which need carriers that nobody asks here (test_staff_carriers.py), several orders that may be meant (test_asking.py),
# or a shop with several currencies (test_currencies.py).
ELSEWHERE = {
    kind.__prefix__
    for kind in (
        callbacks.AskOwnCarrier,
        callbacks.ChooseOwnCarrier,
        callbacks.AnswerAbout,
        settings_callbacks.AskCurrency,
        settings_callbacks.ChooseCurrency,
    )
}
NUMBER = re.compile(r"[2-9A-Y]{4}-[2-9A-Y]{5}")


@pytest.fixture
def is_followed(request: pytest.FixtureRequest) -> bool:
    """These tests are an aftermath each. Only what has none of its own is followed by the usual one."""
    return bool(request.node.name == "test_the_story_shows_every_kind_of_button")


@pytest.fixture
async def story(shop: Shop) -> Shop:
    """Ann looks at everything, fills a cart, answers every question in both ways, pays, calls off, tracks; Max ships."""
    ann = shop.ann
    await _searches(ann)
    await _looks_around(ann)
    await _settles(ann)
    await _wishes(shop)
    await _checks_out(ann)
    await shop.pays(ann)
    await ann.taps("Show order")
    await _ships(shop)
    for label in ("Where is it", "Ask again", "Back", "Back", "Home"):
        await ann.taps(label)
    await _calls_off(shop)
    await takes(ann, "Clothing", "Linen dress")
    await answers(ann, first=False)
    return shop


async def _wishes(shop: Shop) -> None:
    await has_gallery(shop, "linen-dress", "linen-dress.jpg", "linen-shirt.jpg")
    ann = shop.ann
    await ann.starts()
    for label in ("Browse", "Clothing", "Linen dress", "▶", "🖼", "Back", "Like", "Home", "Likes"):
        await ann.taps(label)
    await ann.sends("/start")
    for label in ("Browse", "Clothing", "linen shirt", "Indigo · L", "Tell me", "Do not tell"):
        await ann.taps(label)
    await ann.sends("/cart")
    await ann.taps("Checkout")


async def _settles(ann: Person) -> None:
    await ann.sends("/settings")
    for label in ("Reminders", "Reminders", "Quiet hours", "23:00", "Clock", "London", "Clock", "As my parcels"):
        await ann.taps(label)
    for label in ("My data", "Download my data", "Delete my data", "Keep everything", "Terms", "Support"):
        await ann.taps(label)
    await ann.sends("/cart")
    await ann.taps("Checkout")


async def _looks_around(ann: Person) -> None:
    await ann.starts()
    for label in (
        "Language",
        "Home",
        "Help",
        "Where is it",
        "Home",
        "Browse",
        "Clothing",
        "Linen dress",
        "M",
        "➕",
        "2",
    ):
        await ann.taps(label)
    await ann.sends("3")
    for label in ("Add to cart", "➕", "Empty cart", "Keep everything"):
        await ann.taps(label)


async def _searches(ann: Person) -> None:
    await ann.sends("under 1000")
    for label in ("Next", "Previous", "Search again"):
        await ann.taps(label)
    await ann.sends("linen dress")
    await ann.taps("Linen dress")
    await ann.taps("Back")


async def _checks_out(ann: Person) -> None:
    await ann.taps("Ann")
    await ann.shares_contact()
    await ann.taps(PICKUP)
    await ann.taps("Pay at pick-up")
    await ann.taps("Edit delivery")
    await ann.taps("Standard courier")
    await types_address(ann)
    for label in (
        "Edit address",
        "Another address",
        "Back",
        "Back",
        "Edit contact",
        "Ann",
        "+351912345678",
        "Edit payment",
        CARD,
    ):
        await ann.taps(label)
    await ann.taps("Add a note")
    await ann.sends("Ring twice")
    for label in ("Edit note", "Remove the note", "Place order", "Change method", "Back", "Pay now", "I have paid"):
        await ann.taps(label)


async def _ships(shop: Shop) -> None:
    for label in ("Accept", "Pack", "Ship", "label"):
        await shop.max.taps(label)
    await shop.works(hours=6)


async def _calls_off(shop: Shop) -> None:
    await takes(shop.ann)
    await answers(shop.ann, payment=CASH, first=False)
    await shop.ann.taps("Place order")
    await shop.works()
    for label in ("Show order", "Cancel order", "Keep the order", "Cancel order", "Cancel it"):
        await shop.ann.taps(label)
    await shop.works(minutes=1)


def _rendered_for(shop: Shop, person: Person) -> list[RenderedCallback]:
    """Everything that was ever on a button of the person's, each once, where it stood last."""
    newest = {each.data: each for each in shop.world.rendered_callbacks if each.recipient == person.id}
    return list(newest.values())


async def _presses_all(shop: Shop, person: Person, *, where: int | None = None) -> None:
    """Ann's buttons, in the message *where* if somebody else presses. Each press is answered once."""
    for each in _rendered_for(shop, shop.ann):
        await press(shop, person, where or each.message_id, each.data)


async def _numbers_of(shop: Shop, person: Person) -> set[str]:
    """Whatever the person was ever shown, on buttons too."""
    return set(NUMBER.findall(str(person.chat)))


async def test_the_story_shows_every_kind_of_button(story: Shop) -> None:
    """A button that no story shows is one that nobody has pressed."""
    modules = (callbacks, search_callbacks, settings_callbacks, wish_callbacks)
    kinds = {kind.__prefix__ for module in modules for kind in vars(module).values() if _is_kind(kind)}
    shown = {each.data.partition(":")[0] for each in _rendered_for(story, story.ann)}
    assert kinds - ELSEWHERE <= shown


def _is_kind(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, CallbackData) and thing is not CallbackData


async def test_after_the_goods_are_withdrawn(story: Shop) -> None:
    await goods_are_withdrawn(story)
    await _presses_all(story, story.ann)


async def test_after_everything_is_sold(story: Shop) -> None:
    await everything_is_sold(story)
    await _presses_all(story, story.ann)


async def test_after_every_price_has_changed(story: Shop) -> None:
    """And nothing is ever charged at a price that was not shown."""
    await prices_change(story)
    async with story.app.db.read() as session:
        before = set(await session.scalars(select(Order.id)))
    await _presses_all(story, story.ann)
    async with story.app.db.read() as session:
        assert set(await session.scalars(select(Order.id))) == before


async def test_after_everything_was_paid_and_delivered(story: Shop) -> None:
    await story.ann.taps("Place order")
    await story.pays(story.ann)
    for _ in range(30):
        await story.works(hours=6)
    await _presses_all(story, story.ann)


async def test_after_the_order_was_called_off(story: Shop) -> None:
    await story.ann.taps("Place order")
    await story.ann.taps("Cancel order")
    await story.ann.taps("Cancel it")
    await story.works(minutes=1)
    await _presses_all(story, story.ann)


async def test_after_a_restart(story: Shop) -> None:
    await story.restart()
    await _presses_all(story, story.ann)


async def test_by_somebody_else(story: Shop) -> None:
    """A changed client can send any data: Ivan replays every one of Ann's buttons in his own chat and learns nothing."""
    await story.ivan.starts()
    await _presses_all(story, story.ivan, where=story.ivan.from_bot[-1]["message_id"])
    async with story.app.db.read() as session:
        anns = set(await session.scalars(select(Order.number)))
    assert anns
    assert not anns & await _numbers_of(story, story.ivan)
    for secret in ("Rua Augusta", "+351912345678"):
        assert secret not in str(story.ivan.chat)


async def test_a_customer_cannot_press_the_staffs_buttons(story: Shop) -> None:
    """Ann replays what Max was shown: nothing moves."""
    staffs = [each for each in story.world.rendered_callbacks if each.chat_id == story.staff_chat]
    assert staffs
    async with story.app.db.read() as session:
        before = (await session.execute(select(Order.id, Order.status, Order.version))).all()
    for each in staffs:
        await press(story, story.ann, story.ann.from_bot[-1]["message_id"], each.data)
    async with story.app.db.read() as session:
        assert (await session.execute(select(Order.id, Order.status, Order.version))).all() == before


async def test_all_of_it_in_the_staff_chat(story: Shop) -> None:
    """A customer's data in a group, pressed by a member: answered, and nothing is shown to the group."""
    posts = len(story.max.from_bot)
    message_id = story.max.from_bot[-1]["message_id"]
    await _presses_all(story, story.petra, where=message_id)

    assert len(story.max.from_bot) == posts
    assert order_number(story.ann)
