"""The rows behind the relay: from event to deliveries, from delivery to a screen, and which message stands where."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from bot.ui.i18n import translator
from bot.ui.screen import Screen
from bot.ui.seller import SellerView
from notifications.retries import Verdict
from notifications.telegram import Shown
from notifications.telling import Route, Telling
from store import sellers
from store.db import affected
from store.errors import NotFound
from store.events import Event, revive
from store.models import ChatMessage, Delivery, OutboxEvent
from store.parcels.registry import Carriers
from store.upsert import insert_ignoring

log = logging.getLogger(__name__)

WAITING, SENDING, SENT, SKIPPED, FAILED = "waiting", "sending", "sent", "skipped", "failed"
# Longer than one delivery can take: an edit, a message instead of it and a keyboard, 30 seconds each.
LEASE = timedelta(seconds=120)
ROUTED_AT_ONCE = 50
# The route of an event for which no recipients could be found.
UNROUTED = "unrouted"
# A number that no message and no chat has. Of a message: the chat is known to follow the thing, but its message must be sent anew.
_NOWHERE = 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this relay, and no other, may send until its lease runs out. *token* proves it.

    *may_have_come*: a process ended while it was sending this.
    """

    id: int
    event_id: int
    route: str
    chat_id: int
    attempts: int
    token: str
    may_have_come: bool = False

    @property
    def is_for_staff(self) -> bool:
        return self.route.startswith("staff.")


@dataclass(frozen=True, slots=True)
class Notice:
    """What to send. *standing* is the living message to edit, if there is one already."""

    screen: Screen
    slot: str | None
    standing: Shown | None


class Desk:
    """Knows the routes. *moved_chats* maps groups that became supergroups to their new number."""

    def __init__(
        self,
        settings: Settings,
        carriers: Carriers,
        routes: Mapping[type[Event], tuple[Route, ...]],
    ) -> None:
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

    async def route(self, session: AsyncSession, row: OutboxEvent, seller: SellerView, *, now: datetime) -> None:
        """The event has its deliveries."""
        event = revive(row.type, row.payload)
        for route in self._routes[row.type]:
            for recipient in await route.recipients(session, event, self._settings, seller):
                chat_id = self.moved_chats.get(recipient.chat_id, recipient.chat_id)
                values = {"status": WAITING, "attempts": 0, "available_at": now}
                await insert_ignoring(session, Delivery, event_id=row.id, route=route.name, chat_id=chat_id, **values)

    async def notice(self, session: AsyncSession, delivery: Claimed, *, now: datetime) -> Notice | None:
        """What the delivery says, from the truth as it is now; None when there is nothing (any more) to say."""
        row = await session.get_one(OutboxEvent, delivery.event_id)
        event = revive(row.type, row.payload)
        route = next((route for route in self._routes.get(row.type, ()) if route.name == delivery.route), None)
        seller = await seller_view(session)
        if route is None or seller is None:  # written by another version of the program
            return None
        slot = route.slot(event) if route.slot else None
        known = await _living(session, delivery.chat_id, slot) if slot else None
        if known is None and not route.opens:
            return None
        recipients = await route.recipients(session, event, self._settings, seller)
        languages = {recipient.chat_id: recipient.language for recipient in recipients}
        t = translator(languages.get(delivery.chat_id, seller.language))
        telling = Telling(self._settings, self._carriers, seller, t, now)
        try:
            screen = await route.screen(session, event, telling)
        except NotFound:  # what the event was about is gone
            return None
        if screen is None:
            return None
        return Notice(replace(screen, doubt=route.doubt), slot, _standing(known))


async def set_aside(session: AsyncSession, event_id: int, *, reason: str, now: datetime) -> None:
    """The event that cannot be routed stands among what has failed, where a person finds it."""
    values = {"status": FAILED, "attempts": 0, "available_at": now, "last_error": reason[:255]}
    await insert_ignoring(session, Delivery, event_id=event_id, route=UNROUTED, chat_id=_NOWHERE, **values)


async def due_heads(session: AsyncSession, *, now: datetime, limit: int) -> dict[int, str]:
    """Ids and statuses of deliveries that may be sent now: of each chat only the first that is not done, so that nothing overtakes it."""
    first = select(func.min(Delivery.id)).where(Delivery.status.in_((WAITING, SENDING))).group_by(Delivery.chat_id)
    rows = await session.execute(
        select(Delivery.id, Delivery.status)
        .where(Delivery.id.in_(first), _is_due(now))
        .order_by(Delivery.id)
        .limit(limit)
    )
    return {row.id: row.status for row in rows}


