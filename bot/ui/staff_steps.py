"""What can be done with an order now, as buttons below its card."""

from collections.abc import Iterator

from bot.ui.buttons import filled
from bot.ui.desk_callbacks import AskParcelPieces, AskStaffNote, HandBack, ShowStaffParcels, UnpackParcel
from bot.ui.i18n import Translator
from bot.ui.payment_callbacks import ShowPayments
from bot.ui.screen import Button, Rows, Style
from bot.ui.staff_callbacks import (
    AcceptOrder,
    AskRefund,
    AskShip,
    AskStaffCancel,
    AskTransfer,
    CashReceived,
    HandOver,
    MarkDelivered,
    PackOrder,
    ReadyForPickup,
    RefundedByHand,
)
from bot.ui.staff_support_callbacks import MessageBuyer
from store.order_status import OrderStatus, ShipmentStatus
from store.order_story import OrderStory
from store.payments.by_hand import is_given_back_by_hand
from store.payments.cash import NAME as CASH
from store.payments.transfer import is_transfer


def steps(story: OrderStory, t: Translator) -> Rows:
    """The same for everybody in the staff chat: roles are asked when somebody presses."""
    order = story.order
    cancel = [Button(t.label("🚫 Cancel"), AskStaffCancel(order_id=order.id), style=Style.DANGER)]
    note = [Button(t.label("🗒 Note"), AskStaffNote(order_id=order.id))]
    rows = (_forward(story, t), _in_parts(story, t), _money_steps(story, t), (*_undo(story, t), *note))
    message = Button(t.label("💬 Message"), MessageBuyer(order_id=order.id))
    return filled((*rows, (message, *(cancel if order.can_be_cancelled_by_staff else ()))))


def _forward(story: OrderStory, t: Translator) -> Iterator[Button]:
    """What moves the goods on."""
    order = story.order
    if order.status not in (OrderStatus.CONFIRMED, OrderStatus.COMPLETED):
        return
    if order.accepted_at is None and order.status == OrderStatus.CONFIRMED:
        yield Button(t.label("✅ Accept"), AcceptOrder(order_id=order.id), style=Style.SUCCESS)
    if order.fulfilment_status == "unfulfilled" and order.delivery_kind != "digital":
        yield Button(t.label("📦 Pack"), PackOrder(order_id=order.id))
    if order.can_be_shipped and not story.is_in_parts:
        yield Button(t.label("🚚 Ship"), AskShip(order_id=order.id))
    if _can_wait_at_counter(story):
        yield Button(t.label("🛍 Ready"), ReadyForPickup(order_id=order.id))
    yield from _arrivals(story, t)


def _in_parts(story: OrderStory, t: Translator) -> Iterator[Button]:
    """What is for orders that take several parcels."""
    order = story.order
    is_open = order.status == OrderStatus.CONFIRMED and order.delivery_kind == "courier"
    if is_open and story.to_pack and story.parcels:
        yield Button(t.label("📦 Pack the rest"), AskParcelPieces(order_id=order.id))
    elif is_open and sum(quantity for _, quantity in story.to_pack) > 1:
        yield Button(t.label("✂️ In parts"), AskParcelPieces(order_id=order.id))
    if story.is_in_parts:
        yield Button(t.label("📦 Parcels: {n}", n=len(story.parcels)), ShowStaffParcels(order_id=order.id))


def _undo(story: OrderStory, t: Translator) -> Iterator[Button]:
    """What nobody outside has heard of yet can be taken back."""
    order, packed = story.order, [each for each in story.parcels if each.status == ShipmentStatus.PACKED]
    if order.status != OrderStatus.CONFIRMED:
        return
    if len(packed) == 1 and not story.is_in_parts:
        yield Button(t.label("↩️ Unpack"), UnpackParcel(shipment_id=packed[0].id))
    elif order.accepted_at is not None and order.fulfilment_status == "unfulfilled":
        yield Button(t.label("↩️ Give it back"), HandBack(order_id=order.id))


def _can_wait_at_counter(story: OrderStory) -> bool:
    order = story.order
    is_here = order.fulfilment_status in ("unfulfilled", "packed") and order.status == OrderStatus.CONFIRMED
    waits = any(shipment.status == ShipmentStatus.READY_FOR_PICKUP for shipment in story.shipments)
    return is_here and order.delivery_kind == "pickup" and not waits


def _arrivals(story: OrderStory, t: Translator) -> Iterator[Button]:
    order_id = story.order.id
    if story.is_in_parts:
        return  # each has to be named: `_in_parts`
    for shipment in story.shipments:
        if shipment.kind == "pickup" and shipment.status == ShipmentStatus.READY_FOR_PICKUP:
            yield Button(t.label("🤝 Handed over"), HandOver(order_id=order_id), style=Style.SUCCESS)
        elif shipment.kind == "courier" and shipment.shipped_at and not shipment.is_over:
            yield Button(t.label("🏁 Delivered"), MarkDelivered(order_id=order_id, shipment_id=shipment.id))


def _money_steps(story: OrderStory, t: Translator) -> Iterator[Button]:
    order = story.order
    if (
        order.payment_method == CASH
        and order.payment_status in ("unpaid", "partially_paid")
        and order.status == OrderStatus.CONFIRMED
    ):
        yield Button(t.label("💵 Cash received"), CashReceived(order_id=order.id))
    if is_transfer(order.payment_method) and order.payment_status in ("unpaid", "partially_paid"):
        yield Button(t.label("🏦 Money arrived"), AskTransfer(order_id=order.id))
    # Also for an order that is over: its refund may have been refused.
    if story.refundable_minor and order.status != OrderStatus.PENDING_PAYMENT:
        yield Button(t.label("↩️ Refund"), AskRefund(order_id=order.id))
    if order.payment_method != CASH:
        yield Button(t.label("💳 Payments"), ShowPayments(order_id=order.id))
    for refund in story.refunds:
        if is_given_back_by_hand(refund.gateway) and not refund.is_done:
            yield Button(t.label("💵 Money given back"), RefundedByHand(order_id=order.id, refund_id=refund.id))
