"""The staff's lists about products: all of them, the categories to choose from, the texts by language, the pictures, who changed what."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from bot.ui.buttons import back, filled, in_rows, shortened
from bot.ui.format import moment, money
from bot.ui.goods import goods_title
from bot.ui.goods_callbacks import (
    AddGoods,
    Ask,
    AskDescription,
    AskGoods,
    AskTitle,
    ClearDescription,
    FindGoods,
    ListGoods,
    MakeCover,
    MoveGoods,
    RemovePicture,
    Shelf,
    ShowGoods,
    ShowPicture,
)
from bot.ui.i18n import LANGUAGE_NAMES, Translator, noop
from bot.ui.import_callbacks import ShowGoodsFile
from bot.ui.screen import Button, Screen, Style
from store.catalog import CategoryView
from store.goods import DRAFT, HIDDEN, Goods, GoodsCard, GoodsPage
from store.models import AuditEntry
from store.pictures import MAXIMUM

_SHELF: Mapping[Shelf, str] = {
    Shelf.ALL: noop("All"),
    Shelf.DRAFTS: noop("Drafts"),
    Shelf.HIDDEN: noop("Hidden"),
    Shelf.ARCHIVE: noop("Archive"),
}
_MARK = {DRAFT: "✏️ ", HIDDEN: "🙈 ", "archived": "🗄 "}
_FIELD: Mapping[str, str] = {
    "title": noop("title"),
    "description": noop("description"),
    "category": noop("category"),
    "kind": noop("kind"),
    "sku": noop("SKU"),
    "weight_g": noop("weight"),
    "digital_content": noop("what is sent"),
    "status": noop("state"),
    "counted": noop("counting"),
}
_STATE: Mapping[str, str] = {
    "draft": noop("draft"),
    "active": noop("for sale"),
    "hidden": noop("hidden"),
    "archived": noop("archived"),
}


def list_screen(page: GoodsPage, t: Translator, *, shelf: Shelf = Shelf.ALL) -> Screen:
    """The products of a shelf, the newest first."""
    title = t("<b>Products</b>")
    hint = t("Send me a photo with a caption, and I make a product of it.")
    if not page.cards:
        hint = t("Nothing here yet. Send me a photo: the first line of its caption is the title, add a price.")
    shelves = tuple(
        Button(f"✅ {t.label(words)}" if each == shelf else t.label(words), ListGoods(shelf=each))
        for each, words in _SHELF.items()
    )
    more = (Button(t.label("Next ▶"), ListGoods(shelf=shelf, before=page.after)),) if page.after else ()
    ways = (Button(t.label("➕ Add"), AddGoods()), Button(t.label("🔎 Find"), FindGoods()))
    file = (Button(t.label("📄 As a file"), ShowGoodsFile()),)
    rows = (*_products(page.cards, t), more, *in_rows(shelves, 2), ways, file)
    return Screen(Markup("\n").join([title, hint]), filled(rows))


def found_screen(page: GoodsPage, words: str, t: Translator) -> Screen:
    """What was found by a name or a SKU."""
    text = t("<b>Products with “{words}”</b>", words=shortened(words, 60))
    if not page.cards:
        text += t("\nNothing. Try a part of the name, or the SKU.")
    elif page.after:
        text += t("\nThere are more: add a word.")
    ways = (Button(t.label("🔎 Find"), FindGoods()), back(ListGoods(), t))
    return Screen(text, filled((*_products(page.cards, t), ways)))


def _products(cards: Sequence[GoodsCard], t: Translator) -> tuple[tuple[Button, ...], ...]:
    buttons = [
        Button(
            shortened(f"{_MARK.get(card.status, '')}{t.pick(card.title) or t.label('(no title yet)')}"),
            ShowGoods(product_id=card.id),
        )
        for card in cards
    ]
    return in_rows(buttons, 2)


def choose_category_screen(goods: Goods, categories: Sequence[CategoryView], t: Translator) -> Screen:
    """Where the product should stand."""
    text = t("<b>{title}</b>\nIn which category?", title=goods_title(goods, t))
    buttons = [
        Button(
            shortened(f"{'✅ ' if each.id == goods.category.id else ''}{each.emoji} {t.pick(each.title)}".strip()),
            MoveGoods(product_id=goods.id, version=goods.version, category_id=each.id),
        )
        for each in categories
    ]
    return Screen(text, (*in_rows(buttons, 2), (back(ShowGoods(product_id=goods.id), t),)))


def texts_screen(goods: Goods, t: Translator) -> Screen:
    """What the product is called and how it is described in every language of the shop."""
    seen = {"product_id": goods.id, "version": goods.version}
    lines, rows = [], []
    for code, name in LANGUAGE_NAMES.items():
        title = goods.title.get(code) or t.label("missing")
        told = shortened(goods.description.get(code, "").replace("\n", " "), 80) or t.label("no description")
        lines.append(t("<b>{language}</b>: {title}\n{text}", language=name, title=title, text=told))
        title_label = t.label("{language}: title", language=name)
        text_label = t.label("{language}: text", language=name)
        rows.append(
            (
                Button(title_label, AskTitle(**seen, language=code)),
                Button(text_label, AskDescription(**seen, language=code)),
            )
        )
    return Screen(Markup("\n\n").join(lines), (*rows, (back(ShowGoods(product_id=goods.id), t),)))


def clear_button(goods: Goods, language: str, t: Translator) -> Button:
    """Takes a description back instead of writing another."""
    clear = ClearDescription(product_id=goods.id, version=goods.version, language=language)
    return Button(t.label("Remove it"), clear, style=Style.DANGER)


def picture_screen(goods: Goods, place: int, t: Translator) -> Screen:
    """One of the product's pictures, with what can be done with it."""
    here, seen = ShowGoods(product_id=goods.id), {"product_id": goods.id, "version": goods.version}
    count = len(goods.pictures)
    add = Button(t.label("Add a picture"), AskGoods(**seen, ask=Ask.PICTURE))
    if not count:
        return Screen(t("<b>{title}</b>\nNo picture yet.", title=goods_title(goods, t)), ((add,), (back(here, t),)))
    place = min(place, count - 1)
    text = t(
        "<b>{title}</b>\nPicture {n} of {count}. The first one stands in lists.",
        title=goods_title(goods, t),
        n=place + 1,
        count=count,
    )
    turning = [
        Button("◀", ShowPicture(product_id=goods.id, place=(place - 1) % count)),
        Button("▶", ShowPicture(product_id=goods.id, place=(place + 1) % count)),
    ]
    cover = [Button(t.label("Make it the first"), MakeCover(**seen, place=place))] if place else []
    remove = Button(t.label("Remove it"), RemovePicture(**seen, place=place), style=Style.DANGER)
    rows = (turning if count > 1 else (), cover, (add,) if count < MAXIMUM else (), (remove,), (back(here, t),))
    return Screen(text, filled(rows), picture=goods.pictures[place])