async def claim(session: AsyncSession, ids: list[int], *, token: str, now: datetime) -> list[Claimed]:
    """Those of *ids* that were still due: marked as being sent before anything is sent."""
    await session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids), _is_due(now))
        .values(status=SENDING, claimed_by=token, claimed_until=now + LEASE, attempts=Delivery.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    columns = (Delivery.id, Delivery.event_id, Delivery.route, Delivery.chat_id, Delivery.attempts)
    rows = await session.execute(select(*columns).where(Delivery.id.in_(ids), Delivery.claimed_by == token))
    return [Claimed(*row, token) for row in rows]


async def sent(session: AsyncSession, delivery: Claimed, shown: Shown, *, slot: str | None, now: datetime) -> None:
    """The delivery is done; a living message is remembered."""
    if slot is not None:
        await _remember(session, delivery.chat_id, slot, shown, now)
    await _close(session, delivery, status=SENT, sent_at=now, message_id=shown.message_id, last_error=None)


async def settle(
    session: AsyncSession, delivery: Claimed, outcome: Verdict, *, reason: str | None, now: datetime
) -> None:
    """The delivery that was not sent waits for its next time, or has ended."""
    attempts = delivery.attempts if outcome.is_try else delivery.attempts - 1
    available_at = {"available_at": now + outcome.pause} if outcome.pause is not None else {}
    await _close(
        session,
        delivery,
        status=outcome.status,
        attempts=attempts,
        last_error=(reason or "")[:255] or None,
        **available_at,
    )


async def move_chat(session: AsyncSession, old: int, new: int, *, now: datetime) -> None:
    """What waits for the old chat waits for the new one. Living messages stay behind and are begun again there, where there is none yet."""
    await session.execute(
        update(Delivery)
        .where(Delivery.chat_id == old, Delivery.status.in_((WAITING, SENDING)))
        .values(chat_id=new, status=WAITING, claimed_by=None, claimed_until=None, available_at=now)
        .execution_options(synchronize_session=False)
    )
    begun = list(await session.scalars(select(ChatMessage.slot).where(ChatMessage.chat_id == new)))
    await session.execute(delete(ChatMessage).where(ChatMessage.chat_id == old, ChatMessage.slot.in_(begun)))
    await session.execute(
        update(ChatMessage).where(ChatMessage.chat_id == old).values(chat_id=new, message_id=_NOWHERE, updated_at=now)
    )


async def slot_of(session: AsyncSession, chat_id: int | None, message_id: int) -> str | None:
    """What a living message stands for ("pay:12"); None for any other message."""
    found: str | None = await session.scalar(
        select(ChatMessage.slot).where(ChatMessage.chat_id == chat_id, ChatMessage.message_id == message_id).limit(1)
    )
    return found


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Waiting and its time has come; or being sent by somebody who has not been heard of since."""
    return or_(
        and_(Delivery.status == WAITING, Delivery.available_at <= now),
        and_(Delivery.status == SENDING, Delivery.claimed_until < now),
    )


async def _close(session: AsyncSession, delivery: Claimed, **values: object) -> None:
    changed = await affected(
        session,
        update(Delivery)
        .where(Delivery.id == delivery.id, Delivery.claimed_by == delivery.token)
        .values(claimed_by=None, claimed_until=None, **values)
        .execution_options(synchronize_session=False),
    )
    if not changed:
        log.warning("the lease of delivery %s had run out: another relay has sent it too", delivery.id)


async def seller_view(session: AsyncSession) -> SellerView | None:
    """None while there is no shop yet."""
    try:
        return SellerView.of(await sellers.the_seller(session))
    except NotFound:
        return None


async def _living(session: AsyncSession, chat_id: int, slot: str) -> ChatMessage | None:
    found: ChatMessage | None = await session.scalar(select(ChatMessage).filter_by(chat_id=chat_id, slot=slot))
    return found


def _standing(known: ChatMessage | None) -> Shown | None:
    if known is None or known.message_id == _NOWHERE:
        return None
    return Shown(known.message_id, known.has_picture)


async def _remember(session: AsyncSession, chat_id: int, slot: str, shown: Shown, now: datetime) -> None:
    values = {"message_id": shown.message_id, "has_picture": shown.has_picture, "updated_at": now}
    if not await insert_ignoring(session, ChatMessage, chat_id=chat_id, slot=slot, **values):
        await session.execute(update(ChatMessage).filter_by(chat_id=chat_id, slot=slot).values(**values))
