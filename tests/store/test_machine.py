"""Whatever happens to a shop, in whatever order, and however often its program dies: the books are right.

`make machine EXAMPLES=5000` lives more lives, other ones each time, on every database that is here.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests import databases
from tests.machine.direct import without_threads
from tests.machine.lives import Setting, machine_of
from tests.machine.mutants import BEHIND_THEM, MUTANTS
from tests.races.schema import create_without

MORE = int(os.environ.get("EXAMPLES", "0"))
ENOUGH, SOME = 300, 15
STEPS = 25
# A mutant that lives this many lives unseen was not found.
PATIENCE = 400


def live(setting: Setting, examples: int, **changes: Any) -> None:
    """So many lives, the same ones each time unless more are asked for. Raises: AssertionError with the shortest life that goes wrong."""
    rules = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        derandomize=not MORE,
        suppress_health_check=list(HealthCheck),
        **changes,
    )
    run_state_machine_as_test(machine_of(setting), settings=rules)


def search(setting: Setting) -> None:
    live(setting, PATIENCE, phases=[Phase.generate], report_multiple_bugs=False)


def sent_and_given_up(setting: Setting) -> None:
    """Random lives hardly ever ask for it: a paid parcel leaves, and then somebody of the staff gives the order up."""
    life = machine_of(setting)()
    order_id = life.opens(pieces=(1, 1, 1), who=0, order=({0: 1}, "courier", "sandbox"), paid=True)
    life.staff_works(order=order_id, what="ship", crash=0)
    life.staff_gives_up(order=order_id, per_cent=0, crash=0)
    life.books_are_right()
    life.teardown()


# Lives that lead to a guard straight away.
LED = {"what has left the house is cancelled": sent_and_given_up}


@pytest.fixture
def setting(db_url: str) -> Iterator[Setting]:
    with without_threads():
        made = Setting(db_url)
        yield made
        made.close()


@pytest.fixture
def unguarded() -> Iterator[Setting]:
    """A shop whose database does not stop what the program should have stopped."""
    with databases.empty_sqlite() as url, without_threads():
        made = Setting(url, prepare=lambda db: create_without(db, BEHIND_THEM))
        yield made
        made.close()


@pytest.mark.slow
def test_random_lives_leave_the_books_right(setting: Setting, record_property: Any) -> None:
    """Three hundred lives on SQLite, some on the others: whatever happens, and wherever the program dies."""
    try:
        live(setting, MORE or (ENOUGH if setting.world.db.dialect == "sqlite" else SOME))
    finally:
        record_property("told", f"machine: {setting.told()}")


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_the_machine_finds_a_guard_that_is_missing(
    unguarded: Setting, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Control. The same machine, with one guard of the shop taken out."""
    for (module, guard), mutant in MUTANTS[name].items():
        monkeypatch.setattr(module, guard, mutant)
    with pytest.raises(AssertionError):
        LED.get(name, search)(unguarded)


@pytest.mark.parametrize("name", LED)
def test_the_life_that_leads_to_a_missing_guard_is_harmless_with_it(unguarded: Setting, name: str) -> None:
    """Control: it is the guard that was missing, not the life that is wrong."""
    LED[name](unguarded)


def test_without_a_mutant_the_machine_finds_nothing(unguarded: Setting) -> None:
    """Control of the control: the database's own last line is not what keeps the books right."""
    live(unguarded, SOME)


def test_a_refund_that_died_is_not_mistaken_for_the_next_one(unguarded: Setting) -> None:
    """SQLite gives its number to the surplus that the customer pays afterwards, and that one is no gift."""
    life = machine_of(unguarded)()
    order_id = life.opens(pieces=(1, 1, 1), who=0, order=({2: 1}, "courier", "sandbox"), paid=True)
    life.staff_gives_up(order=order_id, per_cent=1, crash=1)
    life.comes_too_late(order=order_id, who=1, theirs=({1: 1}, "courier", "sandbox"), crash=0)
    life.goes_back_to_a_page(page=0, how="pay_late", crash=0)
    life.teardown()
