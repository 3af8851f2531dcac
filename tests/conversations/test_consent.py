"""Nothing is charged that was not shown: what has changed between the cart and the payment is said line by line, and waits for a press."""

from sqlalchemy import update

from store.models import DeliveryMethod, DeliveryZone, Order, Price, Product, StockLevel, Variant
from tests.conversations.conftest import Shop
from tests.conversations.test_twice import count
from tests.conversations.walks import COURIER, PICKUP, answers, takes


async def _changes(shop: Shop, *statements: object) -> None:
    async with shop.app.db.begin() as session:
        for statement in statements:
            await session.execute(statement)  # type: ignore[call-overload]  # a union of statements


async def _reviews(shop: Shop, *, more: int = 1) -> None:
    await takes(shop.ann, more=more)
    await answers(shop.ann)


async def test_a_dearer_thing_is_shown_with_what_it_was_and_waits_for_consent(shop: Shop) -> None:
    await _reviews(shop)
    await _changes(shop, update(Price).values(unit_minor=Price.unit_minor + 100))
    await shop.ann.taps("Place order")
    assert shop.ann.sees("Changed since you looked:\nStoneware mug") and shop.ann.sees("$18.00 → $19.00")
    assert await count(shop, Order) == 0
    await shop.ann.taps("Place order")

    assert shop.ann.sees("is placed")


async def test_prices_that_rose_during_the_questions_are_shown_on_the_first_review(shop: Shop) -> None:
    """Compared with the cart that the checkout was begun from."""
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.taps("Ann")
    await _changes(shop, update(Price).values(unit_minor=Price.unit_minor + 100))
    await shop.ann.shares_contact()
    await shop.ann.taps(PICKUP)
    await shop.ann.taps("Pay at pick-up")

    assert shop.ann.sees("$18.00 → $19.00")


async def test_prices_that_rose_since_it_was_put_into_the_cart_are_shown_on_the_first_review(shop: Shop) -> None:
    """The cart may stand in the chat for days before anybody presses its Checkout."""
    await takes(shop.ann)
    await _changes(shop, update(Price).values(unit_minor=Price.unit_minor + 100))
    await answers(shop.ann)
    assert shop.ann.sees("Changed since you looked:\nStoneware mug") and shop.ann.sees("$18.00 → $19.00")
    await shop.ann.taps("Place order")

    assert shop.ann.sees("is placed")


async def test_dearer_delivery_is_shown_with_what_it_was(shop: Shop) -> None:
    await _reviews(shop)
    await _changes(shop, update(DeliveryZone).values(price_minor=DeliveryZone.price_minor + 300))
    await shop.ann.taps("Place order")

    assert shop.ann.sees(f"{COURIER}: $")
    assert await count(shop, Order) == 0


async def test_a_way_of_delivery_that_is_gone_is_named_and_another_one_is_asked_for(shop: Shop) -> None:
    await _reviews(shop)
    await _changes(shop, update(DeliveryMethod).where(DeliveryMethod.code == "standard").values(is_active=False))
    await shop.ann.taps("Place order")

    assert shop.ann.sees(f"{COURIER} is not offered for this order any more")
    assert await count(shop, Order) == 0


async def test_what_is_sold_meanwhile_is_marked_and_nothing_is_silently_left_out(shop: Shop) -> None:
    """Less is taken only by a press that says so."""
    await _reviews(shop, more=2)
    await _changes(shop, update(StockLevel).values(on_hand=StockLevel.reserved + 2))
    await shop.ann.taps("Place order")
    assert shop.ann.sees("3 × Stoneware mug") and shop.ann.sees("only 2 left")
    await shop.ann.taps("Take 2 ×")
    await shop.ann.taps("Checkout")
    assert shop.ann.sees("2 × Stoneware mug")
    await shop.ann.taps("Place order")

    assert shop.ann.sees("is placed")


async def test_what_is_withdrawn_meanwhile_is_marked_and_taken_out_by_hand(shop: Shop) -> None:
    await _reviews(shop)
    await _changes(shop, update(Variant).values(status="archived"), update(Product).values(status="archived"))
    await shop.ann.taps("Place order")

    assert shop.ann.sees("no longer sold")
    assert shop.ann.sees("Remove Stoneware mug")
    assert await count(shop, Order) == 0


async def test_ones_own_changes_are_no_news(shop: Shop) -> None:
    await _reviews(shop)
    for label in ("← Cart", "➕", "Checkout"):
        await shop.ann.taps(label)

    assert shop.ann.sees("3 × Stoneware mug")
    assert not shop.ann.sees("Changed since you looked")
