"""What the staff is told about carriers, and asked: who carries a parcel, which digits a carrier wants, who does not answer."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from bot.ui.buttons import filled, in_rows, shortened
from bot.ui.desk_callbacks import AskCarrier, AskParcelNumber, ChooseCarrier, ShowStaffParcels, UseNumber
from bot.ui.i18n import Translator, noop
from bot.ui.screen import Button, Rows, Screen, Style
from bot.ui.staff_callbacks import ShowCard
from bot.ui.staff_orders import card_text
from store.order_story import OrderStory
from store.orders import OrderView
from store.parcels.carrier import Trouble
from store.parcels.choosing import Choice
from store.parcels.registry import OTHER, Carriers
from store.shipments import ShipmentView

_KEY_MOST, _NUMBER_MOST = 39, 36
_NEEDS: Mapping[str, str] = {
    Trouble.NEEDS_PHONE: noop(
        "{carrier} says nothing about parcel {number} without the last four digits of the sender's or the recipient's phone."
        " Reply to the order's card with these four digits."
    ),
    Trouble.NEEDS_DETAILS: noop(
        "{carrier} wants to know more about parcel {number} than its number, and does not follow it."
    ),
    Trouble.WHICH_CARRIER: noop(
        "It is not clear who carries parcel {number}, so nobody can be asked. Choose the carrier."
    ),
    Trouble.WRONG_NUMBER: noop("{carrier} has no parcel {number}. Is the number right, and the carrier?"),
}


def needs_help_screen(order: OrderView, shipment: ShipmentView, carrier: str, t: Translator) -> Screen | None:
    """A notification: a parcel is not followed before somebody has done something. None when that has been done."""
    words = _NEEDS.get(shipment.trouble or "")
    if words is None:
        return None
    what = t(words, carrier=carrier, number=t("<code>{number}</code>", number=shipment.tracking_number or ""))
    text = t("⚠️ <b>Order</b> <code>{number}</code>\n{what}", number=order.number, what=what)
    steps = (
        Button(t.label("🚚 Choose the carrier"), AskCarrier(shipment_id=shipment.id)),
        Button(t.label("🔢 Another number"), AskParcelNumber(shipment_id=shipment.id)),
    )
    rows: Rows = () if shipment.trouble == Trouble.NEEDS_PHONE else (steps,)
    return Screen(text, (*rows, (Button(t.label("Show the card"), ShowCard(order_id=order.id), style=Style.PRIMARY),)))


def which_number_screen(order_id: int, typed: str | None, meant: str, t: Translator) -> Screen:
    """Signs that look alike, and a check digit that says so: nothing is sent before a person has said which. *typed* can be a number too, or None."""
    text = t(
        "<b>Did you mean {number}?</b>\nSome signs look alike; with these its check digit is right. Nothing is sent yet.",
        number=t("<code>{number}</code>", number=meant),
    )
    numbers = [meant] if typed is None or len(typed) > _NUMBER_MOST else [meant, typed]
    rows = tuple((Button(number, UseNumber(order_id=order_id, number=number)),) for number in numbers)
    return Screen(text, (*rows, (Button(t.label("Show the card"), ShowCard(order_id=order_id)),)), fresh=True)


def choose_carrier_screen(
    story: OrderStory, shipment: ShipmentView, choices: Sequence[Choice], t: Translator, zone: str, carriers: Carriers
) -> Screen:
    """The card, asking who carries this one of its parcels: three possibilities at most, and somebody else."""
    question = t(
        "<b>Who carries {number}?</b>", number=t("<code>{number}</code>", number=shipment.tracking_number or "")
    )
    fitting = [choice for choice in choices if choice.carrier != OTHER and len(choice.key) <= _KEY_MOST]
    buttons = [
        Button(shortened(choice.title), ChooseCarrier(shipment_id=shipment.id, who=choice.key)) for choice in fitting
    ]
    other = Button(t.label("Somebody else"), ChooseCarrier(shipment_id=shipment.id, who=OTHER))
    back = Button(t.label("← Back"), ShowStaffParcels(order_id=story.order.id))
    text = Markup("\n\n").join([card_text(story, t, zone, carriers), question])
    return Screen(text, filled((*in_rows(buttons, 2), (other,), (back,))))


def carrier_failing_screen(carrier: str, error: str, t: Translator, *, must_act: bool) -> Screen:
    """A notification: nobody follows this carrier's parcels for now."""
    if must_act:
        text = t(
            "🔑 <b>{carrier} refuses to answer.</b>\nIts parcels are not followed until whoever runs the program has mended it:"
            " <code>{error}</code>. <code>dukkan doctor</code> says more.",
            carrier=carrier,
            error=error,
        )
        return Screen(text)
    return Screen(
        t(
            "🔌 <b>{carrier} does not answer.</b>\nIts parcels are not followed for now; we go on asking.",
            carrier=carrier,
        )
    )


def carrier_recovered_screen(carrier: str, t: Translator) -> Screen:
    """A notification: all is well again."""
    return Screen(t("🔌 {carrier} answers again, and its parcels are followed.", carrier=carrier))
