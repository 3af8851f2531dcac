"""From event to deliveries, and from a delivery to the screen that it shows: what the relay reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from bot.ui.i18n import translator
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from notifications.deliveries import NOWHERE, WAITING, Claimed
from notifications.readers import NOBODY_KNOWN, Reader
from notifications.telegram import Shown
from notifications.telling import Route, Telling
from store import sellers, staff_room
from store.errors import NotFound
from store.events import Event, revive
from store.models import ChatMessage, Delivery, OutboxEvent
from store.parcels.registry import Carriers
from store.staff_room import Room
from store.upsert import insert_all_ignoring

ROUTED_AT_ONCE = 100

Slot = tuple[int, str]

_EVENTS = select(OutboxEvent.id, OutboxEvent.type, OutboxEvent.payload).where(
    OutboxEvent.id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What to send. *standing* is the living message to edit, if there is one already."""

    screen: Screen
    slot: str | None
    standing: Shown | None
    room: Room | None = None
    thread: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery with what it is about; *route* is None where another version of the program has written it."""

    delivery: Claimed
    event: Event
    route: Route | None

    @property
    def slot(self) -> str | None:
        return self.route.slot(self.event) if self.route is not None and self.route.slot else None


class Desk:
    """Knows the routes. *moved_chats* maps groups that became supergroups to their new number."""

    def __init__(self, settings: Settings, carriers: Carriers, routes: Mapping[type[Event], tuple[Route, ...]]) -> None:
        self._settings = settings
        self._carriers = carriers
        self._routes = {event.type: found for event, found in routes.items()}
        self.moved_chats: dict[int, int] = {}

    def staff_chat(self) -> int | None:
        """Where the staff is now, also when the settings have not heard that the group moved."""
        chat_id = self._settings.staff_chat
        return self.moved_chats.get(chat_id, chat_id) if chat_id is not None else None

    async def has_unrouted(self, session: AsyncSession) -> bool:
        return await session.scalar(select(OutboxEvent.id).where(*self._is_unrouted()).limit(1)) is not None

    async def unrouted(self, session: AsyncSession) -> list[OutboxEvent]:
        """The oldest events without deliveries. The rows are locked: two relays that routed at once could turn a chat's order round."""
        rows = await session.scalars(
            select(OutboxEvent)
            .where(*self._is_unrouted())
            .order_by(OutboxEvent.id)
            .limit(ROUTED_AT_ONCE)
            .with_for_update()
        )
        return list(rows)

    def _is_unrouted(self) -> tuple[ColumnElement[bool], ...]:
        # An event of a type that is unknown here was written by a newer program, and waits for it.
        return OutboxEvent.routed_at.is_(None), OutboxEvent.type.in_(self._routes)

    async def route(
        self, session: AsyncSession, rows: Sequence[OutboxEvent], seller: SellerView, *, now: datetime
    ) -> None:
        """The events have their deliveries."""
        found = [values for row in rows for values in await self._deliveries(session, row, seller, now)]
        await insert_all_ignoring(session, Delivery, found)

    async def _deliveries(
        self, session: AsyncSession, row: OutboxEvent, seller: SellerView, now: datetime
    ) -> list[dict[str, Any]]:
        event, found = revive(row.type, row.payload), []
        for route in self._routes[row.type]:
            for recipient in await route.recipients(session, event, self._settings, seller):
                chat_id = self.moved_chats.get(recipient.chat_id, recipient.chat_id)
                found.append(
                    {
                        "event_id": row.id,
                        "route": route.name,
                        "chat_id": chat_id,
                        "language": recipient.language,
                        "status": WAITING,
                        "attempts": 0,
                        "available_at": now,
                    }
                )
        return found

    async def told(self, session: AsyncSession, deliveries: Sequence[Claimed]) -> list[Told]:
        """The deliveries with their events."""
        ids = list({delivery.event_id for delivery in deliveries})
        events = {row.id: row for row in await session.execute(_EVENTS, {"ids": ids})}
        return [self._told(delivery, events[delivery.event_id]) for delivery in deliveries]

    def _told(self, delivery: Claimed, row: Any) -> Told:
        routes = self._routes.get(row.type, ())
        route = next((route for route in routes if route.name == delivery.route), None)
        return Told(delivery, revive(row.type, row.payload), route)

    async def notice(
        self,
        session: AsyncSession,
        told: Told,
        living: Mapping[Slot, ChatMessage],
        seller: SellerView,
        *,
        now: datetime,
        reader: Reader = NOBODY_KNOWN,
    ) -> Notice | None:
        """What the delivery says, from the truth as it is now; None when there is nothing (any more) to say to this reader."""
        route, slot, chat_id = told.route, told.slot, told.delivery.chat_id
        known = living.get((chat_id, slot)) if slot else None
        if route is None or (known is None and not route.opens) or route.topic in reader.unwanted:
            return None
        t = translator(told.delivery.language or seller.language)
        try:
            telling = Telling(self._settings, self._carriers, seller, t, now, reader)
            screen = await route.screen(session, told.event, telling)
        except NotFound:  # what the event was about is gone
            return None
        if screen is None:
            return None
        is_silent = screen.silent or reader.sleeps(seller.timezone, now)
        thread = (await staff_room.threads(session, [chat_id])).get((chat_id, route.room)) if route.room else None
        shown = replace(screen, doubt=route.doubt, silent=is_silent)
        return Notice(shown, slot, _standing(known), route.room, thread)


async def living_messages(session: AsyncSession, told: Sequence[Told]) -> dict[Slot, ChatMessage]:
    """The messages that stand for what these deliveries are about."""
    wanted = [(each.delivery.chat_id, slot) for each in told if (slot := each.slot)]
    if not wanted:
        return {}
    key = tuple_(ChatMessage.chat_id, ChatMessage.slot)
    found = await session.scalars(select(ChatMessage).where(key.in_(wanted)))
    return {(message.chat_id, message.slot): message for message in found}


async def seller_view(session: AsyncSession) -> SellerView | None:
    """None while there is no shop yet."""
    try:
        return SellerView.of(await sellers.the_seller(session))
    except NotFound:
        return None


async def mark_routed(session: AsyncSession, rows: Sequence[OutboxEvent], *, now: datetime) -> None:
    await session.execute(
        update(OutboxEvent)
        .where(OutboxEvent.id.in_([row.id for row in rows]))
        .values(routed_at=now)
        .execution_options(synchronize_session=False)
    )


def _standing(known: ChatMessage | None) -> Shown | None:
    if known is None or known.message_id == NOWHERE:
        return None
    return Shown(known.message_id, known.has_picture)
