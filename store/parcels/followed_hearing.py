"""A parcel from elsewhere hears of news: what it answers when it is asked for, and what its carrier pushes. Whoever follows it is told once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from store import outbox
from store.events import FollowedParcelMoved
from store.models import FollowedParcel
from store.parcels import followed_history
from store.parcels.carrier import Carrier, Tracked, Trouble


async def followers_of(session: AsyncSession, carrier: str, number: str) -> list[int]:
    """The parcels with this number that people follow; several may follow one."""
    wanted = (
        select(FollowedParcel.id)
        .where(FollowedParcel.tracking_number == number, FollowedParcel.carrier == carrier)
        .where(FollowedParcel.removed_at.is_(None))
        .order_by(FollowedParcel.id)
    )
    return list(await session.scalars(wanted))


async def held(session: AsyncSession, parcel_id: int) -> FollowedParcel | None:
    """The parcel, nobody else's until the transaction ends; None where it is not followed any more."""
    parcel = await session.get(FollowedParcel, parcel_id, populate_existing=True, with_for_update=True)
    return parcel if parcel is not None and parcel.removed_at is None else None


async def hear(session: AsyncSession, parcel: FollowedParcel, tracked: Tracked, *, now: datetime, tells: bool) -> None:
    """The row, which the caller holds, says what is known now; who follows it hears that it has moved, if *tells*. The same news twice are told once."""
    has_moved = followed_history.hear(parcel, tracked, now=now)
    if tracked.is_unsubscribed:
        parcel.subscribed_at = None
    if has_moved and tells:
        moved = FollowedParcelMoved(customer_id=parcel.customer_id, parcel_id=parcel.id, status=parcel.status)
        await outbox.write(session, moved, now=now)


async def pushed(session: AsyncSession, parcel_id: int, tracked: Tracked, carrier: Carrier, *, now: datetime) -> None:
    """The parcel has heard of a push, or is asked for at once where the push proves nothing or its follower has proven nothing."""
    parcel = await held(session, parcel_id)
    if parcel is None:
        return
    if not carrier.capabilities.push_is_proven or not _may_know(parcel, carrier):
        _ask_soon(parcel, now=now)
        return
    await hear(session, parcel, tracked, now=now, tells=True)
    if parcel.delivered_at is not None:
        parcel.next_poll_at = None


def _may_know(parcel: FollowedParcel, carrier: Carrier) -> bool:
    """A push may come because an order, or somebody else, has given the digits: of a carrier that asks for them, only whom it has answered may hear."""
    return parcel.trouble != Trouble.NEEDS_PHONE and (bool(parcel.scans) or not carrier.capabilities.needs_phone)


def _ask_soon(parcel: FollowedParcel, *, now: datetime) -> None:
    """With the follower's own digits, as ever; not while they are missing, nor for what has arrived."""
    if parcel.trouble != Trouble.NEEDS_PHONE and parcel.delivered_at is None:
        parcel.next_poll_at = min(parcel.next_poll_at or now, now)
