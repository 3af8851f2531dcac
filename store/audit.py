"""Who did what: written by every store function that changes an order, money, stock or a price."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import AuditEntry
from store.models.base import table


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `key` is "staff:<telegram id>", "customer:<customer id>", "system", "operator" (at the command line) or "provider:<gateway>"; `name` is for people to read."""

    key: str
    name: str = ""

    @classmethod
    def customer(cls, customer_id: int, name: str = "") -> "Actor":
        return cls(f"customer:{customer_id}", name)

    @classmethod
    def staff(cls, telegram_id: int, name: str = "") -> "Actor":
        return cls(f"staff:{telegram_id}", name)

    @classmethod
    def provider(cls, gateway: str) -> "Actor":
        return cls(f"provider:{gateway}")

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]


_ENTRY = insert(table(AuditEntry))

SYSTEM = Actor("system")
OPERATOR = Actor("operator")


async def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: int,
    *,
    now: datetime,
    **details: Any,
) -> None:
    """Adds an entry: action is a past-tense verb ("accepted"), details are JSON-able and hold before/after where something changed."""
    # At once, not at the commit: an order's entry must not come after the hot stock row it takes last.
    await session.execute(
        _ENTRY,
        {
            "at": now,
            "actor": actor.key,
            "actor_name": actor.name[:128],
            "action": action,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "details": details,
        },
    )


async def record_all(
    session: AsyncSession,
    actor: Actor,
    action: str,
    subject_type: str,
    details: Mapping[int, Mapping[str, Any]],
    *,
    now: datetime,
) -> None:
    """Adds an entry for each subject (id → its details), all at once: a file of goods changes thousands."""
    common = {"at": now, "actor": actor.key, "actor_name": actor.name[:128], "action": action}
    rows = [
        common | {"subject_type": subject_type, "subject_id": subject_id, "details": dict(each)}
        for subject_id, each in details.items()
    ]
    if rows:
        await session.execute(_ENTRY, rows)


async def history(session: AsyncSession, subject_type: str, subject_id: int, *, limit: int = 50) -> list[AuditEntry]:
    """The newest *limit* entries about a thing, oldest first."""
    rows = await session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_type == subject_type, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return list(rows)[::-1]
