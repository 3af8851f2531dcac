"""Parcels that people follow here although no order of theirs brought them: told by their number alone, and known to nobody but who follows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from store.db import Database
from store.errors import BadInput, NotFound, TooManyParcels
from store.models import Customer, FollowedParcel, Shipment
from store.order_status import ShipmentStatus
from store.parcels import numbers, pushes
from store.parcels.carrier import Trouble, Window
from store.parcels.choosing import Choice, chosen, who_carries
from store.parcels.followed_history import scans_of
from store.parcels.registry import OTHER, Carriers
from store.seal import Seal
from store.shipments import ScanView

MOST_OPEN, MOST_A_DAY, MOST_A_DAY_OF_ALL = 10, 20, 1000
# Whoever does not know the digits finds out nothing by trying: the carrier is asked so often, and no more.
PHONE_TRIES = 5
# What a button holds, beside its carrier.
NUMBER_MAX = 34
_DAY = timedelta(days=1)
_SHOWN_AFTER_ARRIVAL, _KEPT_AFTER_ARRIVAL, _KEPT = timedelta(days=14), timedelta(days=30), timedelta(days=180)


class Following(StrEnum):
    """With whom parcels from elsewhere are followed. FREE: carriers that take nothing for a number."""

    FREE = "free"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FollowedView:
    """A followed parcel for screens; scans oldest first, without the carrier's words."""

    id: int
    customer_id: int
    carrier: str
    carrier_slug: str | None
    tracking_number: str
    status: ShipmentStatus
    expected: Window | None
    delivered_at: datetime | None
    polled_at: datetime | None
    scans: tuple[ScanView, ...]
    trouble: str | None
    may_try_phone: bool

    @property
    def is_over(self) -> bool:
        return self.status in (ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED)

    @property
    def needs_phone(self) -> bool:
        return self.trouble == Trouble.NEEDS_PHONE and not self.is_over


@dataclass(frozen=True, slots=True)
class Offer:
    """A number that may be followed: with the one who certainly carries it, or with whom of these a person says."""

    number: str
    choices: tuple[Choice, ...]
    is_sure: bool


def able(carriers: Carriers, following: Following) -> Carriers:
    """The carriers with whom parcels from elsewhere are followed."""
    if following is Following.NONE:
        return {}
    return {
        name: carrier
        for name, carrier in carriers.items()
        if name != OTHER
        and carrier.capabilities.poll
        and (following is Following.ALL or not carrier.capabilities.cost_per_registration)
    }


def offer(carriers: Carriers, text: str) -> Offer | None:
    """What the text holds that can be followed; None where it is no number, or nobody here carries it. *carriers* are those of `able`."""
    number = _of_own_form(carriers, text) or numbers.pasted_in(text)
    if number is None or len(number) > NUMBER_MAX:
        return None
    told = who_carries(carriers, number, text=text)
    choices = (told.sure,) if told.sure is not None else told.choices
    return Offer(number, choices, is_sure=told.sure is not None) if choices else None


async def follow(
    session: AsyncSession, customer_id: int, number: str, who: str, carriers: Carriers, *, now: datetime
) -> int:
    """The parcel is followed from now on, and due at once; *who* is a choice's key. Once more of the same changes who carries it.

    Raises: NotFound for a number or a carrier that there is not, TooManyParcels.
    """
    choice = _offered(carriers, number, who)
    await _hold(session, customer_id)
    known = await session.scalar(
        select(FollowedParcel)
        .where(FollowedParcel.customer_id == customer_id, FollowedParcel.tracking_number == number)
        .execution_options(populate_existing=True)
    )
    if known is not None and known.removed_at is None:
        if (known.carrier, known.carrier_slug) != (choice.carrier, choice.slug):
            _begin(known, choice, carriers, now=now)
        return known.id
    await _within_limits(session, customer_id, now=now)
    parcel = known or FollowedParcel(customer_id=customer_id, tracking_number=number, phone_tries=0)
    _begin(parcel, choice, carriers, now=now)
    parcel.created_at, parcel.removed_at = now, None
    session.add(parcel)
    await session.flush()
    return parcel.id


