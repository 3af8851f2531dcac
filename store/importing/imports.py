"""A file on its way into the shop: kept, looked at, wanted or called off, carried out. `status` says how far it is; each step happens once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from sqlalchemy import Update, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import outbox
from store.audit import Actor
from store.db import affected, new_id
from store.errors import NotFound
from store.events import ImportMoved
from store.importing.report import Report
from store.importing.work import Order
from store.models import GoodsImport, ImportChunk, ImportPicture
from store.models.base import table
from store.sellers import the_seller

RECEIVED, CHECKED, REFUSED = "received", "checked", "refused"
WANTED, APPLIED, FAILED, CANCELLED = "wanted", "applied", "failed", "cancelled"
CHUNK = 256 * 1024
LEASE = timedelta(minutes=15)
TRIES = 3
FAILURES_TOLD = 8
# After that the shop has probably changed, and the file is forgotten.
KEPT_FOR = timedelta(days=1)

_NEW = insert(table(GoodsImport))
_NEW_CHUNK = insert(table(ImportChunk))


@dataclass(frozen=True, slots=True)
class ImportView:
    """*pictures*: how many by status, link (kept as one), waiting, done, failed. *failures*: the first addresses that failed, and why."""

    id: int
    status: str
    file_name: str
    chat_id: int | None
    report: Report
    pictures: Mapping[str, int]
    failures: tuple[tuple[str, str], ...] = ()


async def receive(
    session: AsyncSession,
    content: bytes,
    *,
    file_name: str,
    chat_id: int,
    language: str,
    actor: Actor,
    now: datetime,
) -> int:
    """The file is kept, to be looked at; its id. Raises: NotFound without a shop."""
    row = await _row(session, RECEIVED, file_name, actor, now) | {"chat_id": chat_id, "language": language}
    import_id = await new_id(session, _NEW, row)
    pieces = [content[start : start + CHUNK] for start in range(0, len(content), CHUNK)]
    for position, piece in enumerate(pieces):
        await session.execute(_NEW_CHUNK, {"import_id": import_id, "position": position, "content": piece})
    await outbox.write(session, ImportMoved(import_id=import_id), now=now)
    return import_id


async def open_at_once(session: AsyncSession, file_name: str, *, actor: Actor, now: datetime) -> int:
    """An import that whoever has the file carries out at once, from the command line; its id. Raises: NotFound without a shop."""
    return await new_id(session, _NEW, await _row(session, WANTED, file_name, actor, now))


async def _row(session: AsyncSession, status: str, file_name: str, actor: Actor, now: datetime) -> dict[str, Any]:
    seller = await the_seller(session)
    return {
        "seller_id": seller.id,
        "status": status,
        "file_name": file_name[:255],
        "chat_id": None,
        "language": seller.language,
        "actor": actor.key,
        "actor_name": actor.name[:128],
        "report": {},
        "tries": 0,
        "lease_until": None,
        "created_at": now,
        "updated_at": now,
    }


async def view(session: AsyncSession, import_id: int, *, chat_id: int | None = None) -> ImportView:
    """How it stands. With *chat_id* only one of that chat's. Raises: NotFound."""
    row = await session.get(GoodsImport, import_id)
    if row is None or chat_id not in (None, row.chat_id):
        raise NotFound(kind="import")
    counted = await session.execute(
        select(ImportPicture.status, func.count())
        .where(ImportPicture.import_id == import_id)
        .group_by(ImportPicture.status)
    )
    pictures = {status: count for status, count in counted}  # noqa: C416 - rows are no pairs to a type checker
    failures = await _failures(session, import_id) if pictures.get("failed") else ()
    return ImportView(row.id, row.status, row.file_name, row.chat_id, Report.of(row.report), pictures, failures)


async def told_in(session: AsyncSession, import_id: int) -> tuple[int | None, str]:
    """The chat and the language in which its sender is told. Raises: NotFound."""
    row = await session.get(GoodsImport, import_id)
    if row is None:
        raise NotFound(kind="import")
    return row.chat_id, row.language


async def _failures(session: AsyncSession, import_id: int) -> tuple[tuple[str, str], ...]:
    rows = await session.execute(
        select(ImportPicture.address, ImportPicture.reason)
        .where(ImportPicture.import_id == import_id, ImportPicture.status == "failed")
        .order_by(ImportPicture.id)
        .limit(FAILURES_TOLD)
    )
    return tuple((row.address, row.reason) for row in rows)


async def want(session: AsyncSession, import_id: int, *, chat_id: int, now: datetime) -> bool:
    """It is to be carried out; whether this call has said so first. Raises: NotFound for one of another chat."""
    return await _step(session, import_id, chat_id, {CHECKED}, WANTED, now)


async def cancel(session: AsyncSession, import_id: int, *, chat_id: int, now: datetime) -> bool:
    """Nothing comes of it, and the file is forgotten; whether this call has called it off. Raises: NotFound for one of another chat."""
    is_called_off = await _step(session, import_id, chat_id, {RECEIVED, CHECKED}, CANCELLED, now)
    if is_called_off:
        await forget_file(session, import_id)
    return is_called_off


