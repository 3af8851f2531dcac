"""`dukkan run`: the shop is open until somebody says stop."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
from collections.abc import Iterator

import uvicorn
from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError
from starlette.types import ASGIApp

from bot import database
from bot.app import App, build
from bot.logs import configure_logging
from bot.settings import Settings, SettingsError
from notifications.telegram import reason

log = logging.getLogger("dukkan")

FIRST_ANSWER_S = 10


def run(settings: Settings) -> int:
    """The exit code: 0 after SIGTERM or SIGINT, when all that was begun is finished; 1 when the program itself broke.

    Raises: SettingsError for what keeps the shop from opening.
    """
    configure_logging(settings)
    with listening(settings) as listener:
        return asyncio.run(_run(settings, listener))


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


async def _run(settings: Settings, listener: socket.socket) -> int:
    app = build(settings)
    try:
        await _open(app)
        await _serve(app, listener)
    finally:
        await app.stop()
    log.info("closed")
    return int(app.broken.is_set())


async def _open(app: App) -> None:
    async with database.explained():
        await database.make_ready(app.db)
        has_shop = await database.grant_owner(app.db, app.settings, now=app.clock())
    if not has_shop:
        log.warning("there is no shop in the database yet: run `dukkan seed`; until then people are asked to come back")
    if app.settings.staff_chat is None:
        log.warning("neither STAFF_CHAT_ID nor OWNER_ID is set: nobody is told of orders")
    if app.settings.sandbox_payments and app.settings.public_url is None:
        log.warning(
            "PUBLIC_URL is not set: pay links lead to %s, which only this machine can open", app.settings.pay_base
        )
    await _greet(app)


async def _greet(app: App) -> None:
    """A wrong token is the merchant's to mend; a line that is down is not: then polling goes on asking. Raises: SettingsError."""
    try:
        me = await app.bot.get_me(request_timeout=FIRST_ANSWER_S)
    except (TelegramUnauthorizedError, TelegramNotFound):
        raise SettingsError("BOT_TOKEN is not accepted by Telegram: copy it once more from @BotFather") from None
    except AiogramError as error:
        log.warning("Telegram does not answer yet: %s", reason(error))
    else:
        log.info("open as @%s", me.username)


async def _serve(app: App, listener: socket.socket) -> None:
    stopping = asyncio.Event()
    _on_signals(stopping)
    server = _Server(app.web)
    web = asyncio.create_task(server.serve(sockets=[listener]), name="web")
    host, port = listener.getsockname()[:2]
    log.info("web on http://%s:%s", host, port)
    await app.start(polling=True)
    # What was imported stays for good: without this a full collection stops every reply for a fifth of a second.
    gc.collect()
    gc.freeze()
    await _either(stopping, app.broken)
    log.info("closing: finishing what was begun")
    server.should_exit = True
    await web


async def _either(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


def _on_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stopping.set)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stopping.set))


class _Server(uvicorn.Server):
    """Leaves the signals to the shop: the web closes when the shop says so."""

    def __init__(self, web: ASGIApp) -> None:
        super().__init__(uvicorn.Config(web, log_config=None, lifespan="off", timeout_graceful_shutdown=5))

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
