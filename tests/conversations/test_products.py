"""The merchant photographs what there is to sell, and sells it."""

import pytest
from sqlalchemy import select

from bot.demo.people import Person
from store import staff
from store.models import Product, StockLevel, Variant
from tests.conversations.conftest import Shop
from tests.conversations.shelves import a_picture
from tests.conversations.walks import answers, order_number, types

MUG = "Sea-blue mug\n$15.50\nHolds a lot of tea."


@pytest.fixture
async def max_alone(shop: Shop) -> Person:
    """Max in his own chat with the bot."""
    person = Person(shop.world, shop.max.id)
    await person.starts()
    return person


async def test_petra_photographs_a_mug_and_sells_it_ten_minutes_later(shop: Shop) -> None:
    """A photo with three lines below it, two presses and a number: then Ann buys it."""
    async with shop.app.db.begin() as session:
        await staff.grant(session, shop.petra.id, staff.Role.MANAGER, now=shop.clock())
    petra = Person(shop.world, shop.petra.id)
    await petra.starts()
    await petra.sends_photo(a_picture(), MUG)
    assert petra.sees("Sea-blue mug")
    assert petra.sees("$15.50")
    assert petra.sees("draft")

    await types(petra, "Stock", "12")
    await petra.taps("Category")
    await petra.taps("Ceramics")
    await petra.taps("Publish")
    assert petra.toast == "Customers see it now"

    await shop.works(minutes=10)
    await shop.ann.starts()
    await shop.ann.taps("Browse")
    await shop.ann.taps("Ceramics")
    while "Sea-blue mug" not in shop.ann.buttons:
        await shop.ann.taps("Next")
    for label in ("Sea-blue mug", "Add to cart"):
        await shop.ann.taps(label)
    await answers(shop.ann)
    await shop.ann.taps("Place order")
    await shop.pays(shop.ann)
    assert shop.max.sees(order_number(shop.ann))
    assert "1 × Sea-blue mug" in str(shop.max.from_bot)


async def test_a_draft_is_seen_by_no_customer(shop: Shop, max_alone: Person) -> None:
    """Not in its category, not by its link, not by a button that somebody made up."""
    await max_alone.sends_photo(a_picture(), "Secret lamp\n$99\nNot yet.")
    async with shop.app.db.read() as session:
        draft = (await session.scalars(select(Product).where(Product.status == "draft"))).one()
        variant_id = (await session.scalars(select(Variant.id).where(Variant.product_id == draft.id))).one()
    await shop.ann.starts(f"p_{draft.id}")
    for data in (f"p:{draft.id}:0", f"v:{variant_id}:1:0", f"a:{variant_id}:1:9900:0"):
        await shop.ann.taps_data(shop.ann.from_bot[-1]["message_id"], data)
    assert "Secret lamp" not in str(shop.ann.chat)
    assert not shop.ann.sees("$99")


async def test_what_the_caption_does_not_tell_is_asked_for(shop: Shop, max_alone: Person) -> None:
    """Without a title and a price there is no button to publish it with."""
    await max_alone.sends_photo(a_picture())
    assert max_alone.sees("add: a title, a price")
    assert "✅ Publish" not in max_alone.buttons
    await types(max_alone, "Title", "Sea-blue mug")
    await types(max_alone, "Price", "a lot")
    assert max_alone.sees("such as 12.50")
    await max_alone.sends("15,50 $")
    assert "✅ Publish" in max_alone.buttons


async def test_an_album_is_one_product_with_all_its_pictures(shop: Shop, max_alone: Person) -> None:
    """Each picture comes as a message of its own; one card counts them."""
    before = len(max_alone.from_bot)
    for n, colour in enumerate(("red", "green", "blue")):
        await max_alone.sends_photo(a_picture(colour), MUG if n == 1 else "", album="77")
    await shop.works()
    assert len(max_alone.from_bot) == before + 1
    assert max_alone.sees("3 pictures")
    assert max_alone.sees("Sea-blue mug")
    await max_alone.taps("Pictures")
    assert max_alone.sees("Picture 1 of 3")
    await max_alone.taps("▶")
    await max_alone.taps("Make it the first")
    await max_alone.taps("Pictures")
    await max_alone.taps("Remove it")
    assert max_alone.sees("2 pictures")


