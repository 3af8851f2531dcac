"""`dukkan run`: the shop is open until somebody says stop."""

import asyncio
import contextlib
import gc
import logging
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from bot import database, roles, signals
from bot.app import App, build
from bot.logs import configure_logging
from bot.roles import Role
from bot.settings import Settings, SettingsError
from bot.timetable import DRAIN_S

log = logging.getLogger("dukkan")


def run(settings: Settings, parts: frozenset[Role] = roles.ALL) -> int:
    """The exit code: 0 after SIGTERM or SIGINT, when all that was begun is finished; 1 when the program itself broke.

    Raises: SettingsError for what keeps the shop from opening.
    """
    configure_logging(settings)
    roles.check(parts, settings)
    if Role.WEB not in parts:
        return asyncio.run(_run(settings, parts, None))
    with listening(settings) as listener:
        return asyncio.run(_run(settings, parts, listener))


@contextlib.contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Taken before anything else: whoever starts a second shop by accident learns it at once. Raises: SettingsError."""
    try:
        listener = _listener(settings.web_host, settings.web_port)
    except (OSError, UnicodeError) as error:
        why = (getattr(error, "strerror", None) or str(error)).partition(" (while")[0]
        told = f"{settings.web_host}:{settings.web_port}: {why}"
        raise SettingsError(f"WEB_HOST, WEB_PORT cannot be listened on: {told}") from None
    with listener:
        yield listener


def _listener(host: str, port: int) -> socket.socket:
    if ":" not in host:
        return socket.create_server((host, port))
    return socket.create_server((host, port), family=socket.AF_INET6, dualstack_ipv6=socket.has_dualstack_ipv6())


async def _run(settings: Settings, parts: frozenset[Role], listener: socket.socket | None) -> int:
    stopping = signals.heard()
    app = build(settings, roles=parts)
    try:
        await _open(app)
        await _serve(app, listener, stopping)
    finally:
        await app.stop()
    log.info("closed")
    return int(app.broken.is_set())


async def _open(app: App) -> None:
    async with database.explained():
        await database.make_ready(app.db)
        has_shop = await database.grant_owner(app.db, app.settings, now=app.clock())
    if not has_shop:
        log.warning(
            "there is no shop yet: write /start to the bot as its owner, or run `dukkan seed`; until then people are asked to come back"
        )
    if app.settings.staff_chat is None:
        log.warning("neither STAFF_CHAT_ID nor OWNER_ID is set: nobody is told of orders")
    if app.settings.sandbox_payments and app.settings.public_url is None:
        log.warning(
            "PUBLIC_URL is not set: pay links lead to %s, which only this machine can open", app.settings.pay_base
        )
    if _has_accounts(app.settings) and not (app.settings.public_url or "").startswith("https://"):
        log.warning(
            "PUBLIC_URL does not start with https://: providers of payment bring no notifications, and WeChat Pay opens no page"
        )
    if app.outgoing is not None:
        # A process that does not speak with Telegram has not imported what this needs.
        from bot.profile import greet

        await greet(app.bot)


def _has_accounts(settings: Settings) -> bool:
    """At providers that have to reach the shop."""
    return any((settings.alipay, settings.paypal, settings.stripe, settings.wechat))


async def _serve(app: App, listener: socket.socket | None, stopping: asyncio.Event) -> None:
    web = _Web(app.web, listener) if listener is not None else None
    if app.roles != roles.ALL:
        log.info("this process does: %s", ", ".join(sorted(app.roles)))
    await app.start(hearing=True)
    # What was imported stays for good: without this a full collection stops every reply for a fifth of a second.
    gc.collect()
    gc.freeze()
    await _either(stopping, app.broken, *([web.ended] if web is not None else []))
    if not stopping.is_set():
        app.broken.set()
    log.info("closing: finishing what was begun")
    app.closing.set()
    leaving = [web.leave(after_s=app.settings.closing_notice)] if web is not None else []
    await asyncio.gather(app.finish(), *leaving)


async def _either(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


class _Web:
    """Serves from the moment it is made."""

    def __init__(self, web: ASGIApp, listener: socket.socket) -> None:
        self._server = _Server(web)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]), name="web")
        self.ended = asyncio.Event()
        self._serving.add_done_callback(lambda _: self.ended.set())
        host, port = listener.getsockname()[:2]
        log.info("web on http://%s:%s", host, port)

    async def leave(self, *, after_s: float) -> None:
        """Takes connections for *after_s* more seconds: so long a load balancer may not have noticed that this process is not ready."""
        await asyncio.wait({self._serving}, timeout=after_s)
        self._server.should_exit = True
        await self._serving


class _Server(uvicorn.Server):
    """Leaves the signals to the shop: the web closes when the shop says so."""

    def __init__(self, web: ASGIApp) -> None:
        super().__init__(uvicorn.Config(web, log_config=None, lifespan="off", timeout_graceful_shutdown=DRAIN_S))

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
