"""Questions to the people of the shop: a customer has one open thread, and whatever both sides write stands in it.

Every change locks the customer first, so that a question and the closing of its thread come one after the other.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, outbox
from store.audit import Actor
from store.db import new_id
from store.errors import NotFound
from store.events import SupportAnswered, SupportAsked, SupportCalled, SupportChanged, SupportClosed
from store.models import Customer, Order, SupportMessage, SupportThread
from store.models.base import table

TEXT_MAX = 4096


class Side(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody has written, and where. *kind* is Telegram's name for it ("text", "photo", …), *text* its words or its caption.

    Without *message_id* nobody has typed it: it is a saved reply.
    """

    kind: str = "text"
    text: str = ""
    file_id: str | None = None
    chat_id: int | None = None
    message_id: int | None = None
    album: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """*is_first*: the thread was opened by this. *is_more_of_album*: a part of an album whose first part has come before."""

    thread_id: int
    message_id: int
    is_first: bool
    is_more_of_album: bool = False


async def ask(
    session: AsyncSession,
    customer_id: int,
    words: Words,
    *,
    order_id: int | None = None,
    answers_id: int | None = None,
    now: datetime,
) -> Asked:
    """The customer's words stand in their open thread, opened if there was none, and the staff will be told. The same message counts once.

    Raises: NotFound for an order of somebody else's.
    """
    customer = await _alone_with(session, customer_id)
    if order_id is not None:
        await _require_own_order(session, customer_id, order_id)
    if (known := await _known(session, words)) is not None:
        return Asked(known.thread_id, known.id, is_first=False, is_more_of_album=known.album is not None)
    thread = await open_thread_of(session, customer_id)
    is_first = thread is None
    thread = thread or await _opened(session, customer_id, order_id, now)
    goes_on = words.album is not None and await _has_album(session, thread.id, words.album)
    if order_id is not None:
        thread.order_id = order_id
    thread.waiting_since = thread.waiting_since or now
    thread.last_side, thread.last_at = Side.CUSTOMER, now
    author = Actor.customer(customer.telegram_id, customer.name)
    message_id = await _write_down(session, thread, Side.CUSTOMER, words, author, answers_id, now)
    await outbox.write(session, SupportAsked(thread_id=thread.id, message_id=message_id), now=now)
    return Asked(thread.id, message_id, is_first, goes_on)


async def answer(
    session: AsyncSession, thread_id: int, words: Words, *, actor: Actor, answers_id: int | None = None, now: datetime
) -> int | None:
    """The staff's words stand in the customer's thread and will be told. A closed one is opened again, or the one that is open now goes on.

    The id of the message; None when the same one was written down before. Raises: NotFound.
    """
    thread = await lock(session, thread_id)
    if await _known(session, words) is not None:
        return None
    if thread.open_slot is None:
        thread = await _open_again(session, thread)
    if thread.claimed_by is None:
        thread.claimed_by, thread.claimed_name = account_of(actor), actor.name[:128]
    thread.waiting_since = thread.reminded_at = None
    thread.last_side, thread.last_at = Side.STAFF, now
    message_id = await _write_down(session, thread, Side.STAFF, words, actor, answers_id, now)
    await outbox.write(session, SupportAnswered(thread_id=thread.id, message_id=message_id), now=now)
    return message_id


