"""Orders as their buyer sees them: the list, one order, the receipt, and what is told when something happens to one."""

from collections.abc import Iterable

from markupsafe import Markup

from bot.ui.addresses import address_text, with_point
from bot.ui.buttons import back_and_home, excerpt, filled, home, in_rows, shortened
from bot.ui.callbacks import (
    AskCancel,
    AskPayment,
    CancelOrder,
    PayOrder,
    ShowCategories,
    ShowOrder,
    ShowOrders,
    ShowParcels,
)
from bot.ui.contents import line_title
from bot.ui.format import day, moment_there, money
from bot.ui.i18n import Translator, noop
from bot.ui.pay_methods import method_label
from bot.ui.payment import order_code
from bot.ui.reorder import order_again_button
from bot.ui.screen import Button, Screen, Style
from bot.ui.support_callbacks import AskAboutOrder
from store.catalogue_file import CONTENT_MAX
from store.order_status import OrderStatus, RefundStatus
from store.order_story import OrderStory
from store.orders import OrderCard, OrdersPage, OrderView
from store.payments.refunds import RefundView

_LINES_SHOWN = 20

STATUS = {
    OrderStatus.PENDING_PAYMENT: noop("⏳ Waiting for payment"),
    OrderStatus.CONFIRMED: noop("👍 Being prepared"),
    OrderStatus.COMPLETED: noop("✅ Completed"),
    OrderStatus.CANCELLED: noop("✖️ Cancelled"),
    OrderStatus.EXPIRED: noop("⌛ Expired: not paid in time"),
}
_FULFILMENT = {
    "packed": noop("🎁 Packed"),
    "partially_shipped": noop("🚚 Partly on its way"),
    "shipped": noop("🚚 On its way"),
    "ready_for_pickup": noop("🏬 Ready for pick-up"),
    "delivered": noop("📬 Delivered"),
    "returned": noop("↩️ Sent back"),
}
PAYMENT = {
    "unpaid": noop("not paid yet"),
    "partially_paid": noop("partly paid"),
    "paid": noop("paid"),
    "overpaid": noop("paid"),
    "partially_refunded": noop("partly refunded"),
    "refunded": noop("refunded"),
}
_REFUND = {
    "requested": noop("Refund of {amount}: on its way"),
    "submitting": noop("Refund of {amount}: on its way"),
    "pending": noop("Refund of {amount}: on its way"),
    "unknown": noop("Refund of {amount}: on its way"),
    "succeeded": noop("Refund of {amount}: done"),
    "failed": noop("Refund of {amount}: did not work, the shop takes care of it"),
    "reversed": noop("Refund of {amount}: did not work, the shop takes care of it"),
}


def status_text(status: str, fulfilment_status: str, t: Translator) -> Markup:
    """Where the order stands, in words."""
    known = OrderStatus(status)
    if known == OrderStatus.CONFIRMED and fulfilment_status in _FULFILMENT:
        return t(_FULFILMENT[fulfilment_status])
    return t(STATUS[known])


def orders_screen(page: OrdersPage, t: Translator, *, zone: str) -> Screen:
    if not page.orders:
        text = t("<b>No orders yet</b>\nWhat you order shows up here, with its parcel.")
        return Screen(text, ((Button(t.label("🛍 Browse"), ShowCategories()),), (home(t),)))
    lines = [_card_line(card, t, zone) for card in page.orders]
    buttons = [Button(shortened(card.number), ShowOrder(order_id=card.id)) for card in page.orders]
    turning = []
    if page.after is not None:
        turning.append(Button(t.label("◀ Newer"), ShowOrders(cursor=page.after)))
    if page.before is not None:
        turning.append(Button(t.label("Older ▶"), ShowOrders(cursor=-page.before)))
    text = Markup("\n").join([t("<b>Your orders</b>"), Markup(""), *lines])
    return Screen(text, filled((*in_rows(buttons, 2), turning, (home(t),))))


def _card_line(card: OrderCard, t: Translator, zone: str) -> Markup:
    return t(
        "<code>{number}</code> · {day} · {total}\n{status}",
        number=card.number,
        day=day(card.placed_at, t.language, zone),
        total=money(card.total_minor, card.currency, t.language),
        status=status_text(card.status, card.fulfilment_status, t),
    )


