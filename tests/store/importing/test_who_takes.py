"""Prices in a currency that not everybody can pay in are imported, and whoever sends the file is told, before and after."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from store.audit import OPERATOR
from store.db import Database
from store.importing import imports, jobs
from store.importing.imports import ImportView
from store.importing.trouble import Trouble, What
from store.payments.cash import CashOnDelivery
from store.payments.gateway import PaymentGateway
from store.payments.registry import Gateways, registry
from tests.builders import NOW, a_shop

CHAT = 7
FINE = "handle,title,category,price,compare_at:eur,price:eur\nmug,Mug,mugs,10,12,9\n"


def page(*currencies: str) -> PaymentGateway:
    gateway = CashOnDelivery()
    gateway.name = "page"
    gateway.capabilities = replace(gateway.capabilities, is_offline=False, currencies=frozenset(currencies))
    return gateway


async def sent(db: Database, gateways: Gateways, content: str = FINE) -> ImportView:
    """How a file stands that was sent in the chat, once it is looked at."""
    await a_shop(db)
    async with db.begin() as session:
        about = {"file_name": "goods.csv", "chat_id": CHAT, "language": "en", "actor": OPERATOR, "now": NOW}
        import_id = await imports.receive(session, content.encode(), **about)  # type: ignore[arg-type]  # by name
    assert await jobs.work_off(db, gateways, now=NOW) == 1
    return await view(db, import_id)


async def view(db: Database, import_id: int) -> ImportView:
    async with db.read() as session:
        return await imports.view(session, import_id)


@pytest.mark.parametrize(
    ("gateways", "what"),
    [
        ((page("USD"), CashOnDelivery()), [What.IN_CASH_ONLY]),
        ((page("USD"),), [What.NOT_TAKEN]),
        ((page("USD", "EUR"), CashOnDelivery()), []),
        ((CashOnDelivery(),), []),
    ],
)
async def test_the_note_stands_beside_what_it_would_change_and_beside_what_it_has(
    db: Database, gateways: Sequence[PaymentGateway], what: list[What]
) -> None:
    """Once for the column, with the line of the header; the file can be applied."""
    ways, notes = registry(*gateways), [Trouble(1, each, "price:eur", {"currency": "EUR"}) for each in what]
    looked_at = await sent(db, ways)
    assert (looked_at.status, looked_at.report.notes, looked_at.report.errors) == (imports.CHECKED, notes, 0)
    async with db.begin() as session:
        await imports.want(session, looked_at.id, chat_id=CHAT, now=NOW)
    await jobs.work_off(db, ways, now=NOW)
    done = await view(db, looked_at.id)
    assert (done.status, done.report.notes, done.report.remarks) == (imports.APPLIED, notes, len(notes))


async def test_a_file_with_a_mistake_is_told_of_both(sqlite_db: Database) -> None:
    looked_at = await sent(sqlite_db, registry(page("USD")), FINE.replace(",9\n", ",nine\n"))
    assert looked_at.status == imports.REFUSED
    assert [each.what for each in looked_at.report.troubles] == [What.NOT_AN_AMOUNT]
    assert [each.what for each in looked_at.report.notes] == [What.NOT_TAKEN]
