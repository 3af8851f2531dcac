"""The rows behind the relay: which may be sent now, which are being sent, what became of them, and which message stands where."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Table, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.retries import Verdict
from notifications.telegram import Shown
from store.db import affected
from store.models import ChatMessage, Delivery
from store.upsert import insert_ignoring

log = logging.getLogger(__name__)

WAITING, SENDING, SENT, SKIPPED, FAILED = "waiting", "sending", "sent", "skipped", "failed"
# Longer than one delivery can take: an edit, a message instead of it and a keyboard, 30 seconds each.
LEASE = timedelta(seconds=120)
# So many of the oldest are looked at; only when all their chats are closed is the whole table.
WINDOW = 500
# No literal where it labels a column: the catalogues would take it for a text.
_IS_DUE = "is_due"
# The route of an event for which no recipients could be found.
UNROUTED = "unrouted"
# A column's name: spelled out in place, it would be taken for a text of the shop that wants translating.
_IS_DUE = "is_due"
# A number that no message and no chat has. Of a message: the chat is known to follow the thing, but its message must be sent anew.
NOWHERE = 0


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
    language: str | None
    token: str
    may_have_come: bool = False

    @property
    def is_for_staff(self) -> bool:
        return self.route.startswith("staff.")


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that may be claimed."""

    id: int
    chat_id: int
    is_half_sent: bool


async def set_aside(session: AsyncSession, event_id: int, *, reason: str, now: datetime) -> None:
    """The event that cannot be routed stands among what has failed, where a person finds it."""
    values = {"status": FAILED, "attempts": 0, "available_at": now, "last_error": reason[:255]}
    await insert_ignoring(session, Delivery, event_id=event_id, route=UNROUTED, chat_id=NOWHERE, **values)


async def due(session: AsyncSession, *, now: datetime, limit: int, each_chat: int) -> list[Due]:
    """Deliveries that may be sent now, oldest first: of each chat the first ones that are not done, so that nothing overtakes them."""
    columns = (Delivery.id, Delivery.chat_id, Delivery.status, _is_due(now).label(_IS_DUE))
    rows: list[Any] = []
    for status in (SENDING, WAITING):
        oldest = select(*columns).where(Delivery.status == status).order_by(Delivery.id).limit(WINDOW)
        rows.extend(await session.execute(oldest))
    found = _first_of_each_chat(sorted(rows), limit, each_chat)
    if found or len(rows) < WINDOW:
        return found
    first = select(func.min(Delivery.id)).where(Delivery.status.in_((WAITING, SENDING))).group_by(Delivery.chat_id)
    heads = select(*columns).where(Delivery.id.in_(first), _is_due(now)).order_by(Delivery.id).limit(limit)
    return _first_of_each_chat(list(await session.execute(heads)), limit, 1)


def _first_of_each_chat(rows: Sequence[Any], limit: int, each_chat: int) -> list[Due]:
    """*rows* are the oldest of all that is not done, by id."""
    counts: dict[int, int] = {}
    found = []
    for row in rows:
        count = counts.get(row.chat_id, 0)
        if not row.is_due or count >= each_chat:
            counts[row.chat_id] = each_chat  # whatever comes after it has to wait
            continue
        counts[row.chat_id] = count + 1
        found.append(Due(row.id, row.chat_id, row.status == SENDING))
    return found[:limit]


async def claim(session: AsyncSession, wanted: Sequence[Due], *, token: str, now: datetime) -> list[Claimed]:
    """Those of *wanted* that were still due, with a lease; of each chat none without those before it."""
    ids = [each.id for each in wanted]
    await session.execute(
        update(Delivery)
        .where(Delivery.id.in_(ids), _is_due(now))
        .values(claimed_by=token, claimed_until=now + LEASE)
        .execution_options(synchronize_session=False)
    )
    columns = (
        Delivery.id,
        Delivery.event_id,
        Delivery.route,
        Delivery.chat_id,
        Delivery.attempts,
        Delivery.language,
    )
    rows = await session.execute(select(*columns).where(Delivery.id.in_(ids), Delivery.claimed_by == token))
    got = {row.id: row for row in rows}
    lost = {each.chat_id: each.id for each in reversed(wanted) if each.id not in got}
    behind = [row.id for row in got.values() if row.id > lost.get(row.chat_id, row.id)]
    await release(session, behind, token=token)
    kept = [each for each in wanted if each.id in got and each.id not in behind]
    return [Claimed(*got[each.id], token, each.is_half_sent) for each in kept]


