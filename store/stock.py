"""What lies on the shelf, what is set aside, and who took it. Every change of a counter leaves a move.

Locks are taken in this order everywhere: idempotency key, order, reservations, and last the levels, sorted by variant.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, Update, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, outbox, stock_levels, stock_moves
from store.audit import Actor
from store.db import affected
from store.errors import NotAllowedNow, OutOfStock
from store.events import StockLow
from store.models import MAIN_LOCATION, OrderLine, Product, Reservation, StockLevel, StockMove, Variant
from store.models.base import table
from store.stock_moves import Amounts, Source, summed
from store.upsert import insert_ignoring

HELD, COMMITTED, SHIPPED, RELEASED = "held", "committed", "shipped", "released"
# What `free` says of a variant that may be sold before it has arrived.
PLENTY = 1_000_000
# The source of a move happens once: goods that are set aside anew, for an order that lives again, need a second one.
_ROUNDS = ("order", "revived_order")
_RESERVATION = insert(table(Reservation))
_LEFT = (stock_levels.FREE, table(StockLevel).c.low_at)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a line of an order needs."""

    order_line_id: int
    variant_id: int
    quantity: int


async def free(session: AsyncSession, variant_ids: Iterable[int]) -> dict[int, int]:
    """How many pieces of each variant can be sold now. Unlocked: good to show and to turn people away, not to decide."""
    wanted = sorted(set(variant_ids))
    rows = await session.execute(
        select(StockLevel.variant_id, StockLevel.free, StockLevel.allow_backorder).where(
            StockLevel.variant_id.in_(wanted), StockLevel.location_id == MAIN_LOCATION
        )
    )
    known = {variant_id: PLENTY if backorder else pieces for variant_id, pieces, backorder in rows}
    return {variant_id: known.get(variant_id, 0) for variant_id in wanted}


async def hold(
    session: AsyncSession,
    order_id: int,
    lines: Sequence[Wanted],
    *,
    state: str,
    expires_at: datetime | None,
    actor: Actor,
    now: datetime,
    again: bool = False,
) -> None:
    """Writes down what the order sets aside, and the moves; the counters follow with `reserve`, last of all. *again*: a revived order."""
    common = {"order_id": order_id, "state": state, "expires_at": expires_at, "round": int(again)}
    wanted = [{"order_line_id": w.order_line_id, "variant_id": w.variant_id, "quantity": w.quantity} for w in lines]
    await session.execute(_RESERVATION, [row | common for row in wanted])
    source = Source(_ROUNDS[again], order_id, actor)
    await stock_moves.write(
        session, "reserve", summed((w.variant_id, w.quantity) for w in lines), source, reserved=1, now=now
    )


async def reserve(
    session: AsyncSession, rows: Iterable[tuple[int, int]], *, given_back: Amounts | None = None, now: datetime
) -> None:
    """All the (variant, quantity) rows are set aside. The hot rows are locked from here to the commit: let nothing slow follow.

    *given_back* is what orders that expired in this transaction have let go: both directions in one sorted pass, so that no two callers deadlock.
    Raises: OutOfStock; the caller must roll back.
    """
    wanted, returned, low = summed(rows), given_back or {}, list[StockLow]()
    for variant_id in sorted(wanted.keys() | returned.keys()):
        if variant_id in returned:
            await give_back(session, {variant_id: returned[variant_id]})
        if variant_id in wanted:
            low.extend(await _taken(session, variant_id, wanted[variant_id]))
    await outbox.write(session, *low, now=now)


async def _taken(session: AsyncSession, variant_id: int, quantity: int) -> list[StockLow]:
    """The event, if these pieces took the level down to where the merchant wants to know."""
    take, values = stock_levels.take(variant_id, quantity)
    if session.get_bind().dialect.update_returning:
        row = (await session.execute(_telling(take), values)).one_or_none()
    else:  # MySQL and MariaDB: the row is ours until the commit, so a second statement sees the same
        is_taken = await affected(session, take, values)
        row = (await session.execute(select(*_LEFT).where(*stock_levels.at(variant_id)))).one() if is_taken else None
    if row is None:
        raise await out_of_stock(session, variant_id, quantity)
    left, low_at = row
    return [StockLow(variant_id=variant_id, free=left)] if left <= low_at < left + quantity else []


@cache
def _telling(take: Update) -> Any:
    """The same statement, which also tells what it left."""
    return take.returning(*_LEFT)


async def out_of_stock(session: AsyncSession, variant_id: int, wanted: int) -> OutOfStock:
    """The error that tells what is left of what."""
    title = await session.scalar(select(Product.title).join(Product.variants).where(Variant.id == variant_id))
    left = (await free(session, [variant_id]))[variant_id]
    return OutOfStock(variant_id=variant_id, title=title or {}, wanted=wanted, free=max(left, 0))


