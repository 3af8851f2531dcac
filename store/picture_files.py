"""Which file of Telegram's a picture has become. Ids of files mean nothing to another bot, and a picture is known by its content, not by its name."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import PictureFile
from store.upsert import insert_ignoring

FILE_ID_MAX = 255


async def file_ids_of(session: AsyncSession, bot_id: int, digests: Collection[str]) -> dict[str, str]:
    """By the digests; those of no known file are left out."""
    known = select(PictureFile.digest, PictureFile.file_id).where(
        PictureFile.bot_id == bot_id, PictureFile.digest.in_(digests)
    )
    return {row.digest: row.file_id for row in await session.execute(known)}


async def learn(session: AsyncSession, bot_id: int, digest: str, file_id: str, *, now: datetime) -> None:
    """The picture is this file now, whatever it was before."""
    key = {"bot_id": bot_id, "digest": digest}
    if not await insert_ignoring(session, PictureFile, **key, file_id=file_id, at=now):
        await session.execute(update(PictureFile).filter_by(**key).values(file_id=file_id, at=now))


async def forget(session: AsyncSession, bot_id: int, digest: str, file_id: str) -> None:
    """Telegram does not know this file any more; one that was learnt meanwhile stays."""
    await session.execute(delete(PictureFile).filter_by(bot_id=bot_id, digest=digest, file_id=file_id))
