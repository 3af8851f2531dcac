"""Pieces of an order that its buyer does not get, or has sent back: what becomes of them on the shelf."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import Update

from store import stock_levels, stock_moves
from store.db import affected
from store.errors import NotAllowedNow
from store.models import OrderLine, Reservation
from store.stock import COMMITTED, RELEASED
from store.stock_moves import Amounts, Source, summed


class Fate(StrEnum):
    """SHELF: they can be sold again. GONE: broken, lost, or kept by the buyer."""

    SHELF = "s"
    GONE = "g"


@dataclass(frozen=True, slots=True)
class Pieces:
    """By variant: what had not left and is called off, and what had left."""

    called_off: Amounts
    sent: Amounts


async def call_off(
    session: AsyncSession, order_id: int, called_off: Mapping[int, int], sent: Mapping[int, int]
) -> Pieces:
    """The order sets the pieces *called_off* (order line id → how many) aside no longer; the counters are still to follow, by `settle`.

    Raises: NotAllowedNow when the order does not have so many set aside and paid for.
    """
    lines = select(OrderLine.id, OrderLine.variant_id).where(OrderLine.order_id == order_id)
    carried = await session.execute(lines.where(OrderLine.kind == "physical"))
    variants = {line.id: line.variant_id for line in carried}
    rows = await session.execute(
        select(Reservation.id, Reservation.order_line_id, Reservation.quantity)
        .where(Reservation.order_id == order_id, Reservation.state == COMMITTED)
        .order_by(Reservation.id)
    )
    held = {row.order_line_id: row for row in rows}
    for line_id, quantity in sorted(called_off.items()):
        row = held.get(line_id)
        if row is None or not await affected(session, _let_go(row, quantity)):
            raise NotAllowedNow(status=RELEASED)
    amounts = [
        summed((variants[line_id], quantity) for line_id, quantity in some.items() if line_id in variants)
        for some in (called_off, sent)
    ]
    return Pieces(*amounts)


def _let_go(row: Any, quantity: int) -> Update:
    """The compare-and-set of a reservation: what it has read is what it changes."""
    as_read = (
        update(Reservation)
        .where(Reservation.id == row.id, Reservation.state == COMMITTED, Reservation.quantity == row.quantity)
        .where(Reservation.quantity >= quantity)
        .execution_options(synchronize_session=False)
    )
    if quantity == row.quantity:
        return as_read.values(state=RELEASED, expires_at=None)
    return as_read.values(quantity=Reservation.quantity - quantity)


async def settle(session: AsyncSession, pieces: Pieces, fate: Fate, source: Source, *, now: datetime) -> None:
    """The moves are written, then the counters follow. The hot rows are locked from here to the commit: let nothing slow follow."""
    await _write(session, "release", pieces.called_off, source, reserved=-1, now=now)
    back = pieces.sent if fate is Fate.SHELF else {}
    lost = pieces.called_off if fate is Fate.GONE else {}
    await _write(session, "return", back, source, on_hand=1, now=now)
    await _write(session, "adjust", lost, source, on_hand=-1, now=now)
    for variant_id in sorted(pieces.called_off.keys() | back.keys()):
        for change in _changes(variant_id, pieces.called_off, back, lost):
            if not await affected(session, change):
                raise RuntimeError(f"variant {variant_id} has fewer pieces than its moves say")


def _changes(variant_id: int, called_off: Amounts, back: Amounts, lost: Amounts) -> Iterator[Update]:
    if pieces := called_off.get(variant_id):
        yield stock_levels.give_back(variant_id, pieces)
    if pieces := lost.get(variant_id):
        yield stock_levels.count(variant_id, -pieces)
    if pieces := back.get(variant_id):
        yield stock_levels.count(variant_id, pieces)


async def _write(
    session: AsyncSession,
    kind: str,
    amounts: Amounts,
    source: Source,
    *,
    on_hand: int = 0,
    reserved: int = 0,
    now: datetime,
) -> None:
    if amounts:
        await stock_moves.write(session, kind, amounts, source, on_hand=on_hand, reserved=reserved, now=now)
