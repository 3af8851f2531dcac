"""What a buyer is told about a parcel's number, and about whoever carries it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from bot.ui.buttons import home, in_rows, shortened
from bot.ui.callbacks import AskOwnCarrier, ChooseOwnCarrier, ShowParcels
from bot.ui.i18n import Translator
from bot.ui.payment import order_code
from bot.ui.screen import Button, Screen
from store.orders import OrderView
from store.parcels.carrier import Trouble
from store.parcels.choosing import Choice, title_of, who_carries
from store.parcels.following import FollowedView
from store.parcels.registry import OTHER, Carriers
from store.shipments import ShipmentView

AnyParcel = ShipmentView | FollowedView

_KEY_MOST = 39
_UNSCANNED = timedelta(hours=48)


def carrier_name(parcel: AnyParcel, t: Translator, carriers: Carriers) -> str:
    is_known = parcel.carrier is not None and parcel.carrier in carriers
    return title_of(carriers, parcel.carrier or "", parcel.carrier_slug) if is_known else t.label("Number")


def not_scanned_yet(parcel: ShipmentView, t: Translator, now: datetime) -> Iterable[Markup]:
    """A fresh label is unknown to its carrier's computer for hours, and that worries people."""
    is_fresh = parcel.shipped_at is not None and now - parcel.shipped_at < _UNSCANNED
    if is_fresh and not parcel.scans and parcel.polled_at is not None and not parcel.is_over:
        yield t("The label is made; the carrier has not scanned the parcel yet. That can take two days.")


def carrier_questions(parcels: Iterable[ShipmentView], t: Translator, carriers: Carriers) -> Iterable[Button]:
    """Where nobody knows who carries a parcel, its buyer may."""
    for parcel in parcels:
        if may_choose(parcel) and choices_for(parcel, carriers):
            yield Button(t.label("🚚 Who carries it?"), AskOwnCarrier(shipment_id=parcel.id))


def may_choose(parcel: ShipmentView) -> bool:
    is_unclear = parcel.carrier == OTHER or parcel.trouble in (Trouble.WHICH_CARRIER, Trouble.WRONG_NUMBER)
    return is_unclear and parcel.tracking_number is not None and parcel.shipped_at is not None and not parcel.is_over


def choices_for(parcel: ShipmentView, carriers: Carriers) -> Sequence[Choice]:
    told = who_carries(carriers, parcel.tracking_number or "")
    return [told.sure] if told.sure else told.choices


def who_carries_screen(parcel: ShipmentView, choices: Sequence[Choice], t: Translator) -> Screen:
    """Three possibilities at most, and the way back for whoever does not know."""
    text = t("<b>Who carries {number}?</b>", number=t("<code>{number}</code>", number=parcel.tracking_number or ""))
    chosen = [choice for choice in choices if len(choice.key) <= _KEY_MOST]
    buttons = [Button(shortened(each.title), ChooseOwnCarrier(shipment_id=parcel.id, who=each.key)) for each in chosen]
    back = Button(t.label("← Back"), ShowParcels(order_id=parcel.order_id))
    return Screen(text, (*in_rows(buttons, 2), (back,)))


def renumbered_screen(order: OrderView, number: str, carrier: str, t: Translator) -> Screen:
    """A notification: whoever has noted the parcel's number notes another one."""
    text = t(
        "🔢 <b>The parcel of order {number} has another number now</b>\n{carrier}: {tracking}",
        number=order_code(order, t),
        carrier=carrier,
        tracking=t("<code>{number}</code>", number=number),
    )
    return Screen(text, ((Button(t.label("📦 Where is it?"), ShowParcels(order_id=order.id)), home(t)),), fresh=True)
