"""What is sealed is read with the same secret only."""

import stat
from pathlib import Path

import pytest

from store.seal import Seal, kept_secret


def test_only_the_same_secret_reads_what_was_sealed() -> None:
    sealed = Seal("one secret of many").close("4711")
    assert Seal("one secret of many").read(sealed) == "4711"
    assert Seal("another secret").read(sealed) is None
    assert Seal("one secret of many").read(sealed[:-4] + "AAAA") is None
    assert "4711" not in sealed


def test_a_name_is_always_the_same_and_of_one_thing() -> None:
    seal = Seal("one secret of many")
    names = [seal.name_of("a"), seal.name_of("a"), seal.name_of("b"), Seal("another secret").name_of("a")]
    assert names[0] == names[1] and len(set(names)) == 3


def test_the_secret_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    assert kept_secret(path) == kept_secret(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_empty_file_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch()
    with pytest.raises(ValueError):
        kept_secret(tmp_path / "secret.key")
