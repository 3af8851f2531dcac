"""Opening hours as people read them: days that share their hours stand together."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from babel.dates import format_date
from markupsafe import Markup

from bot.ui.buttons import back, in_rows
from bot.ui.format import _BABEL as BABEL
from bot.ui.i18n import Translator
from bot.ui.screen import Button, Screen, Style
from bot.ui.seller import SellerView
from bot.ui.shop_callbacks import AskHours, CloseDays, Days, OpenAlways, ShowHours, ShowShop
from bot.ui.states import Awaiting
from store.hours import DAYS
from store.models.base import Hours

_MONDAY = date(2026, 3, 2)


def day_name(day: str, t: Translator) -> str:
    """Mon"""
    return format_date(_MONDAY + timedelta(days=int(day)), "EEE", locale=BABEL.get(t.language, t.language))


def hours_in_short(hours: Hours | None, t: Translator) -> str:
    """Mon–Fri 09:00–18:00, Sat 10:00–14:00"""
    if hours is None:
        return t.label("always")
    return ", ".join(f"{days} {spans}" for days, spans in _runs(hours, t) if spans)


def _runs(hours: Hours, t: Translator) -> Iterator[tuple[str, str]]:
    """Neighbouring days with the same hours, and these hours; empty for days when it is closed."""
    for spans, group in groupby(DAYS, key=lambda day: hours.get(day, [])):
        days = list(group)
        first, last = day_name(days[0], t), day_name(days[-1], t)
        yield first if len(days) == 1 else f"{first}–{last}", ", ".join(f"{start}–{end}" for start, end in spans)


def hours_screen(seller: SellerView, t: Translator, *, note: str = "") -> Screen:
    """The week, and which days to change."""
    head = t("<i>{note}</i>\n", note=note) if note else None
    if seller.opening_hours is None:
        lines = [t("Open always: orders are taken at any time.")]
    else:
        runs = list(_runs(seller.opening_hours, t))
        lines = [t("{days}: {hours}", days=days, hours=spans or t.label("closed")) for days, spans in runs]
    hint = t("\nFor which days shall I change it?")
    text = Markup("\n").join([*([head] if head else []), t("<b>🕐 Opening hours</b>"), *lines, hint])
    days = [Button(day_name(day, t), AskHours(days=Days(day))) for day in DAYS]
    more = (
        Button(t.label("Mon to Fri"), AskHours(days=Days.WORKING)),
        Button(t.label("Every day"), AskHours(days=Days.EVERY)),
    )
    always = (Button(t.label("Open always"), OpenAlways()),)
    return Screen(text, (*in_rows(days, 4), more, always, (back(ShowShop(), t),)))


def ask_hours_screen(days: Days, t: Translator) -> Screen:
    name = ", ".join(day_name(day, t) for day in days.value)
    text = t(
        "<b>{days}</b>\nFrom when to when are you open? Send it like <code>9-18</code>, or with a break <code>9:00-13:00, 14:00-18:00</code>.",
        days=name,
    )
    close = Button(t.label("Closed"), CloseDays(days=days), style=Style.DANGER)
    return Screen(text, ((back(ShowHours(), t), close),), awaits=Awaiting.SHOP)
