"""Sends what the relay has claimed, a few at a time: marked before they are sent, and written down as soon as they are."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic

from aiogram.exceptions import TelegramBadRequest, TelegramMigrateToChat
from sqlalchemy.ext.asyncio import AsyncSession

from bot import staff_room
from bot.pictures import Pictures
from bot.refusals import Refusal, reason, refusal
from bot.speaker import Speaker
from bot.ui.i18n import translator
from bot.ui.screen import Doubt
from notifications import deliveries, telegram
from notifications.deliveries import Claimed
from notifications.desk import Desk, Notice, Told, living_messages, seller_view
from notifications.readers import NOBODY_KNOWN, Reader, readers_of
from notifications.retries import Verdict, staff_verdict, verdict
from notifications.support import ANSWER_ROUTE
from notifications.telegram import Shown
from store import customers, living, support_edits
from store import staff_room as groups
from store.db import Database, run_again

log = logging.getLogger(__name__)

# So many are marked as being sent at a time: what a crash can repeat.
IN_FLIGHT = 8
# Whoever else has time may send what is left by then.
STALE_AFTER_S = 10
# Why a message was not sent again that had better not come twice.
UNSURE = "it may have come already"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a delivery says (*notice*), and what became of it: *shown*, or a verdict and why. None of them: it has moved with its chat."""

    delivery: Claimed
    notice: Notice | None = None
    shown: Shown | None = None
    verdict: Verdict | None = None
    why: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether the delivery has still to be sent, so that nothing may overtake it."""
        return self.shown is None and (self.verdict is None or self.verdict.pause is not None)


class Sender:
    def __init__(self, db: Database, speaker: Speaker, desk: Desk, pictures: Pictures) -> None:
        self._db = db
        self._speaker = speaker
        self._desk = desk
        self._pictures = pictures

    async def send(self, claimed: Sequence[Claimed], now: datetime) -> None:
        """Each is sent, or it is written down what becomes of it. Of one chat one after another: what waits holds up what is behind it."""
        rest, started = list(claimed), monotonic()
        while rest and monotonic() - started < STALE_AFTER_S:
            wave, behind = _first_of_each_chat(rest)
            held_up = await self._send_wave(wave, now, started=started)
            rest = [delivery for delivery in behind if delivery.chat_id not in held_up]
            await self._release([delivery for delivery in behind if delivery.chat_id in held_up])
        await self._release(rest)

    async def _send_wave(self, wave: Sequence[Claimed], now: datetime, *, started: float) -> set[int]:
        """Returns the chats that are held up."""
        prepared = await self._prepare(wave, now)
        before: list[Outcome] = [each for each in prepared if each.notice is None]
        held_up = {each.delivery.chat_id for each in before if each.is_open}
        to_send = [each for each in prepared if each.notice is not None]
        for start in range(0, len(to_send), IN_FLIGHT):
            few = to_send[start : start + IN_FLIGHT]
            # One transaction says what became of those before, and that these are being sent.
            ours = await self._write(before, [each.delivery for each in few], now, started=started)
            before = await asyncio.gather(*(self._send(each, now) for each in few if each.delivery.id in ours))
            held_up |= {each.delivery.chat_id for each in before if each.is_open}
        await self._write(before, [], now, started=started)
        return held_up

    # ---- what it says

    async def _prepare(self, wave: Sequence[Claimed], now: datetime) -> list[Outcome]:
        """What each of them says, from the truth as it is now."""
        try:
            return await self._prepare_all(wave, now)
        except Exception:  # noqa: BLE001 - one of them cannot be made, and spoils the session for the others
            return [await self._prepare_alone(delivery, now) for delivery in wave]

    async def _prepare_alone(self, delivery: Claimed, now: datetime) -> Outcome:
        try:
            [prepared] = await self._prepare_all([delivery], now)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged, and this delivery has a verdict
            return await self._failed(delivery, error, now)
        return prepared

    async def _prepare_all(self, wave: Sequence[Claimed], now: datetime) -> list[Outcome]:
        async with self._db.read() as session:
            seller = await seller_view(session)
            if seller is None:
                return [Outcome(delivery, verdict=Verdict(deliveries.SKIPPED)) for delivery in wave]
            told = await self._desk.told(session, wave)
            living = await living_messages(session, told)
            readers = await readers_of(session, {each.delivery.chat_id for each in told})
            found = [
                (each, await self._desk.notice(session, each, living, seller, now=now, reader=_of(readers, each)))
                for each in told
            ]
        skipped = Verdict(deliveries.SKIPPED)
        return [
            Outcome(each.delivery, notice) if notice is not None else Outcome(each.delivery, verdict=skipped)
            for each, notice in found
        ]

    # ---- saying it

    async def _send(self, prepared: Outcome, now: datetime) -> Outcome:
        """Never raises: one message must not hold up the others."""
        delivery, notice = prepared.delivery, prepared.notice
        assert notice is not None
        new = self._speaker.lanes.moved.get(delivery.chat_id)  # a reply may have learnt it
        if new is None:
            try:
                shown = await self._show(delivery, notice, now)
            except TelegramMigrateToChat as error:
                new = error.migrate_to_chat_id
            except Exception as error:  # noqa: BLE001 - whatever it is, it is logged, and this delivery has a verdict
                return await self._failed(delivery, error, now)
            else:
                if shown is None:
                    return Outcome(delivery, verdict=Verdict(deliveries.SKIPPED), why=UNSURE)
                return Outcome(delivery, notice, shown)
        told = "the group %s has become the supergroup %s: put the new number into STAFF_CHAT_ID"
        log.warning(told, delivery.chat_id, new)
        return await self._move(delivery, new, now)

    async def _show(self, delivery: Claimed, notice: Notice, now: datetime) -> Shown | None:
        """None: it may have come, or not, and had better not come twice."""
        if delivery.may_have_come and notice.screen.doubt is Doubt.SILENCE and notice.standing is None:
            return None
        try:
            return await self._say(delivery, notice)
        except TelegramBadRequest as error:
            if notice.thread is None or refusal(error) not in (Refusal.NO_THREAD, Refusal.TOPIC_CLOSED):
                raise
            anew = await self._another_thread(delivery, notice, error, now)
            return await self._say(delivery, replace(notice, thread=anew))

    async def _say(self, delivery: Claimed, notice: Notice) -> Shown | None:
        async with self._speaker.relays(delivery.chat_id) as turn:
            shown = notice.screen
            return await telegram.show(turn, shown, pictures=self._pictures, edit=notice.standing, thread=notice.thread)

    async def _another_thread(
        self, delivery: Claimed, notice: Notice, error: TelegramBadRequest, now: datetime
    ) -> int | None:
        """For a topic that was deleted. None: it is said in the chat itself, because nothing may be said in the topic."""
        if refusal(error) is Refusal.TOPIC_CLOSED or notice.room is None or notice.thread is None:
            return None
        t = translator(delivery.language)
        bot, chat_id = self._speaker.bot, delivery.chat_id
        return await staff_room.make_again(bot, self._db, chat_id, notice.room, t, gone=notice.thread, now=now)

    async def _failed(self, delivery: Claimed, error: Exception, now: datetime) -> Outcome:
        decide = staff_verdict if delivery.is_for_staff else verdict
        outcome, staff_chat = decide(error, delivery.attempts + 1), self._desk.staff_chat()
        if outcome.is_shut and delivery.is_for_staff:
            log.error("the staff chat %s is closed to the bot: %s", delivery.chat_id, reason(error))
            if staff_chat not in (None, delivery.chat_id):  # the settings name another one by now
                return await self._move(delivery, staff_chat, now)
        if outcome.status == deliveries.FAILED:
            known = outcome.is_expected
            log.error("delivery %s was given up: %s", delivery.id, reason(error), exc_info=None if known else error)
        else:
            log.info("delivery %s: %s, %s", delivery.id, outcome.status, reason(error))
        return Outcome(delivery, verdict=outcome, why=reason(error))

    async def _move(self, delivery: Claimed, new: int, now: datetime) -> Outcome:
        """Whatever waits for the old chat waits for the new one."""
        old = delivery.chat_id
        self._desk.moved_chats[old] = new
        await run_again(self._db, lambda session: self._moved(session, old, new, now))
        return Outcome(delivery)

    async def _moved(self, session: AsyncSession, old: int, new: int, now: datetime) -> None:
        await deliveries.move_chat(session, old, new, now=now)
        await groups.follow(session, old, new)

    # ---- writing it down

    async def _write(
        self, outcomes: Sequence[Outcome], next_ones: Sequence[Claimed], now: datetime, *, started: float
    ) -> set[int]:
        """Returns the ids of the *next_ones* that may be sent now."""
        if not (outcomes or next_ones):
            return set()

        async def write(session: AsyncSession) -> set[int]:
            await _close(session, outcomes, now)
            # A lease that began when the run did would be over too soon, and another relay would send the same once more.
            moment = now + timedelta(seconds=monotonic() - started)
            return await deliveries.begin(session, next_ones, now=moment) if next_ones else set()

        return await run_again(self._db, write)

    async def _release(self, behind: Sequence[Claimed]) -> None:
        if behind:
            ids, token = [delivery.id for delivery in behind], behind[0].token
            await run_again(self._db, lambda session: deliveries.release(session, ids, token=token))


def _first_of_each_chat(claimed: Sequence[Claimed]) -> tuple[list[Claimed], list[Claimed]]:
    first: dict[int, Claimed] = {}
    for delivery in claimed:
        first.setdefault(delivery.chat_id, delivery)
    return list(first.values()), [delivery for delivery in claimed if first[delivery.chat_id] is not delivery]


def _of(readers: Mapping[int, Reader], told: Told) -> Reader:
    return readers.get(told.delivery.chat_id, NOBODY_KNOWN)


async def _close(session: AsyncSession, outcomes: Sequence[Outcome], now: datetime) -> None:
    shown = [(each.delivery, each.shown) for each in outcomes if each.shown is not None]
    await deliveries.sent(session, shown, now=now)
    for each in outcomes:
        if each.verdict is not None:
            if each.verdict.is_shut and each.delivery.chat_id > 0:
                await customers.mark_blocked(session, each.delivery.chat_id, blocked=True, now=now)
            if each.verdict.pause is None and each.delivery.route == ANSWER_ROUTE:
                await support_edits.not_brought(session, each.delivery.event_id, now=now)
            await deliveries.settle(session, each.delivery, each.verdict, reason=each.why, now=now)
        elif each.shown is not None and each.notice is not None and each.notice.slot is not None:
            chat_id, slot, there = each.delivery.chat_id, each.notice.slot, each.shown
            if there != each.notice.standing:
                await living.stands(session, chat_id, slot, there.message_id, has_picture=there.has_picture, now=now)