def order_screen(story: OrderStory, t: Translator, *, zone: str) -> Screen:
    """The whole order with what can be done about it now."""
    order = story.order
    head = [
        t("<b>Order {number}</b>", number=order_code(order, t)),
        status_text(order.status, order.fulfilment_status, t),
        t("Placed {at}", at=moment_there(order.placed_at, t.language, zone)),
    ]
    parts = [
        *head,
        Markup(""),
        *_bill(order, t),
        *_refunds(story.refunds, t),
        *_delivery(order, t),
        *_contents(order, t),
    ]
    rows = (*_actions(story, t), back_and_home(ShowOrders(), t))
    return Screen(Markup("\n").join(parts), filled(rows))


def receipt_screen(order: OrderView, t: Translator, *, zone: str) -> Screen:
    """A notification: the shop has the order, and the money unless it is paid on delivery."""
    is_paid = order.payment_status in ("paid", "overpaid")
    thanks = t("<b>Thank you! Order {number} is paid</b> ✅", number=order_code(order, t))
    confirmed = t("<b>Thank you! Order {number} is confirmed</b> ✅", number=order_code(order, t))
    at = moment_there(order.confirmed_at or order.placed_at, t.language, zone)
    parts = [thanks if is_paid else confirmed, t("{at}", at=at), Markup(""), *_bill(order, t), *_delivery(order, t)]
    if contents := _contents(order, t):
        parts += contents
    if order.delivery_kind == "courier":
        parts.append(t("We write to you as soon as the parcel leaves."))
    elif order.delivery_kind == "pickup":
        parts.append(t("We write to you as soon as it can be fetched."))
    return Screen(Markup("\n").join(parts), _show_rows(order, t))


def _show_rows(order: OrderView, t: Translator) -> tuple[tuple[Button, ...], ...]:
    return ((Button(t.label("Show order"), ShowOrder(order_id=order.id)), home(t)),)


def _bill(order: OrderView, t: Translator) -> Iterable[Markup]:
    def amount(minor: int) -> str:
        return money(minor, order.currency, t.language)

    for line in order.lines[:_LINES_SHOWN]:
        yield t(
            "{quantity} × {title}: {price}",
            quantity=line.quantity,
            title=line_title(line, t),
            price=amount(line.unit_minor * line.quantity),
        )
    if len(order.lines) > _LINES_SHOWN:
        yield t.n("… and {n} more", "… and {n} more", len(order.lines) - _LINES_SHOWN)
    if order.discount_minor:
        yield t("Discount: −{amount}", amount=amount(order.discount_minor))
    if order.delivery_kind == "courier":
        yield t("Delivery: {amount}", amount=amount(order.shipping_minor) if order.shipping_minor else t("free"))
    if order.tip_minor:
        yield t("Tip: {amount}", amount=amount(order.tip_minor))
    yield t("<b>Total: {amount}</b>", amount=amount(order.total_minor))
    method = method_label(order.payment_method, t, delivery_kind=order.delivery_kind)
    yield t("💳 {method}: {state}", method=method, state=t(PAYMENT.get(order.payment_status, "not paid yet")))


def _refunds(refunds: Iterable[RefundView], t: Translator) -> Iterable[Markup]:
    for refund in refunds:
        yield refund_line(refund, t)


def refund_line(refund: RefundView, t: Translator) -> Markup:
    return t(_REFUND[str(refund.status)], amount=money(refund.amount_minor, refund.currency, t.language))


def _delivery(order: OrderView, t: Translator) -> Iterable[Markup]:
    if order.delivery_kind == "digital":
        return
    yield t("🚚 {title}", title=t.pick(order.delivery_title))
    if order.delivery_kind == "pickup" and (details := t.pick(order.delivery_details)):
        yield t("📍 {details}", details=details)
    if order.address is not None:
        yield t("📍 {address}", address=address_text(order.address, t.language))
        if order.address.get("latitude") is not None:
            yield with_point(t)
    if order.note:
        yield t("📝 {note}", note=order.note)


def _contents(order: OrderView, t: Translator) -> list[Markup]:
    """Digital goods, once they are paid for: each in a box that one tap copies."""
    if order.status not in (OrderStatus.CONFIRMED, OrderStatus.COMPLETED):
        return []
    bought = [line for line in order.lines if line.digital_content]
    return [
        t(
            "\n{title}:\n<code>{content}</code>",
            title=line_title(line, t),
            content=excerpt(line.digital_content or "", CONTENT_MAX),
        )
        for line in bought
    ]


