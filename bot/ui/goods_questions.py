"""What the staff is asked to type about a product. In a group the answer is a reply: nothing else reaches the bot there."""

from collections.abc import Mapping
from dataclasses import replace

from aiogram.filters.callback_data import CallbackData
from markupsafe import Markup

from bot.ui.buttons import back
from bot.ui.goods import goods_title, price_text, size_title, stock_text
from bot.ui.goods_callbacks import Ask, ListGoods, ShowGoods, ShowSize, ShowTexts
from bot.ui.goods_lists import clear_button
from bot.ui.i18n import LANGUAGE_NAMES, Translator, noop
from bot.ui.screen import Screen
from bot.ui.states import Awaiting
from store.goods import Goods, VariantOnShelf

_QUESTION: Mapping[Ask, str] = {
    Ask.PRICE: noop("What does it cost? Send the price, such as <code>12.50</code>."),
    Ask.VARIANT_PRICE: noop("What does it cost? Send the price, such as <code>12.50</code>."),
    Ask.SIZES: noop(
        "Which sizes or colours are there, and how many of each? Send them like <code>S 10, M 5</code>; the price stays."
    ),
    Ask.PICTURE: noop("Send me the picture, or several as an album."),
    Ask.STOCK: noop(
        "How many are there? Send <code>12</code> for what you counted, <code>+5</code> for what came in, "
        "<code>-2 broken</code> for what is gone."
    ),
    Ask.SKU: noop("Which number do you use for it? Send the SKU."),
    Ask.WEIGHT: noop("What does one weigh, packed? Send it in grams, such as <code>350</code>."),
    Ask.STARS: noop("What does it cost in Telegram Stars? Send a whole number, such as <code>450</code>."),
    Ask.CONTENT: noop("What is the buyer sent when it is paid? Send the text: a link, a key, the file's address."),
}


def ask_goods_screen(goods: Goods, ask: Ask, t: Translator) -> Screen:
    """Something about the whole product."""
    prices = ", ".join(dict.fromkeys(price_text(goods, each, t) for each in goods.sold))
    now = prices if ask == Ask.PRICE else ""
    return _asking(goods_title(goods, t), t(_QUESTION[ask]), now, ShowGoods(product_id=goods.id), t)


def ask_size_screen(goods: Goods, variant: VariantOnShelf, ask: Ask, t: Translator) -> Screen:
    """Something about one variant."""
    now = {
        Ask.VARIANT_PRICE: price_text(goods, variant, t),
        Ask.STOCK: stock_text(variant, t),
        Ask.SKU: variant.sku,
        Ask.WEIGHT: str(variant.weight_g),
        Ask.STARS: str(variant.stars_minor or ""),
    }
    name = " · ".join(filter(None, (goods_title(goods, t), t.pick(variant.title))))
    to = ShowGoods(product_id=goods.id) if len(goods.variants) == 1 else ShowSize(variant_id=variant.id)
    return _asking(name, t(_QUESTION[ask]), now.get(ask, ""), to, t)


def ask_title_screen(goods: Goods, language: str, t: Translator) -> Screen:
    question = t("What is it called in {language}? Send the title.", language=LANGUAGE_NAMES[language])
    return _asking(goods_title(goods, t), question, goods.title.get(language, ""), ShowGoods(product_id=goods.id), t)


def ask_description_screen(goods: Goods, language: str, t: Translator) -> Screen:
    """The text that is there can be taken back as well."""
    question = t("How would you describe it in {language}? Send the text.", language=LANGUAGE_NAMES[language])
    screen = _asking(goods_title(goods, t), question, "", ShowTexts(product_id=goods.id), t)
    if not goods.description.get(language):
        return screen
    return Screen(screen.text, ((clear_button(goods, language, t),), *screen.rows), awaits=screen.awaits)


def ask_size_title_screen(goods: Goods, variant: VariantOnShelf, language: str, t: Translator) -> Screen:
    question = t(
        "What is “{name}” called in {language}?", name=size_title(variant, t), language=LANGUAGE_NAMES[language]
    )
    return _asking(goods_title(goods, t), question, "", ShowSize(variant_id=variant.id), t)


def find_screen(t: Translator) -> Screen:
    return _asking(t.label("Find a product"), t("Send a part of its name, or its SKU."), "", ListGoods(), t)


def add_screen(t: Translator) -> Screen:
    """How a product is added."""
    how = t(
        "Send me a photo of it. What you write below the photo becomes the product:\n\n"
        "<code>Blue mug\n15.50\nHolds a lot of tea.</code>\n\n"
        "The first line is the title, then the price, then the description. Several photos as an album are fine."
    )
    return _asking(t.label("Add a product"), how, "", ListGoods(), t)


def in_a_group(screen: Screen, t: Translator) -> Screen:
    """The same question where others talk, too: what is no reply does not reach the bot."""
    return replace(screen, text=screen.text + t("\n<i>Please reply to this message.</i>"))


def _asking(title: str, question: Markup, now: str, to: CallbackData, t: Translator) -> Screen:
    parts = [t("<b>{title}</b>", title=title), question]
    if now:
        parts.append(t("Now: {value}", value=now))
    return Screen(Markup("\n").join(parts), ((back(to, t),),), awaits=Awaiting.GOODS)
