"""`dukkan staff`: who may do what in the shop. The owner's role comes from OWNER_ID at each start; all others are given here."""

from typing import TYPE_CHECKING

from cyclopts import App

from bot.commands import utc_now, with_database

if TYPE_CHECKING:
    from bot.settings import Settings
    from store.db import Database
    from store.staff import Role

staff_app = App(name="staff", help="Who may do what in the shop.")


@staff_app.command(name="list")
def list_members() -> int:
    """Print everybody who has a role: the Telegram id, the role, the name."""

    async def work(db: "Database", _settings: "Settings") -> int:
        from bot import database
        from store import staff

        await database.make_ready(db)
        async with db.read() as session:
            members = await staff.members(session)
        for member in members:
            print(f"{member.telegram_id}  {member.role:8} {member.name}".rstrip())
        if not members:
            print("Nobody has a role yet: set OWNER_ID, or use `dukkan staff grant`.")
        return 0

    return with_database(work)


@staff_app.command
def grant(telegram_id: int, role: str, name: str = "", /) -> int:
    """Give an account a role, instead of the one it had. It counts from the next press on.

    Parameters
    ----------
    telegram_id
        The account's number: @userinfobot tells everybody their own.
    role
        owner, manager, packer or support.
    name
        For the list, as in "Maya (evenings)".
    """

    async def work(db: "Database", _settings: "Settings") -> int:
        from bot import database
        from store import staff
        from store.audit import OPERATOR

        wanted = _role(role)
        _check_person(telegram_id)
        await database.make_ready(db)
        async with db.begin() as session:
            await database.require_shop(session)
            await staff.grant(session, telegram_id, wanted, name=name, actor=OPERATOR, now=utc_now())
        print(f"{telegram_id} is {wanted} from now on.")
        return 0

    return with_database(work)


@staff_app.command
def revoke(telegram_id: int, /) -> int:
    """Take an account's role away: its old buttons do nothing from now on.

    Parameters
    ----------
    telegram_id
        The account's number, as `dukkan staff list` shows it.
    """

    async def work(db: "Database", settings: "Settings") -> int:
        from bot import database
        from store import staff
        from store.audit import OPERATOR

        _check_person(telegram_id)
        await database.make_ready(db)
        async with db.begin() as session:
            had_role = await staff.revoke(session, telegram_id, actor=OPERATOR, now=utc_now())
        print(f"{telegram_id} has no role any more." if had_role else f"{telegram_id} had no role.")
        if telegram_id == settings.owner_id:
            print("OWNER_ID names this account: at the next start it is the owner again.")
        return 0

    return with_database(work)


def _role(name: str) -> "Role":
    """Raises: SettingsError."""
    from bot.settings import SettingsError
    from store.staff import Role

    if name not in set(Role):
        raise SettingsError(f"{name} is no role: choose one of {', '.join(Role)}")
    return Role(name)


def _check_person(telegram_id: int) -> None:
    """Raises: SettingsError."""
    from bot.settings import SettingsError

    if not 0 < telegram_id <= 2**52:
        raise SettingsError(f"{telegram_id} is no person's id: a person's id is positive (ask @userinfobot)")
