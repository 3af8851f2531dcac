"""Looking around."""

from tests.conversations.conftest import Shop


async def test_the_front_door_is_one_picture_and_few_rows(shop: Shop) -> None:
    await shop.ann.starts()

    assert shop.ann.sees("Harbor Goods")
    assert shop.ann.buttons == [
        *("🛍 Browse", "🔍 Search"),
        *("🛒 Cart", "My orders", "❤️ Likes"),
        *("🌐 Language", "⚙️ Settings", "Help"),
    ]
    assert "photo" in shop.ann.from_bot[-1]


async def test_browsing_happens_in_one_message(shop: Shop) -> None:
    """Navigation edits in place; only what happens by itself is a new message."""
    await shop.ann.starts()
    for label in ("Browse", "Clothing", "Linen dress", "➕", "Back", "Back", "Home"):
        await shop.ann.taps(label)

    assert len(shop.ann.from_bot) == 1
    assert shop.ann.sees("Harbor Goods")