async def release(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> bool:
    """What the order still sets aside can be sold again; whether this call, and no other, let something go."""
    amounts = await let_go(session, order_id, actor=actor, now=now)
    await give_back(session, amounts)
    return bool(amounts)


async def give_back(session: AsyncSession, amounts: Amounts) -> None:
    """The counters follow what `let_go` wrote down."""
    for variant_id, pieces in sorted(amounts.items()):
        if not await affected(session, stock_levels.give_back(variant_id, pieces)):
            raise RuntimeError(f"variant {variant_id} has fewer pieces set aside than its reservations say")


async def let_go(session: AsyncSession, order_id: int, *, actor: Actor, now: datetime) -> Amounts:
    """The order's reservations end and the moves are written. The counters are still to follow, by `give_back`, or by `reserve(given_back=…)`."""
    rows = [
        row
        for row in await _set_aside(session, order_id)
        if await affected(session, _ended(row, RELEASED, from_states=(HELD, COMMITTED)))
    ]
    amounts = summed((row.variant_id, row.quantity) for row in rows)
    if rows:
        source = Source(_ROUNDS[rows[0].round], order_id, actor)
        await stock_moves.write(session, "release", amounts, source, reserved=-1, now=now)
    return amounts


async def commit(session: AsyncSession, order_id: int) -> None:
    """What the order holds is paid for, or will be on delivery: it expires no more."""
    await session.execute(
        update(Reservation)
        .where(Reservation.order_id == order_id, Reservation.state == HELD)
        .values(state=COMMITTED, expires_at=None)
        .execution_options(synchronize_session=False)
    )


async def ship(
    session: AsyncSession,
    order_id: int,
    lines: Mapping[int, int],
    *,
    source_id: int,
    actor: Actor,
    now: datetime,
) -> None:
    """These quantities (order line id → pieces) have left the house with the shipment *source_id*.

    Raises: NotAllowedNow when the order does not have them set aside and paid for (any more), OutOfStock when the shelf is emptier than the books say.
    """
    rows = {row.order_line_id: row for row in await _set_aside(session, order_id)}
    for line_id, quantity in sorted(lines.items()):
        row = rows.get(line_id)
        if row is None or not await affected(session, _shipped(row, quantity)):
            raise NotAllowedNow(status=row.state if row else RELEASED)
    amounts = summed((rows[line_id].variant_id, quantity) for line_id, quantity in lines.items())
    source = Source("shipment", source_id, actor)
    await stock_moves.write(session, "ship", amounts, source, on_hand=-1, reserved=-1, now=now)
    digital = {rows[line_id].variant_id for line_id in lines if rows[line_id].kind == "digital"}
    for variant_id, pieces in sorted(amounts.items()):
        leave = stock_levels.deliver if variant_id in digital else stock_levels.leave
        if not await affected(session, leave(variant_id, pieces)):
            raise await out_of_stock(session, variant_id, pieces)


async def receive(
    session: AsyncSession, variant_id: int, quantity: int, *, reason: str, actor: Actor, source_id: int, now: datetime
) -> bool:
    """Goods came in; whether they had not been counted before under this *source_id*."""
    await insert_ignoring(session, StockLevel, variant_id=variant_id, location_id=MAIN_LOCATION)
    source = Source("receipt", source_id, actor, reason)
    return await _counted(session, "receive", variant_id, quantity, source, now=now)


async def adjust(
    session: AsyncSession, variant_id: int, difference: int, *, reason: str, actor: Actor, source_id: int, now: datetime
) -> bool:
    """Somebody counted and found more or fewer; whether it had not been counted before under this *source_id*.

    Raises: OutOfStock when orders already have what would be missing.
    """
    source = Source("adjustment", source_id, actor, reason)
    return await _counted(session, "adjust", variant_id, difference, source, now=now)


async def _counted(
    session: AsyncSession, kind: str, variant_id: int, difference: int, source: Source, *, now: datetime
) -> bool:
    if not await insert_ignoring(
        session, StockMove, **stock_moves.row(kind, variant_id, source, now, on_hand=difference)
    ):
        return False
    await audit.record(
        session,
        source.actor,
        f"stock_{kind}",
        "variant",
        variant_id,
        now=now,
        difference=difference,
        reason=source.reason,
    )
    if not await affected(session, stock_levels.count(variant_id, difference)):
        raise await out_of_stock(session, variant_id, -difference)
    return True


async def _set_aside(session: AsyncSession, order_id: int) -> Sequence[Any]:
    table = Reservation
    columns = (table.id, table.order_line_id, table.variant_id, table.round, table.quantity, table.state)
    statement = select(*columns, OrderLine.kind).join(OrderLine, OrderLine.id == table.order_line_id)
    not_ended = statement.where(table.order_id == order_id, table.state.in_((HELD, COMMITTED)))
    return (await session.execute(not_ended.order_by(table.id))).all()


def _ended(row: Any, state: str, *, from_states: Collection[str]) -> Executable:
    """The compare-and-set of a reservation: of all who read it, one ends it, and only that one touches the counter."""
    return (
        update(Reservation)
        .where(Reservation.id == row.id, Reservation.state.in_(from_states), Reservation.quantity == row.quantity)
        .values(state=state, expires_at=None)
        .execution_options(synchronize_session=False)
    )


def _shipped(row: Any, quantity: int) -> Executable:
    if quantity == row.quantity:
        return _ended(row, SHIPPED, from_states=(COMMITTED,))
    return (
        update(Reservation)
        .where(Reservation.id == row.id, Reservation.state == COMMITTED, Reservation.quantity > quantity)
        .values(quantity=Reservation.quantity - quantity)
        .execution_options(synchronize_session=False)
    )