async def about_order(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> int:
    """There is an open thread with the order's buyer, about this order, and it is shown at the bottom of the staff chat. Its id. Raises: NotFound."""
    customer_id = await session.scalar(select(Order.customer_id).where(Order.id == order_id))
    if customer_id is None:
        raise NotFound(what="order")
    await _alone_with(session, customer_id)
    thread = await open_thread_of(session, customer_id)
    thread = thread or await _opened(session, customer_id, order_id, now)
    thread.order_id = order_id
    await session.flush()
    await _call(session, thread, now)
    return thread.id


async def call(session: AsyncSession, thread_id: int, *, now: datetime) -> None:
    """The thread is shown once more, at the bottom of the staff chat. Raises: NotFound."""
    await _call(session, await lock(session, thread_id), now)


async def claim(session: AsyncSession, thread_id: int, *, actor: Actor, now: datetime) -> bool:
    """Everybody sees that this person takes care of it. False when it is closed already. Raises: NotFound."""
    thread = await lock(session, thread_id)
    if thread.open_slot is None:
        return False
    if thread.claimed_by == account_of(actor):
        return True
    thread.claimed_by, thread.claimed_name = account_of(actor), actor.name[:128]
    await _changed(session, thread, "claimed", actor, now)
    return True


async def close(session: AsyncSession, thread_id: int, *, actor: Actor, now: datetime) -> bool:
    """Nothing more is to be answered; the customer is told when the staff says so. False when it was closed already. Raises: NotFound."""
    thread = await lock(session, thread_id)
    if thread.open_slot is None:
        return False
    thread.open_slot = thread.waiting_since = thread.reminded_at = None
    thread.closed_at, thread.closed_by = now, actor.name[:128]
    event = SupportClosed(thread_id=thread.id) if actor.kind == "staff" else SupportChanged(thread_id=thread.id)
    await session.flush()
    await audit.record(session, actor, "closed", "support", thread.id, now=now)
    await outbox.write(session, event, now=now)
    return True


async def close_own(session: AsyncSession, customer_id: int, *, now: datetime) -> bool:
    """The customer has no open thread any more. Whether there was one."""
    customer = await _alone_with(session, customer_id)
    thread = await open_thread_of(session, customer_id)
    if thread is not None:
        await close(session, thread.id, actor=Actor.customer(customer_id, customer.name), now=now)
    return thread is not None


async def reopen(session: AsyncSession, thread_id: int, *, actor: Actor, now: datetime) -> bool:
    """The thread is open. False when the customer has another open one: that goes on. Raises: NotFound."""
    thread = await lock(session, thread_id)
    if thread.open_slot is not None:
        return True
    if await open_thread_of(session, thread.customer_id) is not None:
        return False
    _is_open(thread)
    await _changed(session, thread, "reopened", actor, now)
    return True


async def open_thread_of(session: AsyncSession, customer_id: int) -> SupportThread | None:
    """The customer's one open thread."""
    mine = select(SupportThread).where(SupportThread.customer_id == customer_id, SupportThread.open_slot == 1)
    found: SupportThread | None = await session.scalar(mine)
    return found


def account_of(actor: Actor) -> int:
    """The Telegram account behind "staff:7"."""
    return int(actor.key.partition(":")[2] or 0)


async def _alone_with(session: AsyncSession, customer_id: int) -> Customer:
    """The customer, while nobody else changes their threads. Raises: NotFound."""
    locked = select(Customer).where(Customer.id == customer_id).with_for_update(key_share=True)
    customer: Customer | None = await session.scalar(locked)
    if customer is None:
        raise NotFound(what="customer")
    return customer


async def lock(session: AsyncSession, thread_id: int) -> SupportThread:
    """The thread, while nobody else writes into it. Raises: NotFound."""
    customer_id = await session.scalar(select(SupportThread.customer_id).where(SupportThread.id == thread_id))
    if customer_id is None:
        raise NotFound(what="thread")
    await _alone_with(session, customer_id)
    return await session.get_one(SupportThread, thread_id, populate_existing=True)


async def _opened(session: AsyncSession, customer_id: int, order_id: int | None, now: datetime) -> SupportThread:
    thread = SupportThread(customer_id=customer_id, order_id=order_id, open_slot=1, opened_at=now, last_at=now)
    session.add(thread)
    await session.flush()
    return thread


async def _open_again(session: AsyncSession, thread: SupportThread) -> SupportThread:
    if (other := await open_thread_of(session, thread.customer_id)) is not None:
        return other
    _is_open(thread)
    return thread


def _is_open(thread: SupportThread) -> None:
    thread.open_slot, thread.closed_at, thread.closed_by = 1, None, None


async def _require_own_order(session: AsyncSession, customer_id: int, order_id: int) -> None:
    own = select(Order.id).where(Order.id == order_id, Order.customer_id == customer_id)
    if await session.scalar(own) is None:
        raise NotFound(what="order")


async def _known(session: AsyncSession, words: Words) -> SupportMessage | None:
    if words.message_id is None:
        return None
    where = (SupportMessage.chat_id == words.chat_id, SupportMessage.message_id == words.message_id)
    found: SupportMessage | None = await session.scalar(select(SupportMessage).where(*where))
    return found


async def _has_album(session: AsyncSession, thread_id: int, album: str) -> bool:
    parts = select(SupportMessage.id).where(SupportMessage.thread_id == thread_id, SupportMessage.album == album)
    return await session.scalar(parts.limit(1)) is not None


async def _write_down(
    session: AsyncSession,
    thread: SupportThread,
    side: Side,
    words: Words,
    author: Actor,
    answers_id: int | None,
    now: datetime,
) -> int:
    await session.flush()
    row: dict[str, Any] = {
        "thread_id": thread.id,
        "side": side,
        "author_id": account_of(author),
        "author_name": author.name[:128],
        "kind": words.kind,
        "text": kept_text(words.text),
        "file_id": words.file_id,
        "chat_id": words.chat_id,
        "message_id": words.message_id,
        "album": words.album,
        "order_id": thread.order_id,
        "answers_id": answers_id,
        "sent_at": now,
    }
    return await new_id(session, insert(table(SupportMessage)), row)


def kept_text(text: str) -> str:
    """What any of the databases can keep: no NUL and no half of a character."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")[:TEXT_MAX]


async def _call(session: AsyncSession, thread: SupportThread, now: datetime) -> None:
    await outbox.write(session, SupportCalled(thread_id=thread.id, at=now.isoformat()), now=now)


async def _changed(session: AsyncSession, thread: SupportThread, what: str, actor: Actor, now: datetime) -> None:
    await session.flush()
    await audit.record(session, actor, what, "support", thread.id, now=now)
    await outbox.write(session, SupportChanged(thread_id=thread.id), now=now)
