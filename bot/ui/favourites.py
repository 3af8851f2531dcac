"""What somebody likes, and what they are told of it unasked."""

from markupsafe import Markup

from bot.ui.buttons import filled, home, in_rows, shortened
from bot.ui.callbacks import ShowCart, ShowCategories, ShowProduct, ShowVariant
from bot.ui.catalog import card_line
from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen, Style
from bot.ui.settings_callbacks import SetTopic
from bot.ui.wish_callbacks import ShowFavourites
from store.carts import CartView
from store.catalog import ProductView, VariantView
from store.favourites import FavouritesPage
from store.preferences import Topic

_LINES_SHOWN = 5


def favourites_screen(page: FavouritesPage, t: Translator) -> Screen:
    if not page.cards and page.number == 0:
        text = t(
            "<b>No favourites yet</b>\nPress 🤍 below a product: it shows up here, and you hear when it costs less."
        )
        return Screen(text, ((Button(t.label("🛍 Browse"), ShowCategories()),), (home(t),)))
    lines = [card_line(card, t) for card in page.cards]
    buttons = [Button(shortened(t.pick(card.title)), ShowProduct(product_id=card.id)) for card in page.cards]
    turning = []
    if page.number > 0:
        turning.append(Button(t.label("◀ Previous"), ShowFavourites(page=page.number - 1)))
    if not page.is_last:
        turning.append(Button(t.label("Next ▶"), ShowFavourites(page=page.number + 1)))
    text = Markup("\n").join([t("<b>Your favourites</b> ❤️"), Markup(""), *lines])
    return Screen(text, filled((*in_rows(buttons, 2), turning, (home(t),))))


def back_in_stock_screen(product: ProductView, variant: VariantView, t: Translator) -> Screen:
    """A notification: it can be bought again."""
    text = t(
        "🔔 <b>It is back: {title}</b>\n{price}\nYou asked us to tell you. We keep none aside: first come, first served.",
        title=_title(product, variant, t),
        price=money(variant.price_minor, variant.currency, t.language),
    )
    return Screen(text, (_show(variant, t), (home(t),)), picture=product.picture, fresh=True)


def price_dropped_screen(product: ProductView, variant: VariantView, t: Translator, *, before_minor: int) -> Screen:
    """A notification: something they like costs less."""
    text = t(
        "❤️ <b>{title} costs less now</b>\n{price} <s>{before}</s>",
        title=_title(product, variant, t),
        price=money(variant.price_minor, variant.currency, t.language),
        before=money(before_minor, variant.currency, t.language),
    )
    no_more = Button(t.label("🔕 No such news"), SetTopic(topic=Topic.OFFERS, wanted=False))
    return Screen(text, (_show(variant, t), (no_more, home(t))), picture=product.picture, fresh=True)


def cart_left_screen(cart: CartView, t: Translator) -> Screen:
    """A notification: what still lies in the cart."""
    lines = [
        t("• {quantity} × {title}", quantity=line.quantity, title=t.pick(line.title))
        for line in cart.lines[:_LINES_SHOWN]
    ]
    if (hidden := len(cart.lines) - _LINES_SHOWN) > 0:
        lines.append(t.n("… and {n} more", "… and {n} more", hidden))
    head = t("🛒 <b>Still in your cart</b>")
    tail = t("It is yours to keep or to empty; we shall not remind you of it again.")
    to_cart = Button(t.label("🛒 Cart"), ShowCart(), style=Style.SUCCESS)
    no_more = Button(t.label("🔕 No reminders"), SetTopic(topic=Topic.REMINDERS, wanted=False))
    return Screen(Markup("\n").join([head, *lines, Markup(""), tail]), ((to_cart,), (no_more, home(t))), fresh=True)


def _title(product: ProductView, variant: VariantView, t: Translator) -> str:
    return " · ".join(filter(None, (t.pick(product.title), t.pick(variant.title))))


def _show(variant: VariantView, t: Translator) -> tuple[Button, ...]:
    return (Button(t.label("Show it"), ShowVariant(variant_id=variant.id, quantity=1), style=Style.SUCCESS),)
