"""Web applications behind real sockets, in this process."""

import asyncio
import contextlib
import random
import socket
from collections.abc import AsyncIterator
from typing import Any

import uvicorn


@contextlib.asynccontextmanager
async def served(app: Any, **tls: Any) -> AsyncIterator[str]:
    """The application's address while it is served; with uvicorn's settings for *tls* its port speaks that."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", **tls))
        serving = asyncio.create_task(server._serve(sockets=[listener]))  # without uvicorn's own signal handlers
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.force_exit = server.should_exit = True
        await serving


def a_free_port() -> int:
    """A port that nobody listens on, below those that outgoing connections take: it is still free when a program starts again."""
    while True:
        port = random.randint(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextlib.asynccontextmanager
async def a_tunnel(port: int) -> AsyncIterator[str]:
    """A proxy's address: wherever a client wants to be led, it comes to this port. What it says there is its own business."""

    async def leads(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        there, here = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(_carried(reader, here), _carried(there, writer))

    server = await asyncio.start_server(leads, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def _carried(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()