async def _step(
    session: AsyncSession, import_id: int, chat_id: int, before: Iterable[str], after: str, now: datetime
) -> bool:
    await view(session, import_id, chat_id=chat_id)
    moved = _moved(import_id, before, after, now).where(GoodsImport.chat_id == chat_id)
    return bool(await affected(session, moved.values(lease_until=None, tries=0)))


async def fetch_pictures(session: AsyncSession, import_id: int, *, chat_id: int | None, now: datetime) -> int:
    """The pictures that are links, or failed, are to be fetched; how many. Raises: NotFound."""
    if (await view(session, import_id, chat_id=chat_id)).status != APPLIED:
        return 0
    wanted = update(ImportPicture).where(
        ImportPicture.import_id == import_id, ImportPicture.status.in_(("link", "failed"))
    )
    return await affected(session, wanted.values(status="waiting", reason="", tries=0, due_at=now))


def order(import_id: int, actor: Actor, *, now: datetime) -> Order:
    """What carries it out, once."""

    async def claim(session: AsyncSession) -> bool:
        return bool(await affected(session, _moved(import_id, {WANTED}, APPLIED, now)))

    async def told(session: AsyncSession, report: Report) -> None:
        await _keep(session, import_id, report)
        await forget_file(session, import_id)
        await outbox.write(session, ImportMoved(import_id=import_id), now=now)

    return Order(import_id, actor, now, claim, told)


async def looked_at(session: AsyncSession, import_id: int, report: Report, *, now: datetime) -> None:
    """The report of the first look stands; whoever sent the file is asked."""
    after = CHECKED if report.is_fine and report.has_changes else REFUSED
    if await affected(session, _moved(import_id, {RECEIVED}, after, now).values(lease_until=None)):
        await _keep(session, import_id, report)
        if after == REFUSED:
            await forget_file(session, import_id)
        await outbox.write(session, ImportMoved(import_id=import_id), now=now)


async def failed(session: AsyncSession, import_id: int, report: Report, *, now: datetime) -> None:
    """It did not fit any more, or could not be done at all; nothing of it stands in the shop."""
    if await affected(session, _moved(import_id, {RECEIVED, WANTED}, FAILED, now)):
        await _keep(session, import_id, report)
        await forget_file(session, import_id)
        await outbox.write(session, ImportMoved(import_id=import_id), now=now)


@dataclass(frozen=True, slots=True)
class Claimed:
    id: int
    status: str
    actor: Actor
    file_name: str
    is_hopeless: bool


async def claim_due(session: AsyncSession, *, now: datetime) -> Claimed | None:
    """An import that is to be looked at, or carried out, for this caller alone until its lease ends."""
    is_free = or_(GoodsImport.lease_until.is_(None), GoodsImport.lease_until <= now)
    row = await session.scalar(
        select(GoodsImport)
        .where(GoodsImport.status.in_((RECEIVED, WANTED)), GoodsImport.chat_id.is_not(None), is_free)
        .order_by(GoodsImport.id)
        .limit(1)
    )
    if row is None:
        return None
    mine = update(GoodsImport).where(GoodsImport.id == row.id, GoodsImport.status == row.status, is_free)
    lease = mine.values(lease_until=now + LEASE, tries=GoodsImport.tries + 1)
    if not await affected(session, lease.execution_options(synchronize_session=False)):
        return None
    return Claimed(row.id, row.status, Actor(row.actor, row.actor_name), row.file_name, row.tries >= TRIES)


async def write_file(session: AsyncSession, import_id: int, file: IO[bytes]) -> None:
    """The file's pieces, one at a time."""
    position = 0
    while (content := await session.scalar(_chunk(import_id, position))) is not None:
        file.write(content)
        position += 1
    file.flush()


def _chunk(import_id: int, position: int) -> Any:
    return select(ImportChunk.content).where(ImportChunk.import_id == import_id, ImportChunk.position == position)


async def forget_file(session: AsyncSession, import_id: int) -> None:
    await session.execute(delete(ImportChunk).where(ImportChunk.import_id == import_id))


async def forget_old(session: AsyncSession, *, now: datetime) -> int:
    """Files that nobody has wanted for a day are forgotten; how many."""
    old = select(GoodsImport.id).where(GoodsImport.status == CHECKED, GoodsImport.updated_at < now - KEPT_FOR).limit(20)
    ids = list(await session.scalars(old))
    for import_id in ids:
        await affected(session, _moved(import_id, {CHECKED}, CANCELLED, now))
        await forget_file(session, import_id)
    return len(ids)


def _moved(import_id: int, before: Iterable[str], after: str, now: datetime) -> Update:
    return (
        update(GoodsImport)
        .where(GoodsImport.id == import_id, GoodsImport.status.in_(list(before)))
        .values(status=after, updated_at=now)
        .execution_options(synchronize_session=False)
    )


async def _keep(session: AsyncSession, import_id: int, report: Report) -> None:
    kept = update(GoodsImport).where(GoodsImport.id == import_id).values(report=report.as_json())
    await session.execute(kept.execution_options(synchronize_session=False))
