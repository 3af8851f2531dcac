"""Coupons as the merchant sees them: the list, one of them, and an apology to whoever waits for a parcel."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from markupsafe import Markup

from bot.ui.buttons import in_rows, shortened
from bot.ui.coupon_callbacks import Apologise, AskApology, ListCoupons, ShowCoupon, SwitchCoupon
from bot.ui.coupons import terms, worth
from bot.ui.i18n import Translator
from bot.ui.links import to_coupon
from bot.ui.qr import address_of
from bot.ui.qr_callbacks import ShowQr
from bot.ui.screen import Button, Screen, Style
from bot.ui.staff_callbacks import ShowCard
from bot.ui.staff_orders import card_text
from store.coupons import is_over
from store.models import Coupon
from store.order_story import OrderStory
from store.parcels.registry import Carriers

APOLOGIES = (5, 10, 15, 20)


def coupons_screen(coupons: Sequence[Coupon], t: Translator, *, now: datetime) -> Screen:
    """All that were made for everybody, and how to make another one."""
    how = t(
        "To make one: <code>/coupon WELCOME10 10%</code>, or an amount, <code>/coupon FIVE 5</code>. What else you may add:\n"
        "<code>from 30</code> for orders from 30 on, <code>x100</code> for the first hundred orders, <code>until 24.12</code> for the last day.\n"
        "Every customer can use a coupon once."
    )
    head = t("<b>Coupons</b>") if coupons else t("<b>No coupons yet</b>")
    lines = [_line(each, t, now) for each in coupons]
    buttons = [Button(shortened(each.code), ShowCoupon(coupon_id=each.id)) for each in coupons]
    return Screen(Markup("\n").join([head, *lines, Markup(""), how]), in_rows(buttons, 2))


def _line(row: Coupon, t: Translator, now: datetime) -> Markup:
    told = {"code": row.code, "worth": worth(row, t), "used": _used(row, t)}
    if not row.is_active:
        return t("<code>{code}</code>: −{worth} (off)", **told)
    if is_over(row, now):
        return t("<code>{code}</code>: −{worth}, {used} (over)", **told)
    return t("<code>{code}</code>: −{worth}, {used}", **told)


def _used(row: Coupon, t: Translator) -> Markup:
    if row.max_uses is not None:
        return t("{n} of {all} orders have it", n=row.used, all=row.max_uses)
    return t.n("{n} order has it", "{n} orders have it", row.used)


def staff_coupon_screen(row: Coupon, t: Translator, zone: str, *, bot_username: str, now: datetime) -> Screen:
    return Screen(
        Markup("\n").join(_about(row, t, zone, address_of(bot_username, to_coupon(row.code)), now)),
        (
            (_switch(row, t), Button(t.label("QR code"), ShowQr(target=to_coupon(row.code).payload))),
            (Button(t.label("← Back"), ListCoupons()),),
        ),
    )


def _about(row: Coupon, t: Translator, zone: str, address: str, now: datetime) -> Iterator[Markup]:
    yield t("🏷 <code>{code}</code>: <b>−{worth}</b>", code=row.code, worth=worth(row, t))
    yield from terms(row, t, zone)
    yield t("{used}.", used=_used(row, t))
    if not row.is_active:
        yield t("It is switched off.")
    elif is_over(row, now):
        yield t("Its last day is over.")
    yield t("Whoever follows this link finds it at the checkout:\n<code>{address}</code>", address=address)


def _switch(row: Coupon, t: Translator) -> Button:
    if row.is_active:
        return Button(t.label("Switch off"), SwitchCoupon(coupon_id=row.id, is_active=False), style=Style.DANGER)
    return Button(t.label("Switch on"), SwitchCoupon(coupon_id=row.id, is_active=True), style=Style.SUCCESS)


def apology_button(shipment_id: int, t: Translator) -> Button:
    return Button(t.label("🎁 Say sorry"), AskApology(shipment_id=shipment_id))


def ask_apology_screen(story: OrderStory, shipment_id: int, t: Translator, zone: str, carriers: Carriers) -> Screen:
    """The card, asking how large the coupon shall be."""
    question = t("<b>A coupon for the wait?</b>\nThe buyer is told at once, and can use it for ninety days.")
    offers = [
        Button(t.label("−{percent}%", percent=percent), Apologise(shipment_id=shipment_id, percent=percent))
        for percent in APOLOGIES
    ]
    back = Button(t.label("← Back"), ShowCard(order_id=story.order.id))
    return Screen(Markup("\n\n").join([card_text(story, t, zone, carriers), question]), (tuple(offers), (back,)))
