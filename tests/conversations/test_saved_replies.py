"""What is answered often: written once, filled in for each customer, read before it is sent."""

from tests.conversations.conftest import Shop
from tests.conversations.test_staff import a_paid_order
from tests.conversations.test_support import answers, asks, card, newest
from tests.conversations.walks import takes


async def saves(shop: Shop, title: str, text: str) -> None:
    await shop.max.sends(f"/save {title}\n{text}")
    await shop.works()


async def test_a_saved_reply_is_filled_in_read_and_sent(shop: Shop) -> None:
    await saves(shop, "Patience", "Dear {name}, we look into it.")
    assert "Patience" in newest(shop.max, "Saved replies")["text"]
    await asks(shop, shop.ann, "Where is my refund?")
    for label in ("📋 Saved replies", "Patience"):
        await shop.max.taps(label)
    assert "Dear Ann, we look into it." in newest(shop.max, "To Ann")["text"]
    assert not shop.ann.sees("we look into it")
    await shop.max.taps("Send")
    await shop.works()
    assert newest(shop.ann, "Dear Ann, we look into it.")
    assert newest(shop.max, "📋 Max")["text"].endswith("Dear Ann, we look into it."), "the others see what was sent"
    assert "✅ Max answered" in card(shop)


async def test_a_second_press_sends_nothing_twice(shop: Shop) -> None:
    await saves(shop, "Hello", "Hello {name}!")
    await asks(shop, shop.ann, "Anybody there?")
    for label in ("📋 Saved replies", "Hello"):
        await shop.max.taps(label)
    send = shop.max.button("Send")
    for _ in range(2):
        await shop.max.taps_data(send.message_id, send.look["callback_data"])
        await shop.works()
    assert "Please look again" in shop.max.toast
    assert len([each for each in shop.ann.from_bot if each.get("text") == "Hello Ann!"]) == 1


async def test_what_was_changed_after_it_was_read_is_read_again(shop: Shop) -> None:
    await saves(shop, "Price", "It costs ten.")
    await asks(shop, shop.ann, "How much?")
    for label in ("📋 Saved replies", "Price"):
        await shop.max.taps(label)
    send = shop.max.button("Send")
    await saves(shop, "Price", "It costs a thousand.")
    await shop.max.taps_data(send.message_id, send.look["callback_data"])
    await shop.works()
    assert not shop.ann.sees("It costs")
    assert shop.max.sees("It costs a thousand.")


async def test_a_reply_with_a_gap_is_not_sent(shop: Shop) -> None:
    """There is no parcel yet: "your number is " helps nobody."""
    number = await a_paid_order(shop)
    await saves(shop, "Number", "Order {order} has the number {tracking}.")
    await shop.max.taps("💬 Message")
    await shop.works()
    for label in ("📋 Saved replies", "Number"):
        await shop.max.taps(label)
    read = newest(shop.max, "To Ann")
    assert f"Order {number} has the number {{tracking}}." in read["text"]
    assert "There is no tracking number" in read["text"]
    assert "Send" not in str(read["reply_markup"])


async def test_a_reply_is_saved_from_what_was_written_and_dropped_after_a_question(shop: Shop) -> None:
    await asks(shop, shop.ann, "Do you gift-wrap?")
    await answers(shop, shop.max, "We do, for $2.")
    mine = next(each for each in shop.max.chat if each.get("text") == "We do, for $2.")
    await shop.max.sends("/save Gift wrap", reply_to=mine["message_id"])
    assert "We do, for $2." in newest(shop.max, "Saved replies")["text"]
    await shop.max.taps("🗑 Gift wrap")
    assert shop.max.sees("Drop the saved reply Gift wrap?")
    await shop.max.taps("Drop it")
    assert shop.max.sees("No saved replies yet")


async def test_only_who_may_answer_has_saved_replies(shop: Shop) -> None:
    await shop.petra.sends("/save Free\nEverything is free.")
    assert shop.petra.sees("Your role does not include this.")
    await shop.ann.sends("/replies")
    await shop.ann.sends("/save Free\nEverything is free.")
    await shop.max.sends("/replies")
    assert "Everything is free." not in str(shop.max.from_bot)


async def test_what_is_asked_often_is_read_at_once(shop: Shop) -> None:
    """In the reader's language; and nobody is asked."""
    await saves(shop, "?Delivery", "Two to four days.")
    await saves(shop, "?ru Доставка", "Два-четыре дня.")
    await shop.ann.sends("/support")
    assert "Delivery" in shop.ann.buttons
    assert "Доставка" not in shop.ann.buttons
    await shop.ann.taps("Delivery")
    assert shop.ann.sees("Two to four days.")
    await shop.ann.sends("And to Norway?")
    await shop.works()
    assert newest(shop.max, "And to Norway?")
    await shop.ivan.sends("/support")
    assert "Доставка" in shop.ivan.buttons


async def test_what_is_the_staffs_is_no_customers(shop: Shop) -> None:
    """A changed client asks for a reply that is not for everybody."""
    await saves(shop, "Troll", "Please go elsewhere, {name}.")
    await shop.ann.sends("/support")
    for reply_id in (1, 2):
        await shop.ann.taps_data(shop.ann.from_bot[-1]["message_id"], f"uf:{reply_id}")
        assert shop.ann.toast == "This is not here any more."
    assert not shop.ann.sees("go elsewhere")


async def test_the_customer_is_seen_beside_the_conversation(shop: Shop) -> None:
    number = await a_paid_order(shop)
    await takes(shop.ann, "Clothing", "Linen dress")
    await asks(shop, shop.ann, "Does it fit?")
    await shop.max.taps("👤 Customer")
    seen = newest(shop.max, "Known since")["text"]
    for told in ("👤 Ann", number, "Bought once, for $21.90", "1 × Linen dress"):
        assert told in seen, told
    await shop.max.taps("← Back")
    assert "waits since" in card(shop)
    await shop.petra.taps_data(newest(shop.max, "💬 Question")["message_id"], "suk:1")
    assert shop.petra.toast == "Your role does not include this."