async def test_the_picture_is_the_shops_own(shop: Shop, max_alone: Person) -> None:
    """Another bot's file ids mean nothing: the file itself is kept, and Telegram is not sent it again by this one."""
    await max_alone.sends_photo(a_picture(), MUG)
    async with shop.app.db.read() as session:
        name = await session.scalar(select(Product.picture).where(Product.status == "draft"))
    assert name is not None
    assert (shop.app.settings.pictures / name).is_file()
    sent = [call["photo"] for method, call in shop.world.calls if method == "sendPhoto"][-1]
    assert isinstance(sent, str)


async def test_in_the_staff_chat_a_photo_is_a_product_only_when_it_is_meant(shop: Shop) -> None:
    """Colleagues show each other things; a caption that begins with /new is meant, and so is an answer to the question."""
    shop.world.chats[shop.staff_chat].members[shop.world.bot_id] = "administrator"
    await shop.max.sends_photo(a_picture(), "Look at this mug\n$3")
    assert not shop.max.from_bot
    await shop.max.sends_photo(a_picture(), f"/new {MUG}")
    assert shop.max.sees("Sea-blue mug")
    await shop.max.sends("/new")
    await shop.max.sends_photo(a_picture("red"), "Red mug\n$9", reply_to=shop.max.from_bot[-1]["message_id"])
    assert shop.max.sees("Red mug")


@pytest.mark.parametrize("role", [None, staff.Role.PACKER, staff.Role.SUPPORT])
async def test_a_photo_from_others_makes_no_product(shop: Shop, role: staff.Role | None) -> None:
    async with shop.app.db.begin() as session:
        await staff.revoke(session, shop.petra.id, now=shop.clock())
        if role is not None:
            await staff.grant(session, shop.petra.id, role, now=shop.clock())
    petra = Person(shop.world, shop.petra.id)
    await petra.starts()
    await petra.sends_photo(a_picture(), MUG)
    async with shop.app.db.read() as session:
        assert await session.scalar(select(Product.id).where(Product.status == "draft")) is None


async def test_a_packer_counts_the_shelf_but_changes_no_price(shop: Shop, max_alone: Person) -> None:
    """Each press asks for the role, whatever the card shows."""
    await max_alone.sends_photo(a_picture(), MUG)
    petra = Person(shop.world, shop.petra.id)
    await petra.sends("/products")
    await petra.taps("Sea-blue mug")
    for label in ("Price", "Title", "Publish", "History", "Archive", "Sizes", "Category"):
        await petra.taps(label)
        assert petra.toast == "Your role does not include this.", label
    await types(petra, "Stock", "+4 found in the cellar")
    assert petra.sees("In stock: 4")
    async with shop.app.db.read() as session:
        assert await session.scalar(select(Product.status).order_by(Product.id.desc()).limit(1)) == "draft"


@pytest.mark.parametrize(
    "caption",
    [
        "<b>Bold</b> & <script>\n$5",
        "\u202eevil\u202c\n$5",
        "A" * 1000 + " $5",
        "$5",
        "\n\n\n",
        "{title} %s {0} $5",
        "🏺" * 200,
        "/start p_1",
    ],
)
async def test_a_hostile_caption_is_only_a_text(shop: Shop, max_alone: Person, caption: str) -> None:
    """It breaks neither the card nor what customers see."""
    await max_alone.sends_photo(a_picture(), caption)
    assert "draft" in max_alone.screen
    await max_alone.taps("Preview")
    assert "This is what customers see" in max_alone.screen or max_alone.toast


async def test_sizes_are_written_in_one_line(shop: Shop, max_alone: Person) -> None:
    await max_alone.sends_photo(a_picture(), "Linen shirt\n$40")
    await types(max_alone, "Sizes, colours", "S 10, M 5\nL 0")
    for line in ("• S: $40.00, 10", "• M: $40.00, 5", "• L: $40.00, 0"):
        assert max_alone.sees(line), line
    await max_alone.taps("Each of them")
    await max_alone.taps("M")
    await types(max_alone, "Price", "45")
    await types(max_alone, "SKU", "SHIRT-M")
    await types(max_alone, "Weight", "250 g")
    await types(max_alone, "Stock", "-2 moth")
    for told in ("$45.00", "SHIRT-M", "250", "In stock: 3"):
        assert max_alone.sees(told), told
    await max_alone.taps("Back")
    await max_alone.taps("Back")
    await max_alone.taps("Publish")
    await max_alone.taps("History")
    for told in ("Max: made it", "sizes: S 10, M 5, L 0", "price $40.00 → $45.00", "stock -2 (moth)", "now for sale"):
        assert max_alone.sees(told), told


