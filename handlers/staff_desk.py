"""What all staff conversations share: who stands at the desk, and the order's card to look at."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram.types import TelegramObject
from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.i18n import Translator, translator
from bot.ui.screen import Screen
from bot.ui.staff_orders import staff_card_screen, who_was_faster
from handlers.routing import AudienceRouter, staff_router
from store import shipments, shipping, staff
from store.audit import Actor
from store.db import Database
from store.errors import NotAllowedNow
from store.order_story import OrderStory, story
from store.parcels.registry import Carriers
from store.staff import Permission


@dataclass(frozen=True, slots=True)
class Desk:
    """Who stands at it, and what every handler here needs to show the card again."""

    actor: Actor
    telegram_id: int
    t: Translator
    zone: str
    carriers: Carriers

    def card(self, told: OrderStory, toast: str, *, alert: bool = False) -> Screen:
        return staff_card_screen(told, self.t, self.zone, self.carriers).with_toast(toast, alert=alert)

    async def asks(self, session: AsyncSession, permission: Permission, order_id: int) -> OrderStory:
        """The order, for somebody who may. Raises: NotPermitted, NotFound."""
        await staff.require(session, self.telegram_id, permission)
        return await story(session, order_id)


def desk_router(name: str) -> AudienceRouter:
    """A staff router whose handlers may ask for `desk`."""
    router = staff_router(name)
    router.message.middleware(_at_the_desk)
    router.callback_query.middleware(_at_the_desk)
    return router


async def _at_the_desk(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], event: TelegramObject, data: dict[str, Any]
) -> Any:
    desk = desk_of(data)
    try:
        return await handler(event, data | {"desk": desk})
    except NotAllowedNow:
        order_id = await _pressed_order(data["db"], data.get("callback_data"))
        if order_id is None:
            raise
        return await _was_faster(data["db"], desk, order_id)


async def _pressed_order(db: Database, pressed: object) -> int | None:
    """The order whose button it was; None for whatever else happened at the desk."""
    if (order_id := getattr(pressed, "order_id", None)) is not None:
        return int(order_id)
    if (shipment_id := getattr(pressed, "shipment_id", None)) is None:
        return None
    async with db.read() as session:
        return await shipments.order_id_of(session, shipment_id)


async def _was_faster(db: Database, desk: Desk, order_id: int) -> Screen:
    """Of two who press, one acts. The other sees what has happened, and by whom."""
    async with db.read() as session:
        told = await desk.asks(session, Permission.VIEW, order_id)
    return desk.card(told, who_was_faster(told, desk.t, desk.zone), alert=True)


def desk_of(data: Mapping[str, Any]) -> Desk:
    user, seller = data["event_from_user"], data["seller"]
    # A card is read by everybody in the chat: it stays in the shop's language, whoever presses.
    t = translator(seller.language)
    return Desk(Actor.staff(user.id, user.full_name), user.id, t, seller.timezone, data["carriers"])


async def ship_order(
    order_id: int, carrier: str, number: str, *, slug: str | None = None, db: Database, desk: Desk, now: datetime
) -> Screen:
    """The order's one parcel is with the carrier; the card says so. Raises: NotPermitted, NotFound, NotAllowedNow, BadInput."""
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.SHIP)
        await shipping.ship(
            session, order_id, carrier=carrier, tracking_number=number, slug=slug, actor=desk.actor, now=now
        )
        told = await story(session, order_id)
    return desk.card(told, desk.t.label("Shipped with {number}", number=number))


async def ship_parcel(
    shipment_id: int, carrier: str, number: str, *, slug: str | None = None, db: Database, desk: Desk, now: datetime
) -> Screen:
    """This one of the order's parcels is with the carrier. Raises: NotPermitted, NotFound, NotAllowedNow, BadInput."""
    async with db.begin() as session:
        await staff.require(session, desk.telegram_id, Permission.SHIP)
        await shipping.ship_parcel(
            session, shipment_id, carrier=carrier, tracking_number=number, slug=slug, actor=desk.actor, now=now
        )
        told = await story(session, await shipments.order_id_of(session, shipment_id))
    return desk.card(told, desk.t.label("Shipped with {number}", number=number))
