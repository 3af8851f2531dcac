"""The merchant's day in the staff chat: the card of an order from the alert to "delivered", and who may press what."""

import pytest

from bot.demo.people import Person
from store import staff
from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, PICKUP, order_number, orders


async def a_paid_order(shop: Shop, **choices: str) -> str:
    number = await orders(shop.ann, **choices)
    await shop.pays(shop.ann)
    return number


async def a_cash_order(shop: Shop, **choices: str) -> str:
    number = await orders(shop.ann, payment=choices.pop("payment", CASH), **choices)
    await shop.works()
    return number


async def presses(shop: Shop, who: Person, *labels: str) -> None:
    for label in labels:
        await who.taps(label)
        await shop.works()


def cards(shop: Shop) -> list[str]:
    """The orders' cards in the staff chat; an order has one, however often it changes."""
    return [message["text"] for message in shop.max.from_bot if "Order" in message.get("text", "")]


async def test_an_order_is_one_card_from_the_alert_to_delivered(shop: Shop) -> None:
    number = await a_paid_order(shop)
    assert shop.max.sees(number)
    await presses(shop, shop.max, "Accept")
    await presses(shop, shop.petra, "Pack", "Ship", "Label:")
    for _ in range(6):
        await shop.works(hours=10)

    assert len(cards(shop)) == 1
    for told in ("completed", "Max accepted", "Petra packed", "Petra shipped", "delivered"):
        assert told in cards(shop)[0], told
    assert shop.ann.sees("has been delivered")


async def test_the_card_tells_what_is_needed_to_send_the_parcel(shop: Shop) -> None:
    await a_paid_order(shop)
    for told in ("Ann Lee", "+351912345678", "Rua Augusta 1, 1100-048 Lisboa, Portugal", "mug", "paid"):
        assert told in cards(shop)[0], told


async def test_two_who_press_at_once_do_it_once(shop: Shop) -> None:
    """Petra's screen still shows Accept when Max has pressed it: she is told, and sees the order as it is."""
    await a_paid_order(shop)
    accept = shop.petra.button("Accept")
    await presses(shop, shop.max, "Accept")
    await shop.petra.taps_data(accept.message_id, accept.look["callback_data"])
    assert shop.petra.toast
    assert cards(shop)[0].count("accepted") == 1


async def test_a_stranger_in_the_group_changes_nothing(shop: Shop) -> None:
    await a_paid_order(shop)
    stranger = shop.world.add_user("Mallory", language_code="en")
    shop.world.chats[shop.staff_chat].members[stranger.id] = "member"
    mallory = Person(shop.world, stranger.id, chat_id=shop.staff_chat)
    before = cards(shop)
    for label in ("Accept", "Pack", "Ship", "Refund", "Cancel"):
        button = shop.max.button(label)
        await mallory.taps_data(button.message_id, button.look["callback_data"])
        assert mallory.toast
    await shop.works()
    assert cards(shop) == before


async def test_a_packer_moves_goods_but_no_money(shop: Shop) -> None:
    await a_paid_order(shop)
    for label in ("Refund", "Cancel"):
        await presses(shop, shop.petra, label)
        assert shop.petra.toast
        assert "Refund $" not in " ".join(shop.petra.buttons)


async def test_a_role_that_was_taken_away_counts_no_more(shop: Shop) -> None:
    """The button is old, the role is gone: what counts is who may now."""
    await a_paid_order(shop)
    async with shop.app.db.begin() as session:
        await staff.revoke(session, shop.petra.id, now=shop.clock())
    await presses(shop, shop.petra, "Pack")
    assert "packed" not in cards(shop)[0]


async def test_a_number_is_given_by_replying_to_the_card(shop: Shop) -> None:
    await a_paid_order(shop)
    await presses(shop, shop.max, "Ship", "I have a number")
    assert "Reply to this message" in cards(shop)[0]
    card = shop.max.from_bot[-1]["message_id"]
    await shop.max.sends("rr 123 456 785 pt", reply_to=card)
    await shop.works()
    assert "RR123456785PT" in shop.max.from_bot[0]["text"]
    assert shop.ann.sees("has left the shop")


