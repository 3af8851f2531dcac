"""Who may talk to the demo: this machine, and pages that the demo itself has served."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOCAL_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
READS: Final = frozenset({"GET", "HEAD"})
BODY_MAX_BYTES: Final = 256 * 1024
# A file of `bodies.FILE_MAX_BYTES` in base64, and some words.
ATTACHING: Final = "/demo/attach"
ATTACHED_MAX_BYTES: Final = 8 * 1024 * 1024

PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


class LocalOnly:
    """Refuses what a foreign web page could make a browser send here.

    The Host header must name this machine: a foreign name that was pointed at 127.0.0.1 (DNS rebinding) names another.
    What changes something must not come from a page of another origin; the demo's own calls must say where they come from.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reason = why_not(scope["method"], scope["path"], Headers(scope=scope))
        answer: ASGIApp = PlainTextResponse(reason, 403) if reason else self._app
        await answer(scope, receive, send)


def why_not(method: str, path: str, headers: Headers) -> str | None:
    """None for a request that may pass."""
    if _name(headers.get("host", "")) not in LOCAL_NAMES:
        return "The demo answers only to this machine."
    if method in READS:
        return None
    if _is_from_elsewhere(headers):
        return "Another page may not act here."
    return _why_not_ours(path, headers) if path.startswith("/demo/") else None


def _is_from_elsewhere(headers: Headers) -> bool:
    """A page without referrers (the pay page) sends the origin "null", as a hostile one may: then the browser's own word counts."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and not _is_ours(origin, headers)


def _is_ours(origin: str | None, headers: Headers) -> bool:
    return origin == f"http://{headers.get('host', '')}"


def _why_not_ours(path: str, headers: Headers) -> str | None:
    if not _is_ours(headers.get("origin"), headers):
        return "Only the demo's own page may act here."
    if not headers.get("content-type", "").startswith("application/json"):
        return "Only JSON is understood here."
    length = headers.get("content-length", "")
    most = ATTACHED_MAX_BYTES if path == ATTACHING else BODY_MAX_BYTES
    return None if length.isdigit() and int(length) <= most else "This is too much."


def _name(host: str) -> str:
    """Without the port."""
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
