"""The customer beside the conversation: since when, what was bought, what lies in the cart."""

from markupsafe import Markup

from bot.ui.format import day, money
from bot.ui.i18n import Translator
from bot.ui.orders import status_text
from bot.ui.screen import Button, Screen
from bot.ui.staff_support_callbacks import ShowThread
from store.carts import CartLineView
from store.profiles import Profile

LINES_SHOWN = 10


def profile_screen(profile: Profile, thread_id: int, t: Translator, zone: str) -> Screen:
    parts = [_head(profile, t, zone), _orders(profile, t), _cart(profile, t)]
    back = Button(t.label("← Back"), ShowThread(thread_id=thread_id))
    return Screen(Markup("\n\n").join(parts), ((back,),))


def _head(profile: Profile, t: Translator, zone: str) -> Markup:
    account = f" · @{profile.username}" if profile.username else ""
    who = Markup("👤 <b>{}</b>{}").format(profile.name or f"#{profile.customer_id}", account)
    return who + t("\nKnown since {day}", day=day(profile.since, t.language, zone))


def _orders(profile: Profile, t: Translator) -> Markup:
    if not profile.latest:
        return t("No orders yet.")
    spent = money(profile.spent_minor, profile.cart.currency, t.language)
    bought = t.n("Bought once, for {amount}:", "Bought {n} times, for {amount}:", profile.bought, amount=spent)
    lines = [
        Markup("🧾 <code>{}</code> · {}").format(card.number, status_text(card.status, card.fulfilment_status, t))
        for card in profile.latest
    ]
    return Markup("\n").join([bought, *lines] if profile.bought else lines)


def _cart(profile: Profile, t: Translator) -> Markup:
    if profile.cart.is_empty:
        return t("The cart is empty.")
    lines = [_line(line, t) for line in profile.cart.lines[:LINES_SHOWN]]
    hidden = len(profile.cart.lines) - LINES_SHOWN
    more = [t.n("… and {n} more line", "… and {n} more lines", hidden)] if hidden > 0 else []
    return Markup("\n").join([t("In the cart:"), *lines, *more])


def _line(line: CartLineView, t: Translator) -> Markup:
    title = " · ".join(filter(None, (t.pick(line.title), t.pick(line.variant_title))))
    return Markup("{} × {}").format(line.quantity, title)
