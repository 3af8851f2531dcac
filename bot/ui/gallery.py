"""All pictures of a product at once."""

from bot.ui.buttons import back_and_home
from bot.ui.callbacks import ShowProduct
from bot.ui.catalog import chosen_variant
from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from store.catalog import ProductView
from store.favourites import Regard


def album_screen(product: ProductView, regard: Regard, t: Translator) -> Screen:
    """The words below the album: what it shows, and what it costs."""
    chosen = chosen_variant(product, None)
    title = t.pick(product.title)
    count = len(regard.pictures)
    if chosen is None:
        text = t.n("{n} picture of <b>{title}</b>", "{n} pictures of <b>{title}</b>", count, title=title)
    else:
        price = money(chosen.price_minor, chosen.currency, t.language)
        text = t.n(
            "{n} picture of <b>{title}</b>, {price}",
            "{n} pictures of <b>{title}</b>, {price}",
            count,
            title=title,
            price=price,
        )
    rows = (back_and_home(ShowProduct(product_id=product.id), t),)
    return Screen(text, rows, album=regard.pictures, fresh=True)
