"""Carries the outbox to Telegram: events become one delivery a recipient, and deliveries are claimed, sent and done, each chat's in order.

At least once: after a crash, what was being sent is sent again; a second message is better than none. At most `IN_FLIGHT` can come twice.
"""

import asyncio
import logging
import secrets
from collections.abc import Mapping
from datetime import datetime

from aiogram import Bot
from aiogram.exceptions import TelegramMigrateToChat

from bot.pictures import Pictures
from bot.settings import Settings
from bot.ui.screen import Screen
from notifications import deliveries, telegram
from notifications.deliveries import Claimed, Notice
from notifications.retries import Verdict, verdict
from notifications.routes import ROUTES, Route
from notifications.telegram import Shown
from store import customers
from store.db import Database, run_again
from store.events import Event
from store.parcels.registry import Carriers

log = logging.getLogger(__name__)

IN_FLIGHT = 8
# A run ends after so many rounds, so that the moment it was given does not grow stale; the next one goes on.
ROUNDS = 25


class Relay:
    """Any number of them may run, in one process or many: rows are claimed with a lease.

    *resent* counts what was found half-sent after a crash.
    """

    def __init__(
        self,
        db: Database,
        bot: Bot,
        *,
        pictures: Pictures,
        settings: Settings,
        carriers: Carriers,
        routes: Mapping[type[Event], tuple[Route, ...]] = ROUTES,
    ) -> None:
        self._db = db
        self._bot = bot
        self._pictures = pictures
        self._desk = deliveries.Desk(settings, carriers, routes)
        self._name = secrets.token_hex(6)
        self._claims = 0
        self.resent = 0

    async def run_once(self, now: datetime) -> int:
        """What waits is routed and sent. Returns how many events and messages were dealt with; 0 means that nothing was due."""
        done = 0
        for _ in range(ROUNDS):
            routed = await self._route(now)
            claimed = await self._claim(now)
            await asyncio.gather(*(self._deliver(delivery, now) for delivery in claimed))
            if not routed and not claimed:
                break
            done += routed + len(claimed)
        return done

    async def _route(self, now: datetime) -> int:
        async with self._db.read() as session:
            if not await deliveries.has_unrouted(session):
                return 0
        return await run_again(self._db, lambda session: self._desk.route(session, now=now))

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
        return claimed

    async def _deliver(self, delivery: Claimed, now: datetime) -> None:
        """The delivery is sent, or it is said what becomes of it. Never raises: one message must not hold up the others."""
        try:
            notice = await self._prepare(delivery, now)
            if notice is None:
                await self._done(delivery, Verdict(deliveries.SKIPPED), now)
                return
            shown = await self._show(delivery, notice.screen, notice.standing)
            await run_again(
                self._db, lambda session: deliveries.sent(session, delivery, shown, slot=notice.slot, now=now)
            )
        except TelegramMigrateToChat as error:
            await self._move(delivery.chat_id, error.migrate_to_chat_id, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged, and this delivery has a verdict
            await self._done(delivery, verdict(error, delivery.attempts), now, error)

    async def _prepare(self, delivery: Claimed, now: datetime) -> Notice | None:
        async with self._db.read() as session:
            return await self._desk.notice(session, delivery, now=now)

    async def _show(self, delivery: Claimed, screen: Screen, standing: Shown | None) -> Shown:
        return await telegram.show(self._bot, screen, chat_id=delivery.chat_id, pictures=self._pictures, edit=standing)

    async def _done(
        self, delivery: Claimed, outcome: Verdict, now: datetime, error: BaseException | None = None
    ) -> None:
        reason = telegram.reason(error) if error is not None else None
        if outcome.status == deliveries.FAILED:
            known = outcome.is_expected
            log.error("delivery %s was given up: %s", delivery.id, reason, exc_info=None if known else error)
        elif error is not None:
            log.info("delivery %s: %s, %s", delivery.id, outcome.status, reason)
        try:
            async with self._db.begin() as session:
                if outcome.is_blocked and delivery.chat_id > 0:
                    await customers.mark_blocked(session, delivery.chat_id, blocked=True, now=now)
                await deliveries.settle(session, delivery, outcome, reason=reason, now=now)
        except Exception:
            log.exception("delivery %s could not be written down; its lease will run out", delivery.id)

    async def _move(self, old: int, new: int, now: datetime) -> None:
        log.warning("the group %s has become the supergroup %s: put the new number into STAFF_CHAT_ID", old, new)
        self._desk.moved_chats[old] = new
        async with self._db.begin() as session:
            await deliveries.move_chat(session, old, new, now=now)
