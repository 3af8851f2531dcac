"""The morning after, the staff reads how the day was."""

from tests.conversations.conftest import Shop
from tests.conversations.test_staff import a_paid_order


def reports(shop: Shop) -> list[str]:
    return [str(each["caption"]) for each in shop.max.from_bot if "📊" in str(each.get("caption"))]


async def test_the_morning_after_a_sale_there_is_a_report_once(shop: Shop) -> None:
    """It is ten on Monday; the report of Monday comes on Tuesday at nine, and no other does."""
    await a_paid_order(shop)
    assert not reports(shop)
    for _ in range(30):
        await shop.works(hours=1)
    assert len(reports(shop)) == 1
    assert "1 order, $21.90" in reports(shop)[0]
    assert "• Stoneware mug: 1" in reports(shop)[0]
