"""What a buyer is told about a parcel's number, and about whoever carries it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from markupsafe import Markup

from bot.ui.buttons import home
from bot.ui.callbacks import ShowParcels
from bot.ui.i18n import Translator
from bot.ui.payment import order_code
from bot.ui.screen import Button, Screen
from store.orders import OrderView
from store.parcels.choosing import title_of
from store.parcels.registry import Carriers
from store.shipments import ShipmentView

_UNSCANNED = timedelta(hours=48)


def carrier_name(parcel: ShipmentView, t: Translator, carriers: Carriers) -> str:
    is_known = parcel.carrier is not None and parcel.carrier in carriers
    return title_of(carriers, parcel.carrier or "", parcel.carrier_slug) if is_known else t.label("Number")


def not_scanned_yet(parcel: ShipmentView, t: Translator, now: datetime) -> Iterable[Markup]:
    """A fresh label is unknown to its carrier's computer for hours, and that worries people."""
    is_fresh = parcel.shipped_at is not None and now - parcel.shipped_at < _UNSCANNED
    if is_fresh and not parcel.scans and parcel.polled_at is not None and not parcel.is_over:
        yield t("The label is made; the carrier has not scanned the parcel yet. That can take two days.")


def renumbered_screen(order: OrderView, number: str, carrier: str, t: Translator) -> Screen:
    """A notification: whoever has noted the parcel's number notes another one."""
    text = t(
        "🔢 <b>The parcel of order {number} has another number now</b>\n{carrier}: {tracking}",
        number=order_code(order, t),
        carrier=carrier,
        tracking=t("<code>{number}</code>", number=number),
    )
    return Screen(text, ((Button(t.label("📦 Where is it?"), ShowParcels(order_id=order.id)), home(t)),), fresh=True)
