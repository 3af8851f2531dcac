"""Language, help, and one helpful line for what the shop did not understand."""

from collections.abc import Mapping

from markupsafe import Markup

from bot.ui.address_callbacks import ShowAddresses
from bot.ui.buttons import filled, home, in_rows
from bot.ui.callbacks import FindParcels, SetLanguage, ShowCart, ShowCategories, ShowOrders, StartCheckout
from bot.ui.i18n import LANGUAGE_NAMES, Translator, noop
from bot.ui.screen import Button, Rows, Screen
from bot.ui.settings_callbacks import ShowSettings, ShowSupport
from bot.ui.states import Awaiting

# Each in its own language: whoever looks for it cannot read the present one.


def language_screen(t: Translator) -> Screen:
    buttons = [
        Button(f"✅ {name}" if code == t.language else name, SetLanguage(language=code))
        for code, name in LANGUAGE_NAMES.items()
    ]
    return Screen(t("<b>Which language do you prefer?</b>"), (*in_rows(buttons, 3), (home(t),)))


def help_screen(t: Translator) -> Screen:
    text = Markup("\n").join(
        [
            t("<b>How this shop works</b>"),
            t("Choose something, put it into the cart, check out. Your order and its parcel stay in this chat."),
            Markup(""),
            t("/start: the shop"),
            t("/search: find something; or just type what you look for"),
            t("/cart: what you have chosen"),
            t("/orders: what you have ordered"),
            t("/track: where your parcel is"),
            t("/favourites: what you like"),
            t("/settings: language, clock, and what we tell you"),
            t("/support: talk to a person"),
            t("/cancel: leave a question unanswered"),
            t("/privacy, /terms, /paysupport: your data, our terms, help with a payment"),
        ]
    )
    more = (Button(t.label("⚙️ Settings"), ShowSettings()),)
    *most, last = ways(t)
    return Screen(text, (*most, more, last))


def ways(t: Translator) -> Rows:
    return (
        (Button(t.label("🛍 Browse"), ShowCategories()), Button(t.label("🛒 Cart"), ShowCart())),
        (Button(t.label("My orders"), ShowOrders()), Button(t.label("📦 Where is it?"), FindParcels())),
        (Button(t.label("📍 My addresses"), ShowAddresses()), Button(t.label("💬 Support"), ShowSupport())),
        (home(t),),
    )


def not_understood_screen(t: Translator) -> Screen:
    """The shop got a text or a thing it can do nothing with."""
    return Screen(t("Sorry, I did not get that. Here is what I can do for you:"), ways(t))


def gone_screen(t: Translator) -> Screen:
    """A button of a kind that does not exist any more, or never did."""
    return not_understood_screen(t).with_toast(t.label("This button is out of date"))


_EXPECTED: Mapping[Awaiting, str] = {
    Awaiting.CONTACT_NAME: noop("I am waiting for the name for the parcel, as text."),
    Awaiting.CONTACT_PHONE: noop("I am waiting for a phone number: type it, or share yours with the button."),
    Awaiting.DELIVERY: noop("I am waiting for a way of delivery: press one, or send its name."),
    Awaiting.SAVED_ADDRESS: noop("I am waiting for an address: press one, or send its number or a new one."),
    Awaiting.PAYMENT: noop("I am waiting for a way to pay: press one, or send its name."),
    Awaiting.ADDRESS_COUNTRY: noop("I am waiting for the name of a country, as text."),
    Awaiting.ADDRESS_REGION: noop("I am waiting for the name of a region, as text."),
    Awaiting.ADDRESS_CITY: noop("I am waiting for the name of a town, as text."),
    Awaiting.ADDRESS_AREA: noop("I am waiting for the name of a district, as text."),
    Awaiting.ADDRESS_STREET: noop("I am waiting for the street and the house number, as text."),
    Awaiting.ADDRESS_POSTCODE: noop("I am waiting for the postcode, as text."),
    Awaiting.ADDRESS_LABEL: noop("I am waiting for a name for the address, as text."),
    Awaiting.POINT: noop("I am waiting for a place on the map: use the button, or 📎 and Location."),
    Awaiting.NOTE: noop("I am waiting for your note to the shop, as text."),
    Awaiting.SUPPORT: noop("I am waiting for your question to the shop: as text, a picture, a voice message."),
    Awaiting.QUANTITY: noop("I am waiting for a number, as in 3."),
    Awaiting.SEARCH: noop("I am waiting for the words to look for, as text."),
    Awaiting.TIMEZONE: noop("I am waiting for the name of a city, as text."),
    Awaiting.PARCEL: noop("I am waiting for a parcel's number, or the message that it stands in."),
    Awaiting.PARCEL_PHONE: noop("I am waiting for the last four digits of a phone number, as in 5678."),
    Awaiting.GOODS: noop("I am waiting for what I asked you about the product."),
    Awaiting.SHOP: noop("I am waiting for what I asked you about the shop."),
}


def expected_screen(awaiting: Awaiting, t: Translator) -> Screen:
    """A hint for somebody who sent something else than what was asked for; the question stays open."""
    text = t("{expected}\nOr leave it with /cancel.", expected=t(_EXPECTED[awaiting]))
    return Screen(text, ((home(t),),), awaits=awaiting)


def left_screen(
    t: Translator, *, was_asked: bool, cart_quantity: int, had_draft: bool = False, has_checkout: bool = False
) -> Screen:
    """After /cancel: what was dropped and what was kept. *had_draft*: something was typed in part, an address without its postcode."""
    parts = [
        t("Fine, I am not waiting for an answer any more.") if was_asked else t("There was nothing to leave."),
        t("What you had begun to type is dropped.") if had_draft else Markup(""),
        t("Your cart is as you left it.") if cart_quantity else Markup(""),
        t("So is what you have answered for your order.") if has_checkout else Markup(""),
    ]
    rows = (
        (Button(t.label("Continue checkout"), StartCheckout()),) if has_checkout else (),
        (Button(t.label("🛒 Cart"), ShowCart()),) if cart_quantity else (),
        (home(t),),
    )
    return Screen(Markup("\n").join(part for part in parts if part), filled(rows))
