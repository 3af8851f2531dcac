"""Categories, their products, and one product with its variants and the quantity stepper."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from markupsafe import Markup

from bot.ui.buttons import back, back_and_home, excerpt, filled, home, in_rows, roomy, shortened
from bot.ui.callbacks import (
    AddToCart,
    AskQuantity,
    ShowCart,
    ShowCategories,
    ShowCategory,
    ShowProduct,
    ShowVariant,
)
from bot.ui.currency import currency_button
from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.links import to_product
from bot.ui.screen import Button, Screen, Style
from bot.ui.search_callbacks import AskSearch, ShowResultsFrom, search_of
from bot.ui.start import HERO
from bot.ui.states import Awaiting
from bot.ui.wish_buttons import gallery_rows, like_button, picture_of, watch_rows
from store.catalog import CategoryView, Page, ProductCard, ProductView, VariantView
from store.favourites import UNKNOWN, Regard

PLACEHOLDER = "placeholder.jpg"
# From here down the exact number is worth telling: it is soon gone.
FEW = 5
# A caption holds 1024 letters; the rest of a product's caption needs less than 250.
DESCRIPTION_MAX = 750
# Eight of them stand below one picture.
TITLE_MAX = 64
STARS = "XTR"


def categories_screen(categories: Sequence[CategoryView], t: Translator) -> Screen:
    if not categories:
        text = t("<b>Nothing here yet</b>\nThe shop is being stocked. Please come back soon.")
        return Screen(text, ((home(t),),), picture=HERO)
    buttons = [
        Button(shortened(f"{category.emoji} {t.pick(category.title)}".strip()), ShowCategory(category_id=category.id))
        for category in categories
    ]
    return Screen(
        t("<b>What are you looking for?</b>"), (*in_rows(buttons, 2), (search_button(t), home(t))), picture=HERO
    )


def search_button(t: Translator) -> Button:
    return Button(t.label("🔍 Search"), AskSearch())


def category_screen(page: Page, t: Translator, *, cursor: int = 0) -> Screen:
    """*cursor* is where this page was read from: a product's Back leads to it again."""
    category = page.category
    title = t("<b>{emoji} {title}</b>", emoji=category.emoji, title=t.pick(category.title))
    lines = [card_line(card, t) for card in page.cards] or [t("Nothing here right now. Other shelves are full!")]
    products = [
        Button(shortened(t.pick(card.title)), ShowProduct(product_id=card.id, cursor=cursor)) for card in page.cards
    ]
    rows = (*in_rows(products, 2), _turning(page, t), back_and_home(ShowCategories(), t))
    return Screen(Markup("\n").join([title, Markup(""), *lines]), filled(rows), picture=HERO)


def _turning(page: Page, t: Translator) -> tuple[Button, ...]:
    category_id = page.category.id
    buttons = []
    if page.before is not None:
        buttons.append(Button(t.label("◀ Previous"), ShowCategory(category_id=category_id, cursor=-page.before)))
    if page.after is not None:
        buttons.append(Button(t.label("Next ▶"), ShowCategory(category_id=category_id, cursor=page.after)))
    return tuple(buttons)


def card_line(card: ProductCard, t: Translator) -> Markup:
    title, price = excerpt(t.pick(card.title), TITLE_MAX), money(card.price_minor, card.currency, t.language)
    if card.is_sold_out:
        return t("• {title}: sold out", title=title)
    if card.has_price_range:
        return t("• {title}: from {price}", title=title, price=price)
    return t("• {title}: {price}", title=title, price=price)


def product_screen(
    product: ProductView,
    t: Translator,
    *,
    variant_id: int | None = None,
    quantity: int = 1,
    cursor: int = 0,
    regard: Regard = UNKNOWN,
    number: int = 1,
) -> Screen:
    """The product with one variant chosen: *variant_id*, or the first that can be bought. *number* is that of the picture."""
    chosen = chosen_variant(product, variant_id)
    if chosen is None:
        return _withdrawn_screen(product, t, cursor)
    quantity = fitting_quantity(chosen, quantity)
    title = t("<b>{title}</b>", title=t.pick(product.title))
    description = t("{text}", text=excerpt(t.pick(product.description), DESCRIPTION_MAX))
    parts = [title, _price(chosen, t), _stock(product, chosen, t), Markup(""), description]
    number = number if number <= len(regard.pictures) else 1
    like = like_button(chosen, regard, t, quantity=quantity, cursor=cursor)
    rows = (
        *gallery_rows(product, chosen, regard, number=number, quantity=quantity, cursor=cursor),
        *_variant_rows(product, chosen, quantity, cursor, t),
        *_buying_rows(chosen, quantity, cursor, t),
        *watch_rows(chosen, regard, t, cursor=cursor),
        (like, Button(t.label("↗️ Share"), share=to_product(product.id).payload)),
        (back(_came_from(product, cursor), t), Button(t.label("🛒 Cart"), ShowCart()), home(t)),
    )
    text = Markup("\n").join(part for part in parts if part is not None)
    return Screen(text, filled(rows), picture=picture_of(product, regard, number) or PLACEHOLDER)


