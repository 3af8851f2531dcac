"""`dukkan demo`: a whole shop in a local page. No token, no server, no money."""

import asyncio
import contextlib
import gc
import socket
import sys
from pathlib import Path
from types import FrameType

import uvicorn

from bot.demo.guard import LocalOnly
from bot.demo.opening import Demo, DemoRefused, open_demo
from bot.logs import configure_logging
from bot.settings import SettingsError, load

HOST = "127.0.0.1"
PORT = 8080
FOLDER = Path("data/demo")


def run(
    *,
    folder: Path = FOLDER,
    port: int | None = None,
    host: str = HOST,
    is_fresh: bool = False,
    with_token: bool = False,
) -> None:
    """Serves the demo until it is interrupted. Raises: DemoRefused."""
    _refuse_strangers(host)
    _refuse_token(is_allowed=with_token)
    with listen(port) as listener, contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(folder, listener, is_fresh=is_fresh))


def _refuse_strangers(host: str) -> None:
    if host not in (HOST, "localhost"):
        raise DemoRefused(f"the demo is for this machine only: it listens on {HOST}, never on {host}")


def _refuse_token(*, is_allowed: bool) -> None:
    """Whoever has a real bot configured may have meant `dukkan run`; with --with-token the token stays unused. Raises: DemoRefused."""
    try:
        has_token = load().bot_token is not None
    except SettingsError as error:
        raise DemoRefused(str(error)) from None
    if has_token and not is_allowed:
        told = "BOT_TOKEN is set, and the demo does not speak to Telegram: `dukkan run` opens your shop"
        raise DemoRefused(f"{told}; --with-token opens the demo all the same, without using the token")


def listen(port: int | None) -> socket.socket:
    """A socket on this machine: on *port*; without one on the usual port, or on any free one when that is taken. Raises: DemoRefused."""
    for candidate in (PORT, 0) if port is None else (port,):
        with contextlib.suppress(OSError):
            return socket.create_server((HOST, candidate))
    raise DemoRefused(f"port {port} is taken: another --port, or --port 0 for any free one")


async def _serve(folder: Path, listener: socket.socket, *, is_fresh: bool) -> None:
    port = listener.getsockname()[1]
    demo = await open_demo(folder, port=port, is_fresh=is_fresh)
    configure_logging(demo.app.settings)
    server = _Server(demo)
    await demo.start()
    try:
        gc.freeze()  # what was imported stays: a full collection would stop every reply for a moment
        _say(f"The demo is open: http://{HOST}:{port}\nIts data are in {folder}. Ctrl+C closes it.")
        await server.serve(sockets=[listener])
    finally:
        await demo.stop()


class _Server(uvicorn.Server):
    """Tells the open pages to let go before it waits for them."""

    def __init__(self, demo: Demo) -> None:
        web = LocalOnly(demo.app.web)
        super().__init__(uvicorn.Config(web, log_config=None, lifespan="off", timeout_graceful_shutdown=5))
        self._stopping = demo.stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping.set()
        super().handle_exit(sig, frame)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
