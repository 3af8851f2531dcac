"""What a route is made of: to whom, which screen, and which message it keeps true."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from bot.ui.i18n import Translator
from bot.ui.screen import Doubt, Screen
from bot.ui.seller import SellerView
from notifications.readers import NOBODY_KNOWN, Reader
from store.parcels.registry import Carriers
from store.preferences import Topic
from store.staff_room import Room


@dataclass(frozen=True, slots=True)
class Telling:
    """What making a notification may need besides the event: the shop, who reads it, in whose words, the moment."""

    settings: Settings
    carriers: Carriers
    seller: SellerView
    t: Translator
    now: datetime
    reader: Reader = NOBODY_KNOWN

    @property
    def zone(self) -> str:
        """By whose clock times are told."""
        return self.reader.zone or self.seller.timezone


@dataclass(frozen=True, slots=True)
class Recipient:
    chat_id: int
    language: str


# The event is any of store/events.py: a route stands only in rows of the table whose event it can read.
Recipients = Callable[[AsyncSession, Any, Settings, SellerView], Awaitable[list[Recipient]]]
ScreenOf = Callable[[AsyncSession, Any, Telling], Awaitable[Screen | None]]


@dataclass(frozen=True, slots=True)
class Route:
    """One kind of message about an event. A screen of None means that there is nothing (any more) to tell.

    *slot* names the living message that is edited in place ("card:12"); without it every event sends a message of its own.
    *topic*: whoever does not want to hear of it is not told; without one it always comes.
    *room* is the topic in which it is said, in a staff group that has topics.
    *opens* is False where the living message is only kept true, not begun. *doubt*: what to do when it may have been sent, and may not.
    """

    name: str
    recipients: Recipients
    screen: ScreenOf
    slot: Callable[[Any], str] | None = None
    opens: bool = True
    room: Room | None = None
    doubt: Doubt = Doubt.REPEAT
    topic: Topic | None = None
