"""The ten things that a customer does on the first day, each told as a story."""

from tests.conversations.conftest import Shop
from tests.conversations.walks import CARD, CASH, answers, order_number, orders, takes


async def test_ann_comes_in_and_looks_around(shop: Shop) -> None:
    """She has followed a link of a friend's. Nobody explains anything to her, and one message is enough for all of it."""
    await shop.ann.starts()
    assert shop.ann.sees("Harbor Goods")
    for label in ("Browse", "Ceramics", "mug"):
        await shop.ann.taps(label)
    assert shop.ann.sees("$18.00")
    for label in ("Back", "Back", "Home"):
        await shop.ann.taps(label)
    assert len(shop.ann.from_bot) == 1


async def test_ann_types_what_she_is_looking_for(shop: Shop) -> None:
    """With a slip of her thumb, and a limit to what it may cost."""
    await shop.ann.starts()
    await shop.ann.sends("linnen dress")
    assert "Linen dress" in shop.ann.buttons
    await shop.ann.sends("mug under 20")
    assert "Stoneware mug" in shop.ann.buttons


async def test_ann_fills_her_cart_and_thinks_again(shop: Shop) -> None:
    """Two mugs, then three, then none: the sum is right all the time, and an empty cart leads back to the shelves."""
    await takes(shop.ann, more=1)
    assert shop.ann.sees("Total: $36.00")
    await shop.ann.taps("➕")
    assert shop.ann.sees("Total: $54.00")
    await shop.ann.taps("Empty cart")
    await shop.ann.taps("Empty it")
    assert shop.ann.sees("Your cart is empty")
    await shop.ann.taps("Browse")
    assert shop.ann.sees("What are you looking for?")


async def test_ann_buys_her_first_mug(shop: Shop) -> None:
    """Five questions, a page of her bank's, and the message that asked for the money becomes the receipt."""
    await takes(shop.ann)
    await answers(shop.ann)
    assert "Place order · $21.90" in shop.ann.buttons
    await shop.ann.taps("Place order")
    assert shop.ann.sees("To pay: $21.90")
    await shop.pays(shop.ann)
    assert shop.ann.sees(f"Thank you! Order {order_number(shop.ann)} is paid")
    assert not shop.ann.sees("To pay")


async def test_ann_asks_where_her_parcel_is(shop: Shop) -> None:
    """She types it as she would ask a person, and sees the parcel travel in one message until it is there."""
    await orders(shop.ann)
    await shop.pays(shop.ann)
    for label in ("Accept", "Pack", "Ship", "Label:"):
        await shop.max.taps(label)
    await shop.works(hours=6)
    await shop.ann.sends("where is my parcel?")
    assert shop.ann.sees("Handed to the carrier")
    for _ in range(12):
        await shop.works(hours=10)
    assert shop.ann.sees("has been delivered")


async def test_ann_changes_her_mind_before_she_has_paid(shop: Shop) -> None:
    """Calling it off costs nothing, and says so before and after."""
    await orders(shop.ann)
    await shop.ann.taps("Cancel order")
    assert shop.ann.sees("Nothing was paid, nothing will be charged.")
    await shop.ann.taps("Cancel it")
    await shop.works()
    assert shop.ann.sees("cancelled")


async def test_li_lei_reads_the_shop_in_chinese_and_ann_changes_her_language(shop: Shop) -> None:
    """What is on the screen changes with it."""
    await shop.lilei.starts()
    assert shop.lilei.sees("海港好物")
    await shop.ann.sends("/language")
    await shop.ann.taps("Русский")
    assert "🛍 Каталог" in shop.ann.buttons


async def test_ann_asks_a_person(shop: Shop) -> None:
    """A question about the mug goes to the shop and the answer comes back into the same chat."""
    await shop.ann.sends("/support")
    await shop.ann.sends("Is the mug dishwasher-safe?")
    await shop.works()
    question = next(m for m in reversed(shop.max.from_bot) if "dishwasher" in str(m.get("text")))
    await shop.max.sends("Yes, at 60 °C.", reply_to=question["message_id"])
    await shop.works()
    assert shop.ann.sees("Yes, at 60 °C.")


async def test_ann_says_what_she_wants_to_hear_of(shop: Shop) -> None:
    """No offers, and silence at night by her own clock; what concerns her order still comes."""
    await shop.ann.sends("/settings")
    await shop.ann.taps("✅ Offers")
    assert "⬜ Offers, discounts" in shop.ann.buttons
    await shop.ann.taps("🕐 Clock")
    await shop.ann.sends("Tokyo")
    assert shop.ann.sees("Clock: Tokyo")


async def test_anns_second_order_takes_three_presses_to_the_review(shop: Shop) -> None:
    """Name, phone and address are remembered."""
    await orders(shop.ann, payment=CASH)
    await takes(shop.ann, "Clothing", "Linen dress")
    for label in ("Checkout", "Standard courier", "Rua Augusta", CARD):
        await shop.ann.taps(label)
    assert shop.ann.sees("Ann Lee, +351912345678")
    assert "Place order · $48.90" in shop.ann.buttons
