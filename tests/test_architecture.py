"""What the house plan promises about the source, checked on the source itself."""

import ast
import importlib
import re
import tomllib
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic.fields import FieldInfo

from tests import rules
from tests.sources import PACKAGES, ROOT, named, parsed, sources

LINES = 300
CALLBACK_DATA_BYTES = 64

# These stand between one failed piece of work and all the others: they log it with its ids and go on.
MAY_CATCH_EVERYTHING = {
    "bot/errors.py",
    "bot/errands.py",
    "bot/timetable.py",
    "notifications/relay.py",
    "notifications/sender.py",
    "store/parcels/followers.py",
    "store/parcels/poll.py",
    "store/parcels/pushes.py",
    "store/payments/reconcile.py",
}


Rule = Callable[[ast.Module], Iterator[rules.Offence]]


def offences(rule: Rule, paths: list[Path]) -> list[str]:
    return [f"{named(path)}:{line}: {wrong}" for path in paths for line, wrong in rule(parsed(path))]


def test_nothing_but_the_database_is_awaited_in_a_transaction() -> None:
    """The network never holds a row lock."""
    assert not offences(rules.waits_for_nothing_but_the_database, sources(*PACKAGES))


def test_nothing_is_added_to_across_an_await() -> None:
    """No lost update by `+= await`."""
    assert not offences(rules.has_no_augmented_await, sources(*PACKAGES))


def test_only_the_places_that_keep_the_shop_running_catch_everything() -> None:
    """A bug is never swallowed where nobody would log it."""
    elsewhere = [path for path in sources(*PACKAGES) if named(path) not in MAY_CATCH_EVERYTHING]
    assert not offences(rules.catches_nothing_blindly, elsewhere)


def test_no_handler_has_a_synchronous_filter() -> None:
    """No thread hop on the way to a handler."""
    assert not offences(rules.has_no_synchronous_filter, sources("handlers"))


def test_every_handler_says_who_may_use_it() -> None:
    """A staff button that a customer got hold of does nothing."""
    conversations = [path for path in sources("handlers") if not _makes_routers(parsed(path))]
    assert not offences(rules.says_who_may_use_it, conversations)


def _makes_routers(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name in rules.ROUTER_HELPERS for node in tree.body)


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        (
            rules.waits_for_nothing_but_the_database,
            "async def f():\n async with db.begin() as s:\n  await gateway.pay(1)",
        ),
        (
            rules.waits_for_nothing_but_the_database,
            "async def f():\n async with db.begin() as s:\n  x = await show(bot)",
        ),
        (rules.waits_for_nothing_but_the_database, "async def f(session: AsyncSession):\n await client.get('/')"),
        (rules.has_no_augmented_await, "async def f():\n total += 1 + await g()"),
        (rules.catches_nothing_blindly, "try:\n f()\nexcept (ValueError, Exception):\n pass"),
        (rules.catches_nothing_blindly, "try:\n f()\nexcept:\n pass"),
        (rules.catches_nothing_blindly, "with suppress(Exception):\n f()"),
        (rules.has_no_synchronous_filter, "@router.message(F.text)\nasync def f(): ..."),
        (rules.has_no_synchronous_filter, "@router.message(lambda m: m.text)\nasync def f(): ..."),
        (rules.says_who_may_use_it, "router = Router()"),
        (rules.says_who_may_use_it, "from x import router\n@router.message()\nasync def f(): ..."),
    ],
)
def test_a_rule_finds_what_it_forbids(rule: Rule, wrong: str) -> None:
    """No rule is blind."""
    assert list(rule(ast.parse(wrong)))


@pytest.mark.parametrize(
    ("rule", "right"),
    [
        (rules.waits_for_nothing_but_the_database, "async def f():\n async with db.begin() as s:\n  await add(s, 1)"),
        (rules.waits_for_nothing_but_the_database, "async def f(s: AsyncSession):\n await s.execute(q)"),
        (rules.has_no_synchronous_filter, "@router.message(Command('start'))\nasync def f(): ..."),
        (rules.says_who_may_use_it, "router = staff_router(__name__)\n@router.message()\nasync def f(): ..."),
    ],
)
def test_a_rule_passes_what_it_allows(rule: Rule, right: str) -> None:
    """No rule is in the way."""
    assert not list(rule(ast.parse(right)))


