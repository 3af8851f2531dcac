"""Cards of goods for any chat: what @bot shows while somebody types. As Telegram takes them; the only screen that is no Screen."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.links import deep_link, to_product
from store.catalog import ProductCard

Json = dict[str, Any]

# Telegram shows at most 50 at once and asks for the next ones by itself.
PAGE = 20


def result(card: ProductCard, file_id: str | None, username: str, t: Translator) -> Json:
    """The product with its picture, if Telegram has it already; how many are left is nobody's business in somebody else's chat."""
    payload, title, price = to_product(card.id).payload, t.pick(card.title), _price(card, t)
    words = str(Markup("\n").join([t("<b>{title}</b>", title=title), Markup("{}").format(price)]))
    link: Json = {"text": t.label("Open in the shop"), "url": deep_link(username, payload)}
    common: Json = {"id": payload, "title": title, "description": price, "reply_markup": {"inline_keyboard": [[link]]}}
    if file_id is not None:
        return common | {"type": "photo", "photo_file_id": file_id, "caption": words, "parse_mode": "HTML"}
    content = {"message_text": words, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
    return common | {"type": "article", "input_message_content": content}


def _price(card: ProductCard, t: Translator) -> str:
    if card.is_sold_out:
        return t.label("sold out")
    price = money(card.price_minor, card.currency, t.language)
    return t.label("from {price}", price=price) if card.has_price_range else price


def results(cards: Sequence[ProductCard], file_ids: Mapping[str, str], username: str, t: Translator) -> list[Json]:
    """*file_ids*: by the names of the pictures, those that Telegram has."""
    return [result(card, file_ids.get(card.picture or ""), username, t) for card in cards]


def way_in(t: Translator) -> Json:
    """The line above the cards; where there are none, it is all there is."""
    return {"text": t.label("🛍 Open the shop"), "start_parameter": "shop"}
