"""The front door."""

from collections.abc import Mapping

from markupsafe import Markup

from bot.ui.buttons import filled
from bot.ui.callbacks import ShowCart, ShowCategories, ShowHelp, ShowLanguages, ShowOrders, StartCheckout
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen, Style
from bot.ui.search_callbacks import AskSearch
from bot.ui.settings_callbacks import ShowSettings
from bot.ui.wish_callbacks import ShowFavourites

HERO = "hero.jpg"


def start_screen(
    t: Translator,
    *,
    name: Mapping[str, str],
    about: Mapping[str, str],
    cart_quantity: int = 0,
    has_checkout: bool = False,
    notice: Markup | None = None,
) -> Screen:
    """*has_checkout*: the customer left in the middle of one and can go on. *notice*: what is to be known before ordering."""
    text = t(
        "<b>{shop}</b>\n{about}", shop=t.pick(name), about=t.pick(about) or t.label("Welcome! Have a look around.")
    )
    if notice is not None:
        text += Markup("\n\n") + notice
    go_on = Button(t.label("Continue checkout"), StartCheckout(), style=Style.SUCCESS)
    rows = (
        (Button(t.label("🛍 Browse"), ShowCategories()), Button(t.label("🔍 Search"), AskSearch())),
        (go_on,) if has_checkout else (),
        (
            Button(cart_label(cart_quantity, t), ShowCart()),
            Button(t.label("My orders"), ShowOrders()),
            Button(t.label("❤️ Likes"), ShowFavourites()),
        ),
        (
            Button(t.label("🌐 Language"), ShowLanguages()),
            Button(t.label("⚙️ Settings"), ShowSettings()),
            Button(t.label("Help"), ShowHelp()),
        ),
    )
    return Screen(text, filled(rows), picture=HERO)


def cart_label(quantity: int, t: Translator) -> str:
    return t.label("🛒 Cart ({n})", n=quantity) if quantity else t.label("🛒 Cart")
