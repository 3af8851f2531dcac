"""What must happen once, however many messages or processes bring it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from store.models import IdempotencyKey
from store.upsert import insert_ignoring


async def is_first(session: AsyncSession, scope: str, key: str, *, now: datetime) -> bool:
    """Whether nobody has asked this before about *key*, within *scope* (what the key is of). Counts if the caller's transaction commits."""
    return await insert_ignoring(session, IdempotencyKey, scope=scope, key=key[:128], created_at=now)
