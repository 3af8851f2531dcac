"""A Redis of a test's own, to be stopped, killed and started anew."""

import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests import servers

START_TIMEOUT_S = 10.0


class RedisServer:
    """Runs from the start on; keeps nothing on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.starts()

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    @property
    def _socket(self) -> Path:
        return self._folder / "redis"

    def starts(self) -> None:
        """Empty, under the same address as before."""
        command = [servers.program("redis-server"), "--port", "0", "--unixsocket", str(self._socket)]
        options = ["--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        self._process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            assert time.monotonic() < deadline, "redis-server did not start"
            time.sleep(0.01)

    def is_killed(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def starts_anew(self) -> None:
        """Killed, and back without what it knew."""
        self.is_killed()
        self.starts()

    def hangs(self) -> None:
        """Takes connections, and answers nobody."""
        self._signal(signal.SIGSTOP)

    def goes_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
            client.connect(str(self._socket))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False


@contextlib.contextmanager
def a_redis_server() -> Iterator[RedisServer]:
    folder = Path(tempfile.mkdtemp(prefix="r-", dir=servers.run_dir()))
    server = RedisServer(folder)
    try:
        yield server
    finally:
        server.is_killed()
        shutil.rmtree(folder)
