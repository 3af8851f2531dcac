"""Tools of others, from npm, that judge what the payment gateways send and believe: `tests/node/package.json` pins them, `build/node` holds them."""

import asyncio
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from tests import servers
from tests.sockets import a_free_port

PINNED = Path(__file__).parent / "node"
FOLDER = Path(__file__).parents[1] / "build" / "node"
_INSTALL_S = 600
_START_S = 60


def installed() -> Path:
    """The folder whose `node_modules` holds exactly what is pinned; filled by whoever asks first."""
    return Path(servers.once("node", _install))


def _install() -> str:
    pinned = hashlib.sha256((PINNED / "package-lock.json").read_bytes()).hexdigest()
    stamp = FOLDER / "pinned"
    if not stamp.exists() or stamp.read_text() != pinned:
        FOLDER.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PINNED / name, FOLDER)
        npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(npm, cwd=FOLDER, check=True, timeout=_INSTALL_S, capture_output=True)
        stamp.write_text(pinned)
    return str(FOLDER)


def run(folder: Path, script: str, said: str = "") -> str:
    """What a CommonJS *script* printed; it may `require` what is installed in *folder*, and reads *said* from its standard input."""
    node = ["node", "--no-deprecation", "-e", script]
    done = subprocess.run(
        node, cwd=folder, env=_environment(folder), input=said, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextlib.asynccontextmanager
async def a_spec_server(folder: Path, *command: str) -> AsyncIterator[str]:
    """The address of `prism` or `steady` (*command*, without its port), as soon as it answers; it is killed at the end."""
    port = a_free_port()
    process = await asyncio.create_subprocess_exec(
        str(folder / "node_modules" / ".bin" / command[0]),
        *(*command[1:], "--port", str(port), "--host", "127.0.0.1"),
        cwd=folder,
        env=_environment(folder),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        await _answers(url, process)
        yield url
    finally:
        # The command only starts the server, which would outlive it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _answers(url: str, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(_START_S), httpx.AsyncClient() as client:
        while process.returncode is None:
            with contextlib.suppress(httpx.TransportError):
                await client.get(url)
                return
            await asyncio.sleep(0.1)
    raise RuntimeError(f"the spec server ended at once: {process.returncode}")


def _environment(folder: Path) -> dict[str, str]:
    """Its own clock and no colours; nothing of ours that a tool could report."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "TZ")}
    return kept | {"NODE_PATH": str(folder / "node_modules"), "NO_COLOR": "1"}
