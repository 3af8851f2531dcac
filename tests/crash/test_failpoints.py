"""The knives must be sharp: points are found and named, and an end that differs is seen."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

from store.db import Database
from tests.crash.evening import REPEATED, End, difference
from tests.crash.failpoints import IDLE, ROOT, Recorder, that_matter, watched
from tests.store.payments.till import Till, a_fact

AS_IT_WAS = End({"orders": ["1 × paid"]}, Counter({"Ann: thanks": 1}), frozenset({"Ann: to pay"}), 0)


async def test_a_point_is_named_after_whoever_passes_it(sqlite_db: Database, tmp_path: Path) -> None:
    """Storing a fact and applying it are two commits; the doors themselves are not what a person looks for."""
    till, passed = Till(sqlite_db), tmp_path / "passed"
    attempt = await till.attempt()
    with watched(Recorder(passed)):
        await till.hear(a_fact(attempt))
        await till.gateway.query(attempt.request())
    assert passed.read_text().splitlines() == [
        "store/payments/ledger.py:receive:1 before commit",
        "store/payments/ledger.py:receive:1 after commit",
        "store/payments/ledger.py:apply_stored:1 before commit",
        "store/payments/ledger.py:apply_stored:1 after commit",
        "tests/crash/test_failpoints.py:test_a_point_is_named_after_whoever_passes_it:1 before query",
        "tests/crash/test_failpoints.py:test_a_point_is_named_after_whoever_passes_it:1 after query",
    ]


def test_a_job_that_finds_nothing_is_killed_twice_only() -> None:
    """Whatever else is passed, is passed once for each death."""
    rare = [f"store/stock.py:take:{number} before commit" for number in range(1, 4)]
    often = [f"store/alerts.py:remind:{number} after commit" for number in range(1, IDLE + 2)]
    assert that_matter([*often[:5], *rare, *often[5:]]) == [often[0], *rare, often[IDLE // 2 - 1]]


def test_whatever_differs_in_the_end_is_seen() -> None:
    """A row, a message that is missing, words that nobody ever said, a death that did not happen, and far too much of anything."""
    assert not difference(AS_IT_WAS, End(AS_IT_WAS.shop, AS_IT_WAS.holds, frozenset(), 1))
    assert not difference(AS_IT_WAS, End(AS_IT_WAS.shop, AS_IT_WAS.holds + Counter({"Ann: to pay": 1}), frozenset(), 1))
    wrong = End({"orders": []}, Counter({"Ann: sorry": 2 + REPEATED}), frozenset(), 0)
    assert difference(AS_IT_WAS, wrong).keys() == {"orders", "deaths", "missing", "never said before", "repeated"}


def test_a_sale_lives_and_dies_without_aiogram() -> None:
    """What forks the sales has imported all that they need."""
    told = "import sys, tests.crash.victim; print('aiogram' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"
