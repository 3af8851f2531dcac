"""The morning's message to the staff: how the day before was."""

from collections.abc import Sequence
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


def day_report_screen(report: DayReport, t: Translator) -> Screen:
    """The picture shows the week, the words say everything that matters."""
    named = day_name(datetime.combine(report.day, time(12), tzinfo=UTC), t.language, "UTC")
    sales = money(report.sales_minor, report.currency, t.language)
    orders = t.n("{n} order, {sales}", "{n} orders, {sales}", report.orders, sales=sales)
    lines = [t("📊 <b>{day}</b>", day=named), orders]
    if report.refunded_minor:
        lines.append(t("↩️ Given back: {price}", price=money(report.refunded_minor, report.currency, t.language)))
    lines += _list(t("<b>Sold best</b>"), report.top, t)
    lines += _list(t("<b>Running out</b>"), report.low, t)
    if report.late_count:
        lines += [Markup(""), _late(report, t)]
    week = sum(sales for _, sales in report.week)
    lines += [Markup(""), t("Seven days: {price}", price=money(week, report.currency, t.language))]
    bars = [(f"{each:%d.%m}", sales, _short(sales, report.currency)) for each, sales in report.week]
    return Screen(Markup("\n").join(lines), picture=bar_chart(bars), fresh=True)


def _list(head: Markup, rows: Sequence[tuple[Texts, int]], t: Translator) -> list[Markup]:
    if not rows:
        return []
    return [Markup(""), head, *(t("• {title}: {n}", title=t.pick(title)[:60], n=count) for title, count in rows)]


def _late(report: DayReport, t: Translator) -> Markup:
    numbers = Markup(", ").join(t("<code>{number}</code>", number=number) for number in report.late)
    if more := report.late_count - len(report.late):
        numbers = Markup(" ").join((numbers, t.n("… and {n} more", "… and {n} more", more)))
    return t("🕰 Late parcels: {numbers}", numbers=numbers)


def _short(minor: int, currency: str) -> str:
    """Whole units, in digits: 1999 cents are 20."""
    return f"{round(to_decimal(minor, currency)):,}" if minor else ""
