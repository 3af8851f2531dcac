"""The staff card with a question below it: who carries the parcel, how much goes back, is it really called off."""

from markupsafe import Markup

from bot.ui.buttons import shortened
from bot.ui.desk_callbacks import AskRefundPieces, ClearStaffNote
from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Rows, Screen, Style
from bot.ui.staff_callbacks import (
    RefundOrder,
    ShipWithLabel,
    ShipWithNumber,
    ShowCard,
    StaffCancel,
    TransferReceived,
)
from bot.ui.staff_orders import card_text
from store.order_story import OrderStory
from store.parcels.registry import Carriers
from store.payments.transfer import Expected


def ask_ship_screen(story: OrderStory, t: Translator, zone: str, carriers: Carriers) -> Screen:
    """The card, asking which carrier takes the parcel."""
    order_id = story.order.id
    labels = [
        (
            Button(
                shortened(t.label("Label: {carrier}", carrier=carrier.title)),
                ShipWithLabel(order_id=order_id, carrier=name),
            ),
        )
        for name, carrier in carriers.items()
        if carrier.capabilities.makes_labels
    ]
    other = (Button(t.label("🔢 I have a number"), ShipWithNumber(order_id=order_id)),)
    question = t("<b>Who carries the parcel?</b>")
    return _asking(story, t, zone, carriers, question, (*labels, other, _never_mind(order_id, t)))


def ask_number_screen(story: OrderStory, t: Translator, zone: str, carriers: Carriers) -> Screen:
    """The card, asking to be answered with the tracking number: a reply reaches the bot in every group."""
    question = t("<b>Reply to this message with the tracking number.</b>")
    return _asking(story, t, zone, carriers, question, (_never_mind(story.order.id, t),))


def ask_refund_screen(story: OrderStory, t: Translator, zone: str, carriers: Carriers) -> Screen:
    """The card, asking whether everything that was paid goes back."""
    order = story.order
    left = story.refundable_minor
    price = money(left, order.currency, t.language)
    question = t(
        "<b>Give {price} back to the customer?</b>\nFor a part of it, reply to this message with the amount, such as <code>refund 12.50</code>.",
        price=price,
    )
    sure = Button(
        t.label("Refund {price}", price=price), RefundOrder(order_id=order.id, amount_minor=left), style=Style.DANGER
    )
    pieces = Button(t.label("✂️ Choose pieces"), AskRefundPieces(order_id=order.id))
    return _asking(story, t, zone, carriers, question, ((*_never_mind(order.id, t), pieces), (sure,)))


def ask_transfer_screen(
    story: OrderStory, expected: Expected, amount_minor: int | None, t: Translator, zone: str, carriers: Carriers
) -> Screen:
    """The card, asking whether all that is missing has come, or just *amount_minor*."""
    order_id = story.order.id
    wanted = expected.missing_minor if amount_minor is None else amount_minor
    price = money(wanted, expected.currency, t.language)
    question = t("<b>Has {price} come to the bank account?</b>", price=price)
    if amount_minor is None:
        question += t("\nFor another amount, reply to this message with it, such as <code>paid 12.50</code>.")
    elif amount_minor != expected.missing_minor:
        question += t(
            "\nThe order waits for {price}.", price=money(expected.missing_minor, expected.currency, t.language)
        )
    sure = TransferReceived(order_id=order_id, amount_minor=wanted, seen_minor=expected.captured_minor)
    button = Button(t.label("Yes, {price} is here", price=price), sure, style=Style.SUCCESS)
    rows = ((*_never_mind(order_id, t), *((button,) if wanted else ())),)
    return _asking(story, t, zone, carriers, question, rows)


def ask_note_screen(story: OrderStory, t: Translator, zone: str, carriers: Carriers) -> Screen:
    """The card, asking to be answered with a note that only the staff sees."""
    order = story.order
    question = t("<b>Reply to this message with a note.</b>\nOnly the staff sees it.")
    remove = (Button(t.label("Remove the note"), ClearStaffNote(order_id=order.id)),) if order.staff_note else ()
    return _asking(story, t, zone, carriers, question, ((*_never_mind(order.id, t), *remove),))


def ask_cancel_screen(story: OrderStory, t: Translator, zone: str, carriers: Carriers) -> Screen:
    """The card, asking whether the order is called off, and naming the money that goes back."""
    order = story.order
    left = story.refundable_minor
    question = t("<b>Cancel this order?</b> The goods go back on the shelf and the customer is told.")
    if left:
        question += t("\nThe refund of {price} starts at once.", price=money(left, order.currency, t.language))
    sure = Button(t.label("Yes, cancel it"), StaffCancel(order_id=order.id), style=Style.DANGER)
    return _asking(
        story, t, zone, carriers, question, ((Button(t.label("Keep the order"), ShowCard(order_id=order.id)), sure),)
    )


def _asking(story: OrderStory, t: Translator, zone: str, carriers: Carriers, question: Markup, rows: Rows) -> Screen:
    return Screen(Markup("\n\n").join([card_text(story, t, zone, carriers), question]), rows)


def _never_mind(order_id: int, t: Translator) -> tuple[Button, ...]:
    return (Button(t.label("← Back"), ShowCard(order_id=order_id)),)
