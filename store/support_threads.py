"""What is to be read of the questions to the shop: one thread, the open ones, and which thread a message in a chat belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import support
from store.errors import NotFound
from store.models import ChatMessage, Customer, Order, SupportMessage, SupportThread
from store.support import Side

LISTED = 8
CARD, SAID, CALLED = "support", "say", "call"
# So long after the shop's last word whatever a customer writes is the answer to it.
TURN = timedelta(hours=12)
NOWHERE = 0


@dataclass(frozen=True, slots=True)
class ThreadView:
    """One thread, read at one moment. *last_question* are the customer's latest words (none below a picture), *last_kind* what they came as, *answered_by* who of the shop spoke last."""

    id: int
    customer_id: int
    customer_name: str
    telegram_id: int
    language: str
    is_blocked: bool
    order_id: int | None
    order_number: str | None
    is_open: bool
    closed_by: str | None
    claimed_by: int | None
    claimed_name: str | None
    opened_at: datetime
    waiting_since: datetime | None
    last_at: datetime
    last_side: str | None
    last_message_id: int
    last_question: str
    last_kind: str
    answered_by: str | None
    last_question_id: int = 0


@dataclass(frozen=True, slots=True)
class ThreadsPage:
    threads: tuple[ThreadView, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Addressed:
    """What somebody answers to: a message of a thread (*message_id*, by *side*), or its card."""

    thread_id: int
    side: Side | None = None
    message_id: int | None = None


def card_slot(thread_id: int) -> str:
    return f"{CARD}:{thread_id}"


def said_slot(message_id: int) -> str:
    return f"{SAID}:{message_id}"


async def thread(session: AsyncSession, thread_id: int) -> ThreadView:
    """One thread, for the staff. Raises: NotFound."""
    row = (await session.execute(_threads().where(SupportThread.id == thread_id))).one_or_none()
    if row is None:
        raise NotFound(what="thread")
    return (await _seen(session, [row]))[0]


async def locked(session: AsyncSession, thread_id: int) -> ThreadView:
    """The same, and nobody else writes into it until the caller's transaction ends. Raises: NotFound."""
    await support.lock(session, thread_id)
    return await thread(session, thread_id)


async def open_threads(session: AsyncSession, *, page: int = 0) -> ThreadsPage:
    """The open threads: those that wait for an answer first, the longest waiting at the top."""
    count = await session.scalar(select(func.count()).where(SupportThread.open_slot == 1)) or 0
    pages = max(1, -(-count // LISTED))
    page = min(page, pages - 1)
    is_answered = case((SupportThread.waiting_since.is_(None), 1), else_=0)
    order = (is_answered, SupportThread.waiting_since, SupportThread.last_at.desc(), SupportThread.id)
    wanted = _threads().where(SupportThread.open_slot == 1).order_by(*order).offset(page * LISTED).limit(LISTED)
    rows = (await session.execute(wanted)).all()
    return ThreadsPage(tuple(await _seen(session, rows)), page, pages)


async def message(session: AsyncSession, message_id: int) -> SupportMessage:
    """Raises: NotFound."""
    found = await session.get(SupportMessage, message_id)
    if found is None:
        raise NotFound(what="message")
    return found


async def addressed(session: AsyncSession, chat_id: int, message_id: int) -> Addressed | None:
    """Which thread the message of ours at this place belongs to; None when it is none of a thread's."""
    here = select(ChatMessage.slot).where(ChatMessage.chat_id == chat_id, ChatMessage.message_id == message_id)
    for slot in await session.scalars(here):
        kind, _, rest = slot.partition(":")
        if kind in (CARD, CALLED):
            return Addressed(int(rest.partition(":")[0]))
        if kind == SAID and (said := await session.get(SupportMessage, int(rest))) is not None:
            return Addressed(said.thread_id, Side(said.side), said.id)
    return None


async def is_of(session: AsyncSession, thread_id: int, customer_id: int) -> bool:
    """Whether it is this customer's thread."""
    own = select(SupportThread.id).where(SupportThread.id == thread_id, SupportThread.customer_id == customer_id)
    return await session.scalar(own) is not None


async def is_customers_turn(session: AsyncSession, customer_id: int, *, now: datetime) -> bool:
    """The shop has written last, and not long ago: what comes now is the answer."""
    mine = select(SupportThread.id).where(
        SupportThread.customer_id == customer_id,
        SupportThread.open_slot == 1,
        SupportThread.last_side == Side.STAFF,
        SupportThread.last_at > now - TURN,
    )
    return await session.scalar(mine) is not None


async def place_of(session: AsyncSession, slot: str) -> tuple[int, int] | None:
    """The chat and the number of the message that stands for *slot*; None when there is none."""
    found = await session.execute(
        select(ChatMessage.chat_id, ChatMessage.message_id)
        .where(ChatMessage.slot == slot, ChatMessage.message_id != NOWHERE)
        .order_by(ChatMessage.updated_at.desc())
        .limit(1)
    )
    row = found.first()
    return (row.chat_id, row.message_id) if row is not None else None


def _threads() -> Select[Any]:
    others = (Customer.name, Customer.telegram_id, Customer.language, Customer.blocked_at, Order.number)
    threads: Select[Any] = select(SupportThread)
    joined = threads.join(Customer, Customer.id == SupportThread.customer_id)
    return joined.outerjoin(Order, Order.id == SupportThread.order_id).add_columns(*others)


async def _seen(session: AsyncSession, rows: Sequence[Row[Any]]) -> list[ThreadView]:
    ids = [row[0].id for row in rows]
    questions = await _latest(session, ids, SupportMessage.side == Side.CUSTOMER)
    answers = await _latest(session, ids, SupportMessage.side == Side.STAFF)
    return [_view(row, questions.get(row[0].id), answers.get(row[0].id)) for row in rows]


async def _latest(session: AsyncSession, ids: Sequence[int], which: ColumnElement[bool]) -> dict[int, SupportMessage]:
    if not ids:
        return {}
    newest = select(func.max(SupportMessage.id)).where(SupportMessage.thread_id.in_(ids), which)
    found = await session.scalars(
        select(SupportMessage).where(SupportMessage.id.in_(newest.group_by(SupportMessage.thread_id)))
    )
    return {each.thread_id: each for each in found}


def _view(row: Row[Any], question: SupportMessage | None, answer: SupportMessage | None) -> ThreadView:
    thread: SupportThread = row[0]
    return ThreadView(
        id=thread.id,
        customer_id=thread.customer_id,
        customer_name=row.name,
        telegram_id=row.telegram_id,
        language=row.language,
        is_blocked=row.blocked_at is not None,
        order_id=thread.order_id,
        order_number=row.number,
        is_open=thread.open_slot is not None,
        closed_by=thread.closed_by,
        claimed_by=thread.claimed_by,
        claimed_name=thread.claimed_name,
        opened_at=thread.opened_at,
        waiting_since=thread.waiting_since,
        last_at=thread.last_at,
        last_side=thread.last_side,
        last_message_id=max(question.id if question else 0, answer.id if answer else 0),
        last_question=question.text if question else "",
        last_kind=question.kind if question else "",
        answered_by=answer.author_name if answer else None,
        last_question_id=question.id if question else 0,
    )
