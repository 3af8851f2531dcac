"""Giving back the money of some pieces of an order, and saying what becomes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, order_life, packing, piece_returns
from store.audit import Actor
from store.db import affected
from store.errors import NotAllowedNow, NotFound
from store.models import Order, OrderLine
from store.order_status import OrderStatus
from store.order_story import OrderStory
from store.payments import attempts, refunds
from store.piece_returns import Fate
from store.stock_moves import Source


@dataclass(frozen=True, slots=True)
class Refunded:
    """*refund_id* is the first one, where the money goes back to several payments."""

    refund_id: int
    amount_minor: int


def refundable_pieces(told: OrderStory) -> dict[int, int]:
    """Of each line, by its id, the pieces whose money can go back: what is not packed and what has left, but for what went back already."""
    unpacked = dict(told.to_pack)
    return {line.id: unpacked.get(line.id, 0) + line.shipped_quantity - line.sent_back for line in told.order.lines}


def worth(total_minor: int, quantity: int, before: int, pieces: int) -> int:
    """What *pieces* of a line's *quantity* cost when *before* of them have gone back. The parts of a line add up to its total."""
    return total_minor * (before + pieces) // quantity - total_minor * before // quantity


async def refund_pieces(
    session: AsyncSession,
    order_id: int,
    pieces: Mapping[int, int],
    *,
    fate: Fate,
    version: int,
    actor: Actor,
    now: datetime,
) -> Refunded:
    """The money of these pieces (order line id → how many) is on its way back. What had not left is called off; *fate* says what becomes of all of it.

    *version* is the order's as it was chosen from: of two who refund at once, and of two presses, one does.
    Raises: NotFound, NotAllowedNow (the order has changed, nothing would be left of it, or so many pieces are not there), RefundTooLarge.
    """
    await attempts.locked(session, await _group_of(session, order_id))
    await _take_turn(session, order_id, version)
    wanted = {line_id: quantity for line_id, quantity in pieces.items() if quantity > 0}
    unpacked = await packing.to_pack(session, order_id)
    called_off = {line_id: min(n, unpacked[line_id]) for line_id, n in wanted.items() if line_id in unpacked}
    amount_minor = await _take_back(session, order_id, wanted, called_off)
    left = await refunds.refundable(session, order_id)
    ids = await refunds.request_amount(session, order_id, min(amount_minor, left), reason="staff", actor=actor, now=now)
    sent = {line_id: quantity - called_off.get(line_id, 0) for line_id, quantity in wanted.items()}
    returned = await piece_returns.call_off(session, order_id, called_off, {i: n for i, n in sent.items() if n})
    details = {"pieces": {str(line_id): n for line_id, n in wanted.items()}, "fate": fate, "refund_id": ids[0]}
    await audit.record(session, actor, "pieces_refunded", "order", order_id, now=now, **details)
    await order_life.derive(session, order_id)
    await order_life.complete_if_done(session, order_id, now=now)
    await piece_returns.settle(session, returned, fate, Source("refund", ids[0], actor), now=now)
    return Refunded(ids[0], min(amount_minor, left))


async def _take_back(
    session: AsyncSession, order_id: int, wanted: Mapping[int, int], called_off: Mapping[int, int]
) -> int:
    """The lines count what has gone back. Returns what it was worth. Raises: NotAllowedNow."""
    lines = list(await session.scalars(select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.id)))
    kept = sum(line.quantity - line.cancelled_quantity - called_off.get(line.id, 0) for line in lines)
    if not wanted or kept <= 0 or not wanted.keys() <= {line.id for line in lines}:
        raise NotAllowedNow(status="refund")
    amount_minor = 0
    for line in lines:
        if quantity := wanted.get(line.id, 0):
            await _count(session, line, quantity, called_off.get(line.id, 0))
            amount_minor += worth(line.total_minor, line.quantity, line.refunded_quantity, quantity)
    return amount_minor


async def _count(session: AsyncSession, line: OrderLine, quantity: int, called_off: int) -> None:
    """Of what has left, no more can come back than has not come back yet."""
    not_back_yet = OrderLine.shipped_quantity - (OrderLine.refunded_quantity - OrderLine.cancelled_quantity)
    counted = (
        update(OrderLine)
        .where(OrderLine.id == line.id, OrderLine.refunded_quantity == line.refunded_quantity)
        .where(not_back_yet >= quantity - called_off)
        .values(
            refunded_quantity=OrderLine.refunded_quantity + quantity,
            cancelled_quantity=OrderLine.cancelled_quantity + called_off,
        )
        .execution_options(synchronize_session=False)
    )
    if not await affected(session, counted):
        raise NotAllowedNow(status="refund")


async def _take_turn(session: AsyncSession, order_id: int, version: int) -> None:
    paid_for = (OrderStatus.CONFIRMED, OrderStatus.COMPLETED)
    claim = (
        update(Order)
        .where(Order.id == order_id, Order.status.in_(paid_for), Order.version == version)
        .values(version=Order.version + 1)
        .execution_options(synchronize_session=False)
    )
    if not await affected(session, claim):
        raise NotAllowedNow(status="refund")


async def _group_of(session: AsyncSession, order_id: int) -> int:
    group_id = await session.scalar(select(Order.group_id).where(Order.id == order_id))
    if group_id is None:
        raise NotFound(what="order")
    return group_id
