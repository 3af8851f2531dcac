"""Rules about the source that no linter knows: each takes a parsed module and yields (line, what is wrong)."""

import ast
from collections.abc import Iterator

Offence = tuple[int, str]

# Makes a router that says who may use it. Others may be built on these, and end in `_router` too.
ROUTER_HELPERS = {"customers_router", "staff_router", "everyone_router"}


def waits_for_nothing_but_the_database(tree: ast.Module) -> Iterator[Offence]:
    """While a transaction is open, only what takes its session is awaited.

    A provider that answers in 30 s would hold the row locks, on SQLite the only writer, for 30 s. A transaction is open
    in the body of `async with db.begin() as session` (or `.read()`) and in a function that is handed an AsyncSession.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncWith):
            for session in _sessions_opened_by(node):
                yield from _foreign_awaits(node.body, session)
        elif isinstance(node, ast.AsyncFunctionDef):
            for session in _sessions_handed_to(node):
                yield from _foreign_awaits(node.body, session)


def has_no_augmented_await(tree: ast.Module) -> Iterator[Offence]:
    """`total += await …` reads `total` before it waits, and writes over whatever happened meanwhile."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign) and any(isinstance(part, ast.Await) for part in ast.walk(node.value)):
            yield node.lineno, "an augmented assignment with await in it"


def catches_nothing_blindly(tree: ast.Module) -> Iterator[Offence]:
    """No bare `except`, no `except Exception`, no `suppress(Exception)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = _elements(node.type) if node.type else [ast.Name("Exception")]
        elif isinstance(node, ast.Call) and _last_name(node.func) == "suppress":
            caught = node.args
        else:
            continue
        if any(_last_name(name) in ("Exception", "BaseException") for name in caught):
            yield node.lineno, "catches everything"


def has_no_synchronous_filter(tree: ast.Module) -> Iterator[Offence]:
    """aiogram runs a synchronous filter (`F.…`, a lambda) in a thread: 64 to 102 µs each, for every update that passes."""
    for decorator in _decorators(tree):
        for part in ast.walk(decorator):
            if isinstance(part, ast.Lambda):
                yield part.lineno, "a lambda as filter"
            elif isinstance(part, ast.Name) and part.id == "F":
                yield part.lineno, "a magic filter"


def says_who_may_use_it(tree: ast.Module) -> Iterator[Offence]:
    """Every router of a handler module comes from a helper that checks who is pressing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _last_name(node.func) in ("Router", "AudienceRouter"):
            yield node.lineno, f"a bare Router: take one of {', '.join(sorted(ROUTER_HELPERS))}"
    declared = {name for statement in tree.body for name in _routers_declared_by(statement)}
    for decorator in _decorators(tree):
        owner = _root_name(decorator)
        if _observes_updates(decorator) and owner not in declared:
            yield decorator.lineno, f"{owner} is not `{owner} = <who>_router(__name__, …)` of this module"


def texts(tree: ast.Module) -> Iterator[tuple[int, str, str | None]]:
    """(line, text, plural) of everything that `t(…)`, `t.label(…)`, `t.n(…)` or `noop(…)` says."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_translation(node.func):
            said = [_string(argument) for argument in node.args[:2]]
            is_plural = isinstance(node.func, ast.Attribute) and node.func.attr == "n"
            if said and said[0] is not None:
                yield node.lineno, said[0], said[1] if is_plural else None


def labels(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, text) of everything that `t.label(…)` writes on a `Button(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _last_name(node.func) == "Button" and node.args:
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Call) and _last_name(part.func) == "label" and part.args:
                    if text := _string(part.args[0]):
                        yield part.lineno, text


def _sessions_opened_by(block: ast.AsyncWith) -> Iterator[str]:
    for item in block.items:
        opens = isinstance(item.context_expr, ast.Call) and _last_name(item.context_expr.func) in ("begin", "read")
        if opens and isinstance(item.optional_vars, ast.Name):
            yield item.optional_vars.id


def _sessions_handed_to(function: ast.AsyncFunctionDef) -> Iterator[str]:
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if argument.annotation is not None and "AsyncSession" in _alternatives(argument.annotation):
            yield argument.arg


def _foreign_awaits(body: list[ast.stmt], session: str) -> Iterator[Offence]:
    for node in (part for statement in body for part in ast.walk(statement)):
        if isinstance(node, ast.Await) and not _uses(node.value, session):
            yield node.lineno, f"awaits `{ast.unparse(node.value)[:60]}` while the transaction of `{session}` is open"


def _uses(call: ast.expr, session: str) -> bool:
    """`session.execute(…)`, `carts.add(session, …)`: the session is the object called, or an argument."""
    if not isinstance(call, ast.Call):
        return False
    arguments = (*call.args, *(keyword.value for keyword in call.keywords))
    return _root_name(call.func) == session or any(
        isinstance(argument, ast.Name) and argument.id == session for argument in arguments
    )


def _decorators(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from node.decorator_list


def _observes_updates(decorator: ast.expr) -> bool:
    """`@router.message(…)` and its like: an attribute called on a name of this module, with or without parentheses."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr in _OBSERVERS


_OBSERVERS = {
    "callback_query",
    "chat_join_request",
    "chosen_inline_result",
    "edited_message",
    "inline_query",
    "message",
    "my_chat_member",
    "pre_checkout_query",
    "shipping_query",
}


def _routers_declared_by(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Call):
        call, targets = statement.value, statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if _last_name(call.func).endswith("_router") and call.args and ast.unparse(call.args[0]) == "__name__":
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def _is_translation(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute) and function.attr in ("n", "label"):
        function = function.value
        return _last_name(function) == "t"
    return _last_name(function) in ("t", "noop")


def _string(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _alternatives(annotation: ast.expr) -> set[str]:
    """`orm.AsyncSession | None` → {"AsyncSession", "None"}."""
    return {part.strip().rpartition(".")[2] for part in ast.unparse(annotation).strip("'").split("|")}


def _last_name(node: ast.expr) -> str:
    """`a.b.c` → "c"."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _root_name(node: ast.expr) -> str:
    """`a.b(…).c` → "a"."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
