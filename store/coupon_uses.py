"""Which orders have a coupon. It is spent in the transaction that places the order, and given back when the order ends unsent: both decided by the database.

Lock order: the coupons' rows, sorted, after all orders and before the stock. So who ends an order marks its use, and counts afterwards.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import coupons
from store.coupons import Applied, Trouble
from store.db import affected
from store.errors import CouponGone
from store.models import Coupon, CouponUse
from store.upsert import insert_ignoring

_COUPON_OF = select(CouponUse.coupon_id).where(CouponUse.order_id == bindparam("order_id"))


async def spend(
    session: AsyncSession,
    applied: Applied | None,
    customer_id: int,
    order_id: int,
    *,
    freed: Mapping[int, int],
    now: datetime,
) -> None:
    """The order has the coupon that took something off it, or nothing has changed. Raises: CouponGone.

    *freed* is what `let_go` said of orders that ended in this transaction: both directions in one sorted pass, so that no two callers deadlock.
    """
    own = applied if applied is not None and applied.discount_minor else None
    for coupon_id in sorted({*freed, *([own.id] if own is not None else [])}):
        if coupon_id in freed:
            await count(session, {coupon_id: freed[coupon_id]})
        if own is not None and coupon_id == own.id:
            await _take(session, own, customer_id, order_id, now=now)


async def _take(session: AsyncSession, applied: Applied, customer_id: int, order_id: int, *, now: datetime) -> None:
    counted = (
        update(Coupon)
        .where(Coupon.id == applied.id, coupons.is_open(now), coupons.is_for(customer_id))
        .where(~coupons.is_used(customer_id))
        .values(used=Coupon.used + 1)
        .execution_options(synchronize_session=False)
    )
    if not await affected(session, counted):
        why = await coupons.gone(session, applied.id, customer_id, now=now)
        raise CouponGone(code=applied.code, reason=why or Trouble.USED_UP)
    use = {"coupon_id": applied.id, "customer_id": customer_id, "order_id": order_id, "slot": 1, "used_at": now}
    if not await insert_ignoring(session, CouponUse, **use, amount_minor=applied.discount_minor):
        raise CouponGone(code=applied.code, reason=Trouble.USED)


async def let_go(session: AsyncSession, order_id: int, *, now: datetime) -> Mapping[int, int]:
    """An order that ends unsent has its coupon no longer: what `spend` or `count` then count, the coupon → -1; nothing the second time."""
    mine = update(CouponUse).where(CouponUse.order_id == order_id, CouponUse.given_back_at.is_(None))
    back = mine.values(given_back_at=now, slot=null()).execution_options(synchronize_session=False)
    if not await affected(session, back):
        return {}
    return {(await session.scalars(_COUPON_OF, {"order_id": order_id})).one(): -1}


async def count(session: AsyncSession, differences: Mapping[int, int]) -> None:
    """By coupon, how many orders more have it."""
    for coupon_id, difference in sorted(differences.items()):
        counted = update(Coupon).where(Coupon.id == coupon_id).values(used=Coupon.used + difference)
        await session.execute(counted.execution_options(synchronize_session=False))


async def take_again(session: AsyncSession, order_id: int) -> None:
    """An order that had expired is paid after all, at the price that it was placed for: it has its coupon again, whatever became of it meanwhile.

    Its slot stays free: another order of the customer's may have been promised the coupon, too.
    """
    mine = update(CouponUse).where(CouponUse.order_id == order_id, CouponUse.given_back_at.is_not(None))
    again = mine.values(given_back_at=null()).execution_options(synchronize_session=False)
    if await affected(session, again):
        await count(session, {(await session.scalars(_COUPON_OF, {"order_id": order_id})).one(): 1})
