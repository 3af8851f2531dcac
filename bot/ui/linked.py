"""What a screen gets when a link led to it: what else there is, and the way back into a checkout."""

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from bot.ui.buttons import in_rows, shortened
from bot.ui.callbacks import ShowProduct, StartCheckout
from bot.ui.catalog import card_line
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen, Style
from store.catalog import ProductCard


def with_alternatives(screen: Screen, cards: Sequence[ProductCard], t: Translator) -> Screen:
    """Above the row that leads away."""
    if not cards:
        return screen
    text = Markup("\n").join(
        [screen.text, Markup(""), t("This can be had right now:"), *(card_line(card, t) for card in cards)]
    )
    buttons = [Button(shortened(t.pick(card.title)), ShowProduct(product_id=card.id)) for card in cards]
    return replace(screen, text=text, rows=(*screen.rows[:-1], *in_rows(buttons, 2), screen.rows[-1]))


def with_checkout(screen: Screen, t: Translator) -> Screen:
    """Whoever follows a link in the middle of a checkout finds back into it."""
    go_on = Button(t.label("Continue checkout"), StartCheckout(), style=Style.SUCCESS)
    return replace(screen, rows=(*screen.rows[:-1], (go_on,), *screen.rows[-1:]))


def with_news(screen: Screen, news: str, t: Translator) -> Screen:
    """Above everything: why the link did not lead where it said."""
    return replace(screen, text=Markup("\n\n").join([t("<i>{news}</i>", news=news), screen.text]))
