"""What the staff is told besides orders: stock that runs out, updates that could not be handled."""

from bot.ui.i18n import Translator
from bot.ui.screen import Screen


def low_stock_screen(title: str, free: int, t: Translator) -> Screen:
    """Tells the staff that a variant is running out."""
    if free <= 0:
        return Screen(t("📉 <b>{title}</b> is sold out.", title=title))
    return Screen(t.n("📉 <b>{title}</b>: only {n} left.", "📉 <b>{title}</b>: only {n} left.", free, title=title))


def update_set_aside_screen(count: int, reference: str, t: Translator) -> Screen:
    """Tells the staff that somebody's message or press could not be handled; what it was stands in the log and in `dukkan updates list`."""
    text = t.n(
        "🧯 <b>Something that a person wrote or pressed could not be handled.</b>\nIt is set aside. For whoever runs the program: reference {reference}, <code>dukkan updates list</code>.",
        "🧯 <b>{n} things that people wrote or pressed could not be handled.</b>\nThey are set aside. For whoever runs the program: reference {reference}, <code>dukkan updates list</code>.",
        count,
        reference=reference,
    )
    return Screen(text)
