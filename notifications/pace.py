"""How fast the shop speaks unasked: one budget for all processes, in the database, and a pause between two messages to one chat."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.deliveries import WAITING, Due
from store.models import Delivery, SendingPace
from store.upsert import insert_ignoring

EVERYTHING = "relay"
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pace:
    """Telegram's own words: about 30 messages a second in all, one a second to a chat, 20 a minute to a group."""

    per_s: int = 30
    at_once: int = 8
    chat: timedelta = timedelta(seconds=1)
    group_per_minute: int = 20

    async def lease(self, session: AsyncSession, free_at: datetime, wanted: int, *, spent: int, now: datetime) -> int:
        """How many of *wanted* may be sent now. *spent*: what was said meanwhile without asking, to people who waited for it.

        Every process takes from the same row, so none has a share that it does not use.
        """
        granted, free_at = self.granted(free_at, wanted, spent=spent, now=now)
        await session.execute(
            update(SendingPace)
            .where(SendingPace.name == EVERYTHING)
            .values(free_at=free_at)
            .execution_options(synchronize_session=False)
        )
        return granted

    def granted(self, free_at: datetime, wanted: int, *, spent: int, now: datetime) -> tuple[int, datetime]:
        """How many of *wanted*, and from when on the next is free. What was not used is not saved up, but for one burst."""
        free_at = max(free_at, now - self._lasts(self.at_once)) + self._lasts(spent)
        some = max(0, min(wanted, int((now - free_at) / self._lasts(1) + 1e-6)))
        return some, free_at + self._lasts(some)

    async def takes_turn(self, session: AsyncSession) -> datetime:
        """From when on the next message may be sent. No other process takes anything before the transaction has ended."""
        row = select(SendingPace.free_at).where(SendingPace.name == EVERYTHING).with_for_update()
        found = await session.scalar(row)
        if found is None:
            await insert_ignoring(session, SendingPace, name=EVERYTHING, free_at=_LONG_AGO)
            found = await session.scalar(row)
        return found or _LONG_AGO

    def _lasts(self, messages: int) -> timedelta:
        return timedelta(seconds=messages / self.per_s)

    async def held_up(self, session: AsyncSession, chats: Collection[int], *, now: datetime) -> dict[int, datetime]:
        """Until when each of the *chats* has heard enough; those that are free are left out."""
        heard = (
            select(Delivery.chat_id, func.count(), func.min(Delivery.sent_at), func.max(Delivery.sent_at))
            .where(Delivery.chat_id.in_(chats), Delivery.sent_at > now - timedelta(minutes=1))
            .group_by(Delivery.chat_id)
        )
        found: dict[int, datetime] = {}
        for chat_id, count, first, last in await session.execute(heard):
            if first is None or last is None:  # there is no group without a row
                continue
            until = last + self.chat
            if chat_id < 0 and count >= self.group_per_minute:
                until = max(until, first + timedelta(minutes=1))
            if until > now:
                found[chat_id] = until
        return found


async def put_off(session: AsyncSession, wanted: Sequence[Due], held_up: dict[int, datetime]) -> list[Due]:
    """What is to be said in a chat that has heard enough is due later, for every process; the rest is returned."""
    for each in wanted:
        if each.chat_id in held_up:
            await session.execute(
                update(Delivery)
                .where(Delivery.id == each.id, Delivery.status == WAITING)
                .values(available_at=held_up[each.chat_id])
                .execution_options(synchronize_session=False)
            )
    return [each for each in wanted if each.chat_id not in held_up]
