"""Where a parcel is, in words: for the chat, and for pages of a process that does not speak with Telegram."""

from collections.abc import Mapping
from datetime import timedelta

from markupsafe import Markup

from bot.ui.i18n import Translator, noop
from bot.ui.spans import time_left
from store.order_status import ShipmentStatus
from store.parcels.carrier import Stage

STATUS: Mapping[ShipmentStatus, str] = {
    ShipmentStatus.PACKED: noop("🎁 Packed, waiting for the courier"),
    ShipmentStatus.HANDED_OVER: noop("🚚 With the carrier"),
    ShipmentStatus.IN_TRANSIT: noop("🚚 On its way"),
    ShipmentStatus.OUT_FOR_DELIVERY: noop("🚪 Out for delivery"),
    ShipmentStatus.READY_FOR_PICKUP: noop("🏬 Ready to be fetched"),
    ShipmentStatus.DELIVERED: noop("📬 Delivered"),
    ShipmentStatus.EXCEPTION: noop("⚠️ Held up, the carrier is on it"),
    ShipmentStatus.LOST: noop("⚠️ The carrier cannot find it"),
    ShipmentStatus.RETURNING: noop("↩️ On its way back to the shop"),
    ShipmentStatus.RETURNED: noop("↩️ Back at the shop"),
    ShipmentStatus.CANCELLED: noop("✖️ Not sent"),
}
STAGE: Mapping[Stage, str] = {
    Stage.INFO_RECEIVED: noop("The carrier knows about the parcel"),
    Stage.HANDED_OVER: noop("Handed to the carrier"),
    Stage.IN_TRANSIT: noop("On the way"),
    Stage.CUSTOMS: noop("At the customs"),
    Stage.CUSTOMS_HOLD: noop("Kept by the customs"),
    Stage.OUT_FOR_DELIVERY: noop("Out for delivery"),
    Stage.FAILED_ATTEMPT: noop("The courier found nobody"),
    Stage.READY_FOR_PICKUP: noop("Waiting to be fetched"),
    Stage.DELIVERED: noop("Delivered"),
    Stage.EXCEPTION: noop("Held up"),
    Stage.DELAYED: noop("Takes longer"),
    Stage.DAMAGED: noop("Damaged on the way"),
    Stage.LOST: noop("Cannot be found"),
    Stage.RETURNING: noop("Going back to the shop"),
    Stage.RETURNED: noop("Back at the shop"),
    Stage.CANCELLED: noop("The carrier does not bring it"),
    Stage.EXPIRED: noop("No news for a long time"),
    Stage.UNKNOWN: noop("News from the carrier"),
}


def age_text(age: timedelta, t: Translator) -> Markup:
    """How long ago the carrier was asked."""
    if age < timedelta(minutes=2):
        return t("Asked the carrier just now")
    return t("Asked the carrier {age} ago", age=time_left(age, t))
