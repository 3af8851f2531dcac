"""Asking for money: where to pay, how long it waits, what went wrong and what to do about it."""

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from bot.ui import qr
from bot.ui.buttons import ROW_MAX, back_and_home, filled, home, shortened
from bot.ui.callbacks import AskCancel, AskPayment, CheckPayment, PayOrder, ShowOrder, SwitchPayment
from bot.ui.format import moment_there, money
from bot.ui.i18n import Translator, noop
from bot.ui.pay_methods import method_label
from bot.ui.screen import Button, Screen, Style
from bot.ui.spans import time_left
from store.orders import OrderView
from store.payments.gateway import PaymentLine, PaymentLink
from store.payments.transfer_codes import spaced


def pay_screen(order: OrderView, link: PaymentLink, t: Translator, *, zone: str, now: datetime) -> Screen:
    """The order is placed and waits for its money: a page to open, a code to scan with another phone, or both."""
    if link.lines:
        return _transfer_screen(order, link, t, zone=zone, now=now)
    amount = money(order.total_minor, order.currency, t.language)
    text = Markup("\n").join(
        [
            *_to_pay(order, t),
            *_limit(order, t, zone=zone, now=now),
            *_how_to_scan(order, link, t),
            t("When you have paid, this message turns into your receipt."),
        ]
    )
    pay = Button(t.label("Pay {amount}", amount=amount), url=link.url, style=Style.SUCCESS)
    rows = ((pay,), *_pay_rows(order, t)) if link.url else _pay_rows(order, t)
    return Screen(text, rows, picture=qr.png(link.qr) if link.qr else None)


# What stands before a line of a bank's form. Numbers are copied by a tap, and read in groups of four.
_LINES = {
    "holder": noop("Account holder: <b>{value}</b>"),
    "iban": noop("IBAN: <code>{value}</code>"),
    "number": noop("Account: <code>{value}</code>"),
    "bic": noop("BIC: <code>{value}</code>"),
    "bank": noop("Bank: {value}"),
    "reference": noop("Reference: <code>{value}</code>"),
}
_COPIES = {"iban": noop("Copy IBAN"), "number": noop("Copy account"), "reference": noop("Copy reference")}


def _transfer_screen(order: OrderView, link: PaymentLink, t: Translator, *, zone: str, now: datetime) -> Screen:
    """What to type into the bank's form, or to scan with its app."""
    text = Markup("\n").join(
        [
            *_to_pay(order, t),
            Markup(""),
            *(t(_LINES[line.kind], value=_legible(line)) for line in link.lines),
            Markup(""),
            t("Please use just this reference: by it we know what is paid."),
            *([t("Your banking app may scan the code instead.")] if link.qr else []),
            *_limit(order, t, zone=zone, now=now),
            t("A transfer takes a day or two. We write to you when it is here."),
        ]
    )
    copies = tuple(Button(t.label(_COPIES[line.kind]), copy=line.value) for line in link.lines if line.kind in _COPIES)
    rows = (copies, (_change_method(order, t),), _give_up(order, t))
    return Screen(text, rows, picture=qr.png(link.qr) if link.qr else None)


def _legible(line: PaymentLine) -> str:
    return spaced(line.value) if line.kind in ("iban", "reference") else line.value


def _to_pay(order: OrderView, t: Translator) -> list[Markup]:
    return [
        t("<b>Order {number} is placed</b> 🎉", number=order_code(order, t)),
        t("To pay: <b>{amount}</b>", amount=money(order.total_minor, order.currency, t.language)),
    ]


def _how_to_scan(order: OrderView, link: PaymentLink, t: Translator) -> list[Markup]:
    if not link.qr:
        return []
    return [t("Scan the code with {method}.", method=method_label(order.payment_method, t))]


def order_code(order: OrderView, t: Translator) -> Markup:
    """The order's number, which one tap copies."""
    return t("<code>{number}</code>", number=order.number)


def _limit(order: OrderView, t: Translator, *, zone: str, now: datetime) -> list[Markup]:
    if order.expires_at is None:
        return []
    left = time_left(order.expires_at - now, t)
    until = moment_there(order.expires_at, t.language, zone)
    return [t("We keep the goods for you for {left}, until {until}.", left=left, until=until)]


