"""`dukkan payments`: what was said about money, facts that wait for a person, and asking the providers now."""

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cyclopts import App

from bot.commands import complain, utc_now, with_database, with_settings

if TYPE_CHECKING:
    from bot.app import App as Shop
    from bot.settings import Settings
    from store.db import Database
    from store.payments.money_story import MoneyStory

payments_app = App(name="payments", help="What was said about money, and what became of it.")


@payments_app.command
def show(order: str | None = None, /) -> int:
    """Print everything that was said about an order's money; without an order, every fact that waits for a person.

    Parameters
    ----------
    order
        The order's number, or the reference of a payment of it, ours or the provider's.
    """

    async def work(db: "Database", _settings: "Settings") -> int:
        from bot import database
        from store.errors import NotFound
        from store.payments import money_story, quarantine

        await database.make_ready(db)
        async with db.read() as session:
            if order is None:
                rows = await quarantine.waiting(session)
                for row in rows:
                    amount = f"{row.amount_minor} {row.currency}" if row.amount_minor is not None else "no amount"
                    print(
                        f"{row.id}  {row.gateway}  {row.kind}  {amount} (minor units)  {row.merchant_ref}  {row.reason}"
                    )
                print("" if rows else "No fact waits for a person.", end="" if rows else "\n")
                return 0
            try:
                order_id = await money_story.order_of(session, order)
            except NotFound:
                return complain(ValueError(f"no order and no payment is called {order}"))
            _print(await money_story.of_order(session, order_id))
        return 0

    return with_database(work)


def _print(story: "MoneyStory") -> None:
    print(f"Order {story.number}: {story.total_minor} {story.currency} (minor units), {story.payment_status}")
    for each in story.tries:
        sums = f"in {each.captured_minor}, back {each.refunded_minor} of {each.amount_minor} {each.currency}"
        print(f"  {each.gateway} {each.merchant_ref} ({each.provider_ref or 'no number yet'}): {each.status}, {sums}")
        for told in each.told:
            amount = "" if told.amount_minor is None else f" {told.amount_minor} {told.currency}"
            fate = f"{told.fate}: {told.reason}" if told.reason else told.fate
            print(
                f"    {told.id}  {told.occurred_at:%Y-%m-%d %H:%M:%S} UTC  {told.kind}{amount}  {told.source}  {fate}"
            )
    for refund in story.refunds:
        print(f"  refund {refund.amount_minor} {refund.currency} ({refund.reason}): {refund.status}")


@payments_app.command
def replay(fact_id: int, /) -> int:
    """Apply a fact that waits for a person, as if it had just come. What is counted already is not counted again.

    Parameters
    ----------
    fact_id
        Its number, as `dukkan payments show` prints it.
    """

    async def work(db: "Database", _settings: "Settings") -> int:
        from bot import database
        from store.audit import SYSTEM
        from store.payments import ledger, money_story, quarantine

        await database.make_ready(db)
        now = utc_now()
        async with db.begin() as session:
            if not await quarantine.apply_again(session, fact_id, actor=SYSTEM, now=now):
                return complain(ValueError(f"{fact_id} does not wait for a person: see `dukkan payments show`"))
        await ledger.apply_stored(db, fact_id, now=now)
        async with db.read() as session:
            row, _ = await money_story.fact(session, fact_id)
        print(f"{fact_id}: {row.status}{f' ({row.reason})' if row.reason else ''}")
        return 0 if row.status != quarantine.ASIDE else 1

    return with_database(work)


@payments_app.command
def reconcile(order: str | None = None, /, *, days: int = 0) -> int:
    """Ask the providers now: about an order's payments, or about everything that is due; then read their lists of the last days.

    Parameters
    ----------
    order
        The order's number, or the reference of a payment of it; without one, everything that is due.
    days
        How many days of the providers' own lists to compare with the books, where they have such lists.
    """

    async def work(settings: "Settings") -> int:
        from bot import app, database
        from bot.roles import Role

        shop = app.build(settings, roles=frozenset({Role.TIMETABLE}))
        try:
            await database.make_ready(shop.db)
            return await _reconcile(shop, order, days, utc_now())
        finally:
            await shop.close()

    return with_settings(lambda settings: asyncio.run(work(settings)))


async def _reconcile(shop: "Shop", order: str | None, days: int, now: datetime) -> int:
    from store.errors import NotFound
    from store.payments import money_story, statements
    from store.payments import reconcile as asking
    from store.payments.gateway import GatewayError, HasStatement, NotGranted

    if order is not None:
        try:
            async with shop.db.read() as session:
                order_id = await money_story.order_of(session, order)
        except NotFound:
            return complain(ValueError(f"no order and no payment is called {order}"))
        print(f"{await asking.ask_about(shop.db, shop.gateways, order_id, now=now)} payments were asked about.")
    else:
        print(f"{await asking.check_pending(shop.db, shop.gateways, now=now, limit=1000)} payments were asked about.")
    for gateway in shop.gateways.values():
        if days and isinstance(gateway, HasStatement):
            try:
                found = await statements.compare(shop.db, gateway, now - timedelta(days=days), now=now)
            except NotGranted as closed:
                print(f"{gateway.name}: {closed}.")
                continue
            except GatewayError as error:
                return complain(ValueError(f"the list of {gateway.name} cannot be had: {error}"))
            print(f"{gateway.name}: {found} facts of the last {days} days are in the books.")
    return 0
