"""What is answered often, written once: saved replies, and what is filled into them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import typed
from store.audit import Actor
from store.db import affected
from store.errors import BadInput, NotFound
from store.models import Order, SavedReply, Shipment
from store.sellers import the_seller
from store.support import account_of, kept_text
from store.support_threads import ThreadView
from store.upsert import insert_ignoring

TITLE_MAX = 32
TEXT_MAX = 2000
MOST = 30
FAQS_SHOWN = 6
# "?Delivery" is offered to every customer, "?ru Доставка" to those who speak Russian. In "?do you deliver" no language is meant.
_PUBLIC = re.compile(r"\?\s*(?:(en|ru|zh)\s+)?(.+)", re.DOTALL)
_VARIABLE = re.compile(r"\{(name|order|tracking)\}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A saved reply as this customer would get it. *missing* are the variables for which there is nothing: it cannot be sent so."""

    reply_id: int
    title: str
    text: str
    missing: tuple[str, ...]


async def save(session: AsyncSession, title: str, text: str, *, actor: Actor, now: datetime) -> SavedReply:
    """The reply is kept under its title, in place of another of that title. Raises: BadInput(reply) empty, too_long, too_many."""
    title = typed.line(title, "reply_title", maximum=TITLE_MAX)
    text = kept_text(text).strip()
    if not text:
        raise BadInput(field="reply", reason="empty")
    if len(text) > TEXT_MAX:
        raise BadInput(field="reply", reason="too_long", maximum=TEXT_MAX)
    seller = await the_seller(session)
    key = {"seller_id": seller.id, "title": title}
    changed = update(SavedReply).filter_by(**key).values(text=text, updated_at=now)
    if not await affected(session, changed.execution_options(synchronize_session=False)):
        if len(await replies(session)) >= MOST:
            raise BadInput(field="reply", reason="too_many", maximum=MOST)
        await insert_ignoring(
            session, SavedReply, **key, text=text, created_by=account_of(actor), created_at=now, updated_at=now
        )
    return (await session.scalars(select(SavedReply).filter_by(**key))).one()


async def replies(session: AsyncSession) -> list[SavedReply]:
    """All of them, by title."""
    return list(await session.scalars(select(SavedReply).order_by(SavedReply.title, SavedReply.id)))


async def reply(session: AsyncSession, reply_id: int) -> SavedReply:
    """Raises: NotFound."""
    found = await session.get(SavedReply, reply_id)
    if found is None:
        raise NotFound(what="reply")
    return found


@dataclass(frozen=True, slots=True)
class Faq:
    """What a customer may read without asking anybody."""

    reply_id: int
    title: str
    text: str


async def faqs(session: AsyncSession, language: str) -> list[Faq]:
    """The saved replies whose title begins with a question mark, in this language or in none; without those that need an order."""
    found = [_as_faq(each, language) for each in await replies(session)]
    return [each for each in found if each is not None][:FAQS_SHOWN]


async def faq(session: AsyncSession, reply_id: int, language: str) -> Faq:
    """Raises: NotFound, for what only the staff may read, too."""
    found = _as_faq(await reply(session, reply_id), language)
    if found is None:
        raise NotFound(what="reply")
    return found


def _as_faq(reply: SavedReply, language: str) -> Faq | None:
    match = _PUBLIC.fullmatch(reply.title)
    if match is None or match[1] not in (None, language) or _VARIABLE.search(reply.text):
        return None
    return Faq(reply.id, match[2].strip(), reply.text)


async def drop(session: AsyncSession, reply_id: int) -> None:
    """It is not offered any more; what was sent with it stays."""
    await session.execute(delete(SavedReply).where(SavedReply.id == reply_id))


async def filled(session: AsyncSession, reply_id: int, thread: ThreadView) -> Filled:
    """The reply with the customer's name, the thread's order and its parcel filled in. Raises: NotFound."""
    found = await reply(session, reply_id)
    values = await _values(session, thread)
    wanted = list(dict.fromkeys(_VARIABLE.findall(found.text)))
    text = _VARIABLE.sub(lambda match: values.get(match[1]) or match[0], found.text)
    return Filled(found.id, found.title, text, tuple(name for name in wanted if not values.get(name)))


async def _values(session: AsyncSession, thread: ThreadView) -> Mapping[str, str | None]:
    name = typed.readable(thread.customer_name, maximum=64)
    if thread.order_id is None:
        return {"name": name}
    tracking = await session.scalar(
        select(Shipment.tracking_number)
        .where(Shipment.order_id == thread.order_id, Shipment.tracking_number.is_not(None))
        .order_by(Shipment.id.desc())
        .limit(1)
    )
    number = await session.scalar(select(Order.number).where(Order.id == thread.order_id))
    return {"name": name, "order": number, "tracking": tracking}
