"""What every page of the sandbox bank is made of."""

from datetime import datetime

from markupsafe import Markup

from bot.ui.format import money
from bot.ui.i18n import Translator
from store.payments.sandbox_books import Page

_TICK = Markup(
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.5" aria-hidden="true"><path d="M4 12.5l5 5L20 6.5"/></svg>'
)
_CROSS = Markup(
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.5" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg>'
)
_HALF = Markup(
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.5" aria-hidden="true"><circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/></svg>'
)


def banner(t: Translator) -> Markup:
    text = t("<strong>Sandbox</strong> – no real money moves here")
    return Markup('<div class="banner" role="note">{}</div>').format(text)


def result(wanted: Page, t: Translator, *, now: datetime, done: Markup, refused: Markup) -> Markup:
    """What became of the page so far; *done* is how a full payment is told, *refused* how none is."""
    paid = money(wanted.captured_minor, wanted.currency, t.language)
    if wanted.captured_minor > wanted.amount_minor:
        return _box("fair", _HALF, t("{amount} paid: more than was asked for", amount=paid))
    if wanted.is_paid:
        return _box("good", _TICK, done)
    if wanted.is_declined:
        return _box("bad", _CROSS, refused)
    if not wanted.is_open(now):
        return _box("bad", _CROSS, t("This page takes no more payments."))
    if wanted.captured_minor:
        return _box("fair", _HALF, t("{amount} paid, the rest is missing", amount=paid))
    return Markup()


def ending(wanted: Page, t: Translator, *, now: datetime) -> Markup | None:
    """What can still be done where nothing is to be paid any more; None while something is."""
    if wanted.is_paid:
        return group(back(wanted, t), button(wanted, "repeat", t("Send the notification again")))
    if not wanted.is_open(now):
        return group(back(wanted, t), button(wanted, "late", t("Pay all the same, too late"), "danger"))
    return None


def mischief(wanted: Page, t: Translator) -> Markup:
    return Markup('<div class="actions pair">{}{}{}</div>').format(
        button(wanted, "twice", t("Pay twice")),
        button(wanted, "short", t("Pay half")),
        button(wanted, "late", t("Pay too late (when the time is up)"), is_disabled=True),
    )


def group(*parts: Markup) -> Markup:
    return Markup('<div class="actions">{}</div>').format(Markup("").join(parts))


def button(wanted: Page, action: str, label: Markup, kind: str = "", *, is_disabled: bool = False) -> Markup:
    return Markup('<form method="post" action="{}" class="{}"><button class="{}"{}>{}</button></form>').format(
        f"/sandbox/pay/{wanted.ref}/{action}",
        "wide" if is_disabled else "",
        kind,
        Markup(" disabled") if is_disabled else "",
        label,
    )


def back(wanted: Page, t: Translator) -> Markup:
    # The address came through the shop; a page never links to anything but the web and Telegram.
    if wanted.return_url is None or not wanted.return_url.startswith(("https://", "http://", "tg://")):
        return Markup()
    label = t("Back to the shop")
    return Markup('<a class="button primary" href="{}" rel="noreferrer">{}</a>').format(wanted.return_url, label)


def footer(wanted: Page, t: Translator) -> Markup:
    return Markup('<footer class="soft">{}</footer>').format(t("Reference {reference}", reference=wanted.ref))


def _box(kind: str, icon: Markup, text: Markup) -> Markup:
    return Markup('<div class="result {}" role="status">{}<span>{}</span></div>').format(kind, icon, text)
