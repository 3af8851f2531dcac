"""docs/telegram.md claims only what a test proves: every test that it names exists, and every item of the list is there."""

import ast
import re
from collections.abc import Iterator

import pytest

from bot.profile import COMMANDS
from tests.sources import ROOT, parsed

_ROW = re.compile(r"^\| (\d+) \| (.+?) \| (?:`([\w/.]+)(?:::(\w+))?`|later: (.+)) \|$", re.MULTILINE)
ITEMS = 102
# For everything else "later" is an answer; these are what a shop cannot be without.
LISTED_COMMANDS = 8


def rows() -> list[tuple[int, str, str, str]]:
    """(number, file, test, why later) of every row."""
    text = (ROOT / "docs" / "telegram.md").read_text(encoding="utf-8")
    return [(int(number), file, test, later) for number, _, file, test, later in _ROW.findall(text)]


def named_in(file: str) -> Iterator[str]:
    for node in ast.walk(parsed(ROOT / "tests" / file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


def test_every_item_stands_there_once() -> None:
    assert [number for number, *_ in rows()] == list(range(1, ITEMS + 1))


@pytest.mark.parametrize(("number", "file", "test"), [row[:3] for row in rows() if row[1]])
def test_every_proof_exists(number: int, file: str, test: str) -> None:
    found = set(named_in(file))
    assert test in found if test else found


def test_commands_are_short_words() -> None:
    assert not [name for name in COMMANDS if not re.fullmatch(r"[a-z0-9_]{1,32}", name)]


def test_few_commands_are_listed() -> None:
    assert len(COMMANDS) <= LISTED_COMMANDS
