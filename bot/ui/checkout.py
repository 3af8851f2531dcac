"""The checkout: one question a screen, what was answered beside it, and the review before anything is placed.

A Screen's *awaits* and its buttons answer the same question; going back never loses an answer.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.ui.address_callbacks import ShowAddresses
from bot.ui.addresses import address_line, address_name
from bot.ui.buttons import ROW_MAX, back_and_home, filled, home, shortened
from bot.ui.callbacks import (
    AskQuestion,
    ChooseDelivery,
    ChoosePayment,
    ClearNote,
    KeepAnswer,
    NewAddress,
    Question,
    ShowCart,
    UseAddress,
    UseTelegramName,
)
from bot.ui.currency import currency_button
from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.pay_methods import method_label
from bot.ui.screen import Button, Screen, Style
from bot.ui.states import Awaiting
from store.checkout import AddressView, CheckoutView, Step
from store.delivery import DeliveryOption
from store.parcels.carrier import Window
from store.parcels.eta import Estimate
from store.payments.telegram_facts import STARS, XTR

_STEP_OF = {
    Question.NAME: Step.CONTACT,
    Question.PHONE: Step.CONTACT,
    Question.DELIVERY: Step.DELIVERY,
    Question.ADDRESS: Step.ADDRESS,
    Question.PAYMENT: Step.PAYMENT,
    Question.NOTE: Step.REVIEW,
    Question.COUPON: Step.REVIEW,
    Question.REVIEW: Step.REVIEW,
}


def headed(view: CheckoutView, question: Question, t: Translator, *lines: Markup) -> Markup:
    """The question below "Checkout 2/5"."""
    step = _STEP_OF[question]
    number = view.steps.index(step) + 1 if step in view.steps else len(view.steps)
    return Markup("\n").join([t("<b>Checkout {n}/{all}</b>", n=number, all=len(view.steps)), *lines])


def back_from(view: CheckoutView, question: Question) -> AskQuestion | ShowCart:
    """Where everything is answered, to the review; else to the question before, and from the first one to the cart."""
    if view.step == Step.REVIEW:
        return AskQuestion(question=Question.REVIEW)
    asked = [each for each in Question if _is_asked(view, each)]
    before = asked[: asked.index(question)] if question in asked else []
    return AskQuestion(question=before[-1]) if before else ShowCart()


def _is_asked(view: CheckoutView, question: Question) -> bool:
    return _STEP_OF[question] is not Step.REVIEW and _STEP_OF[question] in view.steps


def name_screen(view: CheckoutView, t: Translator, *, telegram_name: str) -> Screen:
    text = headed(view, Question.NAME, t, t("What name should be on the parcel? Type it, or choose below."))
    kept = view.contact_name
    keep = (Button(shortened(kept), KeepAnswer(question=Question.NAME), style=Style.SUCCESS),) if kept else ()
    is_offered = telegram_name.strip() and telegram_name != kept
    offered = (Button(shortened(telegram_name), UseTelegramName()),) if is_offered else ()
    rows = (keep, offered, back_and_home(back_from(view, Question.NAME), t))
    return Screen(text, filled(rows), awaits=Awaiting.CONTACT_NAME)


def phone_screen(view: CheckoutView, t: Translator) -> Screen:
    """Has a keyboard of its own, because only that can share the account's number."""
    text = headed(
        view,
        Question.PHONE,
        t,
        t("What is your phone number? It is used for this order alone."),
        t("Type it with the country code, as in +351 912 345 678, or share it with the button below."),
    )
    kept = view.contact_phone
    keep = (Button(shortened(kept), KeepAnswer(question=Question.PHONE), style=Style.SUCCESS),) if kept else ()
    rows = (keep, back_and_home(AskQuestion(question=Question.NAME), t))
    return Screen(text, filled(rows), awaits=Awaiting.CONTACT_PHONE, asks_contact=t.label("📱 Share my phone number"))


def delivery_screen(
    view: CheckoutView,
    t: Translator,
    *,
    promised: Mapping[int, Estimate],
    zone: str,
    now: datetime,
    has_currencies: bool = False,
) -> Screen:
    """*promised*: by method, when it would arrive. *has_currencies*: they may have chosen one that nothing is delivered for."""
    to = back_from(view, Question.DELIVERY)
    if view.no_delivery:
        sorry = t("Sorry, nothing takes this order to where it should go. A smaller order or another address may work.")
        change = (Button(t.label("Change the address"), NewAddress()),) if view.address else ()
        if has_currencies:
            sorry += t(" Another currency may, too: prices are in {currency}.", currency=view.cart.currency)
            change = (*change, currency_button(t))
        text = headed(view, Question.DELIVERY, t, sorry)
        return Screen(text, filled((change, (Button(t.label("← Cart"), ShowCart()), home(t)))))
    question = t("How should it get to you?")
    if view.is_delivery_dropped:
        question = _dropped(view, t)
    chosen = view.delivery.method_id if view.delivery else None
    buttons = [(_option_button(option, option.method_id == chosen, t),) for option in view.options]
    text = headed(
        view,
        Question.DELIVERY,
        t,
        question,
        Markup(""),
        *(_option_line(option, promised.get(option.method_id), t, zone, now) for option in view.options),
    )
    return Screen(text, (*buttons, back_and_home(to, t)), awaits=Awaiting.DELIVERY)


