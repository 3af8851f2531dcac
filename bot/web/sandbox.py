"""The sandbox bank's pay page: where somebody who tries the shop plays the customer's card."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.ui.format import moment, money
from bot.ui.i18n import Translator
from bot.web.pages import language_of, page
from store.payments.sandbox_bank import SandboxBank
from store.payments.sandbox_books import Page, PageClosed, UnknownPage

Clock = Callable[[], datetime]
Endpoint = Callable[[Request], Awaitable[Response]]

_TICK = Markup(
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.5" aria-hidden="true"><path d="M4 12.5l5 5L20 6.5"/></svg>'
)
_CROSS = Markup(
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.5" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg>'
)
_HALF = Markup(
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.5" aria-hidden="true"><circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/></svg>'
)


def routes(bank: SandboxBank, clock: Clock) -> list[Route]:
    return [
        Route("/sandbox/pay/{ref}", _show(bank, clock), methods=["GET"]),
        Route("/sandbox/pay/{ref}/{action}", _act(bank, clock), methods=["POST"]),
    ]


def _show(bank: SandboxBank, clock: Clock) -> Endpoint:
    async def show(request: Request) -> Response:
        t = language_of(request)
        try:
            wanted = bank.page(request.path_params["ref"])
        except UnknownPage:
            return _unknown(t)
        body = Markup('<div class="card">{what}{result}{actions}</div>{footer}').format(
            what=_what(wanted, t),
            result=_result(wanted, t, now=clock()),
            actions=_actions(wanted, t, now=clock()),
            footer=_footer(wanted, t),
        )
        return page(t.label("Sandbox payment"), body, t, banner=_banner(t))

    return show


def _act(bank: SandboxBank, clock: Clock) -> Endpoint:
    actions: Mapping[str, Callable[..., Awaitable[None]]] = {
        "pay": bank.pay,
        "decline": bank.fail,
        "twice": bank.pay_twice,
        "short": bank.pay_short,
        "late": bank.pay_late,
        "repeat": bank.repeat,
    }

    async def act(request: Request) -> Response:
        ref, action = request.path_params["ref"], actions.get(request.path_params["action"])
        try:
            if action is None:
                raise UnknownPage(ref)
            await action(ref, now=clock())
        except UnknownPage:
            return _unknown(language_of(request))
        except PageClosed:
            pass  # the page that is shown next says so
        return RedirectResponse(f"/sandbox/pay/{quote(ref)}", status_code=303)

    return act


def _banner(t: Translator) -> Markup:
    text = t("<strong>Sandbox</strong> – no real money moves here")
    return Markup('<div class="banner" role="note">{}</div>').format(text)


def _unknown(t: Translator) -> Response:
    text = t("There is nothing to pay at this address.")
    body = Markup('<div class="card"><p>{}</p></div>').format(text)
    return page(t.label("Sandbox payment"), body, t, banner=_banner(t), status=404)


def _what(wanted: Page, t: Translator) -> Markup:
    return Markup('<h1>{title}</h1><p class="amount">{amount}</p>{until}').format(
        title=wanted.title,
        amount=money(wanted.amount_minor, wanted.currency, t.language),
        until=_until(wanted, t),
    )


def _until(wanted: Page, t: Translator) -> Markup:
    if wanted.expires_at is None or wanted.is_paid:
        return Markup()
    until = moment(datetime.fromisoformat(wanted.expires_at), t.language, "UTC")
    return Markup('<p class="soft">{}</p>').format(t("To be paid until {moment} (UTC)", moment=until))


def _result(wanted: Page, t: Translator, *, now: datetime) -> Markup:
    paid = money(wanted.captured_minor, wanted.currency, t.language)
    if wanted.captured_minor > wanted.amount_minor:
        return _box("fair", _HALF, t("{amount} paid: more than was asked for", amount=paid))
    if wanted.is_paid:
        return _box("good", _TICK, t("Paid. You can go back to the shop."))
    if wanted.is_declined:
        return _box("bad", _CROSS, t("The card was declined. No money has moved."))
    if not wanted.is_open(now):
        return _box("bad", _CROSS, t("This page takes no more payments."))
    if wanted.captured_minor:
        return _box("fair", _HALF, t("{amount} paid, the rest is missing", amount=paid))
    return Markup()


def _box(kind: str, icon: Markup, text: Markup) -> Markup:
    return Markup('<div class="result {}" role="status">{}<span>{}</span></div>').format(kind, icon, text)


def _actions(wanted: Page, t: Translator, *, now: datetime) -> Markup:
    is_open = wanted.is_open(now)
    back = _back(wanted, t)
    if wanted.is_paid:
        return _group(back, _button(wanted, "repeat", t("Send the notification again")))
    if not is_open:
        return _group(back, _button(wanted, "late", t("Pay all the same, too late"), "danger"))
    missing = money(wanted.amount_minor - wanted.captured_minor, wanted.currency, t.language)
    first = _group(
        _button(wanted, "pay", t("Pay {amount}", amount=missing), "primary"),
        _button(wanted, "decline", t("Decline the card"), "danger"),
    )
    awkward = Markup('<div class="actions pair">{}{}{}</div>').format(
        _button(wanted, "twice", t("Pay twice")),
        _button(wanted, "short", t("Pay half")),
        _button(wanted, "late", t("Pay too late (when the time is up)"), is_disabled=True),
    )
    return Markup("{}<h2>{}</h2>{}").format(first, t("Customers also do this"), awkward)


def _group(*parts: Markup) -> Markup:
    return Markup('<div class="actions">{}</div>').format(Markup("").join(parts))


def _button(wanted: Page, action: str, label: Markup, kind: str = "", *, is_disabled: bool = False) -> Markup:
    return Markup('<form method="post" action="{}" class="{}"><button class="{}"{}>{}</button></form>').format(
        f"/sandbox/pay/{wanted.ref}/{action}",
        "wide" if is_disabled else "",
        kind,
        Markup(" disabled") if is_disabled else "",
        label,
    )


def _back(wanted: Page, t: Translator) -> Markup:
    # The address came through the shop; a page never links to anything but the web and Telegram.
    if wanted.return_url is None or not wanted.return_url.startswith(("https://", "http://", "tg://")):
        return Markup()
    label = t("Back to the shop")
    return Markup('<a class="button primary" href="{}" rel="noreferrer">{}</a>').format(wanted.return_url, label)


def _footer(wanted: Page, t: Translator) -> Markup:
    return Markup('<footer class="soft">{}</footer>').format(t("Reference {reference}", reference=wanted.ref))
