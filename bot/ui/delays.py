"""What a buyer is told when a parcel takes longer than was promised."""

from collections.abc import Mapping

from markupsafe import Markup

from bot.ui.format import window
from bot.ui.i18n import Translator, noop
from bot.ui.parcels import news_rows
from bot.ui.payment import order_code
from bot.ui.screen import Screen
from store.orders import OrderView
from store.parcels.eta import Cause
from store.shipments import ShipmentView

_CAUSE: Mapping[str, str] = {
    Cause.CUSTOMS: noop("It is waiting at the customs."),
    Cause.NOBODY_HOME: noop("The courier found nobody and will try again."),
    Cause.HELD_UP: noop("It is held up on the way."),
    Cause.CARRIER: noop("The carrier says that it takes longer."),
    Cause.SILENCE: noop("There has been no news of it for unusually long."),
}


def delayed_screen(
    order: OrderView, shipment: ShipmentView, t: Translator, *, zone: str, cause: str = Cause.SLOW
) -> Screen:
    """A notification: it takes longer than was promised, why as far as anybody knows, and until when."""
    parts = [t("🕰 <b>Order {number} takes longer than expected</b>", number=order_code(order, t))]
    if words := _CAUSE.get(cause):
        parts.append(t(words))
    if shipment.expected is not None:
        parts.append(t("It should now arrive {days}.", days=window(shipment.expected, t.language, zone)))
    parts.append(t("We are sorry about that. The shop has been told and keeps an eye on it."))
    return Screen(Markup("\n").join(parts), news_rows(order, t), fresh=True)
