"""In which money a customer sees prices."""

from collections.abc import Sequence

from babel.numbers import get_currency_name
from markupsafe import Markup

from bot.ui.buttons import back_and_home, in_rows, shortened
from bot.ui.callbacks import ShowProduct
from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen
from bot.ui.settings_callbacks import AskCurrency, ChooseCurrency, ShowSettings
from store.cart_view import CartView


def currencies_screen(offered: Sequence[str], currency: str, t: Translator, *, product_id: int = 0) -> Screen:
    """*currency* is the one they see now; *product_id*: what they were looking at, and see again afterwards."""
    text = t("<b>In which currency should prices be?</b>\nYour cart and your next orders are in it too.")
    buttons = [
        Button(
            shortened(f"{'✅ ' if each == currency else ''}{each} · {currency_name(each, t)}"),
            ChooseCurrency(currency=each, product_id=product_id),
        )
        for each in offered
    ]
    to = ShowProduct(product_id=product_id, cursor=0) if product_id else ShowSettings()
    return Screen(text, (*in_rows(buttons, 1), back_and_home(to, t)))


def currency_name(currency: str, t: Translator) -> str:
    """Euro, 欧元, евро."""
    return str(get_currency_name(currency, locale=t.language))


def chosen_toast(cart: CartView, currency: str, t: Translator) -> str:
    """What has changed: the prices, and the cart with them."""
    if cart.is_empty:
        return t.label("Prices are in {currency} now", currency=currency)
    total = money(cart.subtotal_minor, cart.currency, t.language)
    if any(line.is_unpriced for line in cart.lines):
        return t.label("Not everything in your cart has a price in {currency}: it is marked there", currency=currency)
    return t.label("Prices are in {currency} now. Your cart: {total}", currency=currency, total=total)


def currency_button(t: Translator, *, product_id: int = 0) -> Button:
    return Button(t.label("💱 Currency"), AskCurrency(product_id=product_id))


def unpriced(currency: str, t: Translator) -> Markup:
    """Beside what is sold, but not for this money."""
    return t("no price in {currency}", currency=currency)
