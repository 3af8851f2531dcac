"""Whoever speaks Chinese or Russian is spoken to in it, from the front door to the parcel's arrival."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.demo.people import Person
from bot.ui.i18n import Translator, translator
from tests.conversations.conftest import Shop

# What is the same everywhere: the shop's own address, the post and its depots, a currency, a size, a time zone, a language; tags, commands, numbers.
NAMES = re.compile(
    r"Rua do Cais|Sandbox Post|Harbor depot|North hub|US\$|\bXL\b|\bUTC\b|English"
    r"|</?\w+>|/[a-z]+|[2-9A-Y]{4}-[2-9A-Y]{5}|\bSB\w+"
)
ADDRESS = {
    "zh": ("葡萄牙", "奥古斯塔街 1 号", "1100-048", "里斯本"),
    "ru": ("Португалия", "улица Аугушта, 1", "1100-048", "Лиссабон"),
}


@pytest.fixture(params=["zh", "ru"])
def customer(request: pytest.FixtureRequest, shop: Shop) -> Person:
    """Somebody whose Telegram speaks that language; the shop has never met them."""
    return shop.lilei if request.param == "zh" else shop.ivan


@pytest.fixture
def t(customer: Person) -> Translator:
    return translator(customer.world.users[customer.id].language_code)


def english(person: Person) -> list[str]:
    """What was ever said to the person, in messages, on buttons and in toasts, with a Latin word in it."""
    calls = (call for _, call in person.world.calls if str(call.get("chat_id")) == str(person.id))
    toasts = (query.text for query in person.world.state.queries.values() if query.user_id == person.id)
    said = {*toasts, *(text for call in calls for text in _texts(call))}
    return sorted(text for text in said if re.search("[A-Za-z]{2}", NAMES.sub("", text)))


def _texts(part: Any) -> Iterator[str]:
    """The words in a call's parameters, of which some are JSON in a string."""
    if isinstance(part, str) and part[:1] in ("{", "["):
        part = json.loads(part)
    if isinstance(part, list):
        yield from (text for each in part for text in _texts(each))
    elif isinstance(part, dict):
        yield from (part[key] for key in ("text", "caption") if isinstance(part.get(key), str))
        deeper = ("reply_markup", "media", "inline_keyboard", "keyboard")
        yield from (text for key in deeper if key in part for text in _texts(part[key]))


async def buys(person: Person, t: Translator) -> None:
    """The first product of the first category, for cash on delivery."""
    await person.starts()
    await person.taps(t.label("🛍 Browse"))
    for _ in ("category", "product"):
        await person.taps(person.buttons[0])
    for label in ("➕", t.label("Add to cart · {price}", price=""), t.label("Checkout · {price}", price="")):
        await person.taps(label)
    await person.taps(person.name)
    await person.shares_contact()
    await person.taps(person.buttons[0])
    for part in ADDRESS[t.language]:
        await person.sends(part)
    await person.taps(t.label("Cash on delivery"))
    await person.taps(t.label("Place order · {total}", total=""))


async def arrives(shop: Shop) -> None:
    """Max sends the parcel, and time does the rest."""
    await shop.works()
    for label in ("Accept", "Pack", "Ship", "label"):
        await shop.max.taps(label)
    for _ in range(15):
        await shop.works(hours=4)


async def test_an_order_and_its_parcel_are_told_in_the_customers_language(
    shop: Shop, customer: Person, t: Translator
) -> None:
    await buys(customer, t)
    assert customer.sees(t.label("We write to you as soon as the parcel leaves."))
    await arrives(shop)
    await customer.sends("/track")

    for step in ("Handed to the carrier", "Out for delivery", "Delivered"):
        assert customer.sees(t.label(step)), step
    assert not english(customer)


async def test_every_other_page_is_in_the_customers_language(shop: Shop, customer: Person, t: Translator) -> None:
    """What is seen aside from the way to the parcel: help, the empty cart, wrong answers, an order that is called off."""
    for text in ("/help", "/cart", "/orders", "/track", "/track 1", "/cancel", "/language", "?", "/catalog"):
        await customer.sends(text)
    await buys(customer, t)
    await shop.works()
    for label in ("Show order", "Cancel order", "Cancel it"):
        await customer.taps(t.label(label))
    await shop.works()

    assert customer.sees(t.label("✖️ Cancelled"))
    assert not english(customer)


async def test_the_first_meeting_decides_the_language(shop: Shop) -> None:
    """Whoever changes their Telegram's language later has been understood here all along."""
    await shop.ivan.starts()
    shop.world.users[shop.ivan.id].language_code = "en"
    await shop.ivan.sends("/cart")

    assert shop.ivan.sees("Ваша корзина пуста")


async def test_who_speaks_a_language_that_the_shop_does_not_is_spoken_to_in_english(shop: Shop) -> None:
    user = shop.world.add_user("Zé", language_code="pt-br")
    person = Person(shop.world, user.id)
    await person.sends("/cart")

    assert person.sees("Your cart is empty")
