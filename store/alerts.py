"""Who is to be told that something they like or wait for can be had again, costs less, or lies in their cart still.

Each job deals with a bounded number of people at a time, in a transaction of its own: it writes down that they are told, and one event each.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from store import outbox
from store.catalog import at_main_location, free_pieces, single_price
from store.db import Database, affected, run_again
from store.models import (
    Cart,
    CartLine,
    Customer,
    Favourite,
    Order,
    Price,
    PriceChange,
    Product,
    Seller,
    StockLevel,
    StockWatch,
    Variant,
)
from store.prices import DONE, WAITING
from store.wish_events import BackInStock, CartLeft, PriceDropped

AT_ONCE = 200
# Of a few pieces not everybody is told at once: those who asked first have a minute's start.
_TOLD_FOR_EACH_PIECE, _TOLD_AT_LEAST = 3, 10
# A cart that was left for a day is forgotten rather than thought over; after a week its reminder would surprise.
LEFT_AFTER, LEFT_UNTIL = timedelta(hours=20), timedelta(days=7)
# Nobody is reminded more often than this, whatever they put into carts.
REMINDED_EVERY = timedelta(days=7)


async def tell_back_in_stock(db: Database, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Those who wait for what can be bought now are told, whoever asked first before the others. Returns how many.

    It looks at the shelf itself, so that it does not matter how the stock grew: goods came in, were counted, given back, or may be ordered ahead.
    """
    return await run_again(db, lambda session: _tell_back(session, now, limit))


# How many of those who wait for the same variant asked before.
_PLACE = func.row_number().over(
    partition_by=StockWatch.variant_id, order_by=(StockWatch.created_at, StockWatch.customer_id)
)
_WAITING = (
    select(
        StockWatch.customer_id,
        StockWatch.variant_id,
        StockWatch.created_at,
        _PLACE.label("place"),
        free_pieces().label("free"),
    )
    .join(Variant, Variant.id == StockWatch.variant_id)
    .join(Product, Product.id == Variant.product_id)
    .join(Seller, Seller.id == Product.seller_id)
    .join(Price, single_price(Seller.currency))
    .join(StockLevel, at_main_location(Variant.id))
    .where(free_pieces() > 0, Variant.status == "active", Product.status == "active")
    .subquery()
)
# Whoever has to wait for another minute does not stand before those who want something else.
_BACK = (
    select(_WAITING.c.customer_id, _WAITING.c.variant_id)
    .where(or_(_WAITING.c.place <= _TOLD_AT_LEAST, _WAITING.c.place <= _TOLD_FOR_EACH_PIECE * _WAITING.c.free))
    .order_by(_WAITING.c.created_at, _WAITING.c.customer_id)
)


async def _tell_back(session: AsyncSession, now: datetime, limit: int) -> int:
    events = [
        BackInStock(customer_id=row.customer_id, variant_id=row.variant_id)
        for row in (await session.execute(_BACK.limit(limit))).all()
        if await _is_ours(session, row)
    ]
    await outbox.write(session, *events, now=now)
    return len(events)


async def _is_ours(session: AsyncSession, row: Any) -> bool:
    """Whether this process, and no other, takes the wish away and tells."""
    key = {"customer_id": row.customer_id, "variant_id": row.variant_id}
    return bool(await affected(session, delete(StockWatch).filter_by(**key)))


async def tell_price_drops(db: Database, *, now: datetime, limit: int = AT_ONCE) -> int:
    """The oldest price that fell is told to the next *limit* people who like the product. Returns how much there was to do; 0 while the queue is long."""
    return await run_again(db, lambda session: _tell_drop(session, now, limit))


