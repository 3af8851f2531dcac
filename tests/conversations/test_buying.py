"""From the cart to the receipt."""

from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, PICKUP, answers, order_number, orders, takes


async def test_a_parcel_is_bought_by_card(shop: Shop) -> None:
    """The pay message becomes the receipt: the customer ends with one message that counts."""
    await takes(shop.ann)
    assert shop.ann.sees("1 × ")
    await answers(shop.ann)
    for shown in ("Ann Lee", "+351912345678", "Rua Augusta 1, 1100-048 Lisboa, Portugal", "Should arrive", "Card"):
        assert shop.ann.sees(shown), shown
    await shop.ann.taps("Place order")
    assert shop.ann.sees("To pay")
    assert shop.ann.sees("30 minutes")
    messages = len(shop.ann.from_bot)

    await shop.pays(shop.ann)

    assert shop.ann.sees(f"Thank you! Order {order_number(shop.ann)} is paid")
    assert not shop.ann.sees("To pay")
    assert len(shop.ann.from_bot) == messages


async def test_cash_on_delivery_goes_straight_to_the_receipt(shop: Shop) -> None:
    number = await orders(shop.ann, payment=CASH)
    await shop.works()

    assert shop.ann.sees(f"Order {number} is confirmed")
    assert sum("Thank you" in message.get("text", "") for message in shop.ann.from_bot) == 1


async def test_who_picks_up_gives_no_address(shop: Shop) -> None:
    await takes(shop.ann)
    await answers(shop.ann, delivery=PICKUP, payment="Pay at pick-up")

    assert shop.ann.sees("Checkout 4/4")
    assert not shop.ann.sees("Edit address")


async def test_digital_goods_ask_nothing_and_come_in_the_chat(shop: Shop) -> None:
    await shop.ann.starts()
    for label in ("Browse", "Digital", shop_item := "", "Add to cart")[:2]:
        await shop.ann.taps(label)
    del shop_item
    await shop.ann.taps(next(label for label in shop.ann.buttons if label not in ("← Back", "Home")))
    await shop.ann.taps("Add to cart")
    await shop.ann.taps("Checkout")
    assert shop.ann.sees("Checkout 1/2")
    assert not shop.ann.sees("Cash on delivery")
    await shop.ann.taps("Card")
    await shop.ann.taps("Place order")
    await shop.pays(shop.ann)

    receipt = shop.ann.from_bot[-1]
    assert "is paid" in receipt["text"]
    assert any(entity["type"] == "code" for entity in receipt["entities"])


async def test_the_second_order_remembers_who_it_is_for(shop: Shop) -> None:
    await orders(shop.ann, payment=CASH)
    await takes(shop.ann)
    await shop.ann.taps("Checkout")

    assert shop.ann.sees("How should it get to you?")
    await shop.ann.taps("Standard courier")
    await shop.ann.taps("Rua Augusta")
    assert shop.ann.sees("How would you like to pay?")


async def test_twenty_presses_of_place_make_one_order(shop: Shop) -> None:
    await takes(shop.ann)
    await answers(shop.ann)
    place = shop.ann.button("Place order")
    for _ in range(5):
        await shop.ann.taps_data(place.message_id, place.look["callback_data"])

    await shop.ann.sends("/orders")
    assert shop.ann.from_bot[-1]["text"].count("Waiting for payment") == 1
