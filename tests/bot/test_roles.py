import subprocess
import sys
from pathlib import Path

import pytest

from bot import cli, roles
from bot.app import build
from bot.roles import Role
from bot.settings import SettingsError
from bot.timetable import JOBS, RELAY
from tests.apps import settings
from tests.programs import ROOT

WITHOUT_TELEGRAM = """
import sys
from bot import running
from bot.app import build
from bot.roles import Role
from bot.settings import load
build(load(data_dir=sys.argv[1]), roles=frozenset({Role.WEB, Role.TIMETABLE}))
sys.exit("aiogram" in sys.modules or "redis" in sys.modules)
"""


def test_a_process_that_does_not_speak_with_telegram_does_without_aiogram_and_a_token(tmp_path: Path) -> None:
    """Seconds and 130 MB for nothing."""
    code = subprocess.run([sys.executable, "-c", WITHOUT_TELEGRAM, str(tmp_path)], cwd=ROOT, timeout=60).returncode
    assert code == 0


@pytest.mark.parametrize(
    ("names", "jobs"),
    [
        ("web", set()),
        ("bot", set()),
        ("relay", {RELAY}),
        ("timetable", set(JOBS) - {RELAY}),
        ("bot, relay", {RELAY}),
        ("web,bot,relay,timetable", set(JOBS)),
    ],
)
async def test_a_process_runs_the_jobs_of_its_roles(tmp_path: Path, names: str, jobs: set[str]) -> None:
    app = build(settings(f"sqlite:///{tmp_path}/x.sqlite3", tmp_path), roles=roles.parse(names))
    assert set(app.timetable.runners) == jobs
    assert (app.outgoing is not None) == ("bot" in names or "relay" in names)
    assert (app.incoming is not None) == ("bot" in names)
    await app.stop()


async def test_a_role_that_is_not_run_here_is_not_missed(tmp_path: Path) -> None:
    app = build(settings(f"sqlite:///{tmp_path}/x.sqlite3", tmp_path), roles=frozenset({Role.WEB, Role.RELAY}))
    assert set(app.vitals()) == {"relay"}
    await app.stop()


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("web,boot", "--roles web,boot: boot is no role; there are web, bot, relay, timetable"),
        ("", "nothing is no role"),
        ("web,", "nothing is no role"),
    ],
)
def test_a_wrong_role_is_one_line(capsys: pytest.CaptureFixture[str], names: str, told: str) -> None:
    assert cli.app(["run", "--roles", names], result_action="return_value") == 2
    error = capsys.readouterr().err
    assert error.startswith("dukkan: --roles") and told in error and error.count("\n") == 1


def test_the_sandbox_bank_is_not_shared_by_processes(tmp_path: Path) -> None:
    """One would not know the pages that another has opened."""
    wanted = settings("sqlite:///x.sqlite3", tmp_path, sandbox_payments=True)
    roles.check(roles.ALL, wanted)
    with pytest.raises(SettingsError, match="SANDBOX_PAYMENTS needs all roles in one process"):
        roles.check(frozenset({Role.WEB}), wanted)


def test_who_handles_updates_must_be_where_they_are_brought(tmp_path: Path) -> None:
    """It would fetch what Telegram does not give out while a webhook is set."""
    wanted = settings("sqlite:///x.sqlite3", tmp_path, public_url="https://shop.example.com")
    roles.check(roles.parse("web,bot"), wanted)
    roles.check(roles.parse("web"), wanted)
    with pytest.raises(SettingsError, match="the role bot needs the role web in the same process"):
        roles.check(roles.parse("bot,relay"), wanted)
