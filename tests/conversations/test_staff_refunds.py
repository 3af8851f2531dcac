"""Some pieces are paid back, chosen with buttons; and what the staff writes on an order."""

from tests.conversations.conftest import Shop
from tests.conversations.test_staff import a_paid_order, cards, presses
from tests.conversations.test_staff_parcels import an_order_of_three


async def test_one_of_three_mugs_is_paid_back(shop: Shop) -> None:
    """The price of one goes back, two are sent, and everybody reads the same."""
    await an_order_of_three(shop)
    await presses(shop, shop.max, "Refund", "Choose pieces", "➕", "Back on the shelf", "Refund $18.00")
    await shop.works(minutes=5)
    assert "paid back 1" in cards(shop)[0]
    assert "Refund $18.00: done" in cards(shop)[0]
    assert shop.ann.sees("$18.00")
    await presses(shop, shop.petra, "Ship", "Label: Sandbox")
    for _ in range(6):
        await shop.works(hours=10)
    assert "completed" in cards(shop)[0]


async def test_two_who_pay_the_same_piece_back_pay_once(shop: Shop) -> None:
    """Max and Petra's manager colleague look at the same choice; the second sees who was faster."""
    await an_order_of_three(shop)
    await presses(shop, shop.max, "Refund", "Choose pieces", "➕")
    button = shop.max.button("Refund $18.00")
    await presses(shop, shop.max, "Refund $18.00")
    await shop.max.taps_data(button.message_id, button.look["callback_data"])
    await shop.works(minutes=5)
    assert "started a refund" in (shop.max.toast or "")
    assert cards(shop)[0].count("Refund $18.00") == 1


async def test_paying_all_of_it_back_before_it_left_is_a_cancellation(shop: Shop) -> None:
    await an_order_of_three(shop)
    await presses(shop, shop.max, "Refund", "Choose pieces", "0/3")
    assert "🚫 Cancel" in shop.max.buttons
    assert not [label for label in shop.max.buttons if label.startswith("Refund")]


async def test_a_packer_pays_nothing_back(shop: Shop) -> None:
    await an_order_of_three(shop)
    await presses(shop, shop.max, "Refund", "Choose pieces", "➕")
    for label in ("➕", "Refund $18.00"):
        button = shop.max.button(label)
        await shop.petra.taps_data(button.message_id, button.look["callback_data"])
        assert "role" in (shop.petra.toast or "")
    await shop.works(minutes=5)
    assert "Refund $" not in cards(shop)[0]


async def test_a_note_is_written_into_the_card_for_the_staff_alone(shop: Shop) -> None:
    await a_paid_order(shop)
    card = shop.max.from_bot[-1]["message_id"]
    await presses(shop, shop.petra, "🗒 Note")
    await shop.petra.sends("Fragile: <b>RR123456785PT</b> wrap twice", reply_to=card)
    await shop.works()
    assert "Fragile: <b>RR123456785PT</b> wrap twice" in cards(shop)[0]
    assert "Petra wrote a note" in cards(shop)[0]
    await shop.max.sends("RR123456785PT", reply_to=card)
    await shop.works()
    assert shop.ann.sees("has left the shop"), "the next reply is a number again"
    assert "Fragile" not in str(shop.ann.chat)


async def test_a_note_is_removed_again(shop: Shop) -> None:
    await a_paid_order(shop)
    await presses(shop, shop.petra, "🗒 Note")
    await shop.petra.sends("Fragile", reply_to=shop.max.from_bot[-1]["message_id"])
    await shop.works()
    await presses(shop, shop.max, "🗒 Note", "Remove the note")
    assert "Fragile" not in cards(shop)[0]
