"""The last page of the checkout: everything at once, each part with its Edit, and the button that places the order."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from markupsafe import Markup

from bot.ui.address_callbacks import AskPoint
from bot.ui.addresses import address_text, with_point
from bot.ui.buttons import excerpt, filled, home, in_rows, roomy
from bot.ui.callbacks import AskQuestion, PlaceOrder, Question, ShowCart
from bot.ui.checkout import headed
from bot.ui.coupons import coupon_buttons, coupon_line
from bot.ui.format import money, window
from bot.ui.i18n import Translator
from bot.ui.pay_methods import method_label
from bot.ui.screen import Button, Rows, Screen, Style
from store.carts import CartView
from store.checkout import CheckoutView, Step
from store.coupons import NO_OFFER, Offer
from store.parcels.eta import Estimate
from store.pricing import Quote

# The rest of a message of 4096 letters is for the answers.
_LINES_SHOWN, _TITLE_MAX = 25, 96
_CHANGES_SHOWN = 10


def review_screen(
    view: CheckoutView,
    t: Translator,
    *,
    zone: str,
    promised: Mapping[int, Estimate],
    seen_minor: int | None = None,
    offer: Offer = NO_OFFER,
) -> Screen:
    """Only for a checkout that is complete. *offer*: which coupons could be used. *promised*: by method, when it would arrive. *seen_minor* is the total that stood here before, where that was another one."""
    quote, cart = view.quote, view.cart
    if quote is None or cart.id is None:
        raise ValueError("a review needs a complete checkout")
    warning = [*_changes(view, t), *([_changed(seen_minor, quote, t)] if seen_minor is not None else [])]
    warning += [Markup("")] if warning else []
    goods = [*_goods(cart, t), *_sums(quote, view, t)]
    parts = [
        *warning,
        *goods,
        Markup(""),
        *_answers(view, t, zone=zone, promised=promised),
        t("By placing it you accept the /terms."),
    ]
    place = PlaceOrder(cart_id=cart.id, version=cart.version, seen_minor=quote.total_minor)
    total = money(quote.total_minor, quote.currency, t.language)
    rows = (
        (
            Button(
                roomy(t.label("Place order · {total}", total=total), t.label("Place order")), place, style=Style.SUCCESS
            ),
        ),
        *_edits(view, offer, t),
        (Button(t.label("← Cart"), ShowCart()), home(t)),
    )
    return Screen(headed(view, Question.REVIEW, t, *parts), filled(rows))


def _changes(view: CheckoutView, t: Translator) -> Iterable[Markup]:
    """What was, and what is."""
    if view.changes:
        yield t("⚠️ <b>Changed since you looked:</b>")
    for change in view.changes[:_CHANGES_SHOWN]:
        title = " · ".join(filter(None, (t.pick(change.title), t.pick(change.variant_title or {}))))
        was, now = (money(minor, view.cart.currency, t.language) for minor in (change.was_minor, change.is_minor))
        yield t("{title}: {was} → <b>{now}</b>", title=title, was=was, now=now)
    if (more := len(view.changes) - _CHANGES_SHOWN) > 0:
        yield t.n("… and {n} more", "… and {n} more", more)


def _changed(seen_minor: int, quote: Quote, t: Translator) -> Markup:
    before = money(seen_minor, quote.currency, t.language)
    total = money(quote.total_minor, quote.currency, t.language)
    return t("⚠️ The total was {before} and is {total} now. Please look again.", before=before, total=total)


def _goods(cart: CartView, t: Translator) -> Iterable[Markup]:
    for line in cart.lines[:_LINES_SHOWN]:
        title = excerpt(" · ".join(filter(None, (t.pick(line.title), t.pick(line.variant_title)))), _TITLE_MAX)
        price = money(line.total_minor, cart.currency, t.language)
        yield t("{quantity} × {title}: {price}", quantity=line.quantity, title=title, price=price)
    if more := len(cart.lines) - _LINES_SHOWN:
        if more > 0:
            yield t.n("… and {n} more", "… and {n} more", more)


def _sums(quote: Quote, view: CheckoutView, t: Translator) -> Iterable[Markup]:
    def amount(minor: int) -> str:
        return money(minor, quote.currency, t.language)

    if view.coupon is not None:
        yield coupon_line(view.coupon, quote.currency, t)
    if view.delivery is not None and view.delivery.kind == "courier":
        yield t("Delivery: {amount}", amount=amount(quote.shipping_minor) if quote.shipping_minor else t("free"))
    if quote.fee_minor:
        yield t("Fee: {amount}", amount=amount(quote.fee_minor))
    if quote.tax_minor:
        yield t("Tax: {amount}", amount=amount(quote.tax_minor))
    yield t("<b>Total: {amount}</b>", amount=amount(quote.total_minor))


def _answers(view: CheckoutView, t: Translator, *, zone: str, promised: Mapping[int, Estimate]) -> Iterable[Markup]:
    delivery = view.delivery
    if Step.CONTACT in view.steps:
        yield t("👤 {name}, {phone}", name=view.contact_name or "", phone=view.contact_phone or "")
    if view.address is not None and delivery is not None and delivery.kind == "courier":
        yield t("📍 {address}", address=address_text(asdict(view.address), t.language))
        if view.address.latitude is not None:
            yield with_point(t)
    if delivery is not None:
        yield t("🚚 {title}", title=t.pick(delivery.title))
        if details := t.pick(delivery.details):
            yield t("{details}", details=details)
        if delivery.kind == "courier":
            yield _arrival(promised.get(delivery.method_id), t, zone)
    kind = delivery.kind if delivery else ""
    yield t("💳 {method}", method=method_label(view.payment_method or "", t, delivery_kind=kind))
    if view.note:
        yield t("📝 {note}", note=view.note)


def _arrival(promised: Estimate | None, t: Translator, zone: str) -> Markup:
    if promised is None:
        return t("When it arrives cannot be said yet.")
    return t("Should arrive {days}", days=window(promised.window, t.language, zone))


def _edits(view: CheckoutView, offer: Offer, t: Translator) -> Rows:
    """One button a part; a note and a coupon are always optional."""
    labels = {
        Question.NAME: (Step.CONTACT, t.label("Edit contact")),
        Question.DELIVERY: (Step.DELIVERY, t.label("Edit delivery")),
        Question.ADDRESS: (Step.ADDRESS, t.label("Edit address")),
        Question.PAYMENT: (Step.PAYMENT, t.label("Edit payment")),
        Question.NOTE: (Step.REVIEW, t.label("Edit note") if view.note else t.label("Add a note")),
    }
    buttons = [
        Button(label, AskQuestion(question=question))
        for question, (step, label) in labels.items()
        if step in view.steps
    ]
    if view.address is not None and Step.ADDRESS in view.steps:
        buttons.append(Button(t.label("Point on the map"), AskPoint(address_id=view.address.id)))
    return (*in_rows(buttons, 2), *((each,) for each in coupon_buttons(view, offer, t)))
