"""Carries the outbox to Telegram: events become one delivery a recipient, and deliveries are claimed, sent and done, each chat's in order.

At least once: after a crash, what was being sent is sent again, unless its route says that silence is better. At most
`sender.IN_FLIGHT` can come twice.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncSession

from bot.pictures import Pictures
from bot.settings import Settings
from bot.speaker import Speaker
from bot.ui.seller import SellerView
from notifications import bursts, deliveries
from notifications.deliveries import Claimed, Due
from notifications.desk import Desk, mark_routed, seller_view
from notifications.pace import Pace, put_off
from notifications.retries import is_the_databases
from notifications.routes import ROUTES, Route
from notifications.sender import Sender
from store.db import Database, run_again
from store.events import Event
from store.models import OutboxEvent
from store.parcels.registry import Carriers

log = logging.getLogger(__name__)

CLAIMED_AT_ONCE = 64
# Of one chat at a time: the others get their turn.
OF_ONE_CHAT = 8
# A run ends after so many rounds or seconds, so that the moment it was given does not grow stale; the next one goes on.
ROUNDS = 25
STALE_AFTER_S = 10
# By then the budget has room for a few messages more.
SHORT_PAUSE_S = 0.1
# What is due later than this is found by the timer.
WAKES_WITHIN = timedelta(seconds=60)


class Relay:
    """Any number of them may run, in one process or many: rows are claimed with a lease, and a *pace* is kept by all together.

    *resent* counts what was found half-sent after a crash. *wake* is called when something is due soon.
    """

    def __init__(
        self,
        db: Database,
        speaker: Speaker,
        *,
        pictures: Pictures,
        settings: Settings,
        carriers: Carriers,
        routes: Mapping[type[Event], tuple[Route, ...]] = ROUTES,
        pace: Pace | None = None,
    ) -> None:
        self._db = db
        self._speaker = speaker
        self._desk = Desk(settings, carriers, routes)
        self._sender = Sender(db, speaker, self._desk, pictures)
        self._pace = pace
        self._name = secrets.token_hex(6)
        self._claims = 0
        # Whether there was more to say than the budget allowed.
        self._is_short = False
        self.resent = 0
        self.wake: Callable[[], None] = lambda: None

    async def run_once(self, now: datetime) -> int:
        """What waits is routed and sent. Returns how many events and messages were dealt with; 0 means that nothing was due."""
        done, until = 0, monotonic() + STALE_AFTER_S
        for _ in range(ROUNDS if self._pace is None else 1):
            routed = await self._route(now)
            await self._fold(now)
            claimed = await self._claim(now)
            await self._sender.send(claimed, now)
            done += routed + len(claimed)
            if not (routed or claimed) or monotonic() > until:
                break
        if not done:
            await self._wake_when_due(now)
        return done

    # ---- from events to deliveries

    async def _route(self, now: datetime) -> int:
        async with self._db.read() as session:
            if not await self._desk.has_unrouted(session):
                return 0
        return await run_again(self._db, lambda session: self._route_in(session, now))

    async def _route_in(self, session: AsyncSession, now: datetime) -> int:
        seller = await seller_view(session)
        events = await self._desk.unrouted(session)
        if seller is not None and await self._trouble_with(session, events, seller, now) is not None:
            for row in events:
                await self._route_one(session, row, seller, now)
        await mark_routed(session, events, now=now)
        return len(events)

    async def _route_one(self, session: AsyncSession, row: OutboxEvent, seller: SellerView, now: datetime) -> None:
        """One event that nobody can be found for must not hold up all that come after it."""
        if (error := await self._trouble_with(session, [row], seller, now)) is not None:
            told = "event %s (%s) was set aside: nobody could be found who hears of it"
            log.error(told, row.id, row.type, exc_info=error)
            await deliveries.set_aside(session, row.id, reason=type(error).__name__, now=now)

    async def _trouble_with(
        self, session: AsyncSession, events: Sequence[OutboxEvent], seller: SellerView, now: datetime
    ) -> Exception | None:
        try:
            async with session.begin_nested():
                await self._desk.route(session, events, seller, now=now)
        except Exception as error:
            if is_the_databases(error):
                raise  # not the event's fault: it comes again
            return error
        return None

    async def _fold(self, now: datetime) -> None:
        """Orders that came in a burst are told in lists, which are routed at once."""
        async with self._db.read() as session:
            if not await bursts.is_bursting(session):
                return
        if await run_again(self._db, lambda session: bursts.fold(session, now=now)):
            await self._route(now)

    # ---- which deliveries

    async def _claim(self, now: datetime) -> list[Claimed]:
        limit, each_chat = (CLAIMED_AT_ONCE, OF_ONE_CHAT) if self._pace is None else (self._pace.at_once, 1)
        async with self._db.read() as session:
            wanted = await deliveries.due(session, now=now, limit=limit, each_chat=each_chat)
        self._is_short = False
        if not wanted:
            return []
        self._claims += 1
        claimed = await run_again(self._db, lambda session: self._claim_in(session, wanted, now))
        again = [delivery.id for delivery in claimed if delivery.may_have_come]
        if again:
            self.resent += len(again)
            log.warning("sending again what was being sent when a process ended: deliveries %s", again)
        return claimed

    async def _claim_in(self, session: AsyncSession, wanted: Sequence[Due], now: datetime) -> list[Claimed]:
        if self._pace is not None:
            wanted = await self._affordable(session, self._pace, now)
        if not wanted:
            return []
        return await deliveries.claim(session, wanted, token=f"{self._name}:{self._claims}", now=now)

    async def _affordable(self, session: AsyncSession, pace: Pace, now: datetime) -> Sequence[Due]:
        """One process after another: two that saw the same deliveries would both pay for them."""
        free_at = await pace.takes_turn(session)
        wanted = await deliveries.due(session, now=now, limit=pace.at_once, each_chat=1)
        held_up = await pace.held_up(session, {each.chat_id for each in wanted}, now=now)
        wanted = await put_off(session, wanted, held_up)
        spent = self._speaker.said_to_people()
        granted = await pace.lease(session, free_at, len(wanted), spent=spent, now=now)
        self._is_short = granted < len(wanted)
        return wanted[:granted]

    async def _wake_when_due(self, now: datetime) -> None:
        if self._is_short:
            asyncio.get_running_loop().call_later(SHORT_PAUSE_S, self.wake)
            return
        async with self._db.read() as session:
            due_at = await deliveries.next_due_at(session, now=now)
        if due_at is not None and due_at <= now + WAKES_WITHIN:
            asyncio.get_running_loop().call_later((due_at - now).total_seconds(), self.wake)
