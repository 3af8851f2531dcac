"""The morning's message to the staff: how the day before was."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time

from markupsafe import Markup

from bot.ui.chart import bar_chart
from bot.ui.format import day as day_name
from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.screen import Screen
from store.day_report import DayReport
from store.models.base import Texts
from store.money import to_decimal

# Below a picture there is room for 1024 signs: with many currencies titles are shorter.
_FEW, _TITLE_MAX, _SHORT_TITLE_MAX = 2, 60, 16


def day_report_screen(report: DayReport, t: Translator) -> Screen:
    """The picture shows the week, the words say everything that matters."""
    named = day_name(datetime.combine(report.day, time(12), tzinfo=UTC), t.language, "UTC")
    sales = money(report.sales_minor, report.currency, t.language)
    orders = t.n("{n} order, {sales}", "{n} orders, {sales}", report.orders, sales=sales)
    lines = [t("📊 <b>{day}</b>", day=named), orders]
    for each in (other for other in report.others if other.orders):
        sales = money(each.sales_minor, each.currency, t.language)
        lines.append(t.n("{n} order, {sales}", "{n} orders, {sales}", each.orders, sales=sales))
    if back := _sums(report.currency, report.refunded_minor, {m.currency: m.refunded_minor for m in report.others}, t):
        lines.append(t("↩️ Given back: {price}", price=back))
    title_max = _TITLE_MAX if len(report.others) <= _FEW else _SHORT_TITLE_MAX
    lines += _list(t("<b>Sold best</b>"), report.top, title_max, t)
    lines += _list(t("<b>Running out</b>"), report.low, title_max, t)
    if report.late_count:
        lines += [Markup(""), _late(report, t)]
    own = sum(sales for _, sales in report.week)
    week = _sums(report.currency, own, {m.currency: m.week_minor for m in report.others}, t)
    lines += [Markup(""), t("Seven days: {price}", price=week or money(0, report.currency, t.language))]
    bars = [(f"{each:%d.%m}", sales, _short(sales, report.currency)) for each, sales in report.week]
    return Screen(Markup("\n").join(lines), picture=bar_chart(bars), fresh=True)


def _sums(own: str, own_minor: int, others: Mapping[str, int], t: Translator) -> str:
    """One after another: no rate makes one of them. Empty where there is nothing."""
    sums = {own: own_minor, **others}
    return ", ".join(money(minor, currency, t.language) for currency, minor in sums.items() if minor)


def _list(head: Markup, rows: Sequence[tuple[Texts, int]], title_max: int, t: Translator) -> list[Markup]:
    if not rows:
        return []
    return [Markup(""), head, *(t("• {title}: {n}", title=t.pick(title)[:title_max], n=count) for title, count in rows)]


def _late(report: DayReport, t: Translator) -> Markup:
    numbers = Markup(", ").join(t("<code>{number}</code>", number=number) for number in report.late)
    if more := report.late_count - len(report.late):
        numbers = Markup(" ").join((numbers, t.n("… and {n} more", "… and {n} more", more)))
    return t("🕰 Late parcels: {numbers}", numbers=numbers)


def _short(minor: int, currency: str) -> str:
    """Whole units, in digits: 1999 cents are 20."""
    return f"{round(to_decimal(minor, currency)):,}" if minor else ""