def _dropped(view: CheckoutView, t: Translator) -> Markup:
    """The shop has taken it off, or it never went to this address."""
    if view.dropped_delivery is not None:
        title = t.pick(view.dropped_delivery)
        return t("⚠️ <b>{title}</b> is not offered for this order any more. These ways are:", title=title)
    return t("What you chose does not reach your address. These ways do:")


def _option_line(option: DeliveryOption, promised: Estimate | None, t: Translator, zone: str, now: datetime) -> Markup:
    parts = [t("<b>{title}</b>: {price}", title=t.pick(option.title), price=price_text(option, t))]
    if option.kind == "courier":
        parts.append(_days(promised.window, t, zone, now) if promised else t("no estimate yet"))
    if details := t.pick(option.details):
        parts.append(t("{details}", details=details))
    return Markup(", ").join(parts)


def _days(expected: Window, t: Translator, zone: str, now: datetime) -> Markup:
    """Counted from today on, by the customer's calendar."""
    today = now.astimezone(ZoneInfo(zone)).date()
    fewest, most = ((at.astimezone(ZoneInfo(zone)).date() - today).days for at in (expected.earliest, expected.latest))
    if most <= 0:
        return t("today")
    return days_text(fewest, most, t)


def days_text(fewest: int, most: int, t: Translator) -> Markup:
    if fewest == most:
        return t.n("{n} day", "{n} days", most)
    return t("{fewest}–{most} days", fewest=fewest, most=most)


def price_text(option: DeliveryOption, t: Translator) -> Markup:
    """While the address is unknown a courier's price is the least one."""
    if not option.price_minor:
        return t("free in some places") if option.is_from else t("free")
    price = money(option.price_minor, option.currency, t.language)
    return t("from {price}", price=price) if option.is_from else t("{price}", price=price)


def _option_button(option: DeliveryOption, is_chosen: bool, t: Translator) -> Button:
    title = t.pick(option.title)
    return Button(shortened(f"✅ {title}" if is_chosen else title), ChooseDelivery(method_id=option.method_id))


def saved_addresses_screen(view: CheckoutView, saved: Sequence[AddressView], t: Translator) -> Screen:
    lines = [address_line(n, address, t) for n, address in enumerate(saved, start=1)]
    chosen = view.address.id if view.address else None
    buttons = [
        (Button(_address_label(n, address, address.id == chosen, t), UseAddress(address_id=address.id)),)
        for n, address in enumerate(saved, start=1)
    ]
    text = headed(view, Question.ADDRESS, t, t("Where should it go?"), Markup(""), *lines)
    more = Button(t.label("Another address"), NewAddress()), Button(t.label("Edit addresses"), ShowAddresses())
    rows = (*buttons, more, back_and_home(back_from(view, Question.ADDRESS), t))
    return Screen(text, rows, awaits=Awaiting.SAVED_ADDRESS)


def _address_label(n: int, address: AddressView, is_chosen: bool, t: Translator) -> str:
    name = address_name(address, t)
    return shortened(f"✅ {name}" if is_chosen else f"{n}. {name}")


def payment_screen(view: CheckoutView, gateways: Sequence[str], t: Translator) -> Screen:
    to = back_from(view, Question.PAYMENT)
    if not gateways:
        sorry = t("Sorry, this order cannot be paid for right now. Please try again later.")
        return Screen(headed(view, Question.PAYMENT, t, sorry), (back_and_home(to, t),))
    kind = view.delivery.kind if view.delivery else ""
    buttons = [(_payment_button(name, name == view.payment_method, kind, view, t),) for name in gateways]
    gone = [_gone(view, kind, t)] if view.payment_method and view.payment_method not in gateways else []
    text = headed(view, Question.PAYMENT, t, *gone, t("How would you like to pay?"))
    return Screen(text, (*buttons, back_and_home(to, t)), awaits=Awaiting.PAYMENT)


def mixture_screen(t: Translator) -> Screen:
    """Before anything is asked: what is sent as a message and what is carried cannot be paid for at once."""
    text = t(
        "<b>Two orders, please</b>\nWhat is sent to this chat is paid with Telegram Stars, everything else is not. "
        "Order one kind first, then the other: nothing is lost from the cart but what you take out."
    )
    return Screen(text, ((Button(t.label("← Cart"), ShowCart()), home(t)),))


def _gone(view: CheckoutView, delivery_kind: str, t: Translator) -> Markup:
    """The method was chosen once and takes this order no more."""
    method = method_label(view.payment_method or "", t, delivery_kind=delivery_kind)
    return t("⚠️ <b>{method}</b> cannot be used for this order any more.", method=method)


def _payment_button(gateway: str, is_chosen: bool, delivery_kind: str, view: CheckoutView, t: Translator) -> Button:
    label = method_label(gateway, t, delivery_kind=delivery_kind)
    if gateway == STARS and (price := view.totals.get(XTR)) is not None:
        label = f"{label} · {money(price, XTR, t.language)}"
    return Button(shortened(f"✅ {label}" if is_chosen else label, ROW_MAX), ChoosePayment(gateway=gateway))


def note_screen(view: CheckoutView, t: Translator) -> Screen:
    text = headed(view, Question.NOTE, t, t("What should the shop know? Type it in one message."))
    clear = (Button(t.label("Remove the note"), ClearNote(), style=Style.DANGER),) if view.note else ()
    to = AskQuestion(question=Question.REVIEW)
    return Screen(text, filled((clear, back_and_home(to, t))), awaits=Awaiting.NOTE)
