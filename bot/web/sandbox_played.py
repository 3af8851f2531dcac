"""The sandbox bank's page when it plays a provider: the way a buyer goes there, step by step, and plainly a sandbox all along."""

from datetime import datetime

from markupsafe import Markup
from starlette.responses import Response

from bot.ui.format import money
from bot.ui.i18n import Translator
from bot.ui.pay_methods import method_label
from bot.web import sandbox_parts as parts
from bot.web.pages import page
from bot.web.sandbox_manners import Manner, Step
from store.payments.sandbox_books import Page

# White cards on the provider's own ground, light in every browser, as theirs are.
_STYLE = Markup("""
:root {{ color-scheme: light; --paper: {paper}; --card: #fff; --ink: #1f2328; --soft: #57606a; --line: #d8dde3; --go: {go}; --go-ink: #fff;
  --stop: #b3261e; --warn: #fff3cd; --warn-ink: #614700; --warn-line: #e6c35c }}
.bar {{ padding: .9rem 1rem; background: {bar}; color: #fff; text-align: center; font-weight: 700 }}
.step {{ margin: 0; color: var(--soft); font-size: .875rem }}
.played h2 {{ margin: .25rem 0 0; font-size: 1.25rem; color: var(--ink) }}
.played .amount {{ text-align: center; margin: 1rem 0 }}
.rows {{ display: grid; grid-template-columns: auto 1fr; gap: .6rem 1rem; margin: 1rem 0 0; padding: 1rem 0; border-block: 1px solid var(--line) }}
.rows dt {{ color: var(--soft) }} .rows dd {{ margin: 0; text-align: end; font-weight: 600 }}
.dots {{ margin: 1rem 0 0; text-align: center; font-size: 1.75rem; letter-spacing: .5rem; color: var(--soft) }}
details {{ margin-top: 1.25rem; color: var(--soft) }} summary {{ cursor: pointer; padding: .5rem 0 }}
""")
_WIDE = Markup("""
@media (min-width: 44rem) {
  main { max-width: 52rem } .played { display: grid; grid-template-columns: 1fr 1.2fr; gap: 2.5rem } .played .amount { text-align: start; margin: .5rem 0 }
}
""")


def played(wanted: Page, manner: Manner, step: int, t: Translator, *, now: datetime) -> Response:
    """The page at *step* (from 1); what is over stands there at every step."""
    brand = method_label(wanted.gateway, t)
    body = Markup('<div class="card played"><div>{what}</div><div>{way}</div></div>{footer}').format(
        what=_what(wanted, t), way=_way(wanted, manner, step, t, now=now), footer=parts.footer(wanted, t)
    )
    bar = Markup('<div class="bar">{}</div>').format(brand)
    style = _STYLE.format(bar=manner.bar, go=manner.go, paper=manner.paper) + (_WIDE if manner.is_wide else "")
    return page(brand, body, t, banner=parts.banner(t) + bar, style=style)


def _what(wanted: Page, t: Translator) -> Markup:
    missing = max(0, wanted.amount_minor - wanted.captured_minor) or wanted.amount_minor
    amount = money(missing, wanted.currency, t.language)
    return Markup('<h1>{}</h1><p class="amount">{}</p>').format(wanted.title, amount)


def _way(wanted: Page, manner: Manner, number: int, t: Translator, *, now: datetime) -> Markup:
    told = parts.result(wanted, t, now=now, done=t(manner.done), refused=t(manner.refused))
    if (ending := parts.ending(wanted, t, now=now)) is not None:
        return told + ending
    number = min(max(number, 1), len(manner.steps))
    step = manner.steps[number - 1]
    is_last = number == len(manner.steps)
    go = _said(step.go, wanted, t)
    onward = parts.button(wanted, "pay", go, "primary") if is_last else _link(number + 1, go)
    turning_back = parts.button(wanted, "decline", t(manner.no), "danger")
    awkward = Markup("<details><summary>{}</summary>{}</details>").format(
        t("Customers also do this"), parts.mischief(wanted, t)
    )
    return told + _step(step, number, len(manner.steps), wanted, t) + parts.group(onward, turning_back) + awkward


def _step(step: Step, number: int, steps: int, wanted: Page, t: Translator) -> Markup:
    rows = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(_said(name, wanted, t), _said(value, wanted, t))
        for name, value in step.rows
    )
    # Nothing is typed here, least of all a password: the dots are all there is.
    dots = Markup('<p class="dots" aria-hidden="true">••••••</p>') if step.has_password else Markup()
    return Markup('<p class="step">{}</p><h2>{}</h2><dl class="rows">{}</dl>{}').format(
        t("Step {n} of {all}", n=number, all=steps), _said(step.title, wanted, t), rows, dots
    )


def _link(step: int, label: Markup) -> Markup:
    return Markup('<a class="button primary" href="?step={}">{}</a>').format(step, label)


def _said(text: str, wanted: Page, t: Translator) -> Markup:
    """What stands for itself in the table's texts is put in; what the table only quotes is not translated."""
    amount = money(wanted.amount_minor - wanted.captured_minor, wanted.currency, t.language)
    if text in ("{shop}", "{reference}", "{amount}"):
        return Markup("{}").format({"shop": wanted.title, "reference": wanted.ref, "amount": amount}[text[1:-1]])
    return t(text, shop=wanted.title, reference=wanted.ref, amount=amount)
