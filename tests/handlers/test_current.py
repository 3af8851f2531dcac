"""Every button that acts has a screen for the second time."""

import ast
from collections.abc import Iterator

from handlers.current import STANDS
from tests.sources import parsed, sources

# Functions of the store that open transactions of their own.
WRITERS = {"begin", "refresh", "ask_now", "receive", "close_live"}


def functions() -> Iterator[ast.AsyncFunctionDef]:
    for path in sources("handlers"):
        if path.stem != "current":
            yield from (node for node in ast.walk(parsed(path)) if isinstance(node, ast.AsyncFunctionDef))


def called(function: ast.AsyncFunctionDef) -> set[str]:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {ast.unparse(call).rpartition(".")[2] for call in calls}


def pressed(function: ast.AsyncFunctionDef) -> Iterator[str]:
    """`@router.callback_query(ShowCart.filter())` → "ShowCart"."""
    for decorator in function.decorator_list:
        text = ast.unparse(decorator)
        if "callback_query(" in text and ".filter()" in text:
            yield text.partition("callback_query(")[2].partition(".filter")[0]


def writers() -> set[str]:
    """Names of functions that write, or call one that does."""
    known, calls = set(WRITERS), {function.name: called(function) for function in functions()}
    while more := {name for name, names in calls.items() if names & known} - known:
        known |= more
    return known


def test_every_button_that_may_write_has_a_current_screen() -> None:
    names = writers()
    writing = {kind for function in functions() if function.name in names for kind in pressed(function)}
    assert writing == {kind.__name__ for kind in STANDS}
