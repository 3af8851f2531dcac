"""What whoever follows a parcel from elsewhere is told of it."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.ui.followed import moved_screen
from bot.ui.screen import Screen
from notifications.buyers import MINOR
from notifications.telling import Telling
from store.errors import NotFound
from store.events import FollowedParcelMoved
from store.order_status import ShipmentStatus
from store.parcels import following
from store.preferences import Topic


async def moved(session: AsyncSession, event: FollowedParcelMoved, tell: Telling) -> Screen | None:
    """Only while it is still so, and still followed."""
    try:
        parcel = await following.parcel_of(session, event.customer_id, event.parcel_id)
    except NotFound:
        return None
    if parcel.status != event.status:
        return None
    if ShipmentStatus(event.status) in MINOR and Topic.PARCELS in tell.reader.unwanted:
        return None
    return moved_screen(parcel, tell.t, zone=tell.zone, carriers=tell.carriers)
