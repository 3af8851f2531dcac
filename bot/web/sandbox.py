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
from bot.web import sandbox_parts as parts
from bot.web.pages import language_of, page
from bot.web.sandbox_manners import MANNERS
from bot.web.sandbox_played import played
from store.payments.sandbox_bank import SandboxBank
from store.payments.sandbox_books import Page, PageClosed, UnknownPage

Clock = Callable[[], datetime]
Endpoint = Callable[[Request], Awaitable[Response]]


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
        if (manner := MANNERS.get(wanted.gateway)) is not None:
            return played(wanted, manner, _step(request), t, now=clock())
        body = Markup('<div class="card">{what}{result}{actions}</div>{footer}').format(
            what=_what(wanted, t),
            result=_result(wanted, t, now=clock()),
            actions=_actions(wanted, t, now=clock()),
            footer=parts.footer(wanted, t),
        )
        return page(t.label("Sandbox payment"), body, t, banner=parts.banner(t))

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


def _step(request: Request) -> int:
    """At which step of a played provider's way the buyer is; anybody may write anything there."""
    step = request.query_params.get("step", "1")
    return int(step) if step.isdecimal() and len(step) == 1 else 1


def _unknown(t: Translator) -> Response:
    text = t("There is nothing to pay at this address.")
    body = Markup('<div class="card"><p>{}</p></div>').format(text)
    return page(t.label("Sandbox payment"), body, t, banner=parts.banner(t), status=404)


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
    done, refused = t("Paid. You can go back to the shop."), t("The card was declined. No money has moved.")
    return parts.result(wanted, t, now=now, done=done, refused=refused)


def _actions(wanted: Page, t: Translator, *, now: datetime) -> Markup:
    if (ending := parts.ending(wanted, t, now=now)) is not None:
        return ending
    missing = money(wanted.amount_minor - wanted.captured_minor, wanted.currency, t.language)
    first = parts.group(
        parts.button(wanted, "pay", t("Pay {amount}", amount=missing), "primary"),
        parts.button(wanted, "decline", t("Decline the card"), "danger"),
    )
    return Markup("{}<h2>{}</h2>{}").format(first, t("Customers also do this"), parts.mischief(wanted, t))