def history_screen(goods: Goods, entries: Sequence[AuditEntry], t: Translator, zone: str) -> Screen:
    """Who changed what, the newest last."""
    told = [_entry(each, goods, t, zone) for each in entries]
    lines = [each for each in told if each is not None] or [t("Nothing was changed yet.")]
    text = Markup("\n").join([t("<b>{title}</b>: who changed what", title=goods_title(goods, t)), Markup(""), *lines])
    return Screen(text, ((back(ShowGoods(product_id=goods.id), t),),))


def _entry(entry: AuditEntry, goods: Goods, t: Translator, zone: str) -> Markup | None:
    told = _deed(entry, goods, t)
    if told is None:
        return None
    who = entry.actor_name or t.label("the shop")
    return t("{time} · {name}: {deed}", time=moment(entry.at, t.language, zone), name=shortened(who, 30), deed=told)


def _deed(entry: AuditEntry, goods: Goods, t: Translator) -> str | None:
    details: dict[str, Any] = entry.details
    match entry.action:
        case "drafted":
            return t.label("made it")
        case "priced":
            before, after = (_price(details.get(key), goods, t) for key in ("before", "after"))
            return t.label("price {before} → {after}", before=before, after=after)
        case "status_changed" | "archived":
            state = _STATE.get(str(details.get("after", "archived")))
            return t.label("now {state}", state=t.label(state)) if state else None
        case "stock_receive" | "stock_adjust":
            reason = f" ({details['reason']})" if details.get("reason") else ""
            return t.label("stock {difference}{reason}", difference=f"{details['difference']:+d}", reason=reason)
        case "edited":
            field = _FIELD.get(str(details.get("field")))
            return t.label("changed: {field}", field=t.label(field)) if field else None
        case "sized":
            return t.label("sizes: {sizes}", sizes=details.get("after", ""))
        case "picture_added" | "picture_removed" | "picture_moved":
            return t.label("changed: {field}", field=t.label("pictures"))
        case _:
            return None


def _price(amount_minor: object, goods: Goods, t: Translator) -> str:
    return money(amount_minor, goods.currency, t.language) if isinstance(amount_minor, int) else t.label("none")
