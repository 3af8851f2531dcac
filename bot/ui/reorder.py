"""The same again: the cart with what could be had, and above it what could not."""

from dataclasses import replace

from markupsafe import Markup

from bot.ui.cart import cart_screen
from bot.ui.i18n import Translator
from bot.ui.reorder_callbacks import OrderAgain
from bot.ui.screen import Button, Screen
from store.orders import OrderView
from store.reorder import Missing, Reordered

_SHOWN = 10


def order_again_button(order: OrderView, t: Translator) -> Button:
    return Button(t.label("🔁 Order again"), OrderAgain(order_id=order.id))


def reordered_screen(again: Reordered, t: Translator, *, notice: Markup | None = None) -> Screen:
    cart = cart_screen(again.cart, t, notice=notice)
    head = [t("🔁 Your order again, at today's prices.")] if not again.cart.is_empty else []
    missing = [_missing(each, t) for each in again.missing[:_SHOWN]]
    if (more := len(again.missing) - _SHOWN) > 0:
        missing.append(t.n("… and {n} more", "… and {n} more", more))
    news = [*head, *([t("⚠️ <b>Not all of it can be had:</b>")] if missing else []), *missing]
    return replace(cart, text=Markup("\n").join([*news, Markup(""), cart.text]))


def _missing(each: Missing, t: Translator) -> Markup:
    title = " · ".join(filter(None, (t.pick(each.title), t.pick(each.variant_title))))
    if each.is_withdrawn:
        return t("{title}: no longer sold", title=title)
    if not each.got:
        return t("{title}: sold out", title=title)
    return t("{title}: {got} instead of {wanted}", title=title, got=each.got, wanted=each.wanted)
