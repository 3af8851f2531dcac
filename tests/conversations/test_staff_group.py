"""People talk in the staff chat, not all in the shop's language, and not all of them are staff."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.demo.people import Person
from store.models import Refund, Shipment
from store.parcels.sandbox import SandboxCarrier
from tests.conversations.conftest import Shop
from tests.conversations.test_staff import a_cash_order, a_paid_order, cards, presses


def a_colleague(shop: Shop, name: str, language: str = "en") -> Person:
    user = shop.world.add_user(name, language_code=language)
    shop.world.chats[shop.staff_chat].members[user.id] = "member"
    return Person(shop.world, user.id, chat_id=shop.staff_chat)


@pytest.mark.parametrize("words", ["packed 2 boxes", "all 4 gone", "call 912345678 at noon"])
async def test_a_remark_below_a_card_ships_nothing(shop: Shop, words: str) -> None:
    """It has a digit in it, and is no tracking number all the same."""
    await a_paid_order(shop)
    await shop.petra.sends(words, reply_to=shop.max.from_bot[-1]["message_id"])
    await shop.works()
    assert shop.petra.sees("Reply to a card with a tracking number")
    assert not shop.ann.sees("has left the shop")


async def test_a_strangers_remark_is_told_nothing_about_the_desk(shop: Shop) -> None:
    await a_paid_order(shop)
    await a_colleague(shop, "Mallory").sends("nice", reply_to=shop.max.from_bot[-1]["message_id"])
    assert not shop.max.sees("Reply to a card")


async def test_a_card_speaks_the_shops_language_whoever_presses(shop: Shop) -> None:
    """The others must be able to read it."""
    shop.world.users[shop.petra.id].language_code = "ru"
    await a_paid_order(shop)
    await shop.petra.taps("Pack")
    assert "Petra packed" in cards(shop)[0]
    await shop.petra.taps("Ship")
    assert "Who carries the parcel?" in cards(shop)[0]


async def test_a_label_is_made_once_however_often_it_is_pressed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Carriers charge for each."""
    made, new_label = [], SandboxCarrier.new_label

    async def counting(carrier: SandboxCarrier, **asked: Any) -> str:
        made.append(asked)
        return await new_label(carrier, **asked)

    monkeypatch.setattr(SandboxCarrier, "new_label", counting)
    await a_paid_order(shop)
    await presses(shop, shop.max, "Ship")
    button = shop.max.button("Label:")
    for _ in range(2):
        await shop.max.taps_data(button.message_id, button.look["callback_data"])
        await shop.works()
    assert len(made) == 1
    assert "the order has moved on" in (shop.max.toast or shop.max.alert or "")


async def test_a_parcel_of_another_order_is_not_delivered_by_this_ones_button(shop: Shop) -> None:
    """A changed client can press anything; the card and the history must be the same order's."""
    for number in ("RR123456785PT", "RR123456799PT"):
        await a_paid_order(shop, first=not shop.max.from_bot)  # type: ignore[arg-type]  # the given values are of several types
        await shop.max.sends(number, reply_to=shop.max.from_bot[-1]["message_id"])
        await shop.works()
    button = shop.max.button("Delivered")
    order_id = int(button.look["callback_data"].split(":")[1])
    async with shop.app.db.read() as session:
        other = await session.scalar(select(Shipment.id).where(Shipment.order_id != order_id))
    await shop.max.taps_data(button.message_id, f"sd:{order_id}:{other}")
    await shop.works()
    assert shop.max.toast == "This is not here any more."
    assert not shop.ann.sees("has been delivered")


async def test_a_refund_of_another_order_is_not_settled_by_this_ones_button(shop: Shop) -> None:
    await a_cash_order(shop)
    await presses(shop, shop.max, "Cash received", "Refund", "Refund $")
    await shop.works(minutes=5)
    button = shop.max.button("Money given back")
    async with shop.app.db.read() as session:
        refund_id, order_id = (await session.execute(select(Refund.id, Refund.order_id))).one()
    await a_cash_order(shop, first=False)  # type: ignore[arg-type]  # the given values are of several types
    await shop.max.taps_data(button.message_id, f"sn:{order_id + 1}:{refund_id}")
    await shop.works()
    assert shop.max.toast == "This is not here any more."
    assert "gave the money back" not in " ".join(cards(shop))


async def test_help_names_what_the_role_can_type(shop: Shop) -> None:
    await shop.max.sends("/help")
    assert "/products · Products: prices, stock, texts" in shop.max.screen
    assert "/staff" in shop.max.screen
    await shop.petra.sends("/help")
    assert "/products" in shop.petra.screen
    assert "/staff" not in shop.petra.screen


async def test_help_is_not_for_strangers_in_the_group(shop: Shop) -> None:
    stranger = a_colleague(shop, "Mallory")
    before = len(shop.max.from_bot)
    await stranger.sends("/help")
    assert len(shop.max.from_bot) == before
