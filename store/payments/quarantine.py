"""Facts about money that fit nothing of ours. Nothing happens because of them until a person has decided; none is ever dropped."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, outbox
from store.audit import Actor
from store.db import affected
from store.events import PaymentQuarantined
from store.models import ProviderEventRow

log = logging.getLogger(__name__)

NEW, APPLIED, IGNORED, EARLY, ASIDE = "new", "applied", "ignored", "early", "quarantined"


class Quarantined(Exception):
    """The fact fits nothing of ours: a person must look. Its argument is the reason."""


class Early(Exception):
    """The fact speaks of money that we have not heard of yet: it waits for the one that came later. Its argument is the reason if none comes."""


async def put(session: AsyncSession, row: ProviderEventRow, reason: str, *, now: datetime) -> None:
    """A person is asked to look at the fact; nothing else happens because of it."""
    row.status, row.reason = ASIDE, reason
    log.warning("provider event %s of %s is quarantined: %s", row.id, row.gateway, reason)
    await outbox.write(session, PaymentQuarantined(provider_event_id=row.id), now=now)


async def apply_again(session: AsyncSession, provider_event_id: int, *, actor: Actor, now: datetime) -> bool:
    """A person says that the fact is right: it is applied as if it had just come. False when it is not in quarantine (any more)."""
    return await _decided(session, provider_event_id, NEW, "payment_fact_replayed", actor, now)


async def dismiss(session: AsyncSession, provider_event_id: int, *, actor: Actor, now: datetime) -> bool:
    """A person has dealt with it: the fact is kept and changes nothing. False when it is not in quarantine (any more)."""
    return await _decided(session, provider_event_id, IGNORED, "payment_fact_dismissed", actor, now)


async def waiting(session: AsyncSession, *, limit: int = 100) -> Sequence[ProviderEventRow]:
    """What a person has to look at, oldest first."""
    rows = await session.scalars(
        select(ProviderEventRow).where(ProviderEventRow.status == ASIDE).order_by(ProviderEventRow.id).limit(limit)
    )
    return rows.all()


async def released(session: AsyncSession, attempt_id: int) -> None:
    """Money of the attempt has come in: what spoke of it too early is due to be applied now."""
    await session.execute(
        update(ProviderEventRow)
        .where(ProviderEventRow.attempt_id == attempt_id, ProviderEventRow.status == EARLY)
        .values(status=NEW)
        .execution_options(synchronize_session=False)
    )


async def _decided(
    session: AsyncSession, provider_event_id: int, status: str, action: str, actor: Actor, now: datetime
) -> bool:
    decided = (
        update(ProviderEventRow)
        .where(ProviderEventRow.id == provider_event_id, ProviderEventRow.status == ASIDE)
        .values(status=status)
        .execution_options(synchronize_session=False)
    )
    if not await affected(session, decided):
        return False
    await audit.record(session, actor, action, "provider_event", provider_event_id, now=now)
    return True
