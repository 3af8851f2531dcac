"""What a customer looked for, so that the buttons below the results know it. The latest of each customer are kept."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.errors import NotFound
from store.models import Search
from store.upsert import new_id_ignoring

KEPT = 20


async def remember(session: AsyncSession, customer_id: int, text: str, *, now: datetime) -> int:
    """The id of the customer's search for *text*; one older than the latest twenty is forgotten for it."""
    made = await new_id_ignoring(session, Search, customer_id=customer_id, text=text, at=now)
    if made is not None:
        await _forget_oldest(session, customer_id)
        return made
    known = (Search.customer_id == customer_id, Search.text == text)
    await session.execute(update(Search).where(*known).values(at=now))
    return int((await session.scalars(select(Search.id).where(*known))).one())


async def text_of(session: AsyncSession, customer_id: int, search_id: int) -> str:
    """Raises: NotFound for one that is forgotten, and for somebody else's."""
    text = await session.scalar(select(Search.text).where(Search.id == search_id, Search.customer_id == customer_id))
    if text is None:
        raise NotFound(kind="search")
    return text


async def is_latest(session: AsyncSession, customer_id: int, text: str) -> bool:
    """Whether nothing was looked for since *text*, as it would be remembered."""
    own = select(Search.text).where(Search.customer_id == customer_id)
    return await session.scalar(own.order_by(Search.at.desc(), Search.id.desc()).limit(1)) == text


async def _forget_oldest(session: AsyncSession, customer_id: int) -> None:
    own = select(Search.id).where(Search.customer_id == customer_id)
    oldest = list(await session.scalars(own.order_by(Search.at.desc(), Search.id.desc()).offset(KEPT)))
    if oldest:
        await session.execute(delete(Search).where(Search.id.in_(oldest)))
