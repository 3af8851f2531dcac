"""What every test may ask for by name, and what a run says about itself."""

import gc
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import databases, servers, statements

if TYPE_CHECKING:
    from store.db import Database
    from tests.redis_servers import RedisServer

ROOT = Path(__file__).parent.parent
# `make test-databases` gives every test that is content with SQLite another engine once.
ENGINE = os.environ.get("DUKKAN_TEST_ENGINE", "sqlite")
DATABASE_FIXTURES = ("db_url", "empty_db_url")

# A loaded machine is slow, not wrong; and a run that failed must fail again when repeated.
settings.register_profile("dukkan", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("dukkan")

statements.share()


@pytest.fixture(params=list(databases.FRESH))
def db_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a fresh database with the full schema: for processes, and for `db`."""
    yield from _database(request, databases.FRESH)


@pytest.fixture(params=list(databases.EMPTY))
def empty_db_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a fresh database without a table: for tests of the migrations."""
    yield from _database(request, databases.EMPTY)


@pytest.fixture
async def db(db_url: str) -> "AsyncIterator[Database]":
    """A shop's database, once on every engine that is here."""
    async for database in _opened(db_url):
        yield database


@pytest.fixture
def sqlite_url() -> Iterator[str]:
    """URL of a fresh database with the full schema, where the engine does not matter: a SQLite file, unless DUKKAN_TEST_ENGINE names another engine."""
    _need(ENGINE)
    with databases.FRESH[ENGINE]() as url:
        yield url


@pytest.fixture
def sqlite_file_url() -> Iterator[str]:
    """URL of a fresh SQLite file with the full schema, for what only SQLite has."""
    with databases.sqlite() as url:
        yield url


@pytest.fixture
async def sqlite_db(sqlite_url: str) -> "AsyncIterator[Database]":
    """A shop's database, where the engine does not matter."""
    async for database in _opened(sqlite_url):
        yield database


@pytest.fixture
async def sqlite_file_db(sqlite_file_url: str) -> "AsyncIterator[Database]":
    """A shop's database in a SQLite file, for what only SQLite has."""
    async for database in _opened(sqlite_file_url):
        yield database


@pytest.fixture
def redis_url() -> Iterator[str]:
    """URL of an empty Redis database that no other worker uses."""
    import redis

    _need("redis")
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = servers.numbered(servers.redis_url(), worker)
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


@pytest.fixture
def redis_server() -> "Iterator[RedisServer]":
    """A Redis of this test's own."""
    from tests.redis_servers import a_redis_server

    if not servers.program("redis-server"):
        pytest.skip("no redis: no redis-server (Debian: redis-server)")
    with a_redis_server() as server:
        yield server


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium for Playwright's `executable_path`."""
    _need("chromium")
    return str(servers.chromium())


@pytest.fixture(scope="session")
def node_tools() -> Path:
    """A folder with the tools of `tests/node` in its `node_modules`, for `tests.node_tools`."""
    from tests.node_tools import installed

    _need("node")
    return installed()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The evaluation data that lie beside the checkout: they are not part of the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no ../shared/data beside this checkout")
    return folder


def _database(request: pytest.FixtureRequest, kinds: databases.Kinds) -> Iterator[str]:
    _need(request.param)
    with kinds[request.param]() as url:
        yield url


async def _opened(url: str) -> "AsyncIterator[Database]":
    from store.db import Database

    database = Database(url)
    yield database
    await database.close()


def _need(name: str) -> None:
    if reason := servers.WHY_MISSING.get(name, lambda: None)():
        pytest.skip(f"no {name}: {reason}")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    required = {name.strip() for name in os.environ.get("REQUIRE", "").split(",")} - {""}
    if unknown := required - servers.WHY_MISSING.keys():
        raise pytest.UsageError(
            f"REQUIRE names {', '.join(sorted(unknown))}; known are {', '.join(servers.WHY_MISSING)}"
        )
    if absent := {name: why for name, why in _missing().items() if name in required}:
        raise pytest.UsageError("; ".join(f"REQUIRE names {name}, but there is {why}" for name, why in absent.items()))
    servers.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and servers.RUN_DIR in os.environ:
        databases.drop_leftovers()
        servers.end_run()


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if ENGINE != "sqlite":
        # The others have nothing new to say.
        items[:] = [item for item in items if "sqlite_url" in getattr(item, "fixturenames", ())]
    if "PYTEST_XDIST_WORKER" in os.environ:
        # What takes long begins first, so that at the end no worker waits for another one.
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    for item in items:
        if "chromium_path" in getattr(item, "fixturenames", ()):
            # One after another in one worker: while Playwright is open there, no other test can run an event loop.
            item.add_marker(pytest.mark.xdist_group(f"chromium-{item.path.stem}"))
        for name in _needs(item):
            item.add_marker(name)
            item.user_properties.append(("server", name))  # for the count at the end of the run


def pytest_collection() -> None:
    """Whatever is read in now stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Thousands of tests and their modules are not searched for garbage over and over."""
    gc.freeze()
    gc.enable()


def _needs(item: pytest.Item) -> Iterator[str]:
    params = item.callspec.params if hasattr(item, "callspec") else {}
    yield from (params[fixture] for fixture in DATABASE_FIXTURES if fixture in params)
    known = {
        "sqlite_url": ENGINE,
        "sqlite_file_url": "sqlite",
        "redis_url": "redis",
        "redis_server": "redis",
        "chromium_path": "chromium",
        "node_tools": "node",
    }
    yield from (mark for fixture, mark in known.items() if fixture in getattr(item, "fixturenames", ()))


def pytest_report_header() -> list[str]:
    return [f"missing: {name}: {why}; its tests are skipped" for name, why in _missing().items()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts = {outcome: _per_server(terminalreporter, outcome) for outcome in ("passed", "failed", "error", "skipped")}
    names = [name for name in ("sqlite", *servers.WHY_MISSING) if any(name in count for count in counts.values())]
    terminalreporter.section("tests per server")
    for name in names:
        told = ", ".join(f"{count[name]} {outcome}" for outcome, count in counts.items() if name in count)
        terminalreporter.line(f"{name}: {told}")
    for line in _told(terminalreporter):
        terminalreporter.line(line)
    for reason, number in _skip_reasons(terminalreporter).most_common():
        terminalreporter.line(f"SKIPPED {number}: {reason}", yellow=True)


def _per_server(reporter: pytest.TerminalReporter, outcome: str) -> Counter[str]:
    return Counter(
        str(server)
        for report in reporter.stats.get(outcome, [])
        if isinstance(report, pytest.TestReport)
        for key, server in report.user_properties
        if key == "server"
    )


def _told(reporter: pytest.TerminalReporter) -> list[str]:
    """What tests want said of how much they did: `record_property("told", …)`."""
    reports = [report for outcome in ("passed", "failed") for report in reporter.stats.get(outcome, [])]
    properties = [
        pair for report in reports if isinstance(report, pytest.TestReport) for pair in report.user_properties
    ]
    return [str(line) for key, line in properties if key == "told"]


def _skip_reasons(reporter: pytest.TerminalReporter) -> Counter[str]:
    reports = (report for report in reporter.stats.get("skipped", []) if isinstance(report.longrepr, tuple))
    return Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)


def _missing() -> dict[str, str]:
    asked = {name: why() for name, why in servers.WHY_MISSING.items()}
    return {name: why for name, why in asked.items() if why}
