import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from bot import doctor_machine
from bot.doctor_machine import address_is_public, backup_is_recent, disk_has_room, folder_is_usable
from bot.finding import Patient, State
from bot.settings import load

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_a_folder_that_can_be_used_is_told(tmp_path: Path) -> None:
    assert folder_is_usable(tmp_path).state is State.OK
    assert list(tmp_path.iterdir()) == []
    assert folder_is_usable(tmp_path / "later").state is State.LOOK


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = folder_is_usable(tmp_path / "file")
    assert found.state is State.WRONG and "cannot be written to: Not a directory" in found.told


@pytest.mark.parametrize(("free_mb", "state"), [(99, State.WRONG), (101, State.LOOK), (1025, State.OK)])
def test_a_disk_that_fills_up_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_mb: int, state: State
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free_mb * 2**20))
    found = disk_has_room(tmp_path / "not" / "yet")
    assert (found.state, found.told.startswith(f"{free_mb} MB are free")) == (state, True)


@pytest.mark.parametrize(("hours", "state"), [(1, State.OK), (47, State.OK), (49, State.LOOK)])
def test_a_backup_that_is_old_is_told(tmp_path: Path, hours: int, state: State) -> None:
    (tmp_path / "shop-1.sqlite3").touch()
    made = NOON.timestamp() - hours * 3600
    os.utime(tmp_path / "shop-1.sqlite3", (made, made))
    assert backup_is_recent(tmp_path, now=NOON).state is state


def test_a_shop_without_a_backup_is_told(tmp_path: Path) -> None:
    assert backup_is_recent(tmp_path / "backups", now=NOON).todo is not None


@pytest.mark.parametrize(
    ("url", "state", "told"),
    [
        (None, State.OK, "is not set"),
        ("https://shop.example.com", State.OK, "https://shop.example.com"),
        ("https://shop.example.com:8443/dukkan", State.OK, "8443"),
        ("http://shop.example.com", State.LOOK, "is not https"),
        ("https://192.168.1.5", State.WRONG, "only your own network"),
        ("https://localhost", State.WRONG, "only your own network"),
        ("https://shop.example.com:8080", State.WRONG, "no updates to port 8080"),
        ("https://shop.example.com/?x=1", State.WRONG, "more than a host and a path"),
    ],
)
def test_an_address_that_nobody_can_reach_is_told(url: str | None, state: State, told: str) -> None:
    found = address_is_public(load(public_url=url))
    assert (found.state, told in found.told) == (state, True)


async def test_redis_is_looked_at_where_it_is_used(redis_url: str) -> None:
    [found] = await doctor_machine.redis(a_patient(redis_url))
    assert found.state is State.OK and "answers" in found.told


async def test_a_redis_that_is_away_is_told_without_its_password() -> None:
    [found] = await doctor_machine.redis(a_patient("redis://:hunter2@127.0.0.1:1/0"))
    assert found.state is State.WRONG and "hunter2" not in str(found)


async def test_a_shop_without_redis_does_not_miss_it() -> None:
    assert await doctor_machine.redis(Patient(load(), now)) == []


def a_patient(redis_url: str) -> Patient:
    return Patient(load(redis_url=SecretStr(redis_url)), now)


now: Callable[[], datetime] = lambda: NOON  # noqa: E731 - a value that is called
