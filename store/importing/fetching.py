"""The pictures that an import knows by their addresses, fetched a few at a time. A dead link is told, and fails nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Executable, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import outbox, outside, pictures
from store.db import Database, affected
from store.errors import BadInput
from store.events import ImportMoved
from store.models import ImportPicture
from store.outside import Refused

MOST_BYTES = 20 * 2**20
AT_ONCE = 6
TRIES = 3
LEASE = timedelta(minutes=5)
AGAIN_AFTER = timedelta(minutes=1)
# Its message is not changed for every single picture.
STEPS = 10

Fetch = Callable[[str], Awaitable[bytes]]
# Keeps a picture's content in the shop's folder; its name. Raises: BadInput.
Keep = Callable[[bytes], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    id: int
    import_id: int
    product_id: int
    address: str
    tries: int


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A *name* when it is here, else why not."""

    name: str | None = None
    reason: str = ""
    may_pass: bool = False


async def fetch_due(db: Database, fetch: Fetch, keep: Keep, *, now: datetime) -> int:
    """Some of the pictures that are wanted stand in their galleries, or are tried again, or given up; how many were asked for."""
    async with db.begin() as session:
        wanted = await _claimed(session, now)
    outcomes = await asyncio.gather(*(_fetched(each, fetch, keep) for each in wanted))
    for each, outcome in zip(wanted, outcomes, strict=True):
        async with db.begin() as session:
            await _settle(session, each, outcome, now)
    return len(wanted)


async def _claimed(session: AsyncSession, now: datetime) -> Sequence[_Wanted]:
    rows = await session.execute(
        select(
            ImportPicture.id,
            ImportPicture.import_id,
            ImportPicture.product_id,
            ImportPicture.address,
            ImportPicture.tries,
        )
        .where(ImportPicture.status == "waiting", ImportPicture.due_at <= now)
        .order_by(ImportPicture.due_at, ImportPicture.id)
        .limit(AT_ONCE)
    )
    found = [_Wanted(*row) for row in rows]
    return [replace(each, tries=each.tries + 1) for each in found if await affected(session, _leased(each, now))]


def _leased(each: _Wanted, now: datetime) -> Executable:
    row = update(ImportPicture).where(
        ImportPicture.id == each.id, ImportPicture.status == "waiting", ImportPicture.due_at <= now
    )
    return row.values(due_at=now + LEASE, tries=each.tries + 1).execution_options(synchronize_session=False)


async def _fetched(each: _Wanted, fetch: Fetch, keep: Keep) -> _Outcome:
    try:
        return _Outcome(await keep(await fetch(each.address)))
    except Refused as refused:
        return _Outcome(reason=refused.reason, may_pass=refused.may_pass)
    except BadInput as bad:
        return _Outcome(reason=str(bad.params.get("reason", "")))


async def _settle(session: AsyncSession, each: _Wanted, outcome: _Outcome, now: datetime) -> None:
    row = (
        update(ImportPicture)
        .where(ImportPicture.id == each.id, ImportPicture.status == "waiting")
        .execution_options(synchronize_session=False)
    )
    if outcome.name is None and outcome.may_pass and each.tries < TRIES:
        await session.execute(row.values(due_at=now + AGAIN_AFTER * each.tries, reason=outcome.reason))
        return
    status = "failed" if outcome.name is None else "done"
    if not await affected(session, row.values(status=status, reason=outcome.reason)):
        return
    if outcome.name is not None:
        await _hang(session, each, outcome.name, now)
    if await _is_news(session, each.import_id):
        await outbox.write(session, ImportMoved(import_id=each.import_id), now=now)


async def _hang(session: AsyncSession, each: _Wanted, name: str, now: datetime) -> None:
    """In the place of the link, unless somebody has taken that away meanwhile."""
    before = await pictures.gallery(session, each.product_id)
    after = [replace(one, name=name, source=each.address) if one.name == each.address else one for one in before]
    if list(before) != after:
        await pictures.set_gallery(session, each.product_id, after, now=now)


async def _is_news(session: AsyncSession, import_id: int) -> bool:
    """The last one, and about every tenth."""
    counted = await session.execute(
        select(ImportPicture.status, func.count())
        .where(ImportPicture.import_id == import_id, ImportPicture.status != "link")
        .group_by(ImportPicture.status)
    )
    counts = {row[0]: row[1] for row in counted}
    left, total = counts.get("waiting", 0), sum(counts.values())
    return not left or left % max(total // STEPS, 1) == 0


def from_outside() -> Fetch:
    """From the public internet, in bounded size and time."""

    async def fetch(address: str) -> bytes:
        return await outside.fetch(address, most_bytes=MOST_BYTES)

    return fetch
