"""Programs that start warm: `python -m MODULE …`, forked from a process that has imported what all of them import.

A cold start spends seconds on imports, which is most of the time of a test that kills a program ten times. A forked one has its own streams, folder,
environment and life, and its death is as sudden; what it does not show is that a cold one starts: `tests/bot/test_run.py` does.

A request is a line of JSON and the ends of pipes. Who watches over a program writes its process id into the first of them, and how it ended.
"""

import asyncio
import atexit
import contextlib
import functools
import gc
import io
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

ROOT = Path(__file__).parents[1]
Environment = dict[str, str]
_STREAMS = 3
_asking = threading.Lock()


class Process(Protocol):
    """What a test does with a program, cold or warm."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    def send_signal(self, signal: int, /) -> None: ...
    def kill(self) -> None: ...
    async def wait(self) -> int: ...


@dataclass
class Warm:
    """*stdin* is written to at once; *stdout* and *stderr* are read to their ends."""

    pid: int
    stdin: io.RawIOBase
    stdout: asyncio.StreamReader
    stderr: asyncio.StreamReader
    _ending: "asyncio.Task[int]"

    @property
    def returncode(self) -> int | None:
        return self._ending.result() if self._ending.done() else None

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        return await asyncio.shield(self._ending)

    def is_told(self, line: bytes) -> None:
        """*line* is the last thing on its standard input."""
        self.stdin.write(line)
        self.stdin.close()


async def started(module: str, *arguments: str, cwd: Path, env: Environment) -> Warm:
    """`python -m MODULE ARGUMENTS…` runs."""
    (watch, told), (stdin, given), (out, stdout), (err, stderr) = (os.pipe() for _ in range(4))
    wanted = {"module": module, "arguments": arguments, "cwd": str(cwd), "env": env}
    await asyncio.to_thread(_ask, json.dumps(wanted).encode(), [told, stdin, stdout, stderr])
    watched, told_to = await _reader(watch), os.fdopen(given, "wb", buffering=0)
    pid = int(await watched.readline())
    return Warm(pid, told_to, await _reader(out), await _reader(err), asyncio.create_task(_end(watched, told_to)))


async def _end(watched: asyncio.StreamReader, told_to: io.RawIOBase) -> int:
    with told_to:
        # To its end, where the pipe is closed.
        return int(await watched.read())


async def _reader(end: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(end, "rb"))
    return reader


def _ask(request: bytes, ends: list[int]) -> None:
    with _asking:
        server = _server()
        socket.send_fds(server, [request], ends)
        for end in ends:
            os.close(end)
        server.recv(1)  # one request at a time


@functools.cache
def _server() -> socket.socket:
    """Ends with this process."""
    ours, its = socket.socketpair()
    with its:
        command = [sys.executable, "-m", __name__, str(its.fileno())]
        # Not in our session: Ctrl+C is for the tests, which kill what they have started.
        process = subprocess.Popen(command, cwd=ROOT, pass_fds=[its.fileno()], start_new_session=True)
    atexit.register(_let_go, ours, process)
    return ours


def _let_go(ours: socket.socket, process: "subprocess.Popen[bytes]") -> None:
    ours.close()
    process.wait()


# ---- the warm process


def serve(requests: socket.socket) -> "Wanted":
    """Returns in each program that is to run, and ends when nobody asks any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever watches is not waited for
    while True:
        request, ends, _, _ = socket.recv_fds(requests, 1 << 20, 1 + _STREAMS)
        if not request:
            os._exit(0)
        if not os.fork():
            requests.close()
            return _watched(json.loads(request), *ends)
        for end in ends:
            os.close(end)
        requests.send(b".")


@dataclass
class Wanted:
    module: str
    arguments: list[str]
    cwd: str
    env: Environment


def _watched(wanted: dict[str, object], told: int, *streams: int) -> Wanted:
    """Returns in a process of its own; this one says how that ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if child := os.fork():
        _watch(child, told, streams)
    os.close(told)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    return Wanted(**wanted)  # type: ignore[arg-type]  # as `started` has written it


def _watch(child: int, told: int, streams: tuple[int, ...]) -> NoReturn:
    for stream in streams:
        os.close(stream)
    os.write(told, f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(BrokenPipeError):  # nobody wants to know any more
        os.write(told, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def warm_up() -> None:
    """What every program would do first, of which nothing stays open."""
    from sqlalchemy import make_url
    from sqlalchemy.orm import configure_mappers

    import bot.cli
    import bot.running  # noqa: F401 - to have them
    from bot.incoming import routers

    routers()
    configure_mappers()
    for scheme in ("sqlite+aiosqlite://", "postgresql+asyncpg://", "mysql+asyncmy://"):
        make_url(scheme).get_dialect().import_dbapi()


if __name__ == "__main__":
    gc.disable()
    warm_up()
    gc.freeze()
    gc.enable()
    program = serve(socket.socket(fileno=int(sys.argv[1])))
    os.chdir(program.cwd)
    os.environ.clear()
    os.environ.update(program.env)
    sys.argv[1:] = program.arguments
    runpy.run_module(program.module, run_name="__main__", alter_sys=True)
