"""The staff card of an order: everything that is needed to act on it, and who did what."""

from markupsafe import Markup

from bot.ui.addresses import address_text
from bot.ui.contents import contents, line_title
from bot.ui.format import moment, money, window
from bot.ui.i18n import Translator, noop
from bot.ui.points import map_link
from bot.ui.screen import Screen
from bot.ui.staff_steps import steps
from store.models import AuditEntry
from store.order_status import OrderStatus, RefundStatus, ShipmentStatus
from store.order_story import OrderStory
from store.orders import OrderLineView, OrderView
from store.parcels.registry import Carriers
from store.payments.cash import NAME as CASH
from store.payments.refunds import RefundView
from store.shipments import ShipmentView

LINES_SHOWN = 20
HISTORY_SHOWN = 8

_STATUS = {
    OrderStatus.PENDING_PAYMENT: noop("⏳ waiting for payment"),
    OrderStatus.CONFIRMED: noop("🟢 to send"),
    OrderStatus.COMPLETED: noop("✅ completed"),
    OrderStatus.CANCELLED: noop("🚫 cancelled"),
    OrderStatus.EXPIRED: noop("⌛ expired unpaid"),
}
# What a confirmed order still needs, once its goods are on their way.
_FULFILMENT = {
    "packed": noop("📦 packed"),
    "partially_shipped": noop("🚚 shipped in part"),
    "shipped": noop("🚚 on its way"),
    "delivered": noop("📬 delivered"),
    "returned": noop("⚠️ came back"),
}
_PAYMENT = {
    "unpaid": noop("not paid yet"),
    "partially_paid": noop("⚠️ paid in part"),
    "paid": noop("paid"),
    "overpaid": noop("⚠️ paid too much"),
    "partially_refunded": noop("refunded in part"),
    "refunded": noop("refunded"),
}
_SHIPMENT = {
    ShipmentStatus.PACKED: noop("packed"),
    ShipmentStatus.HANDED_OVER: noop("handed to the carrier"),
    ShipmentStatus.IN_TRANSIT: noop("on its way"),
    ShipmentStatus.OUT_FOR_DELIVERY: noop("out for delivery"),
    ShipmentStatus.READY_FOR_PICKUP: noop("ready for pick-up"),
    ShipmentStatus.DELIVERED: noop("delivered"),
    ShipmentStatus.EXCEPTION: noop("⚠️ needs attention"),
    ShipmentStatus.LOST: noop("⚠️ lost"),
    ShipmentStatus.RETURNING: noop("⚠️ coming back"),
    ShipmentStatus.RETURNED: noop("returned"),
    ShipmentStatus.CANCELLED: noop("cancelled"),
}
_REFUND = {
    RefundStatus.REQUESTED: noop("requested"),
    RefundStatus.SUBMITTING: noop("requested"),
    RefundStatus.PENDING: noop("on its way"),
    RefundStatus.UNKNOWN: noop("being checked"),
    RefundStatus.SUCCEEDED: noop("done"),
    RefundStatus.FAILED: noop("⚠️ failed"),
    RefundStatus.REVERSED: noop("⚠️ came back"),
}
# What the history tells; other entries (the system's own) are in the audit log only.
_DONE = {
    "accepted": noop("{name} accepted"),
    "packed": noop("{name} packed"),
    "unpacked": noop("{name} unpacked"),
    "handed_back": noop("{name} gave it back"),
    "shipped": noop("{name} shipped"),
    "ready": noop("{name}: ready for pick-up"),
    "handed_over": noop("{name} handed it over"),
    "delivered": noop("{name}: delivered"),
    "number_corrected": noop("{name} corrected the tracking number"),
    "cancelled": noop("{name} cancelled"),
    "refund_requested": noop("{name} started a refund"),
    "noted": noop("{name} wrote a note"),
    "apologised": noop("{name} said sorry with a coupon"),
    "refunded_by_hand": noop("{name} gave the money back"),
    "cash_received": noop("{name} received the cash"),
    "transfer_received": noop("{name} saw the money on the account"),
}


def staff_card_screen(story: OrderStory, t: Translator, zone: str, carriers: Carriers) -> Screen:
    """The card with its next steps."""
    return Screen(card_text(story, t, zone, carriers), steps(story, t))


def card_text(story: OrderStory, t: Translator, zone: str, carriers: Carriers) -> Markup:
    """The card without its buttons."""
    parts = [
        _head(story.order, t, zone),
        _whom(story.order, t),
        _goods(story.order, t),
        _parcels(story, t, zone, carriers),
        _refunds(story.refunds, t),
        _history(story.history, t, zone),
    ]
    return Markup("\n\n").join(part for part in parts if part)


def _head(order: OrderView, t: Translator, zone: str) -> Markup:
    head = t(
        "🧾 <b>Order</b> <code>{number}</code> · {status}",
        number=order.number,
        status=t(_stand(order)),
    )
    if order.status == OrderStatus.PENDING_PAYMENT and order.expires_at:
        head += t("\nHeld until {time}", time=moment(order.expires_at, t.language, zone))
    return head


def _stand(order: OrderView) -> str:
    is_confirmed = order.status == OrderStatus.CONFIRMED
    return (_FULFILMENT.get(order.fulfilment_status) if is_confirmed else None) or _STATUS[order.status]


