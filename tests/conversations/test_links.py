"""Links that lead past the front door, and what people pass on."""

import pytest
from sqlalchemy import func, select, update

from bot.demo.people import Person
from store.models import Category, Order, Product, StockLevel, Variant
from tests.bot.ui import qr_reader
from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, order_number, orders, takes

INSTEAD = "This can be had right now:"


async def _first(shop: Shop) -> int:
    async with shop.app.db.read() as session:
        return await session.scalar(select(func.min(Product.id))) or 0


async def _is_sold_out(shop: Shop, product_id: int) -> None:
    async with shop.app.db.begin() as session:
        own = select(Variant.id).where(Variant.product_id == product_id)
        await session.execute(
            update(StockLevel).where(StockLevel.variant_id.in_(own)).values(on_hand=StockLevel.reserved)
        )


async def _becomes(shop: Shop, product_id: int, status: str) -> None:
    async with shop.app.db.begin() as session:
        await session.execute(update(Product).where(Product.id == product_id).values(status=status))


async def test_a_link_to_something_sold_out_shows_what_can_be_had(shop: Shop) -> None:
    product_id = await _first(shop)
    await _is_sold_out(shop, product_id)
    await shop.ann.starts(f"p_{product_id}")

    assert shop.ann.sees("Sold out") and shop.ann.sees(INSTEAD)
    await shop.ann.taps("Linen shirt")
    assert any(label.startswith("Add to cart") for label in shop.ann.buttons)


@pytest.mark.parametrize("status", ["archived", "hidden"])
async def test_a_link_to_something_withdrawn_shows_what_can_be_had(shop: Shop, status: str) -> None:
    product_id = await _first(shop)
    await _becomes(shop, product_id, status)
    await shop.ann.starts(f"p_{product_id}")

    assert shop.ann.sees("no longer sold") and shop.ann.sees(INSTEAD)


async def test_a_link_to_a_draft_tells_nothing_of_it(shop: Shop) -> None:
    """A number can be guessed; what is not for sale yet is nobody's business."""
    product_id = await _first(shop)
    await _becomes(shop, product_id, "draft")
    await shop.ann.starts(f"p_{product_id}")

    assert shop.ann.sees("Harbor Goods") and not shop.ann.sees("Linen dress")


async def test_where_nothing_can_be_had_nothing_is_offered(shop: Shop) -> None:
    async with shop.app.db.begin() as session:
        await session.execute(update(Product).values(status="archived"))
    await shop.ann.starts(f"p_{await _first(shop)}")

    assert shop.ann.sees("no longer sold") and not shop.ann.sees(INSTEAD)


async def test_a_link_in_the_middle_of_a_checkout_leads_back_into_it(shop: Shop) -> None:
    """What was answered stays answered."""
    await takes(shop.ann)
    await shop.ann.taps("Checkout")
    await shop.ann.sends("Ann Lee")
    await shop.ann.starts(f"p_{await _first(shop)}")
    assert shop.ann.sees("Linen dress")
    await shop.ann.taps("Continue checkout")

    assert shop.ann.sees("phone number")


async def test_an_order_has_a_number_to_read_and_to_copy(shop: Shop) -> None:
    await orders(shop.ann, payment=CASH)
    number = order_number(shop.ann)
    await shop.ann.taps("Show order")
    assert await shop.ann.taps("Copy number") == number
    message = next(each for each in reversed(shop.ann.from_bot) if number in str(each.get("text")))

    entities = [(each["type"], each["offset"], each["length"]) for each in message["entities"]]
    assert ("code", message["text"].index(number), len(number)) in entities


async def test_nobody_gets_into_an_order_with_its_link_but_its_buyer(shop: Shop) -> None:
    await orders(shop.ann, payment=CASH)
    async with shop.app.db.read() as session:
        secret = await session.scalar(select(Order.secret))
    await shop.ivan.starts(f"o_{secret}")
    assert not shop.ivan.sees(order_number(shop.ann))
    await shop.ann.starts(f"o_{secret}")

    assert order_number(shop.ann) in shop.ann.screen


async def test_a_product_is_passed_on(shop: Shop) -> None:
    """Telegram lets the person choose a chat; where the bot may not answer there, a link is passed on."""
    product_id = await _first(shop)
    await shop.ann.starts(f"p_{product_id}")
    assert await shop.ann.taps("Share") == f"p_{product_id}"


async def test_without_inline_mode_a_link_is_passed_on(shop: Shop) -> None:
    shop.world.has_inline_mode = False
    product_id = await _first(shop)
    await shop.ann.starts(f"p_{product_id}")
    link = f"https%3A%2F%2Ft.me%2Fdukkan_demo_bot%3Fstart%3Dp_{product_id}"
    assert await shop.ann.taps("Share") == f"https://t.me/share/url?url={link}"
    await shop.ann.sends("/search")

    assert "🔎 As you type" not in shop.ann.buttons


def _code(person: Person) -> str:
    """What a scanner reads from the newest picture."""
    photo = person.from_bot[-1]["photo"][-1]["file_id"]
    return qr_reader.read(person.world.state.files[photo].content)[0]


async def test_the_staff_gets_codes_to_print(shop: Shop) -> None:
    """For the shop, and for a product by its words; what else fits is one press away; the file is for the printer."""
    await shop.max.sends("/qr@dukkan_demo_bot")
    assert _code(shop.max) == "https://t.me/dukkan_demo_bot"
    await shop.max.sends("/qr@dukkan_demo_bot linen")
    assert _code(shop.max) == f"https://t.me/dukkan_demo_bot?start=p_{await _first(shop)}"
    await shop.max.taps("Linen shirt")
    assert _code(shop.max) != f"https://t.me/dukkan_demo_bot?start=p_{await _first(shop)}"
    await shop.max.taps("SVG for print")
    document = shop.max.from_bot[-1]["document"]

    assert document["file_name"].endswith(".svg")
    assert b"<svg" in shop.world.state.files[document["file_id"]].content


async def test_words_that_mean_nothing_have_no_code(shop: Shop) -> None:
    """Rather none than that of another product."""
    await shop.max.sends("/qr@dukkan_demo_bot 🙂")

    assert "photo" not in shop.max.from_bot[-1]


async def test_a_category_has_a_code_too(shop: Shop) -> None:
    async with shop.app.db.read() as session:
        category_id = await session.scalar(select(func.min(Category.id)))
    await shop.max.sends(f"/qr@dukkan_demo_bot c_{category_id}")

    assert shop.max.sees("Clothing")
    assert _code(shop.max) == f"https://t.me/dukkan_demo_bot?start=c_{category_id}"


async def test_codes_are_the_staffs(shop: Shop) -> None:
    await shop.ann.sends("/qr linen")
    assert not any("photo" in message for message in shop.ann.from_bot)
    await shop.ann.taps_data(shop.ann.from_bot[-1]["message_id"], f"sqf:p_{await _first(shop)}")

    assert not any("document" in message for message in shop.ann.from_bot)
