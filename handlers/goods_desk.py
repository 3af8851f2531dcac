"""What the staff's product conversations share: who asks, in which language, and what a changed product leads to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aiogram.types import TelegramObject
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.errors import in_words
from bot.ui.goods import goods_screen
from bot.ui.goods_questions import in_a_group
from bot.ui.goods_sizes import size_screen
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from handlers.routing import AudienceRouter, staff_router
from handlers.staff_desk import desk_of
from store import drafts, goods, staff
from store.audit import Actor
from store.db import Database
from store.drafts import Draft
from store.errors import EditedMeanwhile
from store.payments.registry import Gateways
from store.staff import Permission

Act = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class GoodsDesk:
    """Who stands at it. *t* is the person's own language where nobody else reads along, and the shop's in the staff chat."""

    actor: Actor
    telegram_id: int
    chat_id: int
    t: Translator
    zone: str
    language: str
    now: datetime
    gateways: Gateways = field(default_factory=dict)

    async def requires(self, session: AsyncSession, permission: Permission = Permission.CATALOGUE) -> None:
        """Raises: NotPermitted."""
        await staff.require(session, self.telegram_id, permission)

    def question(self, screen: Screen) -> Screen:
        """As it is asked in this chat."""
        return screen if self.chat_id == self.telegram_id else in_a_group(screen, self.t)

    async def asks(self, session: AsyncSession, kind: Draft = Draft.GOODS, /, **content: Any) -> None:
        """What the next typed text is about. Only the latest question counts, and only in its chat."""
        asked = {"chat_id": self.chat_id, **content}
        await drafts.keep(session, self.telegram_id, kind, asked, now=self.now)

    async def asked(self, session: AsyncSession, kind: Draft = Draft.GOODS) -> dict[str, Any]:
        """What was asked here last; empty when nothing was."""
        found = await drafts.kept(session, self.telegram_id, kind)
        return found if found.get("chat_id") == self.chat_id else {}


def goods_router(name: str) -> AudienceRouter:
    """A staff router whose handlers may ask for `desk`."""
    router = staff_router(name)
    router.message.middleware(_at_the_desk)
    router.callback_query.middleware(_at_the_desk)
    return router


async def _at_the_desk(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], event: TelegramObject, data: dict[str, Any]
) -> Any:
    return await handler(event, data | {"desk": goods_desk_of(data)})


def goods_desk_of(data: Mapping[str, Any]) -> GoodsDesk:
    desk, chat, seller = desk_of(data), data["event_chat"], data["seller"]
    t = data["t"] if chat is not None and chat.type == "private" else desk.t
    chat_id = chat.id if chat is not None else 0
    return GoodsDesk(
        desk.actor, desk.telegram_id, chat_id, t, desk.zone, seller.language, data["now"], data["gateways"]
    )


async def shown(session: AsyncSession, product_id: int, desk: GoodsDesk, *, note: str = "") -> Screen:
    """The product's card as it stands. Raises: NotFound."""
    return goods_screen(await goods.goods(session, product_id), desk.t, note=note)


async def size_shown(session: AsyncSession, variant_id: int, desk: GoodsDesk, *, note: str = "") -> Screen:
    """The variant's card; a product's only variant has none of its own. Raises: NotFound."""
    found = await goods.goods(session, await goods.product_of(session, variant_id))
    return size_screen(found, goods.variant_of(found, variant_id), desk.t, note=note)


async def changed(db: Database, desk: GoodsDesk, product_id: int, act: Act, toast: str) -> Screen:
    """Acts for somebody who may change products, then shows the card. Who comes second sees what the first has made of it."""
    try:
        async with db.begin() as session:
            await desk.requires(session)
            await act(session)
            return (await shown(session, product_id, desk)).with_toast(toast)
    except EditedMeanwhile as error:
        return await as_it_stands(db, desk, product_id, in_words(error, desk.t))


async def as_it_stands(db: Database, desk: GoodsDesk, product_id: int, why: str) -> Screen:
    """Nothing was changed, and the card says why."""
    async with db.read() as session:
        return replace(await shown(session, product_id, desk, note=why), toast=why, alert=True)
