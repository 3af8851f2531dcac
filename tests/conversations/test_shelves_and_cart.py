"""Looking around, choosing, and the shelf changing meanwhile."""

from sqlalchemy import select

from store import catalog_edits, prices, stock
from store.audit import SYSTEM
from store.models import Product, Variant
from tests.builders import CURRENCY
from tests.conversations.conftest import Shop
from tests.conversations.walks import takes


async def _open_dress(shop: Shop) -> None:
    await shop.ann.starts()
    for label in ("Browse", "Clothing", "Linen dress"):
        await shop.ann.taps(label)


async def _variant(shop: Shop, sku: str) -> Variant:
    async with shop.app.db.read() as session:
        return (await session.scalars(select(Variant).where(Variant.sku == sku))).one()


async def _leaves_only(shop: Shop, sku: str, free: int) -> None:
    """Others have bought the rest."""
    variant = await _variant(shop, sku)
    async with shop.app.db.begin() as session:
        left = (await stock.free(session, [variant.id]))[variant.id]
        await stock.reserve(session, [(variant.id, left - free)], now=shop.clock())


async def _price(shop: Shop, sku: str, price_minor: int) -> None:
    variant = await _variant(shop, sku)
    async with shop.app.db.begin() as session:
        await prices.set_price(session, variant.id, CURRENCY, price_minor, actor=SYSTEM, now=shop.clock())


async def _archive(shop: Shop, sku: str) -> None:
    variant = await _variant(shop, sku)
    async with shop.app.db.begin() as session:
        await catalog_edits.archive_product(session, variant.product_id, actor=SYSTEM, now=shop.clock())


async def test_every_product_can_be_reached(shop: Shop) -> None:
    """Page by page through every category, forwards; no dead end."""
    await shop.ann.starts()
    await shop.ann.taps("Browse")
    seen: set[str] = set()
    for category in [label for label in shop.ann.buttons if label not in ("Home", "🔍 Search")]:
        await shop.ann.taps(category)
        while True:
            seen |= set(shop.ann.buttons) - {"◀ Previous", "Next ▶", "← Back", "Home"}
            if "Next ▶" not in shop.ann.buttons:
                break
            await shop.ann.taps("Next")
        await shop.ann.taps("Back")
    async with shop.app.db.read() as session:
        products = (await session.scalars(select(Product))).all()
    assert len(seen) == len(products) >= 24


async def test_a_variant_is_chosen_and_counted(shop: Shop) -> None:
    await _open_dress(shop)
    await shop.ann.taps("L")
    assert "✅ L" in shop.ann.buttons
    await shop.ann.taps("➕")
    await shop.ann.taps("➕")
    assert "Add to cart · $135.00" in shop.ann.buttons
    await shop.ann.taps("Add to cart")

    assert shop.ann.sees("3 × Linen dress · L: $135.00")


async def test_a_quantity_can_be_typed(shop: Shop) -> None:
    await _open_dress(shop)
    await shop.ann.taps("1")
    await shop.ann.sends("many")
    assert shop.ann.sees("I am waiting for a number")
    await shop.ann.sends("4")

    assert "Add to cart · $180.00" in shop.ann.buttons


async def test_nobody_types_more_than_there_is(shop: Shop) -> None:
    await _open_dress(shop)
    await shop.ann.taps("1")
    await shop.ann.sends("99")

    assert shop.ann.sees("from 1 to 8")


async def test_below_one_and_above_the_shelf_the_stepper_stops(shop: Shop) -> None:
    await _open_dress(shop)
    await shop.ann.taps("➖")
    assert shop.ann.toast == "One is the least"
    await shop.ann.taps("XL")
    await shop.ann.taps("➕")

    assert shop.ann.toast == "Only 1 of Linen dress left."
    assert "1" in shop.ann.buttons


async def test_another_price_is_never_charged_unasked(shop: Shop) -> None:
    await _open_dress(shop)
    await _price(shop, "DRESS-S", 4900)
    await shop.ann.taps("Add to cart")
    assert shop.ann.toast == "The price has changed: it is $49.00 now"
    await shop.ann.taps("Add to cart · $49.00")

    assert shop.ann.sees("1 × Linen dress · S: $49.00")


async def test_what_was_withdrawn_says_so(shop: Shop) -> None:
    await _open_dress(shop)
    await _archive(shop, "DRESS-S")
    await shop.ann.taps("Add to cart")

    assert shop.ann.toast == "This is not for sale any more."
    assert shop.ann.sees("This is no longer sold")


async def test_what_sold_out_meanwhile_says_so(shop: Shop) -> None:
    await _open_dress(shop)
    await _leaves_only(shop, "DRESS-S", 0)
    await shop.ann.taps("Add to cart")

    assert shop.ann.toast == "Linen dress is sold out."
    assert "S (sold out)" in shop.ann.buttons or shop.ann.sees("Sold out")


async def test_the_cart_counts_up_and_down_and_out(shop: Shop) -> None:
    await takes(shop.ann, "Clothing", "Linen dress")
    await shop.ann.taps("➕")
    assert shop.ann.sees("2 × Linen dress")
    await shop.ann.taps("➖")
    await shop.ann.taps("➖")

    assert shop.ann.sees("Your cart is empty")


async def test_the_cart_does_not_take_more_than_there_is(shop: Shop) -> None:
    await takes(shop.ann, "Clothing", "Linen dress", more=7)
    await shop.ann.taps("➕")

    assert shop.ann.toast == "Only 8 of Linen dress left."
    assert shop.ann.sees("8 × Linen dress")


async def test_a_cart_that_waited_too_long_says_what_is_missing(shop: Shop) -> None:
    await takes(shop.ann, "Clothing", "Linen dress", more=3)
    await _leaves_only(shop, "DRESS-S", 2)
    await shop.ann.sends("/cart")
    assert shop.ann.sees("only 2 left")
    assert not [label for label in shop.ann.buttons if "Checkout" in label]
    await shop.ann.taps("Take 2 × Linen")

    assert "Checkout · $90.00" in shop.ann.buttons


async def test_an_old_checkout_button_does_not_get_past_a_problem(shop: Shop) -> None:
    await takes(shop.ann, "Clothing", "Linen dress", more=3)
    await _leaves_only(shop, "DRESS-S", 2)
    await shop.ann.taps("Checkout")

    assert shop.ann.toast == "Please settle what is marked first"


async def test_emptying_the_cart_is_asked_about_once(shop: Shop) -> None:
    await takes(shop.ann)
    await shop.ann.taps("Empty cart")
    sure = shop.ann.button("Empty it")
    await shop.ann.taps("Empty it")
    assert shop.ann.sees("Your cart is empty")
    await takes(shop.ann)
    await shop.ann.taps_data(sure.message_id, sure.look["callback_data"])

    assert shop.ann.toast == "Your cart has changed"
    await shop.ann.sends("/cart")
    assert shop.ann.sees("1 × ")


async def test_a_button_of_an_old_cart_puts_nothing_into_a_new_one(shop: Shop) -> None:
    await takes(shop.ann, "Clothing", "Linen dress")
    more = shop.ann.button("➕")
    await shop.ann.taps("➖")
    await shop.ann.taps_data(more.message_id, more.look["callback_data"])

    assert shop.ann.sees("Your cart is empty")
