"""What the shop promises and knows: terms, privacy, what to do about a payment."""

from markupsafe import Markup

from bot.ui.buttons import filled, home
from bot.ui.callbacks import ShowOrders
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen
from bot.ui.settings_callbacks import AskDeleteData, DownloadData, ShowPrivacy, ShowSettings, ShowSupport, ShowTerms

_LINE = Markup("\n")


def terms_screen(t: Translator, *, shop: str, url: str | None = None) -> Screen:
    """*url* leads to the merchant's own terms."""
    text = _LINE.join(
        [
            t("<b>Terms of {shop}</b>", shop=shop),
            t(
                "• You buy from {shop}, not from Telegram. An order counts from its confirmation in this chat.",
                shop=shop,
            ),
            t("• Prices and delivery are shown in full before you place an order; nothing is added later."),
            t("• Goods of an unpaid order are kept for a while, then they can be sold to somebody else."),
            t("• Until it leaves the shop, you can cancel an order yourself, and money that was paid goes back."),
            t("• Card data is entered only on the payment provider's page, never in this chat."),
            t("• Questions, returns, complaints: /support"),
        ]
    )
    own = (Button(t.label("Read all the terms"), url=url),) if url else ()
    privacy = Button(t.label("🔒 Privacy"), ShowPrivacy())
    return Screen(text, filled((own, (privacy, Button(t.label("💬 Support"), ShowSupport())), (home(t),))))


def privacy_screen(t: Translator, *, shop: str, url: str | None = None) -> Screen:
    """*url* leads to the merchant's own policy."""
    text = _LINE.join(
        [
            t("<b>Your data at {shop}</b>", shop=shop),
            t("We keep what selling to you needs, and nothing else:"),
            t("• your Telegram number, name and language: to know you again and to answer you;"),
            t("• names, phone numbers and addresses that you gave for deliveries;"),
            t("• carts, orders, payments and parcels, favourites and settings."),
            t("Who else learns of it: the carrier gets what stands on the parcel, the payment provider the sum."),
            t("Nobody else, and no advertisers. Orders are kept as long as the law wants."),
        ]
    )
    own = (Button(t.label("Read the policy"), url=url),) if url else ()
    mine = (Button(t.label("Download my data"), DownloadData()), Button(t.label("Delete my data"), AskDeleteData()))
    rows = (
        own,
        mine,
        (Button(t.label("⚙️ Settings"), ShowSettings()), Button(t.label("Terms"), ShowTerms())),
        (home(t),),
    )
    return Screen(text, filled(rows))


def payment_help_screen(t: Translator) -> Screen:
    text = _LINE.join(
        [
            t("<b>About a payment</b>"),
            t("• You have paid, and nothing happens? Open the order and press “I have paid”: we ask the bank at once."),
            t("• Paid too late, twice or too much? What we may not keep goes back by itself, the way it came."),
            t("• A refund is in your account within a few days; the order says where it stands."),
            t("• Something else: /support. Name the order's number, never the number of a card."),
        ]
    )
    mine = Button(t.label("My orders"), ShowOrders())
    return Screen(text, ((mine, Button(t.label("💬 Support"), ShowSupport())), (home(t),)))
