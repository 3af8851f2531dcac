"""Carries the outbox to Telegram: events become one delivery a recipient, and deliveries are claimed, sent and done, each chat's in order.

At least once: after a crash, what was being sent is sent again; a second message is better than none. At most `IN_FLIGHT` can come twice.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from time import monotonic

from aiogram.exceptions import TelegramMigrateToChat
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from bot.pictures import Pictures
from bot.refusals import reason
from bot.settings import Settings
from bot.speaker import Speaker
from bot.ui.screen import Doubt
from bot.ui.seller import SellerView
from notifications import deliveries, telegram
from notifications.deliveries import Claimed, Notice
from notifications.retries import Verdict, staff_verdict, verdict
from notifications.routes import ROUTES, Route
from notifications.telegram import Shown
from store import customers
from store.db import Database, OutcomeUnknown, is_transient, run_again
from store.events import Event
from store.models import OutboxEvent
from store.parcels.registry import Carriers

log = logging.getLogger(__name__)

IN_FLIGHT = 8
# Why a message was not sent again that had better not come twice.
UNSURE = "it may have come already"
# A run ends after so many rounds or seconds, so that the moment it was given does not grow stale; the next one goes on.
ROUNDS = 25
STALE_AFTER_S = 10
# A lost line, a full pool, a schema of another version: that would set every event aside.
_DATABASE_TROUBLE = (
    OutcomeUnknown,
    OperationalError,
    InterfaceError,
    InternalError,
    ProgrammingError,
    PoolTimeout,
    OSError,
)


class Relay:
    """Any number of them may run, in one process or many: rows are claimed with a lease.

    *resent* counts what was found half-sent after a crash.
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
    ) -> None:
        self._db = db
        self._speaker = speaker
        self._pictures = pictures
        self._desk = deliveries.Desk(settings, carriers, routes)
        self._name = secrets.token_hex(6)
        self._claims = 0
        self.resent = 0

    async def run_once(self, now: datetime) -> int:
        """What waits is routed and sent. Returns how many events and messages were dealt with; 0 means that nothing was due."""
        done, until = 0, monotonic() + STALE_AFTER_S
        for _ in range(ROUNDS):
            routed = await self._route(now)
            claimed = await self._claim(now)
            await asyncio.gather(*(self._deliver(delivery, now) for delivery in claimed))
            done += routed + len(claimed)
            if not (routed or claimed) or monotonic() > until:
                break
        return done

    async def _route(self, now: datetime) -> int:
        async with self._db.read() as session:
            if not await self._desk.has_unrouted(session):
                return 0
        return await run_again(self._db, lambda session: self._route_in(session, now))

    async def _route_in(self, session: AsyncSession, now: datetime) -> int:
        seller = await deliveries.seller_view(session)
        events = await self._desk.unrouted(session)
        for row in events:
            if seller is not None:
                await self._route_one(session, row, seller, now)
            row.routed_at = now
        return len(events)

    async def _route_one(self, session: AsyncSession, row: OutboxEvent, seller: SellerView, now: datetime) -> None:
        """One event that nobody can be found for must not hold up all that come after it."""
        try:
            async with session.begin_nested():
                await self._desk.route(session, row, seller, now=now)
        except Exception as error:
            if _is_the_databases(error):
                raise  # not the event's fault: it comes again
            log.exception("event %s (%s) was set aside: nobody could be found who hears of it", row.id, row.type)
            await deliveries.set_aside(session, row.id, reason=type(error).__name__, now=now)

    async def _claim(self, now: datetime) -> list[Claimed]:
        async with self._db.read() as session:
            heads = await deliveries.due_heads(session, now=now, limit=IN_FLIGHT)
        if not heads:
            return []
        self._claims += 1
        token = f"{self._name}:{self._claims}"
        claimed = await run_again(
            self._db, lambda session: deliveries.claim(session, list(heads), token=token, now=now)
        )
        again = [delivery.id for delivery in claimed if heads[delivery.id] == deliveries.SENDING]
        if again:
            self.resent += len(again)
            log.warning("sending again what was being sent when a process ended: deliveries %s", again)
        return [replace(delivery, may_have_come=delivery.id in again) for delivery in claimed]

    async def _deliver(self, delivery: Claimed, now: datetime) -> None:
        """The delivery is sent, or it is said what becomes of it. Never raises: one message must not hold up the others."""
        if (new := self._speaker.lanes.moved.get(delivery.chat_id)) is not None:  # a reply has learnt it
            await self._move(delivery.chat_id, new, now)
            return
        try:
            notice = await self._prepare(delivery, now)
            if notice is None:
                await self._done(delivery, Verdict(deliveries.SKIPPED), now)
                return
            shown = await self._show(delivery, notice)
            if shown is None:
                await self._done(delivery, Verdict(deliveries.SKIPPED), now, why=UNSURE)
                return
            await run_again(
                self._db, lambda session: deliveries.sent(session, delivery, shown, slot=notice.slot, now=now)
            )
        except TelegramMigrateToChat as error:
            new = error.migrate_to_chat_id
            log.warning(
                "the group %s has become the supergroup %s: put the new number into STAFF_CHAT_ID",
                delivery.chat_id,
                new,
            )
            await self._move(delivery.chat_id, new, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged, and this delivery has a verdict
            await self._failed(delivery, error, now)

    async def _prepare(self, delivery: Claimed, now: datetime) -> Notice | None:
        async with self._db.read() as session:
            return await self._desk.notice(session, delivery, now=now)

    async def _show(self, delivery: Claimed, notice: Notice) -> Shown | None:
        """None: it may have come, or not, and had better not come twice."""
        if delivery.may_have_come and notice.screen.doubt is Doubt.SILENCE and notice.standing is None:
            return None
        async with self._speaker.relays(delivery.chat_id) as turn:
            return await telegram.show(turn, notice.screen, pictures=self._pictures, edit=notice.standing)

    async def _failed(self, delivery: Claimed, error: Exception, now: datetime) -> None:
        decide = staff_verdict if delivery.is_for_staff else verdict
        outcome, staff_chat = decide(error, delivery.attempts), self._desk.staff_chat()
        if outcome.is_shut and delivery.is_for_staff:
            log.error("the staff chat %s is closed to the bot: %s", delivery.chat_id, reason(error))
            if staff_chat not in (None, delivery.chat_id):  # the settings name another one by now
                await self._move(delivery.chat_id, staff_chat, now)
                return
        await self._done(delivery, outcome, now, error)

    async def _done(
        self,
        delivery: Claimed,
        outcome: Verdict,
        now: datetime,
        error: BaseException | None = None,
        *,
        why: str | None = None,
    ) -> None:
        if error is not None:
            why = reason(error)
        if outcome.status == deliveries.FAILED:
            known = outcome.is_expected
            log.error("delivery %s was given up: %s", delivery.id, why, exc_info=None if known else error)
        elif why is not None:
            log.info("delivery %s: %s, %s", delivery.id, outcome.status, why)
        try:
            async with self._db.begin() as session:
                if outcome.is_shut and delivery.chat_id > 0:
                    await customers.mark_blocked(session, delivery.chat_id, blocked=True, now=now)
                await deliveries.settle(session, delivery, outcome, reason=why, now=now)
        except Exception:
            log.exception("delivery %s could not be written down; its lease will run out", delivery.id)

    async def _move(self, old: int, new: int, now: datetime) -> None:
        self._desk.moved_chats[old] = new
        try:
            await run_again(self._db, lambda session: deliveries.move_chat(session, old, new, now=now))
        except Exception:
            log.exception("chat %s could not be moved to %s; the lease will run out", old, new)


def _is_the_databases(error: Exception) -> bool:
    """Whether it is the database that is in trouble, and not what it was asked."""
    is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_lost or is_transient(error) or isinstance(error, _DATABASE_TROUBLE)
