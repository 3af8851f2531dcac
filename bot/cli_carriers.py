"""`dukkan carriers`: who can be asked about parcels, how they stand, and where they bring their news."""

from typing import TYPE_CHECKING

from cyclopts import App

from bot.commands import with_database

if TYPE_CHECKING:
    from bot.settings import Settings
    from store.db import Database

carriers_app = App(name="carriers", help="Who can be asked about parcels, and where they bring their news.")


@carriers_app.default
def list_carriers() -> int:
    """Print each carrier with an account: today's calls, how it stands, and the address for its pushes. The address is secret: who has it can push."""

    async def work(db: "Database", settings: "Settings") -> int:
        from datetime import UTC, datetime

        from bot import database, providers
        from bot.doctor_carriers import answers
        from bot.web.carriers import push_path
        from store import wire
        from store.parcels import budget
        from store.parcels.registry import OTHER

        await database.make_ready(db)
        now, seal = datetime.now(UTC), providers.seal(settings)
        async with wire.new_client() as client, db.read() as session:
            known = [each for name, each in providers.carriers(settings, client).items() if name != OTHER]
            standings = await budget.standings(session, known, now=now)
        for carrier, standing in zip(known, standings, strict=True):
            print(f"{carrier.name}  {carrier.title}  {answers(standing, now=now).told}")
            print(f"    {settings.pay_base}{push_path(seal, carrier.name)}")
        if not known:
            print("No carrier has an account: see .env.example.")
        return 0

    return with_database(work)