async def _tell_drop(session: AsyncSession, now: datetime, limit: int) -> int:
    # The row is locked: the second process waits, and goes on behind the people whom the first has told.
    oldest = select(PriceChange).where(PriceChange.status == WAITING).order_by(PriceChange.id).limit(1)
    change = await session.scalar(oldest.with_for_update())
    if change is None or await outbox.is_long(session, now=now):
        return 0
    if not change.told_until:
        change = await _as_one(session, change)
    people = await _who_like(session, change, limit)
    news = [
        PriceDropped(customer_id=customer_id, variant_id=change.variant_id, change_id=change.id)
        for customer_id in people
    ]
    await outbox.write(session, *news, now=now)
    change.told_until = people[-1] if people else change.told_until
    change.status = WAITING if len(people) == limit else DONE
    return 1 + len(people)


async def _as_one(session: AsyncSession, oldest: PriceChange) -> PriceChange:
    """Five sizes that became cheaper together are one piece of news: that of one which can be bought, where there is one."""
    waiting = PriceChange.product_id == oldest.product_id, PriceChange.status == WAITING
    is_vain = case((and_(Variant.status == "active", free_pieces() > 0), 0), else_=1)
    told = (
        await session.scalars(
            select(PriceChange)
            .join(Variant, Variant.id == PriceChange.variant_id)
            .outerjoin(StockLevel, at_main_location(Variant.id))
            .where(*waiting)
            .order_by(is_vain, PriceChange.id)
            .limit(1)
        )
    ).one()
    others = update(PriceChange).where(*waiting, PriceChange.id != told.id)
    await session.execute(others.values(status=DONE).execution_options(synchronize_session=False))
    return told


async def _who_like(session: AsyncSession, change: PriceChange, limit: int) -> Sequence[int]:
    found = await session.scalars(
        select(Favourite.customer_id)
        .join(Customer, Customer.id == Favourite.customer_id)
        .where(
            Favourite.product_id == change.product_id,
            Favourite.customer_id > change.told_until,
            Favourite.created_at <= change.created_at,
            Customer.wants_offers,
            Customer.blocked_at.is_(None),
        )
        .order_by(Favourite.customer_id)
        .limit(limit)
    )
    return found.all()


async def remind_of_carts(db: Database, *, now: datetime, limit: int = AT_ONCE) -> int:
    """Whoever left something in a cart is reminded, once a cart. Returns how many; 0 while the queue is long.

    Not those who do not want it, who have blocked the bot, were reminded of another cart lately, or have ordered since.
    """
    return await run_again(db, lambda session: _remind(session, now, limit))


async def _remind(session: AsyncSession, now: datetime, limit: int) -> int:
    if await outbox.is_long(session, now=now):
        return 0
    left = (await session.execute(_left(now).limit(limit))).all()
    events = []
    for cart_id, customer_id in left:
        take = update(Cart).where(Cart.id == cart_id, Cart.open_slot == 1, Cart.reminded_at.is_(None))
        take = take.values(reminded_at=now).execution_options(synchronize_session=False)
        if await affected(session, take):
            events.append(CartLeft(customer_id=customer_id, cart_id=cart_id))
    await outbox.write(session, *events, now=now)
    return len(events)


def _left(now: datetime) -> Any:
    other = aliased(Cart)
    is_filled = exists().where(CartLine.cart_id == Cart.id)
    has_ordered = exists().where(Order.customer_id == Cart.customer_id, Order.placed_at >= Cart.updated_at)
    was_reminded = exists().where(other.customer_id == Cart.customer_id, other.reminded_at > now - REMINDED_EVERY)
    is_left = and_(
        Cart.open_slot == 1,
        Cart.reminded_at.is_(None),
        Cart.updated_at <= now - LEFT_AFTER,
        Cart.updated_at > now - LEFT_UNTIL,
    )
    return (
        select(Cart.id, Cart.customer_id)
        .join(Customer, Customer.id == Cart.customer_id)
        .where(is_left, is_filled, Customer.wants_reminders, Customer.blocked_at.is_(None))
        .where(~or_(has_ordered, was_reminded))
        .order_by(Cart.updated_at, Cart.id)
    )
