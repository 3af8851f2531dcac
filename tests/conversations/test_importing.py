"""Goods as a file in the chat: what it would change is shown first, and nothing is changed before somebody applies it."""

import io

import openpyxl
import pytest
from PIL import Image
from sqlalchemy import func, select

from bot.demo.people import Person
from store import outside, pictures, staff
from store.models import Product, StockMove
from tests.conversations.conftest import Shop

TEAPOTS = """handle,title,title:zh,category,sku,option,price,stock
round-teapot,Round teapot,圆茶壶,ceramics,POT-S,Small,24.90,5
round-teapot,,,,POT-L,Large,29.90,3
tall-teapot,Tall teapot,,Teapots,POT-T,,19,2
"""


@pytest.fixture
def owner(shop: Shop) -> Person:
    """Max in his own chat with the bot."""
    return Person(shop.world, shop.max.id)


async def sends(shop: Shop, who: Person, content: str | bytes, name: str = "goods.csv") -> None:
    await who.sends_document(content.encode() if isinstance(content, str) else content, name)
    await shop.works(seconds=5)


async def applies(shop: Shop, who: Person, content: str) -> None:
    await sends(shop, who, content)
    await who.taps("Apply")
    await shop.works(seconds=5)


async def products(shop: Shop) -> int:
    async with shop.app.db.read() as session:
        return await session.scalar(select(func.count()).select_from(Product)) or 0


async def test_a_file_is_shown_then_applied_then_sold(shop: Shop, owner: Person) -> None:
    """The merchant's first hour: a spreadsheet becomes a shop."""
    before = await products(shop)
    await sends(shop, owner, TEAPOTS)
    for told in ("Nothing is changed yet", "Products: 2 new", "Variants: 3 new", "1 new category"):
        assert owner.sees(told), told
    assert await products(shop) == before

    await owner.taps("Apply")
    await shop.works(seconds=5)
    assert owner.sees("Done")
    assert len(owner.from_bot) == 1, "one message, kept true"

    await shop.ann.starts()
    for label in ("Browse", "Teapots", "Tall teapot"):
        await shop.ann.taps(label)
    assert shop.ann.sees("$19.00")


async def test_the_same_file_again_changes_nothing(shop: Shop, owner: Person) -> None:
    await applies(shop, owner, TEAPOTS)
    before = await products(shop)
    await sends(shop, owner, TEAPOTS)
    assert owner.sees("in the shop already")
    assert "Apply" not in " ".join(owner.buttons)
    assert await products(shop) == before


async def test_a_changed_price_is_on_everybodys_next_screen(shop: Shop, owner: Person) -> None:
    await applies(shop, owner, TEAPOTS)
    await sends(shop, owner, TEAPOTS.replace("19,2", "21.50,2"))
    assert owner.sees("1 changed")
    await owner.taps("Apply")
    await shop.works(seconds=5)
    await shop.ann.starts()
    for label in ("Browse", "Teapots", "Tall teapot"):
        await shop.ann.taps(label)
    assert shop.ann.sees("$21.50")


async def test_cancelling_changes_nothing(shop: Shop, owner: Person) -> None:
    before = await products(shop)
    await sends(shop, owner, TEAPOTS)
    apply = owner.button("Apply")
    await owner.taps("Cancel")
    assert owner.sees("Nothing was changed")
    await owner.taps_data(apply.message_id, apply.look["callback_data"])
    await shop.works(seconds=5)
    assert await products(shop) == before


async def test_mistakes_are_told_with_their_lines(shop: Shop, owner: Person) -> None:
    before = await products(shop)
    await sends(shop, owner, TEAPOTS.replace("29.90", "cheap").replace("19,2", "-1,2"))
    for told in ("2 mistakes", "Line 3: price is “cheap”", "Line 4: price is less than zero"):
        assert owner.sees(told), told
    assert "Apply" not in " ".join(owner.buttons)
    assert await products(shop) == before


async def test_applying_twice_counts_the_stock_once(shop: Shop, owner: Person) -> None:
    """Two presses on Apply, the second before the first is carried out."""
    await sends(shop, owner, TEAPOTS)
    apply = owner.button("Apply")
    for _ in range(2):
        await owner.taps_data(apply.message_id, apply.look["callback_data"])
    await shop.works(seconds=5)
    await shop.works(seconds=5)
    async with shop.app.db.read() as session:
        moves = select(func.sum(StockMove.d_on_hand)).where(StockMove.source_type == "import")
        assert await session.scalar(moves) == 10


async def test_all_goods_leave_as_a_file_and_come_back_unchanged(shop: Shop, owner: Person) -> None:
    await owner.sends("/goods")
    await owner.taps("CSV")
    exported = owner.from_bot[-1]["document"]
    assert exported["file_name"] == "goods-2026-03-02.csv"
    content = shop.world.state.files[exported["file_id"]].content
    await sends(shop, owner, content)
    assert owner.sees("in the shop already")


async def test_a_workbook_leaves_too(shop: Shop, owner: Person) -> None:
    await owner.sends("/export")
    await owner.taps("Excel")
    content = shop.world.state.files[owner.from_bot[-1]["document"]["file_id"]].content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet["A1"].value == "handle"
    await sends(shop, owner, content, "goods.xlsx")
    assert owner.sees("in the shop already")


async def test_the_example_can_be_sent_back_as_it_is(shop: Shop, owner: Person) -> None:
    """Whoever begins with it begins with a file that works."""
    await owner.sends("/import")
    await owner.taps("Example")
    content = shop.world.state.files[owner.from_bot[-1]["document"]["file_id"]].content
    await sends(shop, owner, content)
    assert owner.sees("Products: 1 new")