def _whom(order: OrderView, t: Translator) -> Markup:
    who = " · ".join(filter(None, (order.contact_name, order.contact_phone)))
    lines = [t("👤 {who}", who=who)] if who else []
    lines.append(t("🚚 {method}", method=t.pick(order.delivery_title)))
    if order.address:
        lines.append(t("📍 {address}", address=address_text(order.address, t.language)))
        lines += map_link(order.address, t)
    if order.note:
        lines.append(t("📝 <i>{note}</i>", note=order.note))
    if order.staff_note:
        lines.append(t("🗒 {note}", note=order.staff_note))
    return Markup("\n").join(lines)


def _goods(order: OrderView, t: Translator) -> Markup:
    lines = [_line(line, order.currency, t) for line in order.lines[:LINES_SHOWN]]
    hidden = len(order.lines) - LINES_SHOWN
    if hidden > 0:
        lines.append(t.n("… and {n} more line", "… and {n} more lines", hidden))
    if order.discount_minor:
        lines.append(t("Discount: −{amount}", amount=money(order.discount_minor, order.currency, t.language)))
    if order.shipping_minor:
        lines.append(t("Delivery: {price}", price=money(order.shipping_minor, order.currency, t.language)))
    if order.tip_minor:
        lines.append(t("Tip: {amount}", amount=money(order.tip_minor, order.currency, t.language)))
    lines.append(
        t(
            "<b>Total {price}</b> · {paid}",
            price=money(order.total_minor, order.currency, t.language),
            paid=_paid(order, t),
        )
    )
    return Markup("\n").join(lines)


def _line(line: OrderLineView, currency: str, t: Translator) -> Markup:
    title = line_title(line, t)
    price = money(line.unit_minor * line.quantity, currency, t.language)
    text = t(
        "{quantity} × {title} <i>{sku}</i>: {price}", quantity=line.quantity, title=title, sku=line.sku, price=price
    )
    if not line.is_digital and line.shipped_quantity and line.open_quantity:
        text += t(" · sent {n} of {all}", n=line.shipped_quantity, all=line.quantity)
    if line.refunded_quantity:
        text += t(" · paid back {n}", n=line.refunded_quantity)
    return text


def _paid(order: OrderView, t: Translator) -> Markup:
    if order.payment_method == CASH and order.payment_status == "unpaid":
        return t("cash on delivery")
    return t(_PAYMENT[order.payment_status])


def _parcels(story: OrderStory, t: Translator, zone: str, carriers: Carriers) -> Markup:
    physical = [shipment for shipment in story.shipments if shipment.kind != "digital"]
    told = [_parcel(shipment, story, t, zone, carriers) for shipment in physical]
    if story.is_in_parts and (left := story.to_pack):
        told.append(t("▫️ Not packed yet: {contents}", contents=contents(story.order, left, t)))
    return Markup("\n").join(told)


def _parcel(shipment: ShipmentView, story: OrderStory, t: Translator, zone: str, carriers: Carriers) -> Markup:
    text = t("📦 {status}", status=t(_SHIPMENT[shipment.status]))
    if shipment.tracking_number:
        carrier = carriers.get(shipment.carrier or "")
        title = carrier.title if carrier else shipment.carrier or ""
        text = t(
            "📦 {carrier} <code>{number}</code>: {status}",
            carrier=title,
            number=shipment.tracking_number,
            status=t(_SHIPMENT[shipment.status]),
        )
    if shipment.delay_level:
        text += t(" · ⚠️ late")
    if shipment.expected and not shipment.is_over:
        text += t("\nExpected {days}", days=window(shipment.expected, t.language, zone))
    if story.is_in_parts and shipment in story.parcels:
        n = story.parcels.index(shipment) + 1
        inside = contents(story.order, shipment.pieces, t)
        return Markup("<b>{}.</b> {}\n{}").format(n, text, inside)
    return text


_REFUNDED = noop("↩️ Refund {price}: {status}")
_WENT_BACK = {
    "provider": noop("↩️ Refund {price}, made at the provider: {status}"),
    "chargeback": noop("⚡ Chargeback {price}: {status}"),
}


def _refunds(refunds: tuple[RefundView, ...], t: Translator) -> Markup:
    return Markup("\n").join(
        t(
            _WENT_BACK.get(refund.reason, _REFUNDED),
            price=money(refund.amount_minor, refund.currency, t.language),
            status=t(_REFUND[refund.status]),
        )
        for refund in refunds
    )


def who_was_faster(story: OrderStory, t: Translator, zone: str) -> str:
    """For somebody whose press came too late: what has happened, and by whom. Plain text; never empty."""
    told = [entry for entry in story.history if entry.action in _DONE and entry.actor != "system"]
    if not told:
        return t.label("This cannot be done any more: the order has moved on.")
    last = told[-1]
    return t.label(
        "Too late, the order has moved on: {what}, {time}.",
        what=t.label(_DONE[last.action], name=last.actor_name or t.label("Customer")),
        time=moment(last.at, t.language, zone),
    )


def _history(history: tuple[AuditEntry, ...], t: Translator, zone: str) -> Markup:
    told = [entry for entry in history if entry.action in _DONE and entry.actor != "system"][-HISTORY_SHOWN:]
    return Markup("\n").join(
        t(
            "<i>{time} {what}</i>",
            time=moment(entry.at, t.language, zone),
            what=t(_DONE[entry.action], name=entry.actor_name or t("Customer")),
        )
        for entry in told
    )