async def test_a_product_has_a_title_in_every_language(shop: Shop, max_alone: Person) -> None:
    await max_alone.sends_photo(a_picture(), MUG)
    await max_alone.taps("Other languages")
    await types(max_alone, "中文: title", "海蓝色马克杯")
    await types(max_alone, "Stock", "3")
    await max_alone.taps("Publish")
    async with shop.app.db.read() as session:
        product_id = await session.scalar(select(Product.id).order_by(Product.id.desc()).limit(1))
    await shop.lilei.starts(f"p_{product_id}")
    assert shop.lilei.sees("海蓝色马克杯")


async def test_a_digital_product_needs_what_is_sent(shop: Shop, max_alone: Person) -> None:
    await max_alone.sends_photo(a_picture(), "Recipe book\n$5")
    await max_alone.taps("Make it digital")
    assert max_alone.sees("add: what the buyer is sent")
    await max_alone.taps("SKU, weight")
    await types(max_alone, "What is sent", "https://shop.example/book.pdf")
    await max_alone.taps("Publish")
    assert max_alone.sees("for sale")


async def test_hidden_goods_come_back_and_archived_ones_too(shop: Shop, max_alone: Person) -> None:
    await max_alone.sends("/products stoneware")
    await max_alone.taps("mug")
    await max_alone.taps("Hide")
    await max_alone.taps("Show again")
    await max_alone.taps("Archive")
    await max_alone.taps("Yes, archive")
    assert max_alone.sees("archived")
    await max_alone.taps("Take it out again")
    await max_alone.taps("Show again")
    assert max_alone.sees("for sale")


async def test_a_product_is_found_by_its_sku_and_its_name(shop: Shop, max_alone: Person) -> None:
    async with shop.app.db.read() as session:
        sku = await session.scalar(select(Variant.sku).limit(1))
    assert sku is not None
    for words in (sku.lower(), "кружк", "no such thing"):
        await types(max_alone, "Find", words) if words != sku.lower() else await max_alone.sends(f"/products {words}")
        assert max_alone.sees(f"Products with “{words}”")
    assert max_alone.sees("Nothing.")


async def test_of_two_editors_the_second_sees_what_the_first_has_made(shop: Shop, max_alone: Person) -> None:
    """Petra was asked for a price when Max changed it: hers is not written over his."""
    async with shop.app.db.begin() as session:
        await staff.grant(session, shop.petra.id, staff.Role.MANAGER, now=shop.clock())
    petra = Person(shop.world, shop.petra.id)
    await petra.starts()
    await max_alone.sends_photo(a_picture(), MUG)
    await petra.sends("/products")
    await petra.taps("Sea-blue mug")
    await petra.taps("Price")
    await types(max_alone, "Price", "20")
    await petra.sends("18")
    assert petra.sees("Somebody has changed this meanwhile")
    assert petra.sees("$20.00")
    await types(petra, "Price", "18")
    assert petra.sees("$18.00")


async def test_a_button_of_an_older_card_changes_nothing(shop: Shop, max_alone: Person) -> None:
    """It was drawn before the price was changed: the card is shown anew instead."""
    await max_alone.sends_photo(a_picture(), MUG)
    publish = max_alone.button("Publish")
    await types(max_alone, "Price", "20")
    await max_alone.taps_data(publish.message_id, publish.look["callback_data"])
    assert "Somebody has changed this" in max_alone.alert
    assert max_alone.sees("draft")


async def test_a_count_is_not_written_over_what_came_in_meanwhile(shop: Shop, max_alone: Person) -> None:
    """Max saw 5 and counted 5; Petra's delivery of 3 came in between."""
    await max_alone.sends_photo(a_picture(), MUG)
    await types(max_alone, "Stock", "5")
    await max_alone.taps("Stock")
    petra = Person(shop.world, shop.petra.id)
    await petra.sends("/products")
    await petra.taps("Sea-blue mug")
    await types(petra, "Stock", "+3")
    await max_alone.sends("5")
    assert max_alone.sees("Somebody has changed this meanwhile")
    async with shop.app.db.read() as session:
        level = select(StockLevel.on_hand).order_by(StockLevel.variant_id.desc()).limit(1)
        assert await session.scalar(level) == 8
