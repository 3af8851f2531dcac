"""The journal of the shelf, append-only: a variant's counters are the sums of its moves, and a move from one source happens once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from store.audit import Actor
from store.models import StockMove
from store.models.base import table

_MOVE = insert(table(StockMove))

Amounts = Mapping[int, int]  # variant id → pieces


@dataclass(frozen=True, slots=True)
class Source:
    """Why counters move. The same `type` and `id` move a variant once per kind: a repetition breaks the unique key."""

    type: str
    id: int
    actor: Actor
    reason: str = ""


async def write(
    session: AsyncSession,
    kind: str,
    amounts: Amounts,
    source: Source,
    *,
    on_hand: int = 0,
    reserved: int = 0,
    now: datetime,
) -> None:
    """*on_hand* and *reserved* are the directions, -1, 0 or 1, in which the amounts move the counters."""
    moves = [
        row(kind, variant_id, source, now, on_hand=on_hand * pieces, reserved=reserved * pieces)
        for variant_id, pieces in amounts.items()
    ]
    await session.execute(_MOVE, moves)


def row(
    kind: str, variant_id: int, source: Source, now: datetime, *, on_hand: int = 0, reserved: int = 0
) -> dict[str, Any]:
    """The columns of one move."""
    return {
        "variant_id": variant_id,
        "kind": kind,
        "d_on_hand": on_hand,
        "d_reserved": reserved,
        "source_type": source.type,
        "source_id": source.id,
        "actor": source.actor.key,
        "reason": source.reason,
        "created_at": now,
    }


def summed(rows: Iterable[tuple[int, int]]) -> Counter[int]:
    """A variant on two lines is one amount: line by line, each alone might fit."""
    amounts: Counter[int] = Counter()
    for variant_id, quantity in rows:
        amounts[variant_id] += quantity
    return amounts
