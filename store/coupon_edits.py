"""The merchant's side of coupons: making them, switching them off, and giving one to whoever had to wait."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store import audit, hours, outbox
from store.audit import Actor
from store.coupons import code_of
from store.coupons import is_open as open_now
from store.db import affected
from store.errors import BadInput, NotAllowedNow, NotFound
from store.events import CouponGiven
from store.models import Coupon, Order, Shipment
from store.money import PRICE_MAX_MINOR
from store.sellers import the_seller
from store.support import account_of
from store.upsert import insert_ignoring

# As many open ones as can be looked through in a chat.
MOST = 30
LONGEST = timedelta(days=5 * 366)
USES_MAX = 1_000_000
# The last day is a whole one.
APOLOGY_DAYS = 90
# Nobody takes one of these for another: no 0 O 1 I L, and no vowels that make words.
_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
_LETTERS_OF_APOLOGY = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """A coupon to be made: *percent* of the goods, or *amount_minor* of the shop's currency."""

    code: str
    percent: int | None = None
    amount_minor: int | None = None
    minimum_minor: int = 0
    max_uses: int | None = None
    ends_at: datetime | None = None

    def check(self, now: datetime) -> None:
        """Raises: BadInput."""
        if self.percent is not None and not 1 <= self.percent <= 100:
            raise BadInput(field="coupon", reason="percent")
        if self.amount_minor is not None and self.amount_minor < 1:
            raise BadInput(field="amount", reason="not_positive")
        if max(self.amount_minor or 0, self.minimum_minor) > PRICE_MAX_MINOR:
            raise BadInput(field="price", reason="too_high")
        if self.max_uses is not None and not 1 <= self.max_uses <= USES_MAX:
            raise BadInput(field="coupon", reason="uses", maximum=USES_MAX)
        if self.ends_at is not None and self.ends_at <= now:
            raise BadInput(field="date", reason="past")
        if self.ends_at is not None and self.ends_at - now > LONGEST:
            raise BadInput(field="date", reason="too_far")


async def coupons(session: AsyncSession, *, now: datetime) -> Sequence[Coupon]:
    """Those that the merchant has made for everybody: the open ones, and of the others as many as there is room for; the newest first."""
    is_open = case((open_now(now), 1), else_=0)
    everybodys = select(Coupon).where(Coupon.customer_id.is_(None)).order_by(is_open.desc(), Coupon.id.desc())
    return (await session.scalars(everybodys.limit(MOST))).all()


async def coupon(session: AsyncSession, coupon_id: int) -> Coupon:
    """Raises: NotFound."""
    found = await session.get(Coupon, coupon_id, populate_existing=True)
    if found is None:
        raise NotFound(what="coupon")
    return found


async def by_code(session: AsyncSession, code: str) -> Coupon:
    """One that was made for everybody. Raises: NotFound."""
    found = await session.scalar(select(Coupon).where(Coupon.code == code, Coupon.customer_id.is_(None)))
    if found is None:
        raise NotFound(what="coupon")
    return found


async def create(session: AsyncSession, wanted: Wanted, *, actor: Actor, now: datetime) -> Coupon:
    """Raises: BadInput(field="coupon") format, taken, too_many, percent, uses; BadInput(field="amount", "price" or "date")."""
    wanted.check(now)
    open_ones = select(func.count()).where(Coupon.customer_id.is_(None), open_now(now))
    if (await session.scalar(open_ones) or 0) >= MOST:
        raise BadInput(field="coupon", reason="too_many", maximum=MOST)
    row = await _made(session, asdict(wanted) | {"code": code_of(wanted.code)}, actor=actor, now=now)
    if row is None:
        raise BadInput(field="coupon", reason="taken")
    return row


async def switch(session: AsyncSession, coupon_id: int, *, is_active: bool, actor: Actor, now: datetime) -> Coupon:
    """On or off; orders that have it keep what they were promised. Raises: NotFound."""
    changed = update(Coupon).where(Coupon.id == coupon_id, Coupon.is_active != is_active).values(is_active=is_active)
    if await affected(session, changed.execution_options(synchronize_session=False)):
        await audit.record(session, actor, "switched", "coupon", coupon_id, now=now, on=is_active)
    return await coupon(session, coupon_id)


async def apologise(session: AsyncSession, shipment_id: int, percent: int, *, actor: Actor, now: datetime) -> Coupon:
    """The buyer of a parcel that took too long has a coupon for another order and hears of it; once for each parcel.

    Raises: NotFound, NotAllowedNow(status="apologised"), BadInput(field="coupon", reason="percent").
    """
    of_shipment = select(Order.id, Order.customer_id).join(Shipment, Shipment.order_id == Order.id)
    order = (await session.execute(of_shipment.where(Shipment.id == shipment_id))).one_or_none()
    if order is None:
        raise NotFound(what="shipment")
    code = "SORRY-" + "".join(secrets.choice(_LETTERS) for _ in range(_LETTERS_OF_APOLOGY))
    zone = (await the_seller(session)).timezone
    wanted = Wanted(code, percent=percent, max_uses=1, ends_at=hours.days_from(now, APOLOGY_DAYS + 1, zone))
    wanted.check(now)
    theirs = {"customer_id": order.customer_id, "shipment_id": shipment_id}
    row = await _made(session, asdict(wanted) | theirs, actor=actor, now=now)
    if row is None:
        raise NotAllowedNow(status="apologised")
    await audit.record(session, actor, "apologised", "order", order.id, now=now, percent=percent)
    await outbox.write(session, CouponGiven(order_id=order.id, shipment_id=shipment_id, coupon_id=row.id), now=now)
    return row


async def _made(session: AsyncSession, values: dict[str, Any], *, actor: Actor, now: datetime) -> Coupon | None:
    """None when a unique key has it already: the code, or the parcel."""
    seller = await the_seller(session)
    whose = {"seller_id": seller.id, "currency": seller.currency, "created_by": account_of(actor), "created_at": now}
    if not await insert_ignoring(session, Coupon, **whose, **values, used=0, is_active=True):
        return None
    row = (await session.scalars(select(Coupon).filter_by(seller_id=seller.id, code=values["code"]))).one()
    await audit.record(session, actor, "made", "coupon", row.id, now=now, code=row.code)
    return row


async def apologised(session: AsyncSession, shipment_id: int) -> bool:
    """Whether a coupon was given for this parcel."""
    return await session.scalar(select(Coupon.id).where(Coupon.shipment_id == shipment_id)) is not None
