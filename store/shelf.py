"""Counting what lies on the shelf, as a person does it: "12" is what was counted, "+5" came in, "-2 broken" is gone. The moves are `store/stock.py`'s."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, stock, stock_levels, typed
from store.audit import Actor
from store.db import affected
from store.errors import BadInput, EditedMeanwhile, NotFound
from store.models import MAIN_LOCATION, StockLevel, Variant
from store.sellers import the_seller
from store.upsert import insert_ignoring

PIECES_MAX = 1_000_000
LOW_AT = 3
_COUNT = re.compile(r"([+\-−–]?)\s*(\d{1,9})(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Count:
    """Either what lies there now, or how many more (fewer) there are."""

    pieces: int
    is_difference: bool
    reason: str = ""


def read(text: str) -> Count:
    """Raises: BadInput(field="stock", reason) format, out_of_range."""
    clean = typed.line(text, "stock", maximum=200)
    match = _COUNT.fullmatch(clean)
    if match is None:
        raise BadInput(field="stock", reason="format")
    pieces = int(match[2])
    if pieces > PIECES_MAX:
        raise BadInput(field="stock", reason="out_of_range", maximum=PIECES_MAX)
    return Count(-pieces if match[1] in ("-", "−", "–") else pieces, bool(match[1]), match[3] or "")


async def count(
    session: AsyncSession, variant_id: int, counted: Count, *, seen: int, actor: Actor, now: datetime
) -> None:
    """What somebody counted who had *seen* so many pieces on the screen; a difference counts whatever was seen.

    Raises: NotFound; EditedMeanwhile when other pieces have come or gone since; OutOfStock when orders have what would be missing.
    """
    if counted.is_difference:
        await move(session, variant_id, counted.pieces, reason=counted.reason, actor=actor, now=now)
    elif await _on_hand(session, variant_id) != seen:
        raise EditedMeanwhile(variant_id=variant_id)
    else:
        await set_on_hand(session, variant_id, counted.pieces, reason=counted.reason, actor=actor, now=now)


async def set_on_hand(
    session: AsyncSession, variant_id: int, pieces: int, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Just so many pieces lie there, those for orders included. Raises: NotFound, OutOfStock, BadInput(field="stock", reason="out_of_range")."""
    before = await _on_hand(session, variant_id)
    await move(session, variant_id, pieces - before, reason=reason, actor=actor, now=now)


async def move(
    session: AsyncSession, variant_id: int, difference: int, *, reason: str, actor: Actor, now: datetime
) -> None:
    """So many more (fewer) pieces lie there. Raises: NotFound, OutOfStock, BadInput(field="stock", reason="out_of_range")."""
    if await _on_hand(session, variant_id) + difference > PIECES_MAX:
        raise BadInput(field="stock", reason="out_of_range", maximum=PIECES_MAX)
    if not difference:
        return
    # Every count is one of its own; that an update acts once is seen to elsewhere.
    source_id = secrets.randbits(62)
    kind = stock.receive if difference > 0 else stock.adjust
    await kind(session, variant_id, difference, reason=reason, actor=actor, source_id=source_id, now=now)


async def set_counted(session: AsyncSession, variant_id: int, is_counted: bool, *, actor: Actor, now: datetime) -> None:
    """Whether the pieces are counted; else it is made when it is ordered, and never sold out.

    Raises: NotFound; OutOfStock when more is promised than lies there, so that it cannot be counted.
    """
    await _on_hand(session, variant_id)
    is_covered = StockLevel.reserved <= StockLevel.on_hand - StockLevel.safety
    changed = update(StockLevel).where(*stock_levels.at(variant_id), *([is_covered] if is_counted else []))
    if not await affected(session, changed.values(allow_backorder=not is_counted)):
        raise await stock.out_of_stock(session, variant_id, 0)
    await audit.record(session, actor, "edited", "variant", variant_id, now=now, field="counted", after=is_counted)


async def _on_hand(session: AsyncSession, variant_id: int) -> int:
    """How many lie there, while nobody else moves them; the place on the shelf is made if there is none. Raises: NotFound."""
    if await session.scalar(select(Variant.id).where(Variant.id == variant_id)) is None:
        raise NotFound(kind="variant")
    low_at = (await the_seller(session)).low_at
    new = {"variant_id": variant_id, "location_id": MAIN_LOCATION, "low_at": LOW_AT if low_at is None else low_at}
    await insert_ignoring(session, StockLevel, **new)
    level = select(StockLevel.on_hand).where(*stock_levels.at(variant_id)).with_for_update()
    return (await session.scalars(level)).one()
