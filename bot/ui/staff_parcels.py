"""An order's parcels as the staff sees them: below the card, one by one, and chosen piece by piece."""

from collections.abc import Iterator

from markupsafe import Markup

from bot.ui.buttons import filled, shortened
from bot.ui.contents import contents, line_title
from bot.ui.desk_callbacks import (
    AskCarrier,
    AskParcel,
    AskParcelNumber,
    ChooseParcel,
    FollowAgain,
    PackPieces,
    ShipParcelWithLabel,
    ShowStaffParcels,
    UnpackParcel,
)
from bot.ui.i18n import Translator
from bot.ui.pieces import Choice, choice, stepper_rows
from bot.ui.screen import Button, Screen, Style
from bot.ui.staff_callbacks import MarkDelivered, ShowCard
from bot.ui.staff_orders import card_text
from store.order_status import ShipmentStatus
from store.order_story import OrderStory
from store.parcels.carrier import Trouble
from store.parcels.registry import OTHER, Carriers
from store.shipments import ShipmentView

# More parcels than this are listed on the card, but have no buttons.
_LISTED = 12


def parcel_number(story: OrderStory, shipment_id: int) -> int:
    """Which of the order's parcels it is, as people count; 0 for one that is none (any more)."""
    return next((n for n, each in enumerate(story.parcels, start=1) if each.id == shipment_id), 0)


def choose_parcel_screen(
    story: OrderStory, t: Translator, zone: str, carriers: Carriers, *, chosen: str | None = None, page: int = 0
) -> Screen:
    """The card, asking which pieces lie in the next parcel; everything that is left, to begin with."""
    order = story.order
    left = dict(story.to_pack)
    titles = [line_title(line, t) for line in order.lines]
    wanted = choice(titles, [left.get(line.id, 0) for line in order.lines], chosen, page=page)

    def press(other: Choice) -> ChooseParcel:
        return ChooseParcel(order_id=order.id, version=order.version, page=other.page, chosen=other.packed)

    question = t("<b>What goes into this parcel?</b>\nThe rest can go into another one.")
    pack = PackPieces(order_id=order.id, version=order.version, chosen=wanted.packed)
    pieces = t.label("📦 Pack: {n}", n=wanted.total)
    sure = (Button(pieces, pack, style=Style.SUCCESS),) if wanted.total else ()
    rows = (*stepper_rows(wanted, press, t), (_back_to_card(order.id, t), *sure))
    return Screen(Markup("\n\n").join([card_text(story, t, zone, carriers), question]), filled(rows))


def staff_parcels_screen(story: OrderStory, t: Translator, zone: str, carriers: Carriers) -> Screen:
    """The card, with what can be done with each of its parcels."""
    rows = [tuple(_steps(story, n, parcel, t)) for n, parcel in enumerate(story.parcels[:_LISTED], start=1)]
    question = t("<b>Which parcel?</b>")
    text = Markup("\n\n").join([card_text(story, t, zone, carriers), question])
    return Screen(text, filled((*rows, (_back_to_card(story.order.id, t),))))


def _steps(story: OrderStory, n: int, parcel: ShipmentView, t: Translator) -> Iterator[Button]:
    if parcel.status == ShipmentStatus.PACKED:
        yield Button(t.label("🚚 Ship parcel {n}", n=n), AskParcel(shipment_id=parcel.id))
        yield Button(t.label("↩️ Unpack {n}", n=n), UnpackParcel(shipment_id=parcel.id))
    elif parcel.shipped_at and not parcel.is_over:
        arrived = MarkDelivered(order_id=story.order.id, shipment_id=parcel.id)
        yield Button(t.label("🏁 Parcel {n} arrived", n=n), arrived)
        yield Button(t.label("🔢 Number {n}", n=n), AskParcelNumber(shipment_id=parcel.id))
        yield from _carrier_steps(n, parcel, t)


def _carrier_steps(n: int, parcel: ShipmentView, t: Translator) -> Iterator[Button]:
    if not parcel.tracking_number:
        return
    if parcel.carrier == OTHER or parcel.trouble in (Trouble.WHICH_CARRIER, Trouble.WRONG_NUMBER):
        yield Button(t.label("🚚 Carrier {n}", n=n), AskCarrier(shipment_id=parcel.id))
    if parcel.trouble == Trouble.OVER:
        yield Button(t.label("🔁 Follow {n} again", n=n), FollowAgain(shipment_id=parcel.id))


def ask_parcel_screen(story: OrderStory, shipment_id: int, t: Translator, zone: str, carriers: Carriers) -> Screen:
    """The card, asking who carries this one of its parcels."""
    question = t(
        "<b>Who carries parcel {n}?</b>\n{contents}",
        n=parcel_number(story, shipment_id),
        contents=_contents(story, shipment_id, t),
    )
    labels = [
        (
            Button(
                shortened(t.label("Label: {carrier}", carrier=carrier.title)),
                ShipParcelWithLabel(shipment_id=shipment_id, carrier=name),
            ),
        )
        for name, carrier in carriers.items()
        if carrier.capabilities.makes_labels
    ]
    number = (Button(t.label("🔢 I have a number"), AskParcelNumber(shipment_id=shipment_id)),)
    rows = (*labels, number, (_back_to_parcels(story.order.id, t),))
    return Screen(Markup("\n\n").join([card_text(story, t, zone, carriers), question]), rows)


def ask_parcel_number_screen(
    story: OrderStory, shipment_id: int, t: Translator, zone: str, carriers: Carriers
) -> Screen:
    """The card, asking to be answered with the number of this one of its parcels."""
    question = t(
        "<b>Reply to this message with the tracking number of parcel {n}.</b>\n{contents}",
        n=parcel_number(story, shipment_id),
        contents=_contents(story, shipment_id, t),
    )
    text = Markup("\n\n").join([card_text(story, t, zone, carriers), question])
    return Screen(text, ((_back_to_parcels(story.order.id, t),),))


def which_parcel_screen(t: Translator) -> Screen:
    """For somebody who replied with a number that could be any parcel's."""
    text = t(
        "This order has several parcels, and a number belongs to one of them. Press 📦 Parcels on its card and choose one, then reply with its number."
    )
    return Screen(text, fresh=True)


def _contents(story: OrderStory, shipment_id: int, t: Translator) -> str:
    pieces = next((each.pieces for each in story.shipments if each.id == shipment_id), ())
    return contents(story.order, pieces, t)


def _back_to_card(order_id: int, t: Translator) -> Button:
    return Button(t.label("← Back"), ShowCard(order_id=order_id))


def _back_to_parcels(order_id: int, t: Translator) -> Button:
    return Button(t.label("← Back"), ShowStaffParcels(order_id=order_id))
