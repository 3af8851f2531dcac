"""`dukkan import` and `dukkan export`: goods as a file, as large as they may be."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from bot.cli_payable import print_who_takes, ways_to_pay
from bot.commands import complain, utc_now, with_database

if TYPE_CHECKING:
    from bot.settings import Settings
    from store.db import Database
    from store.importing.reading import Format
    from store.importing.report import Report
    from store.payments.registry import Gateways

TOLD_MAX = 50


def import_goods(
    file: Path,
    *,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    format: str = "auto",  # noqa: A002 - the option's name
    pictures: str = "keep",
) -> int:
    """Bring the goods of a CSV or .xlsx file into the shop: all of them, or none when a line is wrong. Goods that are there are brought up to date.

    Parameters
    ----------
    file
        In the shop's own columns (docs/importing.md) or as Shopify exports it.
    dry_run
        Only say what would change.
    format
        auto, dukkan or shopify.
    pictures
        What becomes of addresses of pictures: keep (Telegram opens them itself) or fetch.
    """

    async def work(db: "Database", settings: "Settings") -> int:
        from bot import database

        form = _form(format)
        _check(file, pictures)
        await database.make_ready(db)
        async with db.read() as session:
            await database.require_shop(session)
        report, import_id = await _worked(db, file, form, await ways_to_pay(settings), dry_run=dry_run)
        _print(report, is_done=not dry_run)
        if report.is_fine and import_id is not None:
            await _finish(db, settings, import_id, has_pictures=pictures == "fetch")
        return 0 if report.is_fine else 1

    return with_database(work)


def export_goods(file: Path, *, template: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Write all goods of the shop into a file; `dukkan import` reads it again.

    Parameters
    ----------
    file
        A name that ends in .xlsx becomes a workbook, any other CSV.
    template
        A small example to begin with, instead of the goods.
    """
    if template:
        from store.importing import exporting

        try:
            file.write_text(exporting.template(), encoding="utf-8-sig", newline="")
        except OSError as error:
            return complain(OSError(f"{file} cannot be written: {error.strerror}"))
        print(f"{file}: one product in two sizes. Change it, and use `dukkan import`.")
        return 0

    async def work(db: "Database", _settings: "Settings") -> int:
        from bot import database
        from store.importing import exporting

        await database.make_ready(db)
        async with db.read() as session:
            await database.require_shop(session)
        print(f"{file}: {await exporting.write(db, file)} rows.")
        return 0

    return with_database(work)


def price_in_stars(worth: str) -> int:
    """Write a price in Telegram Stars beside the price of every digital product, rounded up. Later prices are changed one by one, or all again.

    Parameters
    ----------
    worth
        What one Star is worth to you, in the shop's currency: 0.013
    """

    async def work(db: "Database", settings: "Settings") -> int:
        from decimal import Decimal, InvalidOperation

        from bot import database
        from store import stars
        from store.audit import OPERATOR
        from store.errors import BadInput
        from store.payments.telegram_facts import XTR

        await database.make_ready(db)
        try:
            async with db.begin() as session:
                await database.require_shop(session)
                changed = await stars.price_all(session, Decimal(worth), actor=OPERATOR, now=utc_now())
        except (InvalidOperation, BadInput):
            return complain(
                ValueError(f"{worth} is no worth of a Star: a price would be below 1 or above {stars.MOST}")
            )
        print(f"{changed} prices in Stars are written.")
        print_who_takes(await ways_to_pay(settings), XTR)
        return 0

    return with_database(work)


