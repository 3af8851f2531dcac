"""What the file says lies on the shelf. Taken last and in the order of the variants, as everybody takes these rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit
from store.audit import Actor
from store.importing.goods import Piece
from store.importing.trouble import Trouble, What
from store.models import MAIN_LOCATION, StockLevel, StockMove
from store.models.base import table
from store.stock_moves import Source
from store.stock_moves import row as move_row

_CHUNK = 500
_LOW_AT = 3
_levels = table(StockLevel)
_NEW = insert(_levels)
_MOVE = insert(table(StockMove))
_SET = (
    update(_levels)
    .where(_levels.c.variant_id == bindparam("variant"), _levels.c.location_id == MAIN_LOCATION)
    .values(on_hand=_levels.c.on_hand + bindparam("difference"), allow_backorder=bindparam("endless"))
)


class Promised(Exception):
    """Orders have set aside what the file says is not there; the trouble names the line."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.what)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class _Count:
    """None: the file does not say."""

    line: int
    sku: str
    on_hand: int | None
    is_endless: bool | None


@dataclass
class Stocktake:
    import_id: int
    actor: Actor
    now: datetime
    low_at: int | None = None
    _new: dict[int, _Count] = field(default_factory=dict)
    _known: dict[int, _Count] = field(default_factory=dict)

    def note(self, variant_id: int, piece: Piece, *, is_new: bool) -> None:
        count = _Count(piece.line, piece.sku, piece.about.get("on_hand"), piece.about.get("allow_backorder"))
        (self._new if is_new else self._known)[variant_id] = count

    async def take(self, session: AsyncSession) -> None:
        """The counters are what was noted, with their moves. Raises: Promised."""
        for some in _chunks(self._new):
            await self._begin(session, {variant_id: self._new[variant_id] for variant_id in some})
        for some in _chunks(self._known):
            await self._recount(session, {variant_id: self._known[variant_id] for variant_id in some})

    async def _begin(self, session: AsyncSession, counts: dict[int, _Count]) -> None:
        low_at = _LOW_AT if self.low_at is None else self.low_at
        rows = [
            {
                "variant_id": variant_id,
                "location_id": MAIN_LOCATION,
                "on_hand": count.on_hand or 0,
                "reserved": 0,
                "safety": 0,
                "low_at": low_at,
                "allow_backorder": bool(count.is_endless),
            }
            for variant_id, count in counts.items()
        ]
        await session.execute(_NEW, rows)
        await self._moved(session, "receive", {each["variant_id"]: each["on_hand"] for each in rows})

    async def _recount(self, session: AsyncSession, counts: dict[int, _Count]) -> None:
        levels = await self._locked(session, list(counts))
        absent = {variant_id: count for variant_id, count in counts.items() if variant_id not in levels}
        if absent:
            await self._begin(session, absent)
        rows = [_change(levels[variant_id], count) for variant_id, count in counts.items() if variant_id in levels]
        if rows:
            await session.execute(_SET, rows)
            await self._moved(session, "adjust", {row["variant"]: row["difference"] for row in rows})

    async def _locked(self, session: AsyncSession, variant_ids: Sequence[int]) -> dict[int, Any]:
        """From here to the commit nobody else changes them: what is read stays true."""
        columns = (
            StockLevel.variant_id,
            StockLevel.on_hand,
            StockLevel.reserved,
            StockLevel.safety,
            StockLevel.allow_backorder,
        )
        rows = await session.execute(
            select(*columns)
            .where(StockLevel.variant_id.in_(variant_ids), StockLevel.location_id == MAIN_LOCATION)
            .order_by(StockLevel.variant_id)
            .with_for_update()
        )
        return {row.variant_id: row for row in rows}

    async def _moved(self, session: AsyncSession, kind: str, pieces: dict[int, int]) -> None:
        source = Source("import", self.import_id, self.actor, "import")
        counted = {variant_id: difference for variant_id, difference in pieces.items() if difference}
        if not counted:
            return
        moves = [move_row(kind, each, source, self.now, on_hand=difference) for each, difference in counted.items()]
        await session.execute(_MOVE, moves)
        told = {each: {"difference": difference, "reason": "import"} for each, difference in counted.items()}
        await audit.record_all(session, self.actor, f"stock_{kind}", "variant", told, now=self.now)


def _change(level: Any, count: _Count) -> dict[str, Any]:
    on_hand = level.on_hand if count.on_hand is None else count.on_hand
    is_endless = level.allow_backorder if count.is_endless is None else count.is_endless
    least = level.reserved + level.safety
    if on_hand < least and not is_endless:
        raise Promised(Trouble(count.line, What.PROMISED, "stock", {"sku": count.sku, "minimum": least}))
    return {"variant": level.variant_id, "difference": on_hand - level.on_hand, "endless": is_endless}


def _chunks(counts: Iterable[int]) -> Iterable[list[int]]:
    ids = sorted(counts)
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