async def give_phone(
    session: AsyncSession, customer_id: int, parcel_id: int, digits: str, *, seal: Seal | None, now: datetime
) -> None:
    """The four digits that its carrier asks for are kept, sealed, and it is due at once. Raises: NotFound, BadInput, TooManyParcels."""
    if len(digits) != 4 or not (digits.isascii() and digits.isdecimal()):
        raise BadInput(field="phone", reason="digits")
    parcel = await _own(session, customer_id, parcel_id)
    if parcel.phone_tries >= PHONE_TRIES or seal is None:
        raise TooManyParcels(limit=PHONE_TRIES)
    parcel.phone_sealed, parcel.phone_tries = seal.close(digits), parcel.phone_tries + 1
    parcel.trouble, parcel.next_poll_at, parcel.poll_failures = None, now, 0


async def drop(session: AsyncSession, customer_id: int, parcel_id: int, *, now: datetime) -> None:
    """The parcel is not followed any more, and what was known of it is gone. Raises: NotFound."""
    parcel = await _own(session, customer_id, parcel_id)
    _blank(parcel)
    parcel.removed_at, parcel.next_poll_at = now, None


async def parcel_of(session: AsyncSession, customer_id: int, parcel_id: int) -> FollowedView:
    """Raises: NotFound, also for somebody else's."""
    return _view(await _own(session, customer_id, parcel_id, lock=False))


async def parcels_of(session: AsyncSession, customer_id: int, *, now: datetime) -> Sequence[FollowedView]:
    """What the customer follows, the newest first; what has arrived is shown for two weeks more."""
    is_shown = or_(FollowedParcel.delivered_at.is_(None), FollowedParcel.delivered_at > now - _SHOWN_AFTER_ARRIVAL)
    rows = await session.scalars(
        select(FollowedParcel)
        .where(FollowedParcel.customer_id == customer_id, FollowedParcel.removed_at.is_(None), is_shown)
        .order_by(FollowedParcel.id.desc())
        .limit(MOST_OPEN)
        .execution_options(populate_existing=True)
    )
    return [_view(row) for row in rows]


async def waiting_for_phone(session: AsyncSession, customer_id: int) -> int | None:
    """The customer's newest parcel whose carrier asks for a phone's digits."""
    return await session.scalar(
        select(FollowedParcel.id)
        .where(FollowedParcel.customer_id == customer_id, FollowedParcel.removed_at.is_(None))
        .where(FollowedParcel.trouble == Trouble.NEEDS_PHONE)
        .order_by(FollowedParcel.id.desc())
        .limit(1)
    )


async def sweep(db: Database, *, now: datetime, limit: int = 500) -> int:
    """What nobody follows any more, with what was pushed of it, what arrived long ago and what never arrived is gone; how many there were."""
    old = or_(
        FollowedParcel.removed_at < now - _DAY,
        FollowedParcel.delivered_at < now - _KEPT_AFTER_ARRIVAL,
        FollowedParcel.created_at < now - _KEPT,
    )
    async with db.read() as session:
        ids = (await session.scalars(select(FollowedParcel.id).where(old).limit(limit))).all()
    if ids:
        async with db.begin() as session:
            await pushes.forget(session, await _nobodys(session, ids))
            gone = delete(FollowedParcel).where(FollowedParcel.id.in_(ids), old)
            await session.execute(gone.execution_options(synchronize_session=False))
    return len(ids)


async def _nobodys(session: AsyncSession, ids: Sequence[int]) -> Sequence[str]:
    """The numbers among these parcels' that were dropped, and that no order has and nobody else follows."""
    other, number = aliased(FollowedParcel), FollowedParcel.tracking_number
    is_an_orders = select(Shipment.id).where(Shipment.tracking_number == number).exists()
    is_anothers = select(other.id).where(other.tracking_number == number, other.removed_at.is_(None)).exists()
    dropped = select(number).where(FollowedParcel.id.in_(ids), FollowedParcel.removed_at.is_not(None))
    return (await session.scalars(dropped.where(~is_an_orders, ~is_anothers).distinct())).all()


