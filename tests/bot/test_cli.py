import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot import cli
from bot.database import SAMPLE
from store import migrate

ROOT = Path(__file__).parents[2]


@pytest.fixture
def dukkan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command, in an empty folder and without settings from outside."""
    monkeypatch.chdir(tmp_path)
    for name in ("BOT_TOKEN", "DATABASE_URL", "OWNER_ID", "STAFF_CHAT_ID", "DATA_DIR"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> int:
        code = cli.app(arguments, result_action="return_value")
        return int(code or 0)

    return run


def rows_in(table: str) -> int:
    with closing(sqlite3.connect("data/shop.sqlite3")) as connection:
        return int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def test_help_is_there_before_anything_heavy_is_imported() -> None:
    """Four seconds for a line of help is too long."""
    heavy = "aiogram sqlalchemy pydantic alembic starlette babel"
    told = f"import sys, bot.cli; sys.exit(bool(set('{heavy}'.split()) & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", told], cwd=ROOT, timeout=60).returncode == 0


def test_help_names_every_command() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert shown.returncode == 0
    assert all(f" {name} " in shown.stdout for name in ("run", "demo", "seed", "doctor", "db", "staff", "version"))


def test_the_version_is_the_projects(dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    dukkan("version")
    assert f'version = "{capsys.readouterr().out.strip()}"' in (ROOT / "pyproject.toml").read_text()


def test_a_shop_is_seeded_once(dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """With its owner, if one is named."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OWNER_ID", "77")
        assert (dukkan("seed"), dukkan("seed")) == (0, 0)
    assert "nothing was changed" in capsys.readouterr().out
    assert (rows_in("sellers"), rows_in("staff_roles")) == (1, 1)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read"),
        ("{", "is not JSON"),
        ("[]", "is no catalogue"),
        ('{"shop": {}}', "is no catalogue: shop.slug: is missing"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_a_catalogue_that_is_none_is_refused_in_one_line(
    dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str], content: str | None, told: str
) -> None:
    if content is not None:
        Path("goods.json").write_text(content)
    assert dukkan("seed", "goods.json") == 2
    error = capsys.readouterr().err
    assert told in error and error.startswith("dukkan: ") and error.count("\n") == 1
    if Path("data/shop.sqlite3").exists():
        assert rows_in("sellers") == 0


def test_a_catalogue_may_begin_with_the_mark_of_its_encoding(dukkan: Callable[..., int]) -> None:
    """As some editors have it."""
    Path("goods.json").write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_bytes())
    assert dukkan("seed", "goods.json") == 0


def test_the_check_says_what_to_do(dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert dukkan("db", "check") == 1
    assert "run `dukkan db upgrade`" in capsys.readouterr().out
    assert dukkan("db", "upgrade") == 0
    assert dukkan("db", "check") == 0
    assert f"sound and at schema {migrate.head()}" in capsys.readouterr().out


def test_a_backup_is_made_and_restored(dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    dukkan("seed")
    assert dukkan("db", "backup") == 0
    [made] = Path("data/backups").iterdir()
    with closing(sqlite3.connect("data/shop.sqlite3")) as connection:
        connection.execute("DELETE FROM prices")
        connection.commit()
    assert dukkan("db", "restore", str(made)) == 0
    assert rows_in("prices") > 0
    assert "before-restore" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [("db", "backup", "file"), ("db", "restore", "file"), ("seed", "file"), ("seed", "/dev/zero")]
)
def test_a_file_in_the_wrong_place_is_told_in_one_line(
    dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    dukkan("db", "upgrade")
    Path("file").touch()
    assert dukkan(*arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("dukkan: ") and error.count("\n") == 1


@pytest.mark.parametrize("arguments", [("db", "backup"), ("db", "restore", "x.sqlite3")])
def test_other_databases_are_left_to_their_own_tools(
    dukkan: Callable[..., int],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://shop@localhost/shop")
    assert dukkan(*arguments) == 2
    assert "use its own tool (pg_" in capsys.readouterr().err


def test_a_database_that_does_not_answer_is_told_in_one_line(
    dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://shop:secret@127.0.0.1:1/shop")
    assert dukkan("db", "check") == 2
    error = capsys.readouterr().err
    assert error.startswith("dukkan: DATABASE_URL: ") and error.count("\n") == 1
    assert "secret" not in error


@pytest.mark.parametrize(
    "url", ["postgresql://u:secret@h:port/db", "sqlite://", "sqlite://shop.db", "sqlite:///:memory:"]
)
def test_an_address_that_leads_nowhere_is_told_in_one_line(
    dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert dukkan("db", "check") == 2
    error = capsys.readouterr().err
    assert error.startswith("dukkan: DATABASE_URL ") and error.count("\n") == 1
    assert "secret" not in error


def test_a_database_of_a_newer_program_is_left_alone(
    dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    dukkan("db", "upgrade")
    with closing(sqlite3.connect("data/shop.sqlite3")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
        connection.commit()
    assert dukkan("seed") == 2
    assert "made by a newer Dukkan" in capsys.readouterr().err
    assert dukkan("db", "upgrade") == 2


def test_roles_are_given_and_taken_away(dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """Who did it stands in the audit log."""
    dukkan("seed")
    assert dukkan("staff", "grant", "501", "packer", "Maya") == 0
    assert dukkan("staff", "list") == 0
    assert "501  packer   Maya" in capsys.readouterr().out
    assert (dukkan("staff", "revoke", "501"), dukkan("staff", "revoke", "501")) == (0, 0)
    assert "had no role" in capsys.readouterr().out
    assert rows_in("staff_roles") == 0
    assert rows_in("audit WHERE actor = 'operator' AND subject_id = 501") == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("501", "packer"), "run `dukkan seed` first"),
        (("501", "boss"), "boss is no role: choose one of owner, manager, packer, support"),
        (("0", "packer"), "0 is no person's id"),
        (("99999999999999999999", "packer"), "is no person's id"),
    ],
)
def test_a_role_that_cannot_be_given_is_told_in_one_line(
    dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], told: str
) -> None:
    assert dukkan("staff", "grant", *arguments) == 2
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1


def test_the_demo_refuses_to_serve_strangers(dukkan: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert dukkan("demo", "--host", "0.0.0.0") == 2
    assert "this machine only" in capsys.readouterr().err
