"""The command `dukkan`. Everything heavy is imported by the command that needs it: `--help` answers at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from bot.cli_carriers import carriers_app
from bot.cli_goods import export_goods, fill_prices, import_goods, price_in_stars
from bot.cli_payable import print_who_takes, ways_to_pay
from bot.cli_payments import payments_app
from bot.cli_staff import staff_app
from bot.cli_updates import updates_app
from bot.commands import complain, utc_now, with_database, with_settings

if TYPE_CHECKING:
    from bot.settings import Settings
    from store.db import Database


def version_text() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("dukkan")
    except PackageNotFoundError:  # a checkout
        import tomllib

        project = Path(__file__).parents[1] / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


app = App(
    name="dukkan",
    help="A shop that lives in a Telegram chat. Settings come from the environment and from .env (see .env.example).",
    version=version_text,
    help_format="plaintext",
)
db_app = App(name="db", help="The shop's database: its schema, its health, its backups.")
app.command(db_app)
app.command(staff_app)
app.command(import_goods, name="import")
app.command(export_goods, name="export")
app.command(price_in_stars, name="stars")
app.command(fill_prices, name="prices")
app.command(updates_app)
app.command(carriers_app)
app.command(payments_app)


def main() -> None:
    app()


@contextmanager
def _importing() -> Iterator[None]:
    """Nothing that is imported becomes garbage: to look for some would take a fifth of the time until the shop is open."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@app.command
def run(*, roles: str = "web,bot,relay,timetable") -> int:
    """Open the shop: answer in Telegram (BOT_TOKEN), serve pay pages, run the jobs. Ctrl+C or SIGTERM closes it.

    Parameters
    ----------
    roles
        What this process does, separated by commas; everything by default.
    """

    def work(settings: "Settings") -> int:
        from bot import roles as every
        from bot.settings import require_token

        wanted = every.parse(roles)
        if wanted & every.TALKING:
            require_token(settings)
        with _importing():
            from bot import running

        return running.run(settings, wanted)

    return with_settings(work)


@app.command
def demo(
    *,
    port: int | None = None,
    host: str = "127.0.0.1",
    folder: Path = Path("data/demo"),
    fresh: Annotated[bool, Parameter(negative="")] = False,
    with_token: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Open a whole shop in a local page: no token, no server, no money.

    Parameters
    ----------
    port
        Where the page is; the usual port, or any free one when that is taken.
    host
        Only this machine is served.
    folder
        Where the demo keeps its data.
    fresh
        Begin anew: what an earlier demo left in the folder is removed.
    with_token
        Open the demo although BOT_TOKEN is set; the token is not used.
    """
    with _importing():
        from bot.demo import app as demo_app
        from bot.demo.opening import DemoRefused

    try:
        demo_app.run(folder=folder, port=port, host=host, is_fresh=fresh, with_token=with_token)
    except DemoRefused as refused:
        return complain(refused)
    return 0


@app.command
def seed(file: Path | None = None) -> int:
    """Make a shop out of a catalogue file. An existing shop is left as it is.

    Parameters
    ----------
    file
        The catalogue (JSON); without it the demo's goods, to look around with.
    """

    async def work(db: "Database", settings: "Settings") -> int:
        from bot import database
        from store import prices

        await database.make_ready(db)
        is_new = await database.seed_shop(db, file, now=utc_now())
        await database.grant_owner(db, settings, now=utc_now())
        if not is_new:
            print("There is a shop already; nothing was changed.")
            return 0
        print("The shop is seeded: `dukkan run` opens it.")
        async with db.read() as session:
            written = await prices.currencies(session)
        gateways = await ways_to_pay(settings)
        for currency in written:
            print_who_takes(gateways, currency)
        return 0

    return with_database(work)


@app.command
def doctor(*, as_json: Annotated[bool, Parameter(name="--json", negative="")] = False) -> int:
    """Look at everything the shop stands on, and say what is wrong and what to do; exit code 1 when something is. The shop may run.

    Parameters
    ----------
    as_json
        For a program that reads it.
    """

    def work(settings: "Settings") -> int:
        import asyncio

        from bot import doctor
        from bot.finding import Patient

        found = asyncio.run(doctor.findings(Patient(settings, utc_now)))
        print(doctor.as_json(found, settings) if as_json else doctor.as_text(found, settings))
        return 0 if doctor.is_well(found) else 1

    return with_settings(work)


@app.command
def version() -> None:
    """Print the version."""
    print(version_text())


@db_app.command
def upgrade() -> int:
    """Bring the schema up to date. SQLite shops do this by themselves when they open."""

    async def work(db: "Database", _settings: "Settings") -> int:
        from bot import database

        print(f"The database is at schema {await database.upgrade(db)}.")
        return 0

    return with_database(work)


@db_app.command
def check() -> int:
    """Say whether the database is sound and has this program's schema; exit code 1 when not."""

    async def work(db: "Database", settings: "Settings") -> int:
        from bot import database
        from store import migrate

        revision, head = await migrate.current(db), migrate.head()
        if revision != head:
            print(f"The schema is {revision or 'missing'}, this program needs {head}: run `dukkan db upgrade`.")
            return 1
        if (path := database.sqlite_file(settings)) is not None:
            _check_file(path)
        print(f"The database is sound and at schema {head}.")
        return 0

    return with_database(work)


@db_app.command
def backup(folder: Path | None = None) -> int:
    """Copy a SQLite shop, running or not, into a dated file, and check the copy.

    Parameters
    ----------
    folder
        Where to put it; "backups" in DATA_DIR by default.
    """

    def work(settings: "Settings") -> int:
        from store import backup as backups

        path = _sqlite_file(settings, "pg_dump or mysqldump")
        made = backups.backup(path, folder or settings.data_dir / "backups", now=utc_now())
        print(f"{made.path}: {sum(made.rows.values())} rows in {len(made.rows)} tables, checked.")
        return 0

    return with_settings(work)


@db_app.command
def restore(file: Path) -> int:
    """Put a backup in the place of a SQLite shop that is not running; the old file is kept beside it.

    Parameters
    ----------
    file
        What `dukkan db backup` made.
    """

    def work(settings: "Settings") -> int:
        from store import backup as backups

        done = backups.restore(file, _sqlite_file(settings, "pg_restore or mysql"), now=utc_now())
        kept = f" What was there is kept as {done.aside}." if done.aside else ""
        print(f"Restored {sum(done.backup.rows.values())} rows from {file}.{kept}")
        return 0

    return with_settings(work)


def _sqlite_file(settings: "Settings", tool: str) -> Path:
    from bot.database import sqlite_file
    from bot.settings import SettingsError

    if (path := sqlite_file(settings)) is None:
        raise SettingsError(f"this is for SQLite only; for the database in DATABASE_URL use its own tool ({tool})")
    return path


def _check_file(path: Path) -> None:
    from store import backup as backups

    backups.check(path)