def _of_own_form(carriers: Carriers, text: str) -> str | None:
    """The one word that a carrier without brands knows for its own."""
    plain = [carrier for carrier in carriers.values() if not carrier.brands]
    own = {word for word in numbers.words_of(text) if any(carrier.recognises(word) for carrier in plain)}
    return own.pop() if len(own) == 1 else None


def _offered(carriers: Carriers, number: str, who: str) -> Choice:
    """A button carries what it was made of; whoever makes one up gets no further than with a true one."""
    choice = chosen(carriers, who)
    if choice is None or numbers.normalise(number) != number:
        raise NotFound(what="parcel")
    if choice.slug is not None and choice.slug not in carriers[choice.carrier].brands.values():
        raise NotFound(what="parcel")
    return choice


async def _hold(session: AsyncSession, customer_id: int) -> None:
    """One at a time of each person: two together would both be the tenth."""
    await session.get_one(Customer, customer_id, with_for_update=True)


async def _within_limits(session: AsyncSession, customer_id: int, *, now: datetime) -> None:
    """Raises: TooManyParcels."""
    own = select(func.count(FollowedParcel.id)).where(FollowedParcel.customer_id == customer_id)
    is_open = FollowedParcel.removed_at.is_(None) & FollowedParcel.delivered_at.is_(None)
    counted = (
        (own.where(is_open), MOST_OPEN),
        (own.where(FollowedParcel.created_at > now - _DAY), MOST_A_DAY),
        (select(func.count(FollowedParcel.id)).where(FollowedParcel.created_at > now - _DAY), MOST_A_DAY_OF_ALL),
    )
    for statement, most in counted:
        if (await session.scalar(statement) or 0) >= most:
            raise TooManyParcels(limit=min(most, MOST_A_DAY))


def _begin(parcel: FollowedParcel, choice: Choice, carriers: Carriers, *, now: datetime) -> None:
    """A carrier that wants a phone's digits is asked when they are there."""
    _blank(parcel)
    if (parcel.carrier, parcel.carrier_slug) != (choice.carrier, choice.slug):
        parcel.subscribed_at, parcel.subscriptions = None, 0
    parcel.carrier, parcel.carrier_slug = choice.carrier, choice.slug
    needs_phone = carriers[choice.carrier].capabilities.wants_phone(choice.slug)
    parcel.trouble, parcel.next_poll_at = (Trouble.NEEDS_PHONE, None) if needs_phone else (None, now)


def _blank(parcel: FollowedParcel) -> None:
    parcel.status, parcel.scans, parcel.trouble = ShipmentStatus.HANDED_OVER, [], None
    parcel.phone_sealed = parcel.eta_from = parcel.eta_until = parcel.last_scan_at = parcel.delivered_at = None
    parcel.eta_has_time, parcel.poll_failures = False, 0


async def _own(session: AsyncSession, customer_id: int, parcel_id: int, *, lock: bool = True) -> FollowedParcel:
    found = await session.get(FollowedParcel, parcel_id, populate_existing=True, with_for_update=lock)
    if found is None or found.customer_id != customer_id or found.removed_at is not None:
        raise NotFound(what="parcel")
    return found


def _view(row: FollowedParcel) -> FollowedView:
    begins, ends = row.eta_from, row.eta_until
    return FollowedView(
        id=row.id,
        customer_id=row.customer_id,
        carrier=row.carrier,
        carrier_slug=row.carrier_slug,
        tracking_number=row.tracking_number,
        status=ShipmentStatus(row.status),
        expected=Window(begins, ends, row.eta_has_time) if begins is not None and ends is not None else None,
        delivered_at=row.delivered_at,
        polled_at=row.polled_at,
        scans=scans_of(row),
        trouble=row.trouble,
        may_try_phone=row.phone_tries < PHONE_TRIES,
    )
