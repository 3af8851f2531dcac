"""What somebody gets who installs Dukkan instead of cloning it."""

import contextlib
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.sources import PACKAGES, ROOT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

# Folder in the checkout → folder in the wheel.
CARRIED = {
    "bot/demo/seed": "bot/demo/seed",
    "bot/demo/page": "bot/demo/page",
    "store/migrations": "store/migrations",
    "locales": "bot/locales",
}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT), cwd=folder)
    return next(folder.glob("dukkan-*.whl"))


@pytest.fixture(scope="session")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that has the wheel and borrows its requirements from this one."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(sys.executable, "-m", "venv", "--without-pip", str(folder), cwd=folder)
    python = str(folder / "bin" / "python")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", str(wheel), cwd=folder)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return folder


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, env=_clean_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _clean_environment() -> dict[str, str]:
    """Nothing that leads back to the checkout."""
    return {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "COVERAGE_PROCESS_CONFIG")}


@pytest.mark.parametrize("folder", CARRIED)
def test_the_wheel_carries_what_the_shop_reads(wheel: Path, folder: str) -> None:
    """Catalogues, seed, pictures, page and migrations are inside."""
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"]
    wanted = {f"{CARRIED[folder]}/{path.relative_to(ROOT / folder).as_posix()}" for path in files}
    assert wanted
    assert wanted - set(zipfile.ZipFile(wheel).namelist()) == set()


def test_the_wheel_puts_nothing_else_on_the_path(wheel: Path) -> None:
    """No package `tests` or `locales` that could meet somebody else's."""
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_command_answers_where_it_is_installed(elsewhere: Path) -> None:
    """`dukkan --help` names what it can do."""
    assert "demo" in run(str(elsewhere / "bin" / "dukkan"), "--help", cwd=elsewhere)


def test_help_does_not_wait_for_the_big_libraries(elsewhere: Path) -> None:
    """aiogram takes four seconds to import: a command that needs none of it does not pay."""
    question = "import sys, bot.cli; print(*{'aiogram', 'sqlalchemy', 'pydantic', 'starlette'} & set(sys.modules))"
    assert run(str(elsewhere / "bin" / "python"), "-c", question, cwd=elsewhere).strip() == ""


def test_the_demo_starts_where_it_is_installed(elsewhere: Path) -> None:
    """The shop in a local page, from the wheel alone."""
    with serving(elsewhere) as address:
        assert b"<html" in page(address)


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address that the demo says it is at."""
    command = [str(folder / "bin" / "dukkan"), "demo", "--port", "0"]
    process = subprocess.Popen(
        command, cwd=folder, env=_clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield said_address(process)
    finally:
        process.terminate()
        process.communicate(timeout=60)


def said_address(process: subprocess.Popen[str]) -> str:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+/?", line):
            return found[0]
    raise AssertionError(f"the demo ended without an address: {''.join(said)}")


def page(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return bytes(answer.read())


def test_every_requirement_is_pinned() -> None:
    """`make demo` installs the same today and next year."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    pins = _pins("requirements.txt") | _pins("requirements-dev.txt")
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pins[_normal(requirement.name)]), requirement


def test_the_tools_are_pinned_to_what_the_shop_runs_with() -> None:
    """What is tested is what is installed."""
    runtime, dev = _pins("requirements.txt"), _pins("requirements-dev.txt")
    assert runtime.items() <= dev.items()


def test_the_pins_name_no_index() -> None:
    """Where packages come from is decided by who installs them."""
    text = (ROOT / "requirements.txt").read_text() + (ROOT / "requirements-dev.txt").read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def _pins(file: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;]+)", (ROOT / file).read_text(), flags=re.MULTILINE)
    return {_normal(name): version for name, version in found}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
