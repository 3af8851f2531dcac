"""A product's card for the staff: how it stands, what it still needs, and every way to change it."""

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from bot.ui.buttons import back, filled, shortened
from bot.ui.format import money
from bot.ui.goods_callbacks import (
    Ask,
    AskArchive,
    AskDescription,
    AskGoods,
    AskSize,
    AskTitle,
    ChooseCategory,
    ListGoods,
    PreviewGoods,
    SetDigital,
    ShowGoods,
    ShowHistory,
    ShowPicture,
    ShowSize,
    ShowSizes,
    ShowTexts,
    Turn,
    TurnGoods,
)
from bot.ui.i18n import Translator, noop
from bot.ui.screen import Button, Screen, Style
from store.goods import ACTIVE, ARCHIVED, DRAFT, HIDDEN, Goods, VariantOnShelf

DESCRIPTION_SHOWN = 250
SIZES_SHOWN = 12

_STATUS: Mapping[str, str] = {
    DRAFT: noop("✏️ draft: customers do not see it"),
    ACTIVE: noop("🟢 for sale"),
    HIDDEN: noop("🙈 hidden"),
    ARCHIVED: noop("🗄 archived"),
}
_MISSING: Mapping[str, str] = {
    "title": noop("a title"),
    "price": noop("a price"),
    "content": noop("what the buyer is sent"),
}


def goods_screen(goods: Goods, t: Translator, *, note: str = "") -> Screen:
    """*note* is said above the card: what has just happened, where nobody pressed a button that could say it."""
    head = t("<i>{note}</i>\n", note=note) if note else None
    parts = [head, t("<b>{title}</b>", title=goods_title(goods, t)), t(_STATUS[goods.status]), _missing(goods, t)]
    parts += [*_facts(goods, t), _told(goods, t)]
    text = Markup("\n").join(part for part in parts if part is not None)
    return Screen(text, filled(_rows(goods, t)), picture=next(iter(goods.pictures), None))


def goods_title(goods: Goods, t: Translator) -> str:
    return t.pick(goods.title) or t.label("(no title yet)")


def _missing(goods: Goods, t: Translator) -> Markup | None:
    if goods.status == ACTIVE or not goods.missing:
        return None
    names = ", ".join(t.label(_MISSING[each]) for each in goods.missing)
    return t("⚠️ To publish it, add: {names}.", names=names)


def _facts(goods: Goods, t: Translator) -> Iterator[Markup]:
    yield Markup("")
    category = f"{goods.category.emoji} {t.pick(goods.category.title)}".strip()
    yield t("Category: {category}", category=category)
    sold = goods.sold
    if len(goods.variants) > 1:
        yield from (_size_line(goods, each, t) for each in sold[:SIZES_SHOWN])
        if len(sold) > SIZES_SHOWN:
            yield t("and {n} more", n=len(sold) - SIZES_SHOWN)
    else:
        yield from (line for each in sold for line in _only(goods, each, t))
    if len(goods.pictures) != 1:
        yield t.n("{n} picture", "{n} pictures", len(goods.pictures))


def _only(goods: Goods, variant: VariantOnShelf, t: Translator) -> Iterator[Markup]:
    yield t("Price: {price}", price=price_text(goods, variant, t))
    yield t("In stock: {stock}", stock=stock_text(variant, t))
    if goods.kind == "digital":
        yield t("Sent as a message when it is paid")
    elif variant.weight_g:
        yield t("Weight: {n} g", n=variant.weight_g)
    yield t("SKU: <code>{sku}</code>", sku=variant.sku)


def _size_line(goods: Goods, variant: VariantOnShelf, t: Translator) -> Markup:
    return t(
        "• {title}: {price}, {stock}",
        title=shortened(size_title(variant, t), 40),
        price=price_text(goods, variant, t),
        stock=stock_text(variant, t),
    )


def size_title(variant: VariantOnShelf, t: Translator) -> str:
    return t.pick(variant.title) or variant.sku


def price_text(goods: Goods, variant: VariantOnShelf, t: Translator) -> str:
    """In the shop's own currency, and in the further ones behind it."""
    own = t.label("no price yet")
    if variant.price_minor is not None:
        own = money(variant.price_minor, goods.currency, t.language)
    return " · ".join([own, *(money(minor, currency, t.language) for currency, minor in variant.elsewhere)])


def stock_text(variant: VariantOnShelf, t: Translator) -> str:
    if variant.is_uncounted:
        return t.label("not counted")
    if variant.reserved:
        return t.label("{n}, of them {reserved} for orders", n=variant.on_hand, reserved=variant.reserved)
    return str(variant.on_hand)


