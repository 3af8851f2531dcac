"""`dukkan payments`."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import cli
from store.db import Database
from store.models import Order
from tests.store.payments.till import Till, a_fact


@pytest.fixture
def dukkan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> Callable[..., int]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", sqlite_url.replace("sqlite+aiosqlite", "sqlite"))

    def run(*arguments: str) -> int:
        return int(cli.app(arguments, result_action="return_value") or 0)

    return run


@pytest.fixture
def number(sqlite_url: str) -> str:
    """An order paid in dollars, of which its provider says something in euros too."""

    async def made() -> str:
        db = Database(sqlite_url)
        till = Till(db)
        attempt = await till.attempt()
        await till.hear(a_fact(attempt), a_fact(attempt, currency="EUR", event_key="odd"))
        async with db.read() as session:
            order = await session.get_one(Order, attempt.order_id)
        await db.close()
        return order.number

    return asyncio.run(made())


def test_an_orders_money_is_told(dukkan: Callable[..., int], number: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every attempt with its sums, every fact with what became of it; found by the order's number or a payment's reference."""
    assert dukkan("payments", "show", number) == 0
    told = capsys.readouterr().out
    assert f"Order {number}: 2000 USD (minor units), paid" in told
    assert "in 2000, back 0 of 2000 USD" in told
    assert "captured 2000 USD  webhook  applied" in told
    assert "captured 2000 EUR  webhook  quarantined: foreign_currency" in told
    assert dukkan("payments", "show", "nothing") == 2


def test_what_waits_for_a_person_is_listed_and_tried_again(
    dukkan: Callable[..., int], number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What still fits nothing goes back; a fact that is in the books is not replayed."""
    assert dukkan("payments", "show") == 0
    waiting = re.search(r"(\d+).*foreign_currency", capsys.readouterr().out)
    assert waiting is not None
    assert dukkan("payments", "replay", waiting[1]) == 1
    assert f"{waiting[1]}: quarantined (foreign_currency)" in capsys.readouterr().out
    in_the_books = str(int(waiting[1]) - 1)
    assert dukkan("payments", "replay", in_the_books) == 2


def test_providers_are_asked_now(dukkan: Callable[..., int], number: str, capsys: pytest.CaptureFixture[str]) -> None:
    """About one order, or about all that is due; the order's gateway is not set up here, so nobody answers."""
    assert dukkan("payments", "reconcile", number) == 0
    assert "0 payments were asked about." in capsys.readouterr().out
    assert dukkan("payments", "reconcile", "--days", "2") == 0
    assert dukkan("payments", "reconcile", "nothing") == 2
