"""What somebody likes, waits for, left in the cart, and looks at from all sides."""

from bot.demo.state import Json
from store import alerts
from tests.conversations.conftest import Shop
from tests.conversations.shelves import comes_in, costs, has_gallery, leaves_only
from tests.conversations.walks import CASH, answers, takes

TEAPOT = "TEAPOT-800"
GALLERY = ("linen-dress.jpg", "linen-shirt.jpg", "linen-cushion.jpg")


async def _looks_at(shop: Shop, *labels: str) -> None:
    await shop.ann.starts()
    for label in ("Browse", *labels):
        await shop.ann.taps(label)


async def test_a_liked_product_is_found_again_and_unliked(shop: Shop) -> None:
    """By its heart, from the front door or /favourites; the heart says how it is."""
    await shop.ann.sends("/favourites")
    assert "No favourites yet" in shop.ann.screen
    await _looks_at(shop, "Ceramics", "teapot", "Like")
    assert shop.ann.toast == "You hear when it costs less" and "❤️ Liked" in shop.ann.buttons
    await shop.ann.taps("Home")
    await shop.ann.taps("❤️ Likes")
    assert "Round teapot" in shop.ann.screen
    await shop.ann.taps("Round teapot")
    await shop.ann.taps("❤️ Liked")
    assert "🤍 Like" in shop.ann.buttons
    await shop.ann.sends("/favourites")
    assert "No favourites yet" in shop.ann.screen


async def test_a_price_that_falls_is_told_to_who_likes_it(shop: Shop) -> None:
    """Once; not to Ivan, who does not; and the news can be switched off where they stand."""
    await shop.ivan.starts()
    await _looks_at(shop, "Ceramics", "teapot", "Like")
    await costs(shop, TEAPOT, 900)
    await shop.works(minutes=2)
    assert "Round teapot costs less now" in shop.ann.screen and "$9.00" in shop.ann.screen
    before = len(shop.ann.from_bot)
    await shop.works(hours=1)
    assert len(shop.ann.from_bot) == before and not shop.ivan.sees("costs less")
    await shop.ann.taps("🔕 No such news")
    assert "⬜ Offers, discounts" in shop.ann.buttons
    await costs(shop, TEAPOT, 800)
    await shop.works(minutes=2)
    assert not shop.ann.sees("$8.00")


async def test_a_price_that_rose_again_meanwhile_is_not_told(shop: Shop) -> None:
    """A late message is never a false one."""
    await _looks_at(shop, "Ceramics", "teapot", "Like")
    await costs(shop, TEAPOT, 900)
    await costs(shop, TEAPOT, 9900)
    await shop.works(minutes=2)
    assert not shop.ann.sees("costs less now")


async def test_whoever_waits_hears_when_it_is_back(shop: Shop) -> None:
    """Once, with a way to it; also when orders news alone are wanted, for it was asked for."""
    await leaves_only(shop, TEAPOT, 0)
    await _looks_at(shop, "Ceramics", "teapot")
    assert "Sold out" in shop.ann.screen
    await shop.ann.taps("🔔 Tell me")
    assert "🔕 Do not tell me" in shop.ann.buttons
    await shop.ann.sends("/stop")
    await shop.works(hours=1)
    assert not shop.ann.sees("It is back")
    await comes_in(shop, TEAPOT, 3)
    await shop.works(minutes=2)
    assert "It is back: Round teapot" in shop.ann.screen
    await shop.ann.taps("Show it")
    assert "Add to cart" in str(shop.ann.buttons)
    await shop.works(hours=1)
    assert str(shop.ann.chat).count("It is back") == 0  # the message became the product's screen; no second one came


async def test_what_is_gone_again_is_not_praised(shop: Shop) -> None:
    """Somebody else was faster than the message."""
    await leaves_only(shop, TEAPOT, 0)
    await _looks_at(shop, "Ceramics", "teapot", "Tell me")
    await comes_in(shop, TEAPOT, 1)
    await alerts.tell_back_in_stock(shop.app.db, now=shop.clock())
    await leaves_only(shop, TEAPOT, 0)
    await shop.works(minutes=1)
    assert not shop.ann.sees("It is back")


async def test_a_cart_that_was_left_is_told_of_once(shop: Shop) -> None:
    """A day later, never again, and the reminder can be switched off where it stands."""
    await takes(shop.ann)
    await shop.works(hours=19)
    assert not shop.ann.sees("Still in your cart")
    await shop.works(hours=2)
    assert "Still in your cart" in shop.ann.screen and "1 × Stoneware mug" in shop.ann.screen
    await shop.works(hours=48)
    assert str(shop.ann.chat).count("Still in your cart") == 1
    await shop.ann.taps("🔕 No reminders")
    assert "⬜ Reminders" in shop.ann.buttons


async def test_an_ordered_cart_is_not_reminded_of(shop: Shop) -> None:
    await takes(shop.ann)
    await answers(shop.ann, payment=CASH)
    await shop.ann.taps("Place order")
    await shop.works(hours=30)
    assert not shop.ann.sees("Still in your cart")


def _photo(message: Json) -> str:
    return str(message["photo"][-1]["file_unique_id"])


async def test_a_gallery_is_turned_in_place(shop: Shop) -> None:
    """By editing one message; round and round, and the chosen size stays chosen."""
    await has_gallery(shop, "linen-dress", *GALLERY)
    await _looks_at(shop, "Clothing", "Linen dress", "L")
    seen = [_photo(shop.ann.from_bot[-1])]
    for number in (2, 3, 1):
        await shop.ann.taps("▶")
        assert f"🖼 {number}/3" in shop.ann.buttons and "✅ L" in shop.ann.buttons
        seen.append(_photo(shop.ann.from_bot[-1]))
    await shop.ann.taps("◀")
    assert "🖼 3/3" in shop.ann.buttons
    assert len(set(seen)) == 3 and seen[0] == seen[3]
    assert len(shop.ann.from_bot) == 1


async def test_all_pictures_come_as_one_album(shop: Shop) -> None:
    """With words below it that say what it shows and costs; uploaded once, named by their ids from then on."""
    await has_gallery(shop, "linen-dress", *GALLERY)
    await _looks_at(shop, "Clothing", "Linen dress", "🖼")
    album = [message for message in shop.ann.from_bot if message.get("media_group_id")]
    assert len(album) == 3
    assert "3 pictures of Linen dress, $45.00" in shop.ann.screen
    stored = len(shop.world.state.files)
    await shop.ann.taps("Back")
    await shop.ann.taps("🖼")
    assert len(shop.world.state.files) == stored
    await shop.ann.taps("Back")
    assert "Add to cart" in str(shop.ann.buttons)


async def test_one_picture_has_no_gallery(shop: Shop) -> None:
    await _looks_at(shop, "Ceramics", "teapot")
    assert "▶" not in shop.ann.buttons