def _actions(story: OrderStory, t: Translator) -> Iterable[tuple[Button, ...]]:
    order = story.order
    if order.status == OrderStatus.PENDING_PAYMENT:
        pay = Button(t.label("Pay now"), PayOrder(order_id=order.id), style=Style.SUCCESS)
        yield pay, Button(t.label("Change method"), AskPayment(order_id=order.id))
    if any(shipment.kind != "digital" for shipment in story.shipments):
        yield (Button(t.label("📦 Where is it?"), ShowParcels(order_id=order.id)),)
    cancel = (Button(t.label("Cancel order"), AskCancel(order_id=order.id)),) if order.can_be_cancelled_by_buyer else ()
    yield (Button(t.label("Copy number"), copy=order.number), *cancel)
    again = () if order.status == OrderStatus.PENDING_PAYMENT else (order_again_button(order, t),)
    yield (*again, Button(t.label("💬 Ask about it"), AskAboutOrder(order_id=order.id)))


def cancel_screen(story: OrderStory, t: Translator) -> Screen:
    """Asks before the order is given up, and names what follows."""
    order, back_minor = story.order, story.refundable_minor
    effect = (
        t("You get back {amount}, the way you paid.", amount=money(back_minor, order.currency, t.language))
        if back_minor
        else t("Nothing was paid, nothing will be charged.")
    )
    text = t("<b>Cancel order {number}?</b>\n{effect}", number=order_code(order, t), effect=effect)
    sure = CancelOrder(order_id=order.id, has_paid=back_minor > 0)
    keep = Button(t.label("Keep the order"), ShowOrder(order_id=order.id))
    return Screen(text, ((keep, Button(t.label("Cancel it"), sure, style=Style.DANGER)), (home(t),)))


def _told(text: Markup, order: OrderView, t: Translator, *more: Button, is_silent: bool = False) -> Screen:
    """A notification about an order: a message of its own, with the way to the order."""
    rows = (more, (Button(t.label("Show order"), ShowOrder(order_id=order.id)), home(t)))
    return Screen(text, filled(rows), fresh=True, silent=is_silent)


def expired_screen(order: OrderView, t: Translator) -> Screen:
    text = t(
        "<b>Order {number} has expired</b>\nIt was not paid in time, so the goods are back on the shelf. "
        "If you have paid all the same, it comes back to life or you get your money back.",
        number=order_code(order, t),
    )
    return _told(text, order, t, order_again_button(order, t))


def cancelled_screen(order: OrderView, t: Translator) -> Screen:
    is_owed = order.payment_status not in ("unpaid", "refunded")
    returns = t("\nWhat you paid is on its way back to you.") if is_owed else Markup("")
    return _told(
        t("<b>Order {number} is cancelled</b>{returns}", number=order_code(order, t), returns=returns), order, t
    )


def revived_screen(order: OrderView, t: Translator) -> Screen:
    text = t(
        "<b>Your payment for order {number} has arrived</b> ✅\nIt was late, but the goods were still there: the order goes ahead.",
        number=order_code(order, t),
    )
    return _told(text, order, t)


_REFUND_TOLD = {
    "succeeded": noop(
        "<b>{amount} is back with you</b> ✅\nRefund for order {number}. Banks may need a few days to show it."
    ),
    "failed": noop(
        "<b>The refund of {amount} did not work</b>\nOrder {number}. You need not do anything: the shop has been told and takes care of it."
    ),
}
_REFUND_STARTED = {
    "late": noop(
        "<b>Your payment of {amount} came too late</b>\nThe goods of order {number} are sold. The money is on its way back to you."
    ),
    "duplicate": noop(
        "<b>Order {number} was paid twice</b>\nThe second payment of {amount} is on its way back to you."
    ),
    "over": noop(
        "<b>More was paid for order {number} than it costs</b>\nThe surplus of {amount} is on its way back to you."
    ),
}


def refund_screen(order: OrderView, refund: RefundView, t: Translator) -> Screen:
    """A notification: a refund has started, has arrived, or has failed."""
    started = _REFUND_STARTED.get(refund.reason, noop("<b>A refund of {amount} is on its way</b>\nOrder {number}."))
    status = "failed" if refund.status == RefundStatus.REVERSED else str(refund.status)  # the money is with the shop
    sentence = _REFUND_TOLD.get(status, started)
    amount = money(refund.amount_minor, refund.currency, t.language)
    return _told(t(sentence, amount=amount, number=order_code(order, t)), order, t)


def completed_screen(order: OrderView, t: Translator) -> Screen:
    text = t("<b>Order {number} is complete</b> 🎉\nThank you for shopping with us!", number=order_code(order, t))
    return _told(text, order, t, Button(t.label("🛍 Browse"), ShowCategories()), is_silent=True)
