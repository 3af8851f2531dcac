"""kill -9 while a shop hears people, sells, takes money and tells what happened. People see the same, and nobody is forgotten."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash.evening import Evening, an_evening, difference

STORY = "paid by card"


@pytest.fixture
async def evening(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Evening]:
    async with an_evening(sqlite_url, tmp_path) as prepared:
        yield prepared


@pytest.mark.slow
async def test_an_evening_survives_a_death_after_every_point(evening: Evening, record_property: Any) -> None:
    """Each is the last one once. The books, the messages and the marks are those of the evening without a death.

    Just before a point stands what stood just after the one before it, since nothing is written and nobody is called in between: `make torture` dies there too.
    """
    as_it_was = await evening.told(STORY)
    points = [point for point in evening.points() if " after " in point]
    ends = {point: await evening.told(STORY, killed_at=point) for point in points}
    wrong = {point: told for point, end in ends.items() if (told := difference(as_it_was, end))}
    record_property("told", f"kill -9: an evening, {STORY}: after {len(points)} points on sqlite")
    assert not wrong, "\n".join(f"{point}: {told}" for point, told in wrong.items())


@pytest.mark.slow
async def test_a_payment_in_telegram_survives_a_death_around_its_message(evening: Evening) -> None:
    """Between the question and the answer, the money and its message, the message and the books: she has paid once, and gets her goods."""
    as_it_was = await evening.told("paid in Telegram")
    near = ("store/payments/invoices.py", "store/payments/ledger.py", "handlers/invoices.py")
    points = [point for point in evening.points() if point.startswith(near)]
    ends = {point: await evening.told("paid in Telegram", killed_at=point) for point in points}
    assert len(points) >= 6, points
    assert not {point: told for point, end in ends.items() if (told := difference(as_it_was, end))}


@pytest.mark.slow
async def test_a_change_of_mind_survives_a_death_between_the_bank_and_the_books(evening: Evening) -> None:
    """Ann wants to pay in cash instead. The program dies while it tells the bank, or before it has noted her wish: the wish is carried out all the same."""
    as_it_was = await evening.told("paid in cash")
    points = [point for point in evening.points() if point.startswith("store/payments/reconcile.py")]
    ends = {point: await evening.told("paid in cash", killed_at=point) for point in points}
    assert points
    assert not {point: told for point, end in ends.items() if (told := difference(as_it_was, end))}


@pytest.mark.slow
async def test_a_label_survives_a_death_before_it_is_on_the_parcel(evening: Evening) -> None:
    """Petra asks for a label. The program dies before the carrier hears of it, or before its answer is noted: the parcel leaves with one label all the same."""
    as_it_was = await evening.told("sent")
    points = [point for point in evening.points() if point.startswith("handlers/staff_parcels.py:_with_label")]
    ends = {point: await evening.told("sent", killed_at=point) for point in points}
    assert points
    assert not {point: told for point, end in ends.items() if (told := difference(as_it_was, end))}
