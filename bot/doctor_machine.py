"""The doctor looks at this machine: disks, folders, backups, the public address; and at Redis."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bot.database import sqlite_file
from bot.finding import Finding, Patient, fine, look, wrong
from bot.settings import Settings, SettingsError

MB = 2**20
FREE_MIN, FREE_GOOD = 100 * MB, 1024 * MB
BACKUP_MAX_AGE = timedelta(days=2)
# To these alone Telegram brings updates.
WEBHOOK_PORTS = (443, 80, 88, 8443)


def findings(patient: Patient) -> Iterator[Finding]:
    settings = patient.settings
    for folder in _folders(settings):
        yield folder_is_usable(folder)
        yield disk_has_room(folder)
    if _file(settings) is not None:
        yield backup_is_recent(settings.data_dir / "backups", now=patient.clock())
    yield address_is_public(settings)


def _folders(settings: Settings) -> list[Path]:
    """DATA_DIR, and the database's folder where that is another."""
    file = _file(settings)
    return list(dict.fromkeys([settings.data_dir, *([file.parent] if file else [])]))


def _file(settings: Settings) -> Path | None:
    try:
        return sqlite_file(settings)
    except SettingsError:  # the database's own check says so
        return None


def folder_is_usable(folder: Path) -> Finding:
    """A file can be made there: permissions alone do not tell (a read-only mount, a full quota)."""
    if not folder.exists():
        return look("folder", f"{folder} does not exist yet", "`dukkan seed` or `dukkan run` makes it")
    try:
        with tempfile.TemporaryFile(dir=folder):
            return fine("folder", f"{folder} can be written to")
    except OSError as error:
        todo = "let the account that runs Dukkan write there, or set DATA_DIR to another folder"
        return wrong("folder", f"{folder} cannot be written to: {error.strerror}", todo)


def disk_has_room(folder: Path) -> Finding:
    """A shop whose disk is full takes no orders."""
    there = next((parent for parent in (folder, *folder.absolute().parents) if parent.exists()), Path("/"))
    free = shutil.disk_usage(there).free
    told = f"{free // MB} MB are free at {folder}"
    todo = "make room: old backups and logs first"
    if free < FREE_MIN:
        return wrong("disk", told, todo)
    return look("disk", told, todo) if free < FREE_GOOD else fine("disk", told)


def backup_is_recent(folder: Path, *, now: datetime) -> Finding:
    todo = "`dukkan db backup` makes one while the shop runs; let a timer do it each day, and keep copies elsewhere"
    made = [path.stat().st_mtime for path in folder.glob("*.sqlite3")] if folder.is_dir() else []
    if not made:
        return look("backup", f"there is no backup in {folder}", todo)
    age = now - datetime.fromtimestamp(max(made), UTC)
    told = f"the newest backup is {_age(age)} old"
    return look("backup", told, todo) if age > BACKUP_MAX_AGE else fine("backup", told)


def address_is_public(settings: Settings) -> Finding:
    """PUBLIC_URL is an address that Telegram, providers and customers can reach, as far as its form tells."""
    url = settings.public_url
    if url is None:
        told = "PUBLIC_URL is not set: updates are fetched, and pay pages are reached from this machine alone"
        return fine("address", told)
    parts = urlsplit(url)
    if parts.query or parts.fragment or parts.username:
        return wrong("address", "PUBLIC_URL has more than a host and a path", "as in https://shop.example.com")
    if parts.scheme != "https":
        return look("address", "PUBLIC_URL is not https: updates are fetched, payments travel in the open", "use TLS")
    if _is_private(parts.hostname or ""):
        return wrong(
            "address", f"PUBLIC_URL names {parts.hostname}, which only your own network reaches", "use a public name"
        )
    port = parts.port or 443
    if port not in WEBHOOK_PORTS:
        return wrong("address", f"Telegram brings no updates to port {port}", "use one of 443, 80, 88, 8443")
    return fine("address", f"PUBLIC_URL is {url}")


def _is_private(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".internal", ".invalid"))


async def redis(patient: Patient) -> list[Finding]:
    """Nothing when the shop does without."""
    url = patient.settings.redis_url
    if url is None:
        return []
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    client = Redis.from_url(url.get_secret_value(), socket_connect_timeout=3, socket_timeout=3)
    try:
        told = await client.info("server")
    except (RedisError, OSError) as error:
        todo = "start it or mend REDIS_URL; until then the shop goes on, slower"
        return [wrong("redis", f"Redis does not answer: {type(error).__name__}", todo)]
    finally:
        await client.aclose()
    return [fine("redis", f"Redis {told.get('redis_version', '?')} answers")]


def _age(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"