async def test_a_packer_and_a_customer_import_nothing(shop: Shop) -> None:
    before = await products(shop)
    petra = Person(shop.world, shop.petra.id)
    for person in (petra, shop.ann):
        await sends(shop, person, TEAPOTS)
        assert "Apply" not in " ".join(person.buttons)
        await person.sends("/goods")
        assert "CSV" not in " ".join(person.buttons)
    assert await products(shop) == before


async def test_nobody_presses_another_persons_file(shop: Shop, owner: Person) -> None:
    """A manager with a changed client cannot apply what the owner has sent, nor read its name."""
    manager = Person(shop.world, shop.world.add_user("Mona", language_code="en").id)
    async with shop.app.db.begin() as session:
        await staff.grant(session, manager.id, staff.Role.MANAGER, name="Mona", now=shop.clock())
    await manager.starts()
    await sends(shop, owner, TEAPOTS, "secret-plans.csv")
    before = await products(shop)
    for prefix in ("sia:1", "sic:1", "sis:1", "sif:1"):
        await manager.taps_data(manager.from_bot[-1]["message_id"], prefix)
    await shop.works(seconds=5)
    assert await products(shop) == before
    assert "secret-plans" not in str(manager.chat)
    assert owner.sees("Nothing is changed yet")


async def test_a_role_that_is_taken_away_applies_nothing(shop: Shop, owner: Person) -> None:
    await sends(shop, owner, TEAPOTS)
    async with shop.app.db.begin() as session:
        await staff.grant(session, owner.id, staff.Role.PACKER, now=shop.clock())
    before = await products(shop)
    await owner.taps("Apply")
    await shop.works(seconds=5)
    assert await products(shop) == before


async def test_a_file_of_a_chinese_merchant_is_answered_in_chinese(shop: Shop) -> None:
    async with shop.app.db.begin() as session:
        await staff.grant(session, shop.lilei.id, staff.Role.MANAGER, now=shop.clock())
    await shop.lilei.starts()
    await sends(shop, shop.lilei, TEAPOTS)
    assert shop.lilei.sees("商品")
    await shop.lilei.taps("应用")
    await shop.works(seconds=5)
    assert shop.lilei.sees("完成")


async def test_a_restart_in_between_loses_nothing(shop: Shop, owner: Person) -> None:
    """Another process carries out what was wanted."""
    before = await products(shop)
    await owner.sends_document(TEAPOTS.encode(), "goods.csv")
    await shop.restart()
    await shop.works(seconds=5)
    await owner.taps("Apply")
    await shop.restart()
    await shop.works(seconds=5)
    assert await products(shop) == before + 2
    assert owner.sees("Done")


PICTURED = """handle,title,category,sku,price,stock,pictures
round-teapot,Round teapot,Teapots,POT,24.90,5,https://shop.example/round.png | https://shop.example/gone.png
"""


async def test_pictures_are_fetched_when_somebody_says_so(
    shop: Shop, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not before: an address in a file is somebody else's. A dead link is told, and the goods are sold all the same."""
    asked: list[str] = []

    async def fetch(address: str, *, most_bytes: int) -> bytes:
        asked.append(address)
        if "gone" in address:
            raise outside.Refused("gone")
        return _a_picture()

    monkeypatch.setattr(outside, "fetch", fetch)
    await applies(shop, owner, PICTURED)
    assert owner.sees("2 pictures stay links")
    assert not asked

    await owner.taps("Fetch pictures")
    await shop.works(seconds=10)
    for told in ("1 picture was fetched", "1 picture could not be fetched", "gone.png — there is no such picture"):
        assert owner.sees(told), told
    async with shop.app.db.read() as session:
        product_id = await session.scalar(select(Product.id).where(Product.slug == "round-teapot")) or 0
        first, second = await pictures.gallery(session, product_id)
    assert first.name.startswith("kept/") and first.source == "https://shop.example/round.png"
    assert second.name == "https://shop.example/gone.png"

    await sends(shop, owner, PICTURED)
    assert owner.sees("in the shop already"), "what was fetched is still the picture that the file names"


async def test_a_server_that_does_not_answer_is_asked_again(
    shop: Shop, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three times in all, minutes apart; then it is told."""
    count = 0

    async def fetch(address: str, *, most_bytes: int) -> bytes:
        nonlocal count
        count += 1
        raise outside.Refused("unreachable")

    monkeypatch.setattr(outside, "fetch", fetch)
    await applies(shop, owner, PICTURED)
    await owner.taps("Fetch pictures")
    for _ in range(5):
        await shop.works(minutes=5)
    assert count == 6
    assert owner.sees("the server does not answer")
    await owner.taps("Try again")
    assert owner.sees("Fetching pictures: 0 of 2")


async def test_goods_whose_pictures_are_links_are_shown(shop: Shop, owner: Person) -> None:
    """Telegram opens a link itself; here it cannot, and the words are shown."""
    await applies(shop, owner, PICTURED)
    await shop.ann.starts()
    for label in ("Browse", "Teapots", "Round teapot"):
        await shop.ann.taps(label)
    assert shop.ann.sees("$24.90")


def _a_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(file, "PNG")
    return file.getvalue()


async def test_the_list_of_products_leads_to_files(shop: Shop, owner: Person) -> None:
    """In private to the screen itself; in the group to where files travel."""
    await owner.sends("/products")
    await owner.taps("As a file")
    assert owner.sees("Goods as a file")
    await owner.taps("Back")
    assert owner.sees("Products")
    await shop.max.sends("/products")
    await shop.max.taps("As a file")
    assert "/goods" in shop.max.toast