def _told(goods: Goods, t: Translator) -> Markup | None:
    description = t.pick(goods.description)
    if not description:
        return None
    return t("\n<blockquote>{text}</blockquote>", text=shortened(description, DESCRIPTION_SHOWN))


def _rows(goods: Goods, t: Translator) -> Iterator[tuple[Button, ...]]:
    product_id, version = goods.id, goods.version
    yield _turning(goods, t)
    if goods.status != ARCHIVED:
        yield from _editing(goods, t)
        yield (
            Button(t.label("👁 Preview"), PreviewGoods(product_id=product_id)),
            Button(t.label("📜 History"), ShowHistory(product_id=product_id)),
        )
        if goods.status == DRAFT:
            is_digital = goods.kind == "digital"
            label = t.label("Has to be carried") if is_digital else t.label("Make it digital")
            yield (Button(label, SetDigital(product_id=product_id, version=version, is_digital=not is_digital)),)
        yield (Button(t.label("🗄 Archive"), AskArchive(product_id=product_id), style=Style.DANGER),)
    yield (back(ListGoods(), t),)


def _turning(goods: Goods, t: Translator) -> tuple[Button, ...]:
    def turn(label: str, to: Turn, style: Style | None = None) -> Button:
        return Button(label, TurnGoods(product_id=goods.id, version=goods.version, turn=to), style=style)

    match goods.status:
        case "draft":
            return (turn(t.label("✅ Publish"), Turn.PUBLISH, Style.SUCCESS),) if not goods.missing else ()
        case "hidden":
            return (turn(t.label("✅ Show again"), Turn.PUBLISH, Style.SUCCESS),) if not goods.missing else ()
        case "archived":
            return (turn(t.label("Take it out again"), Turn.HIDE),)
        case _:
            return (turn(t.label("🙈 Hide"), Turn.HIDE),)


def _editing(goods: Goods, t: Translator) -> Iterator[tuple[Button, ...]]:
    seen = {"product_id": goods.id, "version": goods.version}
    language = language_to_write(goods, t)
    yield (
        Button(t.label("Title"), AskTitle(**seen, language=language)),
        Button(t.label("Description"), AskDescription(**seen, language=language)),
    )
    yield (Button(t.label("Price"), AskGoods(**seen, ask=Ask.PRICE)), *_stock_button(goods, t))
    yield (Button(t.label("Sizes, colours"), AskGoods(**seen, ask=Ask.SIZES)), _details_button(goods, t))
    yield (
        Button(t.label("Category"), ChooseCategory(product_id=goods.id)),
        _pictures_button(goods, t),
    )
    yield (Button(t.label("🌐 Other languages"), ShowTexts(product_id=goods.id)),)


def language_to_write(goods: Goods, t: Translator) -> str:
    """The language the title is in, if it is in one only: a description in another would hide it from nobody, but help nobody."""
    return next(iter(goods.title)) if len(goods.title) == 1 else t.language


def _stock_button(goods: Goods, t: Translator) -> tuple[Button, ...]:
    if len(goods.variants) != 1:
        return ()
    ask = AskSize(variant_id=goods.variants[0].id, version=goods.version, ask=Ask.STOCK)
    return (Button(t.label("Stock"), ask),)


def _details_button(goods: Goods, t: Translator) -> Button:
    if len(goods.variants) == 1:
        return Button(t.label("SKU, weight"), ShowSize(variant_id=goods.variants[0].id))
    return Button(t.label("Each of them"), ShowSizes(product_id=goods.id))


def _pictures_button(goods: Goods, t: Translator) -> Button:
    if not goods.pictures:
        return Button(t.label("Add a picture"), AskGoods(product_id=goods.id, version=goods.version, ask=Ask.PICTURE))
    return Button(t.label("Pictures"), ShowPicture(product_id=goods.id))


def archive_screen(goods: Goods, t: Translator) -> Screen:
    """Asks before a product leaves the shop."""
    text = t(
        "<b>Archive “{title}”?</b>\nNobody finds or buys it any more. Orders keep showing it, and it can be taken out again.",
        title=goods_title(goods, t),
    )
    sure = TurnGoods(product_id=goods.id, version=goods.version, turn=Turn.ARCHIVE)
    keep = Button(t.label("Keep it"), ShowGoods(product_id=goods.id))
    return Screen(text, ((keep, Button(t.label("Yes, archive"), sure, style=Style.DANGER)),))
