import pkgutil
from pathlib import Path

import pytest

import handlers
from bot.app import build
from bot.incoming import HANDLERS, routers
from bot.settings import SettingsError
from handlers.routing import Audience
from tests.apps import Stage, a_stage, settings


def test_every_conversation_is_offered_each_update_and_the_last_one_answers_the_rest() -> None:
    """A module that nobody listed would be silent."""
    modules = {module.name for module in pkgutil.iter_modules(handlers.__path__)}
    with_router = {name for name in modules if "router = " in source(name) and name != "routing"}
    assert with_router - {"counter", "goods_desk", "staff_desk", "support_window"} == set(HANDLERS)
    assert HANDLERS[-1] == "fallback"


def source(name: str) -> str:
    return (Path(handlers.__path__[0]) / f"{name}.py").read_text(encoding="utf-8")


def test_every_conversation_says_who_may_use_it() -> None:
    assert {router.audience for router in routers()} <= set(Audience)


async def test_one_process_can_hold_two_shops(stage: Stage, sqlite_url: str, tmp_path: Path) -> None:
    """The demo beside a test, a test beside another."""
    async with a_stage(sqlite_url, tmp_path) as second:
        await second.ann.starts()
    await stage.ann.starts()
    assert stage.ann.screen and second.ann.screen


@pytest.mark.parametrize("name", ["sandbox-bank.json", "sandbox-parcels.json"])
@pytest.mark.parametrize("content", ["{broken", "[]", '{"pages": 1}'])
def test_a_sandbox_whose_file_is_damaged_is_told(tmp_path: Path, name: str, content: str) -> None:
    """Somebody wanted to help it along with an editor."""
    (tmp_path / name).write_text(content)
    options = settings("sqlite:///x.sqlite3", tmp_path, sandbox_payments=True, sandbox_parcels=True)
    with pytest.raises(SettingsError, match=f"{name} is damaged"):
        build(options)
