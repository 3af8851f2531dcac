"""The categories for the owner: their order, their names, what stands in them."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.ui.buttons import back, filled, in_rows, shortened
from bot.ui.i18n import LANGUAGE_NAMES, Translator
from bot.ui.screen import Button, Screen, Style
from bot.ui.shop import asking
from bot.ui.shop_callbacks import (
    AskCategoryTitle,
    AskEmoji,
    AskShop,
    ChooseTarget,
    EmptyInto,
    HideCategory,
    ListCategories,
    MoveCategory,
    RemoveCategory,
    ShopField,
    ShowShelf,
    ShowShop,
)
from store.categories import CategoryRow


def category_name(row: CategoryRow, t: Translator) -> str:
    return f"{row.view.emoji} {t.pick(row.view.title)}".strip()


def shelves_screen(rows: Sequence[CategoryRow], t: Translator) -> Screen:
    """All categories in the shop's order."""
    lines = [_line(row, t) for row in rows] or [t("No category yet. The first product makes one.")]
    buttons = [Button(shortened(category_name(row, t)), ShowShelf(category_id=row.view.id)) for row in rows]
    add = Button(t.label("➕ New category"), AskShop(field=ShopField.CATEGORY))
    text = Markup("\n").join([t("<b>🗂 Categories</b>"), *lines])
    return Screen(text, (*in_rows(buttons, 2), (add,), (back(ShowShop(), t),)))


def _line(row: CategoryRow, t: Translator) -> Markup:
    name, count = shortened(category_name(row, t), 30), row.count
    line = t.n("• {name}: {n} product", "• {name}: {n} products", count, name=name)
    return line + t(" (hidden)") if row.is_hidden else line


def shelf_screen(row: CategoryRow, t: Translator, *, note: str = "") -> Screen:
    """One category."""
    category_id = row.view.id
    head = t("<i>{note}</i>\n", note=note) if note else None
    names = [
        t("{language}: {title}", language=name, title=row.view.title.get(code) or t.label("missing"))
        for code, name in LANGUAGE_NAMES.items()
    ]
    parts = [head, _line(row, t), Markup(""), *names]
    hide = t.label("Show it again") if row.is_hidden else t.label("🙈 Hide")
    empty = (Button(t.label("Move its products"), ChooseTarget(category_id=category_id)),)
    remove = (Button(t.label("Remove it"), RemoveCategory(category_id=category_id), style=Style.DANGER),)
    rows = (
        tuple(
            Button(f"✏️ {name}", AskCategoryTitle(category_id=category_id, language=code))
            for code, name in LANGUAGE_NAMES.items()
        ),
        (
            Button(t.label("▲ Up"), MoveCategory(category_id=category_id, is_up=True)),
            Button(t.label("▼ Down"), MoveCategory(category_id=category_id, is_up=False)),
        ),
        (
            Button(t.label("Emoji"), AskEmoji(category_id=category_id)),
            Button(hide, HideCategory(category_id=category_id, is_hidden=not row.is_hidden)),
        ),
        empty if row.count else remove,
        (back(ListCategories(), t),),
    )
    return Screen(Markup("\n").join(part for part in parts if part is not None), filled(rows))


def target_screen(row: CategoryRow, others: Sequence[CategoryRow], t: Translator) -> Screen:
    """Where the products should go, before the category can be removed."""
    text = t("<b>{name}</b>\nTo which category shall its products move?", name=category_name(row, t))
    buttons = [
        Button(shortened(category_name(each, t)), EmptyInto(category_id=row.view.id, other_id=each.view.id))
        for each in others
        if each.view.id != row.view.id
    ]
    return Screen(text, (*in_rows(buttons, 2), (back(ShowShelf(category_id=row.view.id), t),)))


def ask_category_title_screen(row: CategoryRow, language: str, t: Translator) -> Screen:
    question = t(
        "<b>{name}</b>\nWhat is it called in {language}?", name=category_name(row, t), language=LANGUAGE_NAMES[language]
    )
    return asking(question, t, back(ShowShelf(category_id=row.view.id), t))


def ask_emoji_screen(row: CategoryRow, t: Translator) -> Screen:
    question = t("<b>{name}</b>\nWhich emoji stands before it? Send one.", name=category_name(row, t))
    return asking(question, t, back(ShowShelf(category_id=row.view.id), t))
