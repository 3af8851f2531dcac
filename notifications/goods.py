"""A product's card, while the pictures of an album come in one by one: one message that counts them."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from bot.ui.goods import goods_screen
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from notifications.telling import Recipient, Telling
from store import customers, goods
from store.events import GoodsPictured


async def sender(
    session: AsyncSession, event: GoodsPictured, _settings: Settings, seller: SellerView
) -> list[Recipient]:
    """The chat that the album was sent to: a person's own, in their language, or the staff's."""
    person = await customers.find(session, event.chat_id)
    return [Recipient(event.chat_id, person.language if person else seller.language)]


def slot(event: GoodsPictured) -> str:
    return f"goods:{event.product_id}"


async def card(session: AsyncSession, event: GoodsPictured, tell: Telling) -> Screen:
    return goods_screen(await goods.goods(session, event.product_id), tell.t)