def fill_prices(currency: str, rate: str, *, anew: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Write prices in a further currency beside the shop's own, and what deliveries cost, counted once from a rate. The rate is not kept.

    The shop may run: it is done piece by piece. Stopped half-way, the same command goes on.

    Parameters
    ----------
    currency
        Its three letters: EUR. Customers may choose it once it is offered (/shop, Further currencies).
    rate
        What one unit of the shop's currency is worth in it: 0.92
    anew
        Prices that are there already are written anew, too.
    """

    async def work(db: "Database", settings: "Settings") -> int:
        from bot import database
        from store import price_filling, price_lists
        from store.audit import OPERATOR
        from store.errors import BadInput

        await database.make_ready(db)
        async with db.read() as session:
            await database.require_shop(session)
        code = currency.upper()
        try:
            worth = price_lists.read_rate(rate)
            done = await price_filling.fill(db, code, worth, anew=anew, actor=OPERATOR, now=utc_now())
        except BadInput as error:
            wrong = currency if error.params["field"] == "currency" else rate
            return complain(ValueError(f"{wrong} cannot be used: {error.params['field']}, {error.params['reason']}"))
        print(f"{done.prices} prices and {done.zones} deliveries in {code} are written.")
        print_who_takes(await ways_to_pay(settings), code)
        return 0

    return with_database(work)


def _form(name: str) -> "Format":
    """Raises: SettingsError."""
    from bot.settings import SettingsError
    from store.importing.reading import Format

    if name not in set(Format):
        raise SettingsError(f"{name} is no format: choose one of {', '.join(Format)}")
    return Format(name)


def _check(file: Path, pictures: str) -> None:
    """Raises: SettingsError."""
    from bot.settings import SettingsError

    if pictures not in ("keep", "fetch"):
        raise SettingsError(f"{pictures} is no way to treat pictures: choose keep or fetch")
    if not file.is_file():
        raise SettingsError(f"{file} cannot be read: there is no such file")


async def _worked(
    db: "Database", file: Path, form: "Format", gateways: "Gateways", *, dry_run: bool
) -> tuple["Report", int | None]:
    """The report, and the import's number when it was carried out."""
    from store.audit import OPERATOR
    from store.importing import imports
    from store.importing.work import carry_out, examine

    if dry_run:
        return await examine(db, file, gateways=gateways, form=form), None
    now = utc_now()
    async with db.begin() as session:
        import_id = await imports.open_at_once(session, file.name, actor=OPERATOR, now=now)
    report = await carry_out(db, file, imports.order(import_id, OPERATOR, now=now), gateways=gateways, form=form)
    if not report.is_fine:
        async with db.begin() as session:
            await imports.failed(session, import_id, report, now=now)
    return report, import_id


async def _finish(db: "Database", settings: "Settings", import_id: int, *, has_pictures: bool) -> None:
    """The search learns what a long file has brought; pictures are fetched where that is wanted."""
    from bot import picture_files
    from store.importing import fetching, imports, jobs

    while await jobs.index_due(db, now=utc_now()):
        pass
    if not has_pictures:
        return
    async with db.begin() as session:
        await imports.fetch_pictures(session, import_id, chat_id=None, now=utc_now())
    fetch, keep = fetching.from_outside(), picture_files.keeper(settings.pictures)
    while True:
        asked = await fetching.fetch_due(db, fetch, keep, now=utc_now())
        async with db.read() as session:
            view = await imports.view(session, import_id)
        print(f"Pictures: {view.pictures.get('done', 0)} fetched, {view.pictures.get('waiting', 0)} to go.")
        if not asked:  # what did not answer is tried again by a running shop
            break
    for address, reason in view.failures:
        print(f"Not fetched ({reason}): {address}")


def _print(report: "Report", *, is_done: bool) -> None:
    from bot.ui.i18n import translator
    from bot.ui.import_words import counted, sentences

    t = translator("en")
    for line in sentences(report.troubles, t, most=TOLD_MAX):
        print(line)
    for line in sentences(report.notes, t, most=TOLD_MAX):
        print(f"Note: {line}")
    if not report.is_fine:
        print(f"{report.errors} mistakes. Nothing was changed.")
        return
    for line in counted(report, t):
        print(line)
    if report.links:
        print(f"{report.links} pictures are links.")
    print("Done." if is_done else "Nothing was changed: this was a dry run.")
