"""The ten things that a merchant does on the first day, each told as a story."""

from sqlalchemy import select, update

from bot.demo.people import Person
from store.models import Product, StockLevel, Variant
from tests.conversations.conftest import Shop
from tests.conversations.lived_in import in_private
from tests.conversations.shelves import a_picture
from tests.conversations.test_staff import a_cash_order, a_paid_order, cards, presses
from tests.conversations.walks import PICKUP, answers, takes, types


async def test_max_puts_his_first_product_on_the_shelf(shop: Shop) -> None:
    """A photo with three lines below it, a number and two presses; a minute later Ann has it in her hands."""
    max_ = in_private(shop.max)
    await max_.starts()
    await max_.sends_photo(a_picture(), "Sea-blue mug\n$15.50\nHolds a lot of tea.")
    await types(max_, "Stock", "12")
    await max_.taps("Category")
    await max_.taps("Ceramics")
    await max_.taps("Publish")
    await shop.ann.sends("sea-blue mug")
    await shop.ann.taps("Sea-blue mug")
    assert "Add to cart · $15.50" in shop.ann.buttons


async def test_max_changes_a_price_and_everybody_sees_it(shop: Shop) -> None:
    """Ann has the old price on her screen: she is told before anything is added."""
    await shop.ann.starts()
    for label in ("Browse", "Ceramics", "Stoneware mug"):
        await shop.ann.taps(label)
    await _opens(in_private(shop.max), "Stoneware mug")
    await types(in_private(shop.max), "Price", "19.50")
    await shop.ann.taps("Add to cart · $18.00")
    assert shop.ann.toast == "The price has changed: it is $19.50 now"
    assert "Add to cart · $19.50" in shop.ann.buttons


async def test_the_first_order_goes_from_the_alert_to_the_door(shop: Shop) -> None:
    """One card, four presses of two people, and the buyer knows where the parcel is all the time."""
    await a_paid_order(shop)
    await presses(shop, shop.max, "Accept")
    await presses(shop, shop.petra, "Pack", "Ship", "Label:")
    for _ in range(6):
        await shop.works(hours=10)
    assert len(cards(shop)) == 1
    assert "completed" in cards(shop)[0]
    assert shop.ann.sees("has been delivered")


async def test_a_customer_picks_up_and_pays_at_the_counter(shop: Shop) -> None:
    await a_cash_order(shop, delivery=PICKUP, payment="Pay at pick-up")
    await presses(shop, shop.max, "Accept", "Ready")
    assert shop.ann.sees("can be fetched")
    await presses(shop, shop.max, "Handed over", "Cash received")
    assert "completed" in cards(shop)[0]


async def test_max_gives_the_money_back(shop: Shop) -> None:
    """Asked once more with the sum on the button; both sides read what became of it."""
    await a_paid_order(shop)
    await presses(shop, shop.max, "Refund", "Refund $21.90")
    await shop.works(minutes=5)
    assert "Refund $21.90: done" in cards(shop)[0]
    assert shop.ann.sees("$21.90")


async def test_max_calls_an_order_off(shop: Shop) -> None:
    """Before it is packed; the goods are on the shelf again and the buyer is told."""
    await a_paid_order(shop)
    free = await _free(shop)
    await presses(shop, shop.max, "Cancel", "Yes, cancel it")
    assert "Max cancelled" in cards(shop)[0]
    assert shop.ann.sees("cancelled")
    assert await _free(shop) == free + 1


async def test_the_shelf_runs_low_and_max_hears_of_it(shop: Shop) -> None:
    """Once, when the last but few is sold."""
    async with shop.app.db.begin() as session:
        mugs = select(Variant.id).join(Product).where(Product.slug == "stoneware-mug")
        await session.execute(
            update(StockLevel).where(StockLevel.variant_id.in_(mugs)).values(on_hand=3, reserved=0, low_at=2)
        )
    await a_paid_order(shop)
    await shop.works()
    assert shop.max.sees("only 2 left")


async def test_petra_ships_in_two_parcels(shop: Shop) -> None:
    """Two mugs do not fit into one box: one goes now, one later, and Ann knows which is where."""
    await takes(shop.ann, more=1)
    await _answers_and_pays(shop)
    await presses(shop, shop.petra, "In parts", "➖", "Pack: 1", "Parcels: 1", "Ship parcel 1", "Label:")
    assert "shipped in part" in cards(shop)[0]
    assert shop.ann.sees("A part of order")


async def test_a_customer_asks_and_max_answers_from_the_group(shop: Shop) -> None:
    await shop.ann.sends("/support")
    await shop.ann.sends("Do you gift-wrap?")
    await shop.works()
    question = next(m for m in reversed(shop.max.from_bot) if "gift-wrap" in str(m.get("text")))
    await shop.max.sends("With pleasure.", reply_to=question["message_id"])
    await shop.works()
    assert shop.ann.sees("With pleasure.")


async def test_a_stranger_in_the_group_can_do_nothing(shop: Shop) -> None:
    """Somebody added a friend to the staff's group; the friend presses everything."""
    await a_paid_order(shop)
    friend = shop.world.add_user("Mallory", language_code="en")
    shop.world.chats[shop.staff_chat].members[friend.id] = "member"
    before = cards(shop)
    for label in ("Accept", "Pack", "Refund", "Cancel"):
        await Person(shop.world, friend.id, chat_id=shop.staff_chat).taps(label)
    await shop.works()
    assert cards(shop) == before


async def _answers_and_pays(shop: Shop) -> None:
    await answers(shop.ann)
    await shop.ann.taps("Place order")
    await shop.pays(shop.ann)


async def _opens(person: Person, title: str) -> None:
    """The product's card, for whoever works in the shop."""
    await person.sends(f"/products {title}")
    if title in person.buttons:
        await person.taps(title)


async def _free(shop: Shop) -> int:
    async with shop.app.db.read() as session:
        mugs = select(StockLevel.on_hand - StockLevel.reserved).join(Variant).join(Product)
        return sum(await session.scalars(mugs.where(Product.slug == "stoneware-mug")))