def chosen_variant(product: ProductView, variant_id: int | None) -> VariantView | None:
    """The variant asked for if it is still sold, else the first in stock, else the first; None when nothing is sold."""
    sold = [variant for variant in product.variants if variant.is_active] if product.is_for_sale else []
    asked = [variant for variant in sold if variant.id == variant_id]
    in_stock = [variant for variant in sold if variant.free > 0]
    return next(iter([*asked, *in_stock, *sold]), None)


def fitting_quantity(variant: VariantView, quantity: int) -> int:
    """*quantity*, between one and what is free."""
    return max(1, min(quantity, variant.free))


def _withdrawn_screen(product: ProductView, t: Translator, cursor: int) -> Screen:
    if product.is_elsewhere:
        return _elsewhere_screen(product, t, cursor)
    text = t("<b>{title}</b>\nThis is no longer sold. Have a look at what else there is.", title=t.pick(product.title))
    return Screen(text, (back_and_home(_came_from(product, cursor), t),), picture=product.picture or PLACEHOLDER)


def _elsewhere_screen(product: ProductView, t: Translator, cursor: int) -> Screen:
    """Sold, but not for the money that they see prices in."""
    text = t(
        "<b>{title}</b>\nThis has no price in {currency}. In another currency you can buy it.",
        title=t.pick(product.title),
        currency=product.currency,
    )
    rows = ((currency_button(t, product_id=product.id),), back_and_home(_came_from(product, cursor), t))
    return Screen(text, rows, picture=product.picture or PLACEHOLDER)


def _came_from(product: ProductView, cursor: int) -> CallbackData:
    if (search_id := search_of(cursor)) is not None:
        return ShowResultsFrom(search_id=search_id, product_id=product.id)
    return ShowCategory(category_id=product.category_id, cursor=cursor)


def _price(variant: VariantView, t: Translator) -> Markup:
    own = _own_price(variant, t)
    if variant.stars_minor is None or variant.currency == STARS:
        return own
    return t("{price} · {stars}", price=own, stars=money(variant.stars_minor, STARS, t.language))


def _own_price(variant: VariantView, t: Translator) -> Markup:
    price = money(variant.price_minor, variant.currency, t.language)
    if variant.compare_at_minor is None or variant.compare_at_minor <= variant.price_minor:
        return t("{price}", price=price)
    before = money(variant.compare_at_minor, variant.currency, t.language)
    return t("{price}, was <s>{before}</s>", price=price, before=before)


def _stock(product: ProductView, variant: VariantView, t: Translator) -> Markup | None:
    if variant.free <= 0:
        return t("<b>Sold out</b>")
    if product.kind == "digital":
        return t("Sent to this chat as soon as it is paid")
    return t.n("{n} left", "{n} left", variant.free) if variant.free <= FEW else None


def _variant_rows(
    product: ProductView, chosen: VariantView, quantity: int, cursor: int, t: Translator
) -> tuple[tuple[Button, ...], ...]:
    sold = [variant for variant in product.variants if variant.is_active]
    if len(sold) < 2:
        return ()
    buttons = [
        Button(
            _variant_label(variant, variant.id == chosen.id, t),
            ShowVariant(variant_id=variant.id, quantity=quantity, cursor=cursor),
        )
        for variant in sold
    ]
    longest = max(len(button.label) for button in buttons)
    return in_rows(buttons, 4 if longest <= 4 else 2)


def _variant_label(variant: VariantView, is_chosen: bool, t: Translator) -> str:
    title = t.pick(variant.title) or variant.sku
    if is_chosen:
        return shortened(f"✅ {title}")
    return shortened(t.label("{variant} (sold out)", variant=title)) if variant.free <= 0 else shortened(title)


def _buying_rows(variant: VariantView, quantity: int, cursor: int, t: Translator) -> tuple[tuple[Button, ...], ...]:
    if variant.free <= 0:
        return ()

    def to(number: int) -> ShowVariant:
        return ShowVariant(variant_id=variant.id, quantity=number, cursor=cursor)

    price = money(variant.price_minor * quantity, variant.currency, t.language)
    add = AddToCart(variant_id=variant.id, quantity=quantity, seen_minor=variant.price_minor, cursor=cursor)
    ask = AskQuantity(variant_id=variant.id, cursor=cursor)
    return (
        (Button("➖", to(quantity - 1)), Button(str(quantity), ask), Button("➕", to(quantity + 1))),
        (
            Button(
                roomy(t.label("Add to cart · {price}", price=price), t.label("Add to cart")), add, style=Style.SUCCESS
            ),
        ),
    )


def quantity_screen(product: ProductView, variant: VariantView, t: Translator, *, cursor: int = 0) -> Screen:
    """Asks for a number to be typed."""
    title = " · ".join(filter(None, (t.pick(product.title), t.pick(variant.title))))
    text = t("<b>{title}</b>\nHow many? Type a number from 1 to {most}.", title=title, most=variant.free)
    to = ShowVariant(variant_id=variant.id, quantity=1, cursor=cursor)
    return Screen(text, (back_and_home(to, t),), picture=product.picture or PLACEHOLDER, awaits=Awaiting.QUANTITY)
