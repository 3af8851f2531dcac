"""`dukkan updates`: what people did and the shop could not handle. A person decides: try it again, or drop it."""

from typing import TYPE_CHECKING

from cyclopts import App

from bot.commands import complain, with_database

if TYPE_CHECKING:
    from bot.settings import Settings
    from store.db import Database

updates_app = App(name="updates", help="What people wrote or pressed and the shop could not handle.")


@updates_app.command(name="list")
def list_aside() -> int:
    """Print what is set aside: its number, when it came, what it is, how often it was tried, what failed, the reference in the log."""

    async def work(db: "Database", _settings: "Settings") -> int:
        from bot import database
        from store import updates

        await database.make_ready(db)
        async with db.read() as session:
            rows = await updates.aside(session)
        for row in rows:
            kind = next((key for key in row.payload or {} if key != "update_id"), "nothing")
            told = f"{row.update_id}  {row.received_at:%Y-%m-%d %H:%M:%S} UTC  {kind}  {row.tries} tries"
            print(f"{told}  {row.last_error or ''}  {row.reference or ''}".rstrip())
        if not rows:
            print("Nothing is set aside.")
        return 0

    return with_database(work)


@updates_app.command
def replay(update_id: int, /) -> int:
    """Have a running shop handle it once more, as if it had just come. What it has done already it does not do again.

    Parameters
    ----------
    update_id
        Its number, as `dukkan updates list` shows it.
    """
    return _decide(update_id, is_dropped=False)


@updates_app.command
def drop(update_id: int, /) -> int:
    """Forget it: nobody will handle it.

    Parameters
    ----------
    update_id
        Its number, as `dukkan updates list` shows it.
    """
    return _decide(update_id, is_dropped=True)


def _decide(update_id: int, *, is_dropped: bool) -> int:
    async def work(db: "Database", _settings: "Settings") -> int:
        from bot import database
        from store import updates

        await database.make_ready(db)
        decide = updates.drop if is_dropped else updates.replay
        async with db.begin() as session:
            was_aside = await decide(session, update_id)
        if not was_aside:
            return complain(ValueError(f"{update_id} is not set aside: see `dukkan updates list`"))
        print(
            f"{update_id} is dropped."
            if is_dropped
            else f"{update_id} will be handled by a running shop within seconds."
        )
        return 0

    return with_database(work)
