"""Coupons as customers see them: what comes off, the question for a code, and one that the shop has given."""

from datetime import datetime, timedelta

from markupsafe import Markup

from bot.ui.buttons import back_and_home, filled, home, roomy
from bot.ui.callbacks import AskQuestion, Question, ShowCart, ShowCategories
from bot.ui.checkout import headed
from bot.ui.coupon_callbacks import DropCoupon, UseCoupon
from bot.ui.format import date_of, money
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen, Style
from bot.ui.states import Awaiting
from store.checkout import CheckoutView
from store.coupons import Applied, Offer, Trouble
from store.models import Coupon


def worth(row: Coupon, t: Translator) -> str:
    """ "10 %" or "$5.00"."""
    if row.percent is not None:
        return t.label("{percent}%", percent=row.percent)
    return money(row.amount_minor or 0, row.currency, t.language)


def coupon_line(applied: Applied, currency: str, t: Translator) -> Markup:
    """Among the sums: what it takes off, or why nothing."""
    if applied.trouble is Trouble.MINIMUM:
        least = money(applied.minimum_minor, applied.currency, t.language)
        return t("🏷 {code}: from {amount} of goods on", code=applied.code, amount=least)
    if applied.trouble is Trouble.CURRENCY:
        return t("🏷 {code}: only for orders in {currency}", code=applied.code, currency=applied.currency)
    return t("🏷 {code}: −{amount}", code=applied.code, amount=money(applied.discount_minor, currency, t.language))


def coupon_buttons(view: CheckoutView, offer: Offer, t: Translator) -> tuple[Button, ...]:
    """Nothing where there is no coupon that anybody could use: a field for codes makes people look for one."""
    ask = AskQuestion(question=Question.COUPON)
    if view.coupon is not None:
        return (Button(t.label("🏷 Coupon"), ask),)
    type_it = (Button(t.label("🏷 I have a code"), ask),) if offer.has_codes else ()
    if (known := offer.known) is None:
        return type_it
    label = t.label("🎁 Your coupon: −{worth}", worth=worth(known, t))
    return (Button(roomy(label, t.label("🎁 Your coupon")), UseCoupon(coupon_id=known.id)), *type_it)


def coupon_screen(view: CheckoutView, t: Translator) -> Screen:
    """The question for a code; the one that is in use can be taken out."""
    parts = [t("What is the code of your coupon? Type it in one message.")]
    if view.coupon is not None:
        parts.insert(0, coupon_line(view.coupon, view.cart.currency, t))
    drop = (Button(t.label("Without a coupon"), DropCoupon(), style=Style.DANGER),) if view.coupon is not None else ()
    rows = filled((drop, back_and_home(AskQuestion(question=Question.REVIEW), t)))
    return Screen(headed(view, Question.COUPON, t, *parts), rows, awaits=Awaiting.COUPON)


def terms(row: Coupon, t: Translator, zone: str) -> list[Markup]:
    """What has to be known of it, a line each. *zone* is the shop's: by its clock the last day ends."""
    lines = []
    if row.minimum_minor:
        lines.append(t("From {amount} of goods on.", amount=money(row.minimum_minor, row.currency, t.language)))
    if row.ends_at is not None:
        lines.append(t("Until {day}.", day=_last_day(row.ends_at, t.language, zone)))
    return lines


def _last_day(ends_at: datetime, language: str, zone: str) -> str:
    """A coupon that ends at midnight could last be used the day before."""
    return date_of(ends_at - timedelta(microseconds=1), language, zone)


def held_screen(row: Coupon, t: Translator, *, zone: str) -> Screen:
    """Somebody came by the link of a coupon."""
    parts = [
        t("🏷 <b>{worth} off your order</b>", worth=worth(row, t)),
        *terms(row, t, zone),
        t("Code <code>{code}</code>. It waits for you on the last page of the checkout.", code=row.code),
    ]
    rows = (
        (Button(t.label("🛍 Browse"), ShowCategories(), style=Style.PRIMARY), Button(t.label("🛒 Cart"), ShowCart())),
        (home(t),),
    )
    return Screen(Markup("\n").join(parts), rows)


def given_screen(row: Coupon, number: Markup, t: Translator, *, zone: str) -> Screen:
    """A notification: the shop says sorry."""
    parts = [
        t("🎁 <b>Sorry for the wait with order {number}</b>", number=number),
        t("{worth} off your next order.", worth=worth(row, t)),
        *terms(row, t, zone),
        t("Code <code>{code}</code>. One tap on the last page of the checkout is enough.", code=row.code),
    ]
    rows = ((Button(t.label("🛍 Browse"), ShowCategories(), style=Style.PRIMARY), home(t)),)
    return Screen(Markup("\n").join(parts), rows, fresh=True)