async def test_a_wrong_number_is_corrected_by_another_reply(shop: Shop) -> None:
    await a_paid_order(shop)
    card = shop.max.from_bot[-1]["message_id"]
    await shop.max.sends("RR123456785PT", reply_to=card)
    await shop.works()
    await shop.max.sends("RR123456799PT", reply_to=card)
    await shop.works()
    assert "RR123456799PT" in shop.max.from_bot[0]["text"]


async def test_staff_says_when_a_parcel_arrived_that_nobody_can_ask_about(shop: Shop) -> None:
    await a_paid_order(shop)
    await shop.max.sends("RR123456785PT", reply_to=shop.max.from_bot[-1]["message_id"])
    await shop.works()
    await presses(shop, shop.max, "Delivered")
    assert shop.ann.sees("has been delivered")
    assert "completed" in shop.max.from_bot[0]["text"]


async def test_the_whole_sum_goes_back_and_both_are_told(shop: Shop) -> None:
    number = await a_paid_order(shop)
    await presses(shop, shop.max, "Refund")
    await presses(shop, shop.max, "Refund $")
    await shop.works(minutes=5)
    assert "refunded" in cards(shop)[0]
    assert "Max started a refund" in cards(shop)[0]
    assert shop.ann.sees(number)
    assert any("back" in message.get("text", "") for message in shop.ann.from_bot)


async def test_a_part_goes_back_by_replying_with_the_amount(shop: Shop) -> None:
    await a_paid_order(shop)
    card = shop.max.from_bot[-1]["message_id"]
    await shop.max.sends("refund 2,50", reply_to=card)
    await shop.works(minutes=5)
    assert "Refund $2.50: done" in shop.max.from_bot[0]["text"]
    assert "refunded in part" in shop.max.from_bot[0]["text"]


@pytest.mark.parametrize("words", ["refund 9999", "refund -1", "refund a lot", "refund 1.234", "refund"])
async def test_an_amount_that_cannot_go_back_moves_nothing(shop: Shop, words: str) -> None:
    await a_paid_order(shop)
    await shop.max.sends(words, reply_to=shop.max.from_bot[-1]["message_id"])
    await shop.works(minutes=5)
    assert "Refund $" not in shop.max.from_bot[0]["text"]
    assert len(shop.max.from_bot) > 1, "somebody who replies gets an answer"


async def test_a_cancelled_order_is_paid_back(shop: Shop) -> None:
    await a_paid_order(shop)
    await presses(shop, shop.max, "Cancel")
    assert "The refund of" in cards(shop)[0]
    await presses(shop, shop.max, "Yes, cancel it")
    await shop.works(minutes=5)
    assert "cancelled" in cards(shop)[0]
    assert shop.ann.sees("cancelled")


async def test_an_order_in_cash_is_paid_when_the_money_is_there(shop: Shop) -> None:
    await a_cash_order(shop)
    assert "cash on delivery" in cards(shop)[0]
    await presses(shop, shop.max, "Cash received")
    assert "Max received the cash" in cards(shop)[0]


async def test_cash_is_given_back_by_hand(shop: Shop) -> None:
    await a_cash_order(shop)
    await presses(shop, shop.max, "Cash received", "Refund", "Refund $")
    await shop.works(minutes=5)
    await presses(shop, shop.max, "Money given back")
    assert "Max gave the money back" in cards(shop)[0]


async def test_a_pickup_order_waits_at_the_counter(shop: Shop) -> None:
    await a_cash_order(shop, delivery=PICKUP, payment="Pay at pick-up")
    await presses(shop, shop.max, "Ready")
    assert shop.ann.sees(order_number(shop.ann))
    await presses(shop, shop.max, "Handed over", "Cash received")
    assert "completed" in cards(shop)[0]


async def test_a_reply_that_says_nothing_useful_is_told_what_would(shop: Shop) -> None:
    await a_paid_order(shop)
    await shop.max.sends("on it!", reply_to=shop.max.from_bot[-1]["message_id"])
    assert shop.max.sees("Reply to a card with a tracking number")