def test_who_shows_kept_pages_writes_no_goods() -> None:
    """Whoever changes the catalogue is one edition ahead of what his update came with; the staff's screens read in their own transactions."""
    takers = [path for path in sources("handlers") if _names(parsed(path), "pages")]
    assert takers
    assert not [named(path) for path in takers if not _names(parsed(path), "customers_router")]


def _names(tree: ast.Module, name: str) -> bool:
    """Whether a function takes an argument, or somebody imports something, of this name."""
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    imported = {each.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for each in node.names}
    return name in arguments | imported


def test_no_module_is_longer_than_a_person_reads_at_once() -> None:
    """A module that grows past 300 lines is split by the verb's phase."""
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*PACKAGES, "tests")}
    assert not {name: lines for name, lines in lengths.items() if lines > LINES}


def test_every_folder_is_a_package() -> None:
    """Without `__init__.py` the import contracts do not see what is inside."""
    folders = {path.parent for path in sources(*PACKAGES)}
    assert not [named(folder) for folder in folders if not (folder / "__init__.py").exists()]


def test_every_part_of_the_program_has_its_place_in_the_contract() -> None:
    """A module that the layers do not name could import whatever it likes."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    placed = set(re.findall(r"bot\.(\w+)", " ".join(contract["layers"])))
    parts = {path.stem for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert parts - placed == {"__init__"}


def test_the_migrations_stand_in_one_line() -> None:
    """Two that follow the same one leave a database without a next step."""
    from alembic.script import ScriptDirectory

    from store import migrate

    assert len(ScriptDirectory.from_config(migrate._config()).get_heads()) == 1


def test_every_event_has_a_route() -> None:
    """Nothing is written to the outbox that nobody delivers: an event has a row in ROUTES or stands in SILENT."""
    from notifications import routes
    from store.events import EVENTS

    told = {*routes.ROUTES, *getattr(routes, "SILENT", ())}
    assert told == set(EVENTS.values())


def test_every_callback_fits_into_a_button() -> None:
    """Telegram takes 64 bytes, also when every number in them is as large as its field allows."""
    modules = [path.stem for path in (ROOT / "bot" / "ui").glob("*callbacks.py")]
    packed = [longest for module in modules for longest in _longest_callbacks(module)]
    assert not [text for text in packed if len(text.encode()) > CALLBACK_DATA_BYTES]


def _longest_callbacks(module: str) -> Iterator[str]:
    from aiogram.filters.callback_data import CallbackData

    contents = vars(importlib.import_module(f"bot.ui.{module}"))
    for kind in contents.values():
        if isinstance(kind, type) and issubclass(kind, CallbackData) and kind.__module__ == f"bot.ui.{module}":
            values = {name: max(_extremes(name, field), key=_width) for name, field in kind.model_fields.items()}
            yield kind.model_construct(**values).pack()


def _extremes(name: str, field: FieldInfo) -> list[Any]:
    """The values a field may have that could be longest. Fails for a field without a bound: it could outgrow a button."""
    if isinstance(field.annotation, type) and issubclass(field.annotation, Enum):
        return list(field.annotation)
    if field.annotation is bool:
        return [True, False]
    bounds = [getattr(limit, side) for limit in field.metadata for side in ("ge", "le") if hasattr(limit, side)]
    texts = ["x" * limit.max_length for limit in field.metadata if hasattr(limit, "max_length")]
    assert len(bounds) == 2 or texts, f"{name} has no bound"
    return [*bounds, *texts]


def _width(value: Any) -> int:
    return len(str(value.value if isinstance(value, Enum) else value))


def test_every_setting_is_explained_in_the_example() -> None:
    """Nobody has to read the code to run the shop."""
    if not (ROOT / "bot" / "settings.py").exists():
        return
    from bot.settings import Settings

    wanted = {name for key, field in Settings.model_fields.items() for name in _names_of(key.upper(), field.annotation)}
    example = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    shown = {line.lstrip("# ").partition("=")[0].strip() for line in example if "=" in line}
    assert wanted - shown == set()


def _names_of(name: str, kind: Any) -> list[str]:
    """A setting is one name; accounts at a provider are shown by one that is called MAIN."""
    accounts = [each for each in get_args(kind) if hasattr(each, "model_fields")]
    return [f"{name}__MAIN__{field.upper()}" for each in accounts for field in each.model_fields] or [name]