async def release(session: AsyncSession, ids: Sequence[int], *, token: str) -> None:
    """Whoever comes next may have them."""
    if ids:
        await session.execute(
            update(Delivery)
            .where(Delivery.id.in_(ids), Delivery.claimed_by == token)
            .values(claimed_by=None, claimed_until=None)
            .execution_options(synchronize_session=False)
        )


# Built once, on the table: these run for every few messages.
_TABLE = cast("Table", Delivery.__table__)
_row = _TABLE.c
_BEGIN = (
    update(_TABLE)
    .where(_row.id.in_(bindparam("ids", expanding=True)), _row.claimed_by == bindparam("token"))
    .values(status=SENDING, attempts=_row.attempts + 1, claimed_until=bindparam("until"))
)
_SENT = (
    update(_TABLE)
    .where(_row.id == bindparam("delivery_id"), _row.claimed_by == bindparam("token"))
    .values(
        status=SENT,
        sent_at=bindparam("now"),
        message_id=bindparam("shown_id"),
        claimed_by=None,
        claimed_until=None,
        last_error=None,
    )
)


async def begin(session: AsyncSession, claimed: Sequence[Claimed], *, now: datetime) -> set[int]:
    """The deliveries are marked as being sent, before anything is. Returns the ids of those whose lease still holds."""
    ids, token = [each.id for each in claimed], claimed[0].token
    marked = await session.execute(_BEGIN, {"ids": ids, "token": token, "until": now + LEASE})
    if cast("CursorResult[Any]", marked).rowcount == len(ids):
        return set(ids)
    return set(await session.scalars(select(Delivery.id).where(Delivery.id.in_(ids), Delivery.claimed_by == token)))


async def sent(session: AsyncSession, shown: Iterable[tuple[Claimed, Shown]], *, now: datetime) -> None:
    """The deliveries are done. Whoever lost the lease meanwhile changes nothing: another relay has sent the same."""
    done = [
        {"delivery_id": delivery.id, "token": delivery.token, "shown_id": message.message_id, "now": now}
        for delivery, message in shown
    ]
    if done:
        await session.execute(_SENT, done)


async def settle(
    session: AsyncSession, delivery: Claimed, outcome: Verdict, *, reason: str | None, now: datetime
) -> None:
    """The delivery that was not sent waits for its next time, or has ended."""
    values: dict[str, Any] = {"available_at": now + outcome.pause} if outcome.pause is not None else {}
    values["attempts"] = delivery.attempts + outcome.is_try
    why = (reason or "")[:255] or None
    await _close(session, delivery, status=outcome.status, last_error=why, **values)


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
        update(ChatMessage).where(ChatMessage.chat_id == old).values(chat_id=new, message_id=NOWHERE, updated_at=now)
    )


async def next_due_at(session: AsyncSession, *, now: datetime) -> datetime | None:
    """When the next delivery is due that waits for its time. What waits behind it in its chat is due already, and does not count."""
    return await session.scalar(
        select(func.min(Delivery.available_at)).where(Delivery.status == WAITING, Delivery.available_at > now)
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Its time has come, and nobody has it; or whoever was sending it has not been heard of since."""
    is_free = or_(Delivery.claimed_until.is_(None), Delivery.claimed_until < now)
    return and_(
        is_free, or_(Delivery.status == SENDING, and_(Delivery.status == WAITING, Delivery.available_at <= now))
    )


async def _close(session: AsyncSession, delivery: Claimed, **values: Any) -> None:
    changed = await affected(
        session,
        update(Delivery)
        .where(Delivery.id == delivery.id, Delivery.claimed_by == delivery.token)
        .values(claimed_by=None, claimed_until=None, **values)
        .execution_options(synchronize_session=False),
    )
    if not changed:
        log.warning("the lease of delivery %s had run out: another relay has it", delivery.id)
