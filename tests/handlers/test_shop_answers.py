"""What an answer about the shop does outside of its own transaction."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.i18n import translator
from handlers import shop_answers
from handlers.goods_desk import GoodsDesk
from store import price_lists
from store.audit import SYSTEM
from store.db import Database, writing_first
from store.models import Price
from tests.builders import NOW, a_shop, a_variant


async def test_a_list_is_filled_before_its_message_bears_a_mark(db: Database) -> None:
    """Whoever dies between two pieces has not acted: the message comes again, and the rest is filled."""
    await a_shop(db)
    await a_variant(db, price_minor=1500)
    async with db.begin() as session:
        await price_lists.offer(session, "EUR", actor=SYSTEM, now=NOW)

    async def mark(_session: AsyncSession) -> None:
        raise AssertionError("it is marked before all is filled")

    desk = GoodsDesk(SYSTEM, 1, 1, translator("en"), "UTC", "en", NOW)
    with writing_first(mark) as first:
        done = await shop_answers.fill_list(db, {"ask": "list_rate", "currency": "EUR"}, "0.5", desk)
    assert (done.prices, first.is_committed) == (1, False)
    async with db.read() as session:
        assert await session.scalar(select(func.count(Price.id)).where(Price.currency == "EUR")) == 1
