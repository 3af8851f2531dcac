"""The few pages that a customer sees in a browser: one file each, no script, no asset, nothing fetched from anywhere."""

import base64
import hashlib
from functools import cache

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.ui.i18n import Translator, translator

_STYLE = Markup("""
:root { color-scheme: light dark; --paper: #f4f2ee; --card: #fff; --ink: #1f2328; --soft: #5c636b; --line: #dedad2;
  --go: #1a7f4b; --go-ink: #fff; --stop: #b3261e; --warn: #fff3cd; --warn-ink: #614700; --warn-line: #e6c35c }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --card: #1e2327; --ink: #eceff1; --soft: #a3abb2;
  --line: #353c42; --go: #3ecf8e; --go-ink: #06251a; --stop: #ff8a80; --warn: #3a3006; --warn-ink: #ffe08a; --warn-line: #7a6518 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", sans-serif }
.banner { padding: .6rem 1rem; background: var(--warn); color: var(--warn-ink); border-bottom: 1px solid var(--warn-line); text-align: center }
main { max-width: 27rem; margin: 0 auto; padding: clamp(1rem, 6vh, 4rem) 1rem 2rem }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: 1.5rem; box-shadow: 0 1px 2px #0001, 0 8px 24px #0000000f }
h1 { margin: 0; font-size: 1rem; font-weight: 600; color: var(--soft) }
.amount { margin: .25rem 0 0; font-size: 2.5rem; line-height: 1.15; font-weight: 700; letter-spacing: -.02em; font-variant-numeric: tabular-nums }
.soft { color: var(--soft); font-size: .875rem }
.result { display: flex; gap: .75rem; align-items: center; margin: 1.25rem 0; padding: .9rem 1rem; border-radius: .75rem; border: 1px solid currentColor; font-weight: 600 }
.result svg { flex: none; width: 1.5rem; height: 1.5rem }
.good { color: var(--go) } .bad { color: var(--stop) } .fair { color: var(--warn-ink); background: var(--warn); border-color: var(--warn-line) }
.actions { display: grid; gap: .6rem; margin-top: 1.25rem }
button, .button { display: block; width: 100%; min-height: 3rem; padding: .7rem 1rem; border-radius: .75rem; border: 1px solid var(--line); background: transparent;
  color: inherit; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer }
button:hover, .button:hover { border-color: currentColor }
button:disabled { opacity: .5; cursor: not-allowed; border-color: var(--line) }
.primary { background: var(--go); border-color: var(--go); color: var(--go-ink) }
.danger { color: var(--stop) }
button:focus-visible, .button:focus-visible { outline: 3px solid var(--go); outline-offset: 2px }
h2 { margin: 1.75rem 0 0; font-size: .875rem; color: var(--soft); font-weight: 600 }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem } .pair > .wide { grid-column: 1 / -1 }
.stand { margin: .25rem 0 0; font-size: 1.5rem; line-height: 1.25; font-weight: 700 }
.way { display: grid; grid-template-columns: repeat(4, 1fr); margin: 1.25rem 0 .5rem; padding: 0; list-style: none; font-size: .75rem; text-align: center; color: var(--soft) }
.way li { position: relative; padding: 1.6rem .15rem 0 } .way li::before { content: ""; position: absolute; top: .55rem; left: 0; right: 0; height: 3px; background: var(--line) }
.way li::after { content: ""; position: absolute; top: 0; left: calc(50% - .6rem); width: 1.2rem; height: 1.2rem; border-radius: 50%; background: var(--card); border: 3px solid var(--line) }
.way .on { color: var(--ink) } .way .on::before { background: var(--go) } .way .on::after { background: var(--go); border-color: var(--go) }
.way li:first-child::before { left: 50% } .way li:last-child::before { right: 50% }
.news { margin: .4rem 0 0; padding: 0; list-style: none } .news li { padding: .45rem 0; border-bottom: 1px solid var(--line) } .news time { color: var(--soft); margin-inline-end: .5rem; font-variant-numeric: tabular-nums }
a { color: inherit }
footer { margin-top: 1.25rem; text-align: center }
""")


@cache
def _headers(style: str) -> dict[str, str]:
    """The one style of the page is let in by its digest, and nothing else is."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def page(
    title: str,
    body: Markup,
    t: Translator,
    *,
    banner: Markup | None = None,
    status: int = 200,
    style: Markup | None = None,
) -> HTMLResponse:
    """A whole page around *body*; what *style* says wins over the style that all pages have."""
    whole = _STYLE + (style or "")
    document = Markup(
        '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><title>{title}</title><style>{style}</style></head><body>{banner}<main>{body}</main></body></html>'
    ).format(language=t.language, title=title, style=whole, banner=banner or "", body=body)
    return HTMLResponse(document, status_code=status, headers=_headers(str(whole)))


def language_of(request: Request) -> Translator:
    """The words of the browser's first language."""
    wanted = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()
    return translator(wanted or None)
