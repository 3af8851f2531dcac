"""What the shop knows is handed over as a file, or forgotten."""

import io
import json
import zipfile

from sqlalchemy import select

from store import outbox
from store.events import OrderCancelled
from store.models import Customer, Delivery, Order
from tests.conversations.conftest import Shop
from tests.conversations.walks import CASH, orders


async def handed_over(shop: Shop) -> dict[str, str]:
    """What the newest document in Ann's chat holds."""
    document = next(message["document"] for message in reversed(shop.ann.from_bot) if "document" in message)
    content = shop.world.state.files[document["file_id"]].content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


async def test_all_that_is_known_comes_as_a_file(shop: Shop) -> None:
    """For reading and for programs; nothing of Ivan's is in it."""
    await shop.ivan.starts()
    number = await orders(shop.ann, payment=CASH)
    await shop.works()
    await shop.ann.sends("/privacy")
    await shop.ann.taps("Download my data")
    files = await handed_over(shop)
    assert set(files) == {"data.json", "data.txt"}
    found = json.loads(files["data.json"])
    assert found["orders"][0]["number"] == number and found["orders"][0]["contact_phone"] == "+351912345678"
    assert found["addresses"][0]["street"] == "Rua Augusta 1"
    assert "== Addresses ==" in files["data.txt"] and "street: Rua Augusta 1" in files["data.txt"]
    assert "Иван" not in files["data.json"]


async def test_who_has_an_order_under_way_is_told_why_not_yet(shop: Shop) -> None:
    """With its number, and a way to it."""
    number = await orders(shop.ann, payment=CASH)
    await shop.ann.sends("/privacy")
    await shop.ann.taps("Delete my data")
    assert "Not yet" in shop.ann.screen and number in shop.ann.screen


async def test_being_forgotten_is_asked_twice_and_then_done(shop: Shop) -> None:
    """The safe button comes first; afterwards the staff's card names nobody, and Ann is somebody new."""
    await orders(shop.ann, payment=CASH)
    await shop.works()
    await shop.ann.taps("Show order")
    for label in ("Cancel order", "Cancel it"):
        await shop.ann.taps(label)
    await shop.works()
    assert "Ann Lee" in str(shop.max.chat)
    await shop.ann.sends("/privacy")
    await shop.ann.taps("Delete my data")
    assert shop.ann.buttons == ["← Keep everything", "🗑 Delete my data"]
    await shop.ann.taps("Keep everything")
    await shop.ann.taps("Delete my data")
    await shop.ann.taps("🗑 Delete my data")
    assert "We do not know you any more" in shop.ann.screen
    await shop.works()
    assert "Ann Lee" not in str(shop.max.chat) and "Rua Augusta" not in str(shop.max.chat)
    async with shop.app.db.read() as session:
        assert not list(await session.scalars(select(Customer.id).where(Customer.telegram_id == shop.ann.id)))
        assert (await session.scalars(select(Order.contact_name))).one() == ""
    await shop.ann.sends("/orders")
    assert "No orders yet" in shop.ann.screen


async def _is_forgotten_with_an_old_order(shop: Shop) -> None:
    await orders(shop.ann, payment=CASH)
    await shop.works()
    for label in ("Show order", "Cancel order", "Cancel it"):
        await shop.ann.taps(label)
    await shop.works()
    await shop.ann.sends("/privacy")
    for label in ("Delete my data", "🗑 Delete my data"):
        await shop.ann.taps(label)
    await shop.works()


async def test_what_becomes_of_an_old_order_is_told_to_nobody(shop: Shop) -> None:
    """A refund or a late scan: there is no chat that it could be said in."""
    await _is_forgotten_with_an_old_order(shop)
    async with shop.app.db.begin() as session:
        order_id = (await session.scalars(select(Order.id))).one()
        await outbox.write(session, OrderCancelled(order_id=order_id), now=shop.clock())
    await shop.works()
    async with shop.app.db.read() as session:
        assert not list(await session.scalars(select(Delivery.chat_id).where(Delivery.route.startswith("buyer."))))


async def test_an_order_placed_after_the_question_stands_in_the_way(shop: Shop) -> None:
    """An old button asks again."""
    await shop.ann.sends("/privacy")
    await shop.ann.taps("Delete my data")
    old = shop.ann.from_bot[-1]["message_id"]
    await orders(shop.ann, payment=CASH)
    await shop.ann.taps_data(old, "exx")
    assert "Not yet" in str(shop.ann.chat)
    async with shop.app.db.read() as session:
        assert await session.scalar(select(Customer.name).where(Customer.telegram_id == shop.ann.id)) == "Ann"


async def test_whoever_works_here_is_told_why_not(shop: Shop) -> None:
    """Who did what has to stay known."""
    petra = shop.petra.at(shop.petra.id)
    await petra.sends("/privacy")
    await petra.taps("Delete my data")
    await petra.taps("🗑 Delete my data")
    assert "You work here" in petra.screen
