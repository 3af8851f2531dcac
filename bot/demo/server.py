"""The Telegram in memory behind a socket of this machine: for bots in a process of their own."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import httpx
import uvicorn
from starlette.applications import Starlette

from bot.demo.faults import Sleep
from bot.demo.http import routes
from bot.demo.webhook import Courier
from bot.demo.world import World

HOST = "127.0.0.1"


@contextlib.asynccontextmanager
async def serving(
    world: World,
    token: str,
    *,
    port: int = 0,
    sleep: Sleep = asyncio.sleep,
    way: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[str]:
    """The address at which *world* answers the bot named by *token*, and calls its webhook if it sets one.

    It runs in this event loop, so that people can act in the same world. *sleep* waits between two tries of a webhook;
    *way* is how its address is reached.
    """
    with socket.create_server((HOST, port)) as listener:
        server = _Server(uvicorn.Config(Starlette(routes=routes(world, token)), log_config=None, lifespan="off"))
        async with (
            httpx.AsyncClient(trust_env=False, transport=way) as client,
            _running(Courier(world, client, sleep=sleep)),
        ):
            answering = asyncio.create_task(server.serve(sockets=[listener]), name="Telegram in memory")
            try:
                yield f"http://{HOST}:{listener.getsockname()[1]}"
            finally:
                server.force_exit = server.should_exit = True  # a bot's long poll would hold it open
                await answering


@contextlib.asynccontextmanager
async def _running(courier: Courier) -> AsyncIterator[None]:
    task = asyncio.create_task(courier.run(), name="webhook courier")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class _Server(uvicorn.Server):
    """Leaves the signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Detour(httpx.AsyncHTTPTransport):
    """Leads every address to one port of this machine: what a reverse proxy does for a shop with a public name."""

    def __init__(self, port: int) -> None:
        super().__init__(limits=httpx.Limits(max_connections=100))
        self._port = port

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host=HOST, port=self._port)
        return await super().handle_async_request(request)
