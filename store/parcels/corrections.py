"""What the staff has corrected: messages that ask for a parcel, and messages that only seemed to. Learned from at the next question."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.audit import Actor
from store.errors import NotFound
from store.models import ParcelCorrection, SupportMessage
from store.parcels.asking import rules
from store.parcels.asking.intents import ABOUT_A_PARCEL, INTENTS, Intent
from store.parcels.asking.learned import Learned, learned
from store.support import Side, account_of
from store.upsert import insert_ignoring

# The latest count: a message is compared with each of them.
LEARNED_FROM = 100


async def correct(session: AsyncSession, message_id: int, *, asks: bool, actor: Actor, now: datetime) -> None:
    """From now on the customer's message is a lesson; the latest word counts. Raises: NotFound for what is no customer's text."""
    words = await session.scalar(
        select(SupportMessage.text).where(SupportMessage.id == message_id, SupportMessage.side == Side.CUSTOMER)
    )
    if not words:
        raise NotFound(what="message")
    said = {"asks": asks, "by": account_of(actor), "at": now}
    if not await insert_ignoring(session, ParcelCorrection, message_id=message_id, **said):
        await session.execute(update(ParcelCorrection).where(ParcelCorrection.message_id == message_id).values(**said))


async def knowing(session: AsyncSession) -> Learned:
    """What the shop has learned, with its latest corrections."""
    rows = await session.execute(
        select(SupportMessage.text, ParcelCorrection.asks)
        .join(SupportMessage, SupportMessage.id == ParcelCorrection.message_id)
        .where(SupportMessage.text != "")
        .order_by(ParcelCorrection.at.desc(), ParcelCorrection.message_id.desc())
        .limit(LEARNED_FROM)
    )
    lessons = tuple((row.text, row.asks) for row in rows)
    return _taught(lessons) if lessons else learned()


@lru_cache(maxsize=2)
def _taught(lessons: tuple[tuple[str, bool], ...]) -> Learned:
    return learned().taught(_meant(lessons))


def _meant(lessons: Iterable[tuple[str, bool]]) -> Iterable[tuple[str, Intent]]:
    """What is not about a parcel is whatever it looked like otherwise: a wish to cancel stays one."""
    for text, asks in lessons:
        said = rules.without_refusals(text)
        chances = learned().hear(said).chances
        among = [each for each in INTENTS if (each in ABOUT_A_PARCEL) is asks]
        yield said, max(among, key=lambda each: chances[each])
