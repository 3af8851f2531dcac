import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.types import BotCommand, BotCommandScopeAllGroupChats, MenuButtonWebApp, WebAppInfo
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.demo.faults import Fault
from bot.demo.session import DEMO_TOKEN, WorldSession
from bot.demo.world import World
from bot.profile import COMMANDS, introduce, keep_introducing
from bot.ui.seller import SellerView
from tests.apps import Clock, Stage, a_stage
from tests.builders import a_shop

SHOP = SellerView(
    1, "shop", {"en": "Harbor", "ru": "Гавань"}, {"en": "Linen and " + "coffee " * 200}, "USD", "en", "UTC"
)


@pytest.fixture
def world() -> World:
    return World(Clock())


@pytest.fixture
def bot(world: World) -> Bot:
    return Bot(DEMO_TOKEN, session=WorldSession(world))


def settings_calls(world: World) -> list[str]:
    return [name for name, _ in world.calls if name.startswith(("set", "delete"))]


async def test_the_menu_of_commands_speaks_each_persons_language(bot: Bot, world: World) -> None:
    await introduce(bot, SHOP)
    for language, name in (("en", "The shop's front door"), ("ru", None), ("pt", "The shop's front door")):
        person = world.add_user("Ann", language_code=language)
        world.private_chat(person.id)
        commands = world.commands_for(person.id, person.id)
        assert [command["command"] for command in commands] == list(COMMANDS)
        assert name is None or commands[0]["description"] == name


async def test_the_shop_is_described_within_telegrams_limits(bot: Bot, world: World) -> None:
    await introduce(bot, SHOP)
    profile = world.state.profile
    assert profile.descriptions["ru"].startswith("Гавань")
    assert len(profile.descriptions[""]) <= 512
    assert len(profile.short_descriptions[""]) <= 120


async def test_what_is_set_already_is_not_set_again(bot: Bot, world: World) -> None:
    """Telegram counts such calls, and a shop restarts often."""
    await introduce(bot, SHOP)
    world.calls.clear()
    await introduce(bot, SHOP)
    assert settings_calls(world) == []


async def test_what_an_earlier_bot_left_in_the_menus_is_taken_away(bot: Bot, world: World) -> None:
    """Nobody would answer it."""
    old = [BotCommand(command="price", description="Old")]
    await bot.set_my_commands(old)
    await bot.set_my_commands(old, scope=BotCommandScopeAllGroupChats(), language_code="ru")
    page = MenuButtonWebApp(text="Old", web_app=WebAppInfo(url="https://old.example/"))
    await bot.set_chat_menu_button(menu_button=page)
    await introduce(bot, SHOP)
    told = {command["command"] for commands in world.state.profile.commands.values() for command in commands}
    assert told == set(COMMANDS)
    assert world.state.profile.menu_button == {"type": "commands"}


async def test_a_text_that_telegram_refuses_leaves_the_others(
    bot: Bot, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """And is not asked for again and again."""
    world.faults.add("setMyCommands", Fault.WRONG_FILE)
    assert await introduce(bot, SHOP)
    assert "the bot's profile (commands, en) was not set" in caplog.text
    assert any("ru" in key for key in world.state.profile.commands)


@pytest.mark.parametrize("fault", [Fault.FLOOD, Fault.GATEWAY, Fault.RESET_BEFORE])
async def test_a_profile_that_could_not_be_set_is_completed_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    """The profile is not worth a shop that stays closed."""
    monkeypatch.setattr("bot.profile.PAUSES_S", (0.0,))
    stage.world.faults.add("setMyDescription", fault, times=9)
    await asyncio.wait_for(keep_introducing(stage.app.bot, stage.app.db, asyncio.Event()), 10)
    assert stage.world.state.profile.descriptions[""]


async def test_a_database_that_is_away_does_not_end_the_program(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is introduced once the database is back."""
    monkeypatch.setattr("bot.profile.PAUSES_S", (0.0,))
    tries, read = [OperationalError("SELECT", None, Exception("away"))] * 2, stage.app.db.read

    def away() -> AbstractAsyncContextManager[AsyncSession]:
        if tries:
            raise tries.pop()
        return read()

    monkeypatch.setattr(stage.app.db, "read", away)
    await asyncio.wait_for(keep_introducing(stage.app.bot, stage.app.db, asyncio.Event()), 10)
    assert not tries and stage.world.state.profile.commands


async def test_a_shop_that_is_seeded_while_it_runs_is_introduced(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.profile.PAUSES_S", (0.0,))
    async with a_stage(sqlite_url, tmp_path, has_shop=False) as stage:
        introducing = asyncio.create_task(keep_introducing(stage.app.bot, stage.app.db, asyncio.Event()))
        await a_shop(stage.app.db)
        await asyncio.wait_for(introducing, 10)
        assert stage.world.state.profile.commands


async def test_closing_does_not_wait_for_an_introduction(sqlite_url: str, tmp_path: Path) -> None:
    async with a_stage(sqlite_url, tmp_path, has_shop=False) as stage:
        await stage.app.start()
        await asyncio.wait_for(stage.app.finish(), 5)
        assert not stage.app.broken.is_set()


def test_every_command_in_the_menu_is_heard(stage: Stage) -> None:
    """A menu entry that does nothing is worse than none."""
    heard = {
        command
        for router in stage.app.dp.sub_routers
        for handler in router.message.handlers
        for filter_ in handler.filters or []
        for command in getattr(filter_.callback, "commands", ())
    }
    assert set(COMMANDS) <= heard
