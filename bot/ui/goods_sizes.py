"""One variant of a product for the staff, and all of them as a list."""

from collections.abc import Iterator

from markupsafe import Markup

from bot.ui.buttons import back, filled, in_rows, shortened
from bot.ui.format import money
from bot.ui.goods import goods_title, price_text, size_title, stock_text
from bot.ui.goods_callbacks import Ask, AskSize, AskSizeTitle, CountSize, SellSize, ShowGoods, ShowSize, ShowSizes
from bot.ui.i18n import LANGUAGE_NAMES, Translator
from bot.ui.screen import Button, Screen
from store.goods import Goods, VariantOnShelf

# Eighty lines have to fit into one message.
_NAME_MAX = 30


def sizes_screen(goods: Goods, t: Translator) -> Screen:
    """All variants, those that are not sold included."""
    lines = [_line(goods, each, t) for each in goods.variants]
    buttons = [Button(shortened(size_title(each, t)), ShowSize(variant_id=each.id)) for each in goods.variants]
    text = Markup("\n").join([t("<b>{title}</b>", title=goods_title(goods, t)), Markup(""), *lines])
    return Screen(text, (*in_rows(buttons, 2), (back(ShowGoods(product_id=goods.id), t),)))


def _line(goods: Goods, each: VariantOnShelf, t: Translator) -> Markup:
    title, price = shortened(size_title(each, t), _NAME_MAX), price_text(goods, each, t)
    if not each.is_active:
        return t("• {title}: not sold any more", title=title)
    return t("• {title}: {price}, {stock}", title=title, price=price, stock=stock_text(each, t))


def size_screen(goods: Goods, variant: VariantOnShelf, t: Translator, *, note: str = "") -> Screen:
    """One variant with everything that is its own."""
    head = t("<i>{note}</i>\n", note=note) if note else None
    name = " · ".join(filter(None, (goods_title(goods, t), t.pick(variant.title))))
    parts = [head, t("<b>{title}</b>", title=name), *_facts(goods, variant, t)]
    return Screen(Markup("\n").join(part for part in parts if part is not None), filled(_rows(goods, variant, t)))


def _facts(goods: Goods, variant: VariantOnShelf, t: Translator) -> Iterator[Markup]:
    if not variant.is_active:
        yield t("🙈 Not sold any more")
    yield t("Price: {price}", price=price_text(goods, variant, t))
    yield t("In stock: {stock}", stock=stock_text(variant, t))
    yield t("SKU: <code>{sku}</code>", sku=variant.sku)
    if goods.kind == "digital":
        has_content = bool(variant.digital_content)
        yield t("What the buyer is sent: written down") if has_content else t("⚠️ What the buyer is sent is missing")
        if variant.stars_minor is not None:
            yield t("In Stars: {price}", price=money(variant.stars_minor, "XTR", t.language))
    else:
        yield t("Weight: {n} g", n=variant.weight_g)


def _rows(goods: Goods, variant: VariantOnShelf, t: Translator) -> Iterator[tuple[Button, ...]]:
    def ask(label: str, what: Ask) -> Button:
        return Button(label, AskSize(variant_id=variant.id, version=goods.version, ask=what))

    yield ask(t.label("Price"), Ask.VARIANT_PRICE), ask(t.label("Stock"), Ask.STOCK)
    is_digital = goods.kind == "digital"
    weight = ask(t.label("Weight"), Ask.WEIGHT)
    yield ask(t.label("SKU"), Ask.SKU), ask(t.label("What is sent"), Ask.CONTENT) if is_digital else weight
    if is_digital:
        yield (ask(t.label("⭐ Price in Stars"), Ask.STARS),)
    if len(goods.variants) > 1:
        yield tuple(
            Button(f"✏️ {name}", AskSizeTitle(variant_id=variant.id, version=goods.version, language=code))
            for code, name in LANGUAGE_NAMES.items()
        )
    yield (_counting(variant, t),)
    if len(goods.sold) > 1 or not variant.is_active:
        label = t.label("Stop selling it") if variant.is_active else t.label("Sell it again")
        yield (Button(label, SellSize(variant_id=variant.id, version=goods.version, is_sold=not variant.is_active)),)
    yield (back(ShowSizes(product_id=goods.id) if len(goods.variants) > 1 else ShowGoods(product_id=goods.id), t),)


def _counting(variant: VariantOnShelf, t: Translator) -> Button:
    if variant.is_uncounted:
        return Button(t.label("Count the pieces"), CountSize(variant_id=variant.id, is_counted=True))
    return Button(t.label("Made when ordered"), CountSize(variant_id=variant.id, is_counted=False))
