"""Which orders have a coupon. It is spent in the transaction that places the order, and given back when the order ends unsent: both decided by the database.

Lock order: the coupon's row after the order, before the stock.
"""

from datetime import datetime

from sqlalchemy import exists, null, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from store import coupons
from store.coupons import Applied, Trouble
from store.db import affected
from store.errors import CouponGone
from store.models import Coupon, CouponUse
from store.upsert import insert_ignoring


async def spend(session: AsyncSession, applied: Applied, customer_id: int, order_id: int, *, now: datetime) -> None:
    """The order has the coupon, or nothing has changed. Raises: CouponGone."""
    # The counter first: inserting the use takes a shared lock on its coupon on InnoDB, and two who then both want to count would stop each other.
    counted = (
        update(Coupon)
        .where(Coupon.id == applied.id, coupons.is_open(now), coupons.is_for(customer_id))
        .values(used=Coupon.used + 1)
        .execution_options(synchronize_session=False)
    )
    if not await affected(session, counted):
        why = await coupons.gone(session, applied.id, customer_id, now=now)
        raise CouponGone(code=applied.code, reason=why or Trouble.USED_UP)
    use = {"coupon_id": applied.id, "customer_id": customer_id, "order_id": order_id, "slot": 1, "used_at": now}
    if not await insert_ignoring(session, CouponUse, **use, amount_minor=applied.discount_minor):
        raise CouponGone(code=applied.code, reason=Trouble.USED)


async def give_back(session: AsyncSession, order_id: int, *, now: datetime) -> None:
    """An order that ended unsent has its coupon no longer: it can be used again. Once, however often this is called."""
    mine = update(CouponUse).where(CouponUse.order_id == order_id, CouponUse.given_back_at.is_(None))
    back = mine.values(given_back_at=now, slot=null()).execution_options(synchronize_session=False)
    if await affected(session, back):
        await _count(session, order_id, -1)


async def take_again(session: AsyncSession, order_id: int) -> None:
    """An order that had expired is paid after all, at the price that it was placed for: it has its coupon again, also where that is used up or over."""
    mine = update(CouponUse).where(CouponUse.order_id == order_id, CouponUse.given_back_at.is_not(None))
    again = mine.values(given_back_at=null()).execution_options(synchronize_session=False)
    if not await affected(session, again):
        return
    await _count(session, order_id, +1)
    use = (await session.execute(select(CouponUse.coupon_id, CouponUse.customer_id).filter_by(order_id=order_id))).one()
    other = exists().where(
        CouponUse.coupon_id == use.coupon_id, CouponUse.customer_id == use.customer_id, CouponUse.slot.is_not(None)
    )
    if await session.scalar(select(other)):
        return
    try:
        async with session.begin_nested():
            held = update(CouponUse).where(CouponUse.order_id == order_id).values(slot=1)
            await session.execute(held.execution_options(synchronize_session=False))
    except IntegrityError:
        # The customer has spent it on another order just now: both have it, as both were promised.
        return


async def _count(session: AsyncSession, order_id: int, difference: int) -> None:
    of_order = select(CouponUse.coupon_id).where(CouponUse.order_id == order_id).scalar_subquery()
    counted = update(Coupon).where(Coupon.id == of_order).values(used=Coupon.used + difference)
    await session.execute(counted.execution_options(synchronize_session=False))