def _pay_rows(order: OrderView, t: Translator) -> tuple[tuple[Button, ...], ...]:
    return (
        (Button(t.label("I have paid"), CheckPayment(order_id=order.id)),),
        (Button(t.label("Copy number"), copy=order.number), _change_method(order, t)),
        _give_up(order, t),
    )


def _change_method(order: OrderView, t: Translator) -> Button:
    return Button(t.label("Change method"), AskPayment(order_id=order.id))


def _give_up(order: OrderView, t: Translator) -> tuple[Button, ...]:
    return Button(t.label("Cancel order"), AskCancel(order_id=order.id)), home(t)


def payment_unavailable_screen(order: OrderView, t: Translator) -> Screen:
    """The provider does not answer; the order and its goods are safe."""
    text = t(
        "<b>Order {number} is placed</b>\n"
        "The payment page does not open just now. Nothing was charged. Please try again in a moment, or pay another way.",
        number=order_code(order, t),
    )
    again = Button(t.label("Try again"), PayOrder(order_id=order.id), style=Style.SUCCESS)
    change = Button(t.label("Change method"), AskPayment(order_id=order.id))
    return Screen(text, ((again, change), (Button(t.label("Cancel order"), AskCancel(order_id=order.id)), home(t))))


def payment_methods_screen(order: OrderView, gateways: Sequence[str], t: Translator) -> Screen:
    """Other ways to pay an order that is placed."""
    here = ShowOrder(order_id=order.id)
    if not gateways:
        text = t("There is no other way to pay order {number} right now.", number=order_code(order, t))
        return Screen(text, (back_and_home(here, t),))
    text = t("How would you like to pay order {number}?", number=order_code(order, t))
    buttons = tuple((_switch_button(order, name, t),) for name in gateways)
    return Screen(text, (*buttons, back_and_home(here, t)))


def _switch_button(order: OrderView, gateway: str, t: Translator) -> Button:
    label = method_label(gateway, t, delivery_kind=order.delivery_kind)
    label = f"✅ {label}" if gateway == order.payment_method else label
    return Button(shortened(label, ROW_MAX), SwitchPayment(order_id=order.id, gateway=gateway))


def hold_ending_screen(order: OrderView, t: Translator, *, zone: str, now: datetime) -> Screen:
    """A notification, once: the goods go back on the shelf soon."""
    text = Markup("\n").join(
        [
            t("<b>Order {number} still waits for your payment</b>", number=order_code(order, t)),
            *_limit(order, t, zone=zone, now=now),
            t("After that they go back on the shelf."),
        ]
    )
    return Screen(text, _again_rows(order, t), fresh=True)


def payment_failed_screen(order: OrderView, t: Translator) -> Screen:
    """A notification: the provider refused the payment, nothing was charged, the order still waits."""
    text = t(
        "<b>The payment for order {number} did not go through</b>\nNothing was charged. You can try again or pay another way.",
        number=order_code(order, t),
    )
    return Screen(text, _again_rows(order, t), fresh=True)


def nothing_taken_screen(order: OrderView, t: Translator) -> Screen:
    """A notification: the buyer agreed to pay, or tried to, for an order that is over."""
    text = t(
        "<b>No money was taken for order {number}</b>\nThe order was already over. You need not do anything.",
        number=order_code(order, t),
    )
    return Screen(text, ((Button(t.label("Show order"), ShowOrder(order_id=order.id)), home(t)),), fresh=True)


def payment_short_screen(order: OrderView, t: Translator, *, captured_minor: int, missing_minor: int) -> Screen:
    """A notification: some money came, but not all."""
    text = t(
        "<b>Order {number} is not fully paid</b>\n{paid} arrived, {missing} is missing. "
        "Pay the rest, or let the order go: then you get back what you paid.",
        number=order_code(order, t),
        paid=money(captured_minor, order.currency, t.language),
        missing=money(missing_minor, order.currency, t.language),
    )
    return Screen(text, _again_rows(order, t), fresh=True)


def _again_rows(order: OrderView, t: Translator) -> tuple[tuple[Button, ...], ...]:
    again = Button(t.label("Pay now"), PayOrder(order_id=order.id), style=Style.SUCCESS)
    change = Button(t.label("Change method"), AskPayment(order_id=order.id))
    show = Button(t.label("Show order"), ShowOrder(order_id=order.id))
    return filled(((again, change), (show, home(t))))
