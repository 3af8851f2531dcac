"""Coupons: what the shop takes off an order for whoever names a code. Found by what a customer types, worth what the cart says.

Whether an order has one is decided in `store/coupon_uses.py`, in the transaction that places it; what is said here before that is a forecast.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import drafts
from store.cart_view import CartView
from store.drafts import Draft
from store.errors import BadInput
from store.models import Coupon, CouponUse
from store.money import share, step

CODE_MIN, CODE_MAX = 3, 32
# So many wrong codes an hour: nobody tries all of them.
WRONG_MOST, WRONG_WITHIN = 10, timedelta(hours=1)
# Somebody may have been given many.
_OFFERED_OF = 100
_CODE = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")


class Trouble(StrEnum):
    """Why a coupon takes nothing off."""

    UNKNOWN = "unknown"  # no such code, or somebody else's: the two are not told apart
    OVER = "over"  # its time is up, or the shop has switched it off
    USED_UP = "used_up"  # as many orders as it was made for have it
    USED = "used"  # an order of this customer's has it
    MINIMUM = "minimum"  # too little in the cart
    CURRENCY = "currency"  # it is of another currency than the cart


@dataclass(frozen=True, slots=True)
class Applied:
    """The coupon that a checkout has: what it takes off its goods, or why nothing. *minimum_minor* is in the coupon's *currency*."""

    id: int
    code: str
    discount_minor: int
    trouble: Trouble | None = None
    minimum_minor: int = 0
    currency: str = ""


def code_of(text: str) -> str:
    """The code that somebody meant, as it is stored: "Welcome 10" → "WELCOME10". Raises: BadInput(field="coupon", reason="format")."""
    code = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if not CODE_MIN <= len(code) <= CODE_MAX or not _CODE.fullmatch(code):
        raise BadInput(field="coupon", reason="format")
    return code


def applied(row: Coupon, subtotal_minor: int, currency: str) -> Applied:
    """What it takes off goods for *subtotal_minor*: never more than they cost. Pure; knows no time and no customer."""
    trouble, discount_minor = None, 0
    if row.currency != currency and (row.percent is None or row.minimum_minor):
        trouble = Trouble.CURRENCY
    elif subtotal_minor < row.minimum_minor:
        trouble = Trouble.MINIMUM
    elif row.percent is not None:
        exact = share(subtotal_minor, row.percent, 100)
        # What is left must be an amount that every provider takes.
        discount_minor = exact if row.percent == 100 else exact - exact % step(currency)
    else:
        discount_minor = min(row.amount_minor or 0, subtotal_minor)
    return Applied(row.id, row.code, discount_minor, trouble, row.minimum_minor, row.currency)


async def find(session: AsyncSession, customer_id: int, text: str, *, now: datetime) -> int | BadInput:
    """The id of the coupon that the customer may use, or why they may not: BadInput(field="coupon", reason) format, too_many_tries, or a `Trouble`.

    Nothing is raised, because wrong codes are counted in the caller's transaction.
    """
    kept = await drafts.kept(session, customer_id, Draft.COUPON)
    wrong = [each for each in kept.get("wrong", []) if datetime.fromisoformat(each) > now - WRONG_WITHIN]
    if len(wrong) >= WRONG_MOST:
        return BadInput(field="coupon", reason="too_many_tries")
    try:
        code = code_of(text)
    except BadInput as error:
        return error
    row = await session.scalar(select(Coupon).where(Coupon.code == code, is_for(customer_id)))
    if row is None:
        await drafts.keep(session, customer_id, Draft.COUPON, kept | {"wrong": [*wrong, now.isoformat()]}, now=now)
        return BadInput(field="coupon", reason=Trouble.UNKNOWN)
    trouble = await gone(session, row.id, customer_id, now=now)
    return row.id if trouble is None else BadInput(field="coupon", reason=trouble)


async def gone(session: AsyncSession, coupon_id: int, customer_id: int, *, now: datetime) -> Trouble | None:
    """Why this customer cannot use it now, whatever lies in the cart. Reads only."""
    found = await session.execute(select(Coupon, is_used(customer_id)).where(Coupon.id == coupon_id))
    row, has_used = found.one_or_none() or (None, False)
    if row is None or row.customer_id not in (None, customer_id):
        return Trouble.UNKNOWN
    if has_used:
        return Trouble.USED
    if not row.is_active or is_over(row, now):
        return Trouble.OVER
    return Trouble.USED_UP if row.max_uses is not None and row.used >= row.max_uses else None


def is_over(row: Coupon, now: datetime) -> bool:
    """Its last day has passed."""
    return row.ends_at is not None and row.ends_at <= now


def is_for(customer_id: int) -> ColumnElement[bool]:
    return or_(Coupon.customer_id.is_(None), Coupon.customer_id == customer_id)


def is_open(now: datetime) -> ColumnElement[bool]:
    """It can be used by somebody: on, not over, not used up."""
    in_time = or_(Coupon.ends_at.is_(None), Coupon.ends_at > now)
    return and_(Coupon.is_active, in_time, or_(Coupon.max_uses.is_(None), Coupon.used < Coupon.max_uses))


def is_used(customer_id: int) -> ColumnElement[bool]:
    """An order of this customer's has it."""
    whose = (CouponUse.coupon_id == Coupon.id, CouponUse.customer_id == customer_id)
    return exists().where(*whose, CouponUse.given_back_at.is_(None))


@dataclass(frozen=True, slots=True)
class Offer:
    """What the review may offer. *known*: the coupon of those that the customer knows which takes most off this cart, for one tap;
    *has_codes*: there is one whose code they would have to type.
    """

    known: Coupon | None
    has_codes: bool


NO_OFFER = Offer(None, has_codes=False)


async def hold(session: AsyncSession, customer_id: int, coupon_id: int, *, now: datetime) -> None:
    """The customer came by its link: it is offered at every checkout until they have used it, or come by another one's."""
    kept = await drafts.kept(session, customer_id, Draft.COUPON)
    await drafts.keep(session, customer_id, Draft.COUPON, kept | {"held": coupon_id}, now=now)


async def knows(session: AsyncSession, customer_id: int, coupon_id: int) -> bool:
    """It was given to the customer, or they came by its link: of any other one they have to type the code."""
    known = select(Coupon.id).where(Coupon.id == coupon_id, await _is_known(session, customer_id))
    return await session.scalar(known) is not None


async def _is_known(session: AsyncSession, customer_id: int) -> ColumnElement[bool]:
    held = (await drafts.kept(session, customer_id, Draft.COUPON)).get("held", 0)
    return or_(Coupon.customer_id == customer_id, Coupon.id == held)


async def offered(session: AsyncSession, customer_id: int, cart: CartView, *, now: datetime) -> Offer:
    """Of what could be used now. There are few open ones (`coupon_edits.MOST`)."""
    is_known = case((await _is_known(session, customer_id), 1), else_=0)
    usable = select(Coupon, is_known).where(is_for(customer_id), is_open(now), ~is_used(customer_id))
    found = (await session.execute(usable.order_by(is_known.desc(), Coupon.id.desc()).limit(_OFFERED_OF))).all()
    worth = [(applied(row, cart.subtotal_minor, cart.currency).discount_minor, row) for row, known in found if known]
    best = max(worth, key=lambda each: each[0], default=None)
    known = best[1] if best is not None and best[0] else None
    return Offer(known, has_codes=any(not known for _, known in found))
