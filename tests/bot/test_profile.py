import pytest
from aiogram import Bot

from bot.demo.faults import Fault
from bot.demo.session import DEMO_TOKEN, WorldSession
from bot.demo.world import World
from bot.profile import COMMANDS, introduce
from bot.ui.seller import SellerView
from tests.apps import Clock, Stage

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
    return [name for name, _ in world.calls if name.startswith("set")]


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


async def test_a_shop_opens_without_its_description(bot: Bot, world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The profile is not worth a shop that stays closed."""
    world.faults.add("setMyDescription", Fault.FLOOD, times=9)
    await introduce(bot, SHOP)
    assert "the bot's profile (en) was not set" in caplog.text


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
